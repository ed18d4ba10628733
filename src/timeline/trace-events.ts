/**
 * A timeline as trace events, for the Perfetto UI and chrome://tracing: interfaces are processes, connections are
 * slices with their windows inside, openings and closes are instants, bytes are counters. The form is that of the
 * Trace Event Format (JSON object format); times are microseconds.
 */
import { ascending, max } from 'd3-array';

import type { Connection, ConnectionWindow, Side } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import { SLACK_SECONDS } from '../model/idle-limits.ts';
import { sayLasted } from '../model/lasted.ts';
import type { NameOf } from '../model/name-of.ts';
import { describeSideFlags } from '../model/tcp-flags.ts';
import { FirstFree } from './first-free.ts';
import { closeWord, nameOfLane, openingWord, stateWord, vantageName, windowWord } from './lane-words.ts';
import { describeLeftOut, type Lane, type Lanes, lanesOf } from './lanes.ts';

type Args = Readonly<Record<string, string | number | boolean | null>>;

interface Common {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
}

/** One event: a complete slice, an instant on its thread, a counter, or a name. */
export type TraceEvent =
  | (Common & {
      readonly ph: 'X';
      readonly cat: string;
      readonly ts: number;
      readonly dur: number;
      readonly args: Args;
    })
  | (Common & {
      readonly ph: 'i';
      readonly cat: string;
      readonly ts: number;
      readonly s: 't';
      readonly args: Args;
    })
  | (Common & { readonly ph: 'C'; readonly ts: number; readonly args: Readonly<Record<string, number>> })
  | (Common & { readonly ph: 'M'; readonly args: Args });

const MICROSECONDS = 1_000_000;

const micro = (seconds: number): number => seconds * MICROSECONDS;

/** What the names of both ends are told as. */
const nameArgs = (c: Connection, names: NameOf | undefined): Args => {
  if (names === undefined) return {};
  const [initiator, responder] = [names(c.initiator.address), names(c.responder.address)];
  return {
    initiator_name: initiator === null ? null : escapeControls(initiator),
    responder_name: responder === null ? null : escapeControls(responder),
  };
};

const argsOf = (c: Connection, names: NameOf | undefined): Args => ({
  uid: c.uid,
  state: stateWord(c),
  verdict: c.verdict,
  initiator: escapeControls(c.initiator.address),
  initiator_port: c.initiator.port,
  responder: escapeControls(c.responder.address),
  responder_port: c.responder.port,
  initiator_basis: c.initiatorBasis,
  initiator_confidence: c.initiatorConfidence,
  initiator_packets: c.initiator.packets,
  initiator_bytes: c.initiator.bytes,
  responder_packets: c.responder.packets,
  responder_bytes: c.responder.bytes,
  lasted: sayLasted(c),
  duration_min: c.durationMin,
  duration_max: c.durationMax,
  closed_by: c.closedBy,
  history: c.history,
  ends_open: c.endsOpen,
  has_gap: c.hasGap,
  may_hide_reuse: c.mayHideReuse,
  path: c.path === null ? null : escapeControls(c.path),
  ...nameArgs(c, names),
});

/** The slice of a connection, its windows inside it, and the instants of its opening and close. */
function* eventsOfLane(
  lane: Lane,
  pid: number,
  tid: number,
  names: NameOf | undefined,
): Generator<TraceEvent> {
  const { connection: c, from, to, family } = lane;
  const place = { pid, tid };
  yield {
    name: nameOfLane(c, names),
    cat: `connection,${family}`,
    ph: 'X',
    ts: micro(from),
    dur: micro(to - from),
    ...place,
    args: argsOf(c, names),
  };
  yield* windowEvents(lane, pid, tid);
  const opening = openingWord(c);
  if (opening !== null && c.openedAt !== null && c.openedBy !== null)
    yield {
      name: opening,
      cat: 'opening',
      ph: 'i',
      ts: micro(c.openedAt),
      s: 't',
      ...place,
      args: { earliest: c.openedAt - SLACK_SECONDS, latest: c.openedBy },
    };
  const close = closeWord(c);
  if (close !== null && c.closedAt !== null && c.closedAfter !== null)
    yield {
      name: close,
      cat: 'close',
      ph: 'i',
      ts: micro(c.closedAt),
      s: 't',
      ...place,
      args: { earliest: c.closedAfter - SLACK_SECONDS, latest: c.closedAt },
    };
}

