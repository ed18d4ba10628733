/**
 * Traces as objects: how a connection came to be what is told of it, as the rules write it behind the whole row
 * (rules/trace.ts). Nothing is decided here, and nothing put into words.
 */
import type { EndKnowledge, Shown } from '../../meaning/initiator.ts';
import { FTP_DATA } from '../../meaning/ports.ts';
import { SIDE_STATES, type SideState } from '../../meaning/transitions.ts';
import type { Connection, Verdict } from '../../model/connection.ts';
import { STEP, type Steps } from '../../model/in-steps.ts';
import type { KernelMemory } from '../kernel/kernel-memory.ts';
import { VERDICTS } from '../kernel/meaning-tables.ts';
import { OUTLINE } from './outline-rows.ts';

/** The low end (0) or the high end (1) of a key. */
export type End = 0 | 1;

/** Both ends of a key: the low one, then the high one. */
export type OfEnds<Value> = readonly [Value, Value];

/** One record, and the step of the machine that it was. */
export interface TracedRecord {
  /** Who sent it. */
  readonly direction: End;
  /** Null for `-` and for formats without the field. */
  readonly flags: number | null;
  /** A transit gateway wrote it. */
  readonly byGateway: boolean;
  readonly accept: boolean;
  readonly reject: boolean;
  readonly start: number | null;
  readonly end: number | null;
  readonly packets: number | null;
  readonly bytes: number | null;
  readonly observer: number;
  readonly provesPayload: boolean;
  /** It came rejected after the close. */
  readonly straggler: boolean;
  readonly before: OfEnds<SideState>;
  readonly after: OfEnds<SideState>;
  /** All that filing knows of it: lines with the same say the same. */
  readonly print: string;
  /** The same of those that were taken out as copies of it. */
  readonly copies: readonly string[];
}

/** What shows, or makes likely, that a connection is several on the same ports. */
export interface Reuse {
  readonly dialledAgain: boolean;
  readonly talkedOn: boolean;
  readonly usedNearby: boolean;
}

/** How a connection came to be what is told of it. */
export interface Traced {
  readonly connection: Connection;
  readonly protocol: number;
  readonly isV6: boolean;
  /** By end: the address as it is interned, and the port as it is stored, also of protocols that have none. */
  readonly addresses: OfEnds<number>;
  readonly storedPorts: OfEnds<number>;
  readonly ports: OfEnds<number> | null;
  /** The end that is reported as initiator. */
  readonly initiator: End;
  /** SYNs and SYN-ACKs, as observedInitiator takes them. */
  readonly evidence: number;
  readonly shown: OfEnds<Shown>;
  readonly ends: OfEnds<EndKnowledge>;
  readonly hasFlags: boolean;
  /** Why it may be several connections on the same ports. */
  readonly reuse: Reuse;
  /** What both ends have shown in the end. */
  readonly ended: OfEnds<SideState>;
  /** What each vantage says alone, with the observer of its first record. */
  readonly vantages: readonly { readonly observer: number; readonly verdict: Verdict }[];
  /** In the order that the machine took them, copies taken out. */
  readonly records: readonly TracedRecord[];
}

/** A record by what filing knows of it. */
export const printOf = (
  observer: number,
  info: number,
  own: number,
  packets: number,
  bytes: number,
  start: number,
  end: number,
): string => `${observer} ${info} ${own} ${packets} ${bytes} ${start} ${end}`;

