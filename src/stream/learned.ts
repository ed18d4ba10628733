/**
 * What a stream has learned so far of its interfaces and of the ends of its connections: the same that an input read as
 * a whole teaches (engine/observers/coverage.ts, rules/services.ts, rules/both-ways.ts, rules/told-twice.ts), kept as
 * Immutable values so that a snapshot costs nothing.
 */
import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable';
import type { KnownOfVantages } from '../engine/observers/known-of-vantages.ts';
import { type Lessons, NO_LESSON, type VantageLesson } from '../engine/observers/lessons.ts';
import { narrowSets } from '../engine/observers/own-addresses.ts';
import type { ToldTwiceSums } from '../engine/observers/told-twice.ts';
import { provesPayload } from '../meaning/events.ts';
import { MOST_PEERS } from '../meaning/initiator.ts';
import { writeIPv4 } from '../model/ipv4.ts';
import { DIRECTION, HAS, IS_V6, KIND, type RecordBatch } from '../model/record-batch.ts';
import { hasSynAck } from '../model/tcp-flags.ts';
import type { Dictionaries } from '../record/scan-lines.ts';

const TCP = 6;

/** What is known of an end: whether it answered a handshake, and whom it talked with (isTalk in held.ts). */
export interface EndSeen {
  readonly answers: boolean;
  readonly peers: ImmutableSet<string>;
}
const NEVER_SEEN: EndSeen = { answers: false, peers: ImmutableSet() };

export const endName = (address: string, port: number, protocol: number): string =>
  `${address} ${port} ${protocol}`;

/** A row in plain values. */
export interface RowSeen {
  readonly kind: number;
  readonly start: number | null;
  readonly end: number | null;
  /** The names of the ends, which mean something of flows, and whether the sender answered a handshake. */
  readonly from: string;
  readonly to: string;
  readonly answers: boolean;
  /** It is more than headers; over other protocols than TCP each is taken to be. */
  readonly talks: boolean;
  readonly vantage: string;
  readonly vpcId: string | null;
  /** The addresses of which one is the interface's own, as it shows them; null where that is not said, or asked of an attachment. */
  readonly own: readonly string[] | null;
  readonly rewrites: boolean;
}

/** Reads a row out of a batch. */
export const readRow = (batch: RecordBatch, row: number, { strings, addresses }: Dictionaries): RowSeen => {
  const present = batch.present[row] as number;
  const families = batch.families[row] as number;
  const has = (bit: number): boolean => (present & bit) !== 0;
  const address = (value: number | undefined, bit: number): string =>
    (families & bit) !== 0 ? addresses.text(value as number) : writeIPv4(value as number);
  const text = (id: number | undefined): string => strings.text(id as number);
  const protocol = batch.protocol[row] as number;
  const from = address(batch.fromAddr[row], IS_V6.from);
  const to = address(batch.toAddr[row], IS_V6.to);
  const shown: readonly [string, string] | null =
    has(HAS.srcAddr) && has(HAS.dstAddr)
      ? [address(batch.srcAddr[row], IS_V6.src), address(batch.dstAddr[row], IS_V6.dst)]
      : null;
  return {
    kind: batch.kind[row] as number,
    start: has(HAS.start) ? (batch.start[row] as number) : null,
    end: has(HAS.end) ? (batch.end[row] as number) : null,
    from: endName(from, batch.srcPort[row] as number, protocol),
    to: endName(to, batch.dstPort[row] as number, protocol),
    answers: has(HAS.tcpFlags) && !has(HAS.gateway) && hasSynAck(batch.tcpFlags[row] as number),
    talks:
      protocol !== TCP ||
      (has(HAS.packets) &&
        has(HAS.bytes) &&
        provesPayload(
          batch.packets[row] as number,
          batch.bytes[row] as number,
          (families & IS_V6.from) !== 0,
        )),
    vantage: text(batch.interfaceId[row]) || text(batch.resourceId[row]),
    vpcId: text(batch.vpcId[row]) || null,
    own: has(HAS.gateway) ? null : ownAmong(shown, batch.direction[row] as number),
    rewrites: shown !== null && (shown[0] !== from || shown[1] !== to),
  };
};

const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
const most = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

const isV6 = (address: string): boolean => address.includes(':');

/** What an interface sends leaves by its own side, what it receives arrives there. Two families say nothing of either. */
const ownAmong = (shown: readonly [string, string] | null, direction: number): readonly string[] | null => {
  if (shown === null || isV6(shown[0]) !== isV6(shown[1])) return null;
  if (direction === DIRECTION.none) return shown;
  return [direction === DIRECTION.egress ? shown[0] : shown[1]];
};