/** Slices of one thread must not overlap in part: a window ends at the latest where the next begins. */
function* windowEvents({ connection, from, to }: Lane, pid: number, tid: number): Generator<TraceEvent> {
  const windows = (connection.windowDetails ?? []).filter(({ start, end }) => start !== null && end !== null);
  for (const [i, window] of windows.entries()) {
    const start = Math.max(from, window.start as number);
    const next = windows[i + 1]?.start ?? to;
    const end = Math.min(window.end as number, Math.max(start, next), to);
    yield {
      name: windowWord(window),
      cat: 'window',
      ph: 'X',
      ts: micro(start),
      dur: micro(Math.max(0, end - start)),
      pid,
      tid,
      args: {
        start: window.start,
        end: window.end,
        initiator_packets: window.initiator?.packets ?? null,
        initiator_bytes: window.initiator?.bytes ?? null,
        initiator_flags: flagsWord(window, 'initiator'),
        initiator_action: window.initiator?.action ?? null,
        responder_packets: window.responder?.packets ?? null,
        responder_bytes: window.responder?.bytes ?? null,
        responder_flags: flagsWord(window, 'responder'),
        responder_action: window.responder?.action ?? null,
      },
    };
  }
}

const flagsWord = (window: ConnectionWindow, side: Side): string | null => {
  const flags = window[side]?.flags ?? null;
  return flags === null ? null : describeSideFlags(flags, side);
};

/** Bytes a second of all windows of one process: a counter has a value at each moment, a window has a length. */
function* counterEvents(lanes: readonly Lane[], pid: number): Generator<TraceEvent> {
  const changes = new Map<number, { initiators: number; responders: number }>();
  const change = (at: number, initiators: number, responders: number): void => {
    const now = changes.get(at) ?? { initiators: 0, responders: 0 };
    changes.set(at, { initiators: now.initiators + initiators, responders: now.responders + responders });
  };
  for (const { connection } of lanes) {
    for (const { start, end, initiator, responder } of connection.windowDetails ?? []) {
      if (start === null || end === null) continue;
      // A window of one packet begins and ends in the same second.
      const seconds = Math.max(1, end - start);
      const mine = (initiator?.bytes ?? 0) / seconds;
      const theirs = (responder?.bytes ?? 0) / seconds;
      change(start, mine, theirs);
      change(start + seconds, -mine, -theirs);
    }
  }
  let initiators = 0;
  let responders = 0;
  for (const [at, by] of [...changes].sort(([a], [b]) => a - b)) {
    initiators += by.initiators;
    responders += by.responders;
    yield {
      name: 'bytes per second',
      ph: 'C',
      ts: micro(at),
      pid,
      tid: 0,
      // Sums of fractions leave a rest where nothing is left.
      args: {
        initiators: Math.round(Math.max(0, initiators)),
        responders: Math.round(Math.max(0, responders)),
      },
    };
  }
}

/** Threads of a process: a connection takes the first that is free, so that no two slices overlap. */
const assignThreads = (lanes: readonly Lane[]): number[] => {
  const threads = new FirstFree(lanes.length);
  return lanes.map(({ from, to }) => threads.take(from, to) + 1);
};

const name = (what: 'process_name' | 'thread_name', text: string, pid: number, tid: number): TraceEvent => ({
  name: what,
  ph: 'M',
  pid,
  tid,
  args: { name: text },
});

/** All events: names first, then each process's connections in the order of opening, then its counters. */
export function* traceEvents({ lanes }: Lanes, names?: NameOf): Generator<TraceEvent> {
  const processes = new Map<string, Lane[]>();
  for (const lane of lanes) {
    const process = vantageName(lane.connection);
    const known = processes.get(process);
    if (known === undefined) processes.set(process, [lane]);
    else known.push(lane);
  }
  const sorted = [...processes].sort(([a], [b]) => ascending(a, b));
  for (const [i, [process, held]] of sorted.entries()) {
    const pid = i + 1;
    const threads = assignThreads(held);
    yield name('process_name', process, pid, 0);
    for (let tid = 1; tid <= (max(threads) ?? 0); tid++)
      yield name('thread_name', `connections ${tid}`, pid, tid);
    for (const [j, lane] of held.entries()) yield* eventsOfLane(lane, pid, threads[j] as number, names);
    yield* counterEvents(held, pid);
  }
}

/** Lanes that a trace holds unless told otherwise: some 10 MB, which the Perfetto UI opens at once. */
export const TRACE_LANES = 20_000;

/** Characters a piece has at least, the last one aside. */
const PIECE = 1 << 16;

/** The trace file in pieces of text; what was left out is said in its `otherData`. */
export function* tracePieces(lanes: Lanes, names?: NameOf): Generator<string> {
  const about = {
    made_by: 'conntrail timeline',
    times: 'Unix time; one slice a connection, from its first to its last record',
    left_out: describeLeftOut(lanes).join(' '),
  };
  let piece = `{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[`;
  let comma = '\n';
  for (const event of traceEvents(lanes, names)) {
    piece += comma + JSON.stringify(event);
    comma = ',\n';
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}\n]}\n`;
}

/**
 * Connections as a trace file, in pieces of text. Rebuild them with `windows: true` to have windows and counters.
 * @param options.top how many connections it holds, the longest; default 20,000
 * @param options.names what addresses are called
 */
export async function* toTraceEvents(
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  options: { readonly top?: number; readonly names?: NameOf } = {},
): AsyncGenerator<string> {
  yield* tracePieces(await lanesOf(connections, options.top ?? TRACE_LANES), options.names);
}