const NAMES = [
  ...(['TRACE_RECORDS', 'TRACE_VIEWS', 'TRACE_CLUES', 'TRACE_EVIDENCE', 'TRACE_ENDS'] as const),
  ...([
    'TRACE_OPENER',
    'TRACE_HAS_FLAGS',
    'TRACE_REUSE',
    'TRACE_SIDES',
    'TRACE_PORTS',
    'TRACE_KNOWN',
    'TRACE_SIZE',
  ] as const),
  ...(['TRACE_VIEW_OBSERVER', 'TRACE_VIEW_VERDICT', 'TRACE_VIEW_SIZE', 'TRACED_PACKETS'] as const),
  ...(['TRACED_BYTES', 'TRACED_START', 'TRACED_END', 'TRACED_INFO', 'TRACED_OWN'] as const),
  ...(['TRACED_OBSERVER', 'TRACED_SIDES', 'TRACED_MARKS', 'TRACED_SIZE', 'TRACED_BY_HIGH'] as const),
  ...(['TRACED_PAYLOAD', 'TRACED_NOISE', 'TRACED_COPY', 'WHOLE_VIEWS', 'VIEW_SIZE'] as const),
  ...([
    'HAS_FLAGS',
    'OF_GATEWAY',
    'ACCEPT',
    'REJECT',
    'STOPPED',
    'REPLY_REJECTED_CLUE',
    'SPOKE_FIRST',
    'ONE_WAY',
    'FTP_TALK',
    'FTP_MET',
    'STEP',
  ] as const),
  ...(['ANSWERS', 'MANY_PEERS', 'DIALLED_AGAIN', 'TALKED_ON', 'USED_NEARBY'] as const),
];
type Layout = Readonly<Record<(typeof NAMES)[number], number>>;

const orNull = (value: number): number | null => (value < 0 ? null : value);

export class Traces {
  readonly #layout: Layout;
  readonly #observers: Uint32Array;

  /** @param observers by their places in their order */
  constructor(memory: KernelMemory, observers: Uint32Array) {
    this.#layout = Object.fromEntries(NAMES.map((name) => [name, memory.value(name)])) as Layout;
    this.#observers = observers;
  }

  /** What a row with a trace tells. */
  *read(connection: Connection, row: Uint8Array): Steps<Traced> {
    const at = this.#layout;
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    const word = (place: number): number => view.getUint32(place, true);
    const head = OUTLINE.OUTLINE_SIZE + word(at.WHOLE_VIEWS) * at.VIEW_SIZE;
    const views = head + at.TRACE_SIZE;
    const viewCount = word(head + at.TRACE_VIEWS);
    const initiator: End = view.getUint8(head + at.TRACE_OPENER) === 0 ? 0 : 1;
    const byEnd = <Value>(mine: Value, theirs: Value): OfEnds<Value> =>
      initiator === 0 ? [mine, theirs] : [theirs, mine];
    const ofEnds = <Value>(read: (end: End) => Value): OfEnds<Value> => [read(0), read(1)];
    const clues = word(head + at.TRACE_CLUES);
    const known = word(head + at.TRACE_KNOWN);
    const reuse = view.getUint8(head + at.TRACE_REUSE);
    const isTcp = connection.state !== null;
    const ports = byEnd(connection.initiator.port, connection.responder.port);
    return {
      connection,
      protocol: view.getUint8(OUTLINE.OUTLINE_WORDS + 5),
      isV6: view.getUint8(OUTLINE.OUTLINE_WORDS + 6) === 1,
      addresses: byEnd(word(OUTLINE.OUTLINE_ADDRESSES), word(OUTLINE.OUTLINE_ADDRESSES + 4)),
      storedPorts: [word(head + at.TRACE_PORTS) >>> 16, word(head + at.TRACE_PORTS) & 0xffff],
      ports: ports[0] === null || ports[1] === null ? null : [ports[0], ports[1]],
      initiator,
      evidence: word(head + at.TRACE_EVIDENCE),
      shown: ofEnds((end) => this.#shown(clues, known, end, isTcp && ports[end] === FTP_DATA)),
      ends: ofEnds((end) => ({
        answers: word(head + at.TRACE_ENDS + 8 * end) === 1,
        peers: word(head + at.TRACE_ENDS + 8 * end + 4),
      })),
      hasFlags: view.getUint8(head + at.TRACE_HAS_FLAGS) === 1,
      reuse: {
        dialledAgain: (reuse & at.DIALLED_AGAIN) !== 0,
        talkedOn: (reuse & at.TALKED_ON) !== 0,
        usedNearby: (reuse & at.USED_NEARBY) !== 0,
      },
      ended: ofEnds((end) => stateAt(view, head + at.TRACE_SIDES + end)),
      vantages: Array.from({ length: viewCount }, (_, i) => {
        const from = views + i * at.TRACE_VIEW_SIZE;
        return {
          observer: this.#observers[word(from + at.TRACE_VIEW_OBSERVER)] as number,
          verdict: VERDICTS[word(from + at.TRACE_VIEW_VERDICT)] as Verdict,
        };
      }),
      records: yield* this.#records(
        view,
        views + viewCount * at.TRACE_VIEW_SIZE,
        word(head + at.TRACE_RECORDS),
      ),
    };
  }