const narrowOwn = (known: VantageLesson['own'], own: readonly string[] | null): VantageLesson['own'] => {
  const [first] = own ?? [];
  if (own === null || first === undefined) return known;
  return isV6(first)
    ? { ...known, v6: narrowSets(known.v6, own) }
    : { ...known, v4: narrowSets(known.v4, own) };
};

const learnVantage = (known: VantageLesson, row: RowSeen): VantageLesson => {
  const { start, end, vpcId } = row;
  const times = {
    vpcId: vpcId !== null && (known.vpcId === null || vpcId < known.vpcId) ? vpcId : known.vpcId,
    first: least(known.first, start),
    last: most(known.last, end),
    longest: start === null || end === null ? known.longest : most(known.longest, end - start),
  };
  if (row.kind === KIND.nodata) return { ...known, ...times, nodata: known.nodata + 1 };
  if (row.kind === KIND.skipdata) return { ...known, ...times, skipped: [...known.skipped, [start, end]] };
  return {
    ...known,
    ...times,
    records: known.records + 1,
    rewrites: known.rewrites || row.rewrites,
    own: narrowOwn(known.own, row.own),
  };
};

const weightOf = ({ sums, contradictions }: ToldTwiceSums): number => sums + contradictions;

export class Learned {
  readonly vantages: ImmutableMap<string, VantageLesson>;
  readonly ends: ImmutableMap<string, EndSeen>;

  constructor(
    vantages: ImmutableMap<string, VantageLesson> = ImmutableMap(),
    ends: ImmutableMap<string, EndSeen> = ImmutableMap(),
  ) {
    this.vantages = vantages;
    this.ends = ends;
  }

  /** With what a row tells. @param isNowTalk the row makes a talk of its key */
  learn(row: RowSeen, isNowTalk: boolean): Learned {
    const vantages = this.vantages.set(
      row.vantage,
      learnVantage(this.vantages.get(row.vantage, NO_LESSON), row),
    );
    let { ends } = this;
    if (row.kind === KIND.flow) {
      if (row.answers) ends = ends.set(row.from, { ...ends.get(row.from, NEVER_SEEN), answers: true });
      if (isNowTalk) ends = meet(meet(ends, row.from, row.to), row.to, row.from);
    }
    return new Learned(vantages, ends);
  }

  /** Without ends that answered nobody and met one other at most: most are clients' ports, which do not come again. */
  forget(names: Iterable<string>): Learned {
    const ends = this.ends.withMutations((kept) => {
      for (const name of names) {
        const seen = kept.get(name);
        if (seen !== undefined && !seen.answers && seen.peers.size <= 1) kept.delete(name);
      }
    });
    return new Learned(this.vantages, ends);
  }

  /**
   * With what is known of vantages after a release: its connections have taught, too.
   * @param nameOf a vantage: the interface, or resource
   */
  learnVantages({ bothWays, toldTwice }: KnownOfVantages, nameOf: (vantage: number) => string): Learned {
    const vantages = this.vantages.withMutations((all) => {
      const put = (vantage: number, seen: Partial<VantageLesson>): void => {
        const name = nameOf(vantage);
        all.set(name, { ...all.get(name, NO_LESSON), ...seen });
      };
      for (const [vantage, both, halves] of bothWays.each()) put(vantage, { bothWays: both, halves });
      for (const [vantage, seen] of toldTwice.each()) put(vantage, { toldTwice: seen });
    });
    return new Learned(vantages, this.ends);
  }

  /** For another stream to begin with: of interfaces of which this is known it need not learn it again. */
  settled(): Learned {
    const vantages = this.vantages.map((lesson) => ({
      ...lesson,
      isSettled: lesson.isSettled || lesson.bothWays + lesson.halves + weightOf(lesson.toldTwice) > 0,
    }));
    return new Learned(vantages, this.ends);
  }

  /** As the engine wants it. */
  lessons(): Lessons {
    return {
      vantages: this.vantages,
      end: (address, port, protocol) => {
        const { answers, peers } = this.ends.get(endName(address, port, protocol), NEVER_SEEN);
        return { answers, peers: peers.size };
      },
    };
  }
}

const meet = (
  ends: ImmutableMap<string, EndSeen>,
  end: string,
  other: string,
): ImmutableMap<string, EndSeen> => {
  const seen = ends.get(end, NEVER_SEEN);
  return seen.peers.size >= MOST_PEERS ? ends : ends.set(end, { ...seen, peers: seen.peers.add(other) });
};
