/**
 * What an explanation holds: data, with nothing in it that is not also in the decision. Sentences in it (`says`)
 * hold numbers and addresses, and names that were given for those, escaped; names from the log stand in fields of their own, unescaped.
 */

import type { TcpEvent } from '../meaning/events.ts';
import type { Opening } from '../meaning/outcomes.ts';
import type { SideState } from '../meaning/transitions.ts';
import type { Connection, EvidenceKind, InitiatorBasis, Side, Verdict } from '../model/connection.ts';
import type { Losses } from '../model/losses.ts';

/** Where a line stands. */
export interface Place {
  /** The file, or `-` for standard input and for what was not a file. */
  readonly source: string;
  /** Counted from 1, header lines included. */
  readonly lineNumber: number;
}

/** What both sides have shown. */
export type Sides = Readonly<Record<Side, SideState>>;

/** One look at the table of the machine. */
export interface ExplainedStep {
  readonly event: TcpEvent;
  readonly before: SideState;
  readonly after: SideState;
  /** The cell says that this cannot follow: the state stays and the connection is flagged. */
  readonly contradicts: boolean;
  /** Why the cell is what it is; null for cells that explain themselves. */
  readonly note: string | null;
}

/** One record of the connection, and what was made of it. */
export interface ExplainedRecord extends Place {
  /** The line as it stands in the log. Hostile: escape before showing. */
  readonly line: string;
  /** Other lines that say the same and were counted as duplicates of this one. */
  readonly duplicates: readonly Place[];
  readonly sender: Side;
  /** Unix seconds; null where the record carries none. */
  readonly start: number | null;
  readonly end: number | null;
  readonly packets: number | null;
  readonly bytes: number | null;
  /** The value of tcp-flags; null for `-` and for formats without it. */
  readonly flags: number | null;
  /** A transit gateway wrote it: SYN with ACK may be a SYN or a SYN-ACK. */
  readonly byGateway: boolean;
  readonly action: 'ACCEPT' | 'REJECT' | null;
  /** interface-id, or resource-id; null when the format has neither. */
  readonly vantage: string | null;
  /** Its bytes are more than headers can be. */
  readonly provesPayload: boolean;
  /** What its flags were read as, in order, each with the machine's step; empty for other protocols than TCP. */
  readonly steps: readonly ExplainedStep[];
  /** Both sides before and after the record; null for other protocols than TCP. */
  readonly before: Sides | null;
  readonly after: Sides | null;
  /** Rejected after the close: teardown noise, left out of the verdict. */
  readonly straggler: boolean;
}

/**
 * What became of one piece of evidence on who opened.
 * decides: names the initiator · supports: says the same · outweighed: says the other, and weighs less ·
 * outranked: observed evidence decides alone · too-weak: all together prove too little · refused: inference was
 * not asked for (observedOnly) · absent: the records do not hold it
 */
export type Fate = 'decides' | 'supports' | 'outweighed' | 'outranked' | 'too-weak' | 'refused' | 'absent';

/** One piece of evidence that was there or looked for. */
export interface Candidate {
  readonly basis: InitiatorBasis;
  readonly fate: Fate;
  /** Whom it names: the reported initiator or the responder; null for nobody, or both. */
  readonly names: Side | null;
  /** How sure it would be alone, 0.5 to 1; null where it is absent. */
  readonly confidence: number | null;
  /** What it is, or what it would take. */
  readonly says: string;
  /** The records that show it, where single ones do. */
  readonly places: readonly Place[];
}

/** Who opened it and why. */
export interface InitiatorStory {
  readonly basis: InitiatorBasis;
  readonly kind: EvidenceKind;
  readonly confidence: number;
  readonly says: string;
  readonly candidates: readonly Candidate[];
}

/** How the state was read off both sides; null parts where there are no flags. */
export interface OutcomeStory {
  readonly sides: Sides;
  readonly opening: Opening | null;
  readonly says: string;
}

/** One bound of the times: its value, how it came, and the record that gave it. */
export interface TimeBound {
  readonly name: 'openedAt' | 'openedBy' | 'closedAfter' | 'closedAt' | 'durationMin' | 'durationMax';
  /** Unix seconds, or seconds for durations. */
  readonly value: number | null;
  readonly says: string;
  readonly place: Place | null;
}

/** How the verdict came: what each vantage says alone. */
export interface VerdictStory {
  readonly verdict: Verdict;
  readonly says: string;
  /** The interface whose rejections it is about, hostile; null where nothing was rejected, or it has no name. */
  readonly rejectedAt: string | null;
  /** Unix seconds: the first of them began then. */
  readonly rejectedFrom: number | null;
  readonly vantages: readonly {
    readonly vantage: string | null;
    readonly verdict: Verdict;
    /** Packets that it lost, by reason; null where it lost none. */
    readonly lost: Losses | null;
  }[];
  /** What to look at where a transit gateway lost packets: a sentence a reason. */
  readonly check: readonly string[];
  readonly stragglers: number;
  /** What to look at, a sentence without its end; null where the verdict asks for nothing here. */
  readonly whereToLook: string | null;
}

/** The story of one connection or exchange. */
export interface Explanation {
  readonly connection: Connection;
  readonly records: readonly ExplainedRecord[];
  readonly initiator: InitiatorStory;
  /** Null for other protocols than TCP. */
  readonly outcome: OutcomeStory | null;
  readonly times: readonly TimeBound[];
  readonly verdict: VerdictStory;
  /** What its records leave open, a sentence each. */
  readonly leftOpen: readonly string[];
}