  #shown(clues: number, known: number, end: End, isFtp: boolean): Shown {
    const at = this.#layout;
    const byRecords = clues >>> (end * at.STEP);
    const byInput = known >>> end;
    return {
      stopped: (byRecords & at.STOPPED) !== 0,
      replyRejected: (byRecords & at.REPLY_REJECTED_CLUE) !== 0,
      spokeFirst: (byRecords & at.SPOKE_FIRST) !== 0,
      oneWay: (byRecords & at.ONE_WAY) !== 0,
      ftpData: isFtp && (clues & at.FTP_TALK) !== 0,
      ftpAlone: isFtp && (clues & (at.FTP_TALK | at.FTP_MET)) === 0,
      peerAnswers: (byInput & at.ANSWERS) !== 0,
      peerIsShared: (byInput & at.MANY_PEERS) !== 0,
    };
  }

  *#records(view: DataView, from: number, count: number): Steps<TracedRecord[]> {
    const at = this.#layout;
    const records: TracedRecord[] = [];
    let copies: string[] = [];
    for (let i = 0; i < count; i++) {
      if (i % STEP === STEP - 1) yield;
      const place = from + i * at.TRACED_SIZE;
      const marks = view.getUint32(place + at.TRACED_MARKS, true);
      const info = view.getUint32(place + at.TRACED_INFO, true);
      const observer = this.#observers[view.getUint32(place + at.TRACED_OBSERVER, true)] as number;
      const own = view.getUint32(place + at.TRACED_OWN, true);
      const packets = view.getFloat64(place + at.TRACED_PACKETS, true);
      const bytes = view.getFloat64(place + at.TRACED_BYTES, true);
      const start = view.getFloat64(place + at.TRACED_START, true);
      const end = view.getFloat64(place + at.TRACED_END, true);
      const print = printOf(observer, info, own, packets, bytes, start, end);
      if ((marks & at.TRACED_COPY) !== 0) {
        copies.push(print);
        continue;
      }
      copies = [];
      const sides = place + at.TRACED_SIDES;
      records.push({
        direction: (marks & at.TRACED_BY_HIGH) === 0 ? 0 : 1,
        flags: (info & at.HAS_FLAGS) === 0 ? null : info & 0xff,
        byGateway: (info & at.OF_GATEWAY) !== 0,
        accept: (info & at.ACCEPT) !== 0,
        reject: (info & at.REJECT) !== 0,
        start: orNull(start),
        end: orNull(end),
        packets: orNull(packets),
        bytes: orNull(bytes),
        observer,
        provesPayload: (marks & at.TRACED_PAYLOAD) !== 0,
        straggler: (marks & at.TRACED_NOISE) !== 0,
        before: [stateAt(view, sides), stateAt(view, sides + 1)],
        after: [stateAt(view, sides + 2), stateAt(view, sides + 3)],
        print,
        copies,
      });
    }
    return records;
  }
}

const stateAt = (view: DataView, place: number): SideState => SIDE_STATES[view.getUint8(place)] as SideState;
