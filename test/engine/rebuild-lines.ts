/** A whole run from text to what the rules write of it, lines, outlines or whole rows, and all that is counted meanwhile. */
import { setTimeout as delay } from 'node:timers/promises';
import { spellerOf } from '../../src/cli/spellers.ts';
import { Tally } from '../../src/cli/tally.ts';
import { EngineKernel } from '../../src/engine/kernel/engine-kernel.ts';
import { type LineSpeller, textless } from '../../src/engine/kernel/line-speller.ts';
import { type WholeRows, wholeForm } from '../../src/engine/outlines/whole-rows.ts';
import { Rebuild, type RebuildOptions } from '../../src/engine/rebuild.ts';
import type { Column } from '../../src/export/row.ts';
import type { Connection, Party } from '../../src/model/connection.ts';
import { type LaterConnection, type Outline, vantageOf } from '../../src/model/outline.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { parseColumns } from '../../src/record/columns.ts';
import { Interner } from '../../src/record/interner.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { RecordReader } from '../../src/record/read-records.ts';
import { type Held, holdPieces } from './hold-pieces.ts';

export interface RebuiltLines {
  readonly lines: string;
  /** Places to rest. */
  readonly rests: number;
  /** What the command line counts, what the engine counts, what each vantage covers. */
  readonly counts: unknown;
}

export interface LinesRequest {
  readonly fields?: string;
  readonly scope?: RebuildOptions['scope'];
  readonly observedOnly?: boolean;
  readonly idleSeconds?: number;
  readonly memoryBytes?: number;
  readonly windows?: boolean;
  /** JSON Lines when left out; lines alone, without a header. */
  readonly format?: 'json' | 'csv' | 'zeek';
  /** Of JSON Lines and CSV: all when left out. */
  readonly columns?: readonly Column[];
  /** Records that the kernel looks at before it lets others have their turn. */
  readonly mostLooks?: number;
}

const NOTHING = (): void => {};

/** Files pieces of text. */
export const readInto = (
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest,
  kernel: EngineKernel,
) => {
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const { scope = 'auto', observedOnly = false, idleSeconds, windows = false, memoryBytes } = request;
  if (request.mostLooks !== undefined) kernel.memory.setWord('MOST_LOOKS', request.mostLooks);
  const limits = memoryBytes === undefined ? {} : { memoryBytes };
  const options = { scope, observedOnly, idleSeconds, windows, ...limits };
  const rebuild = new Rebuild(dictionaries, options, kernel);
  const events = {
    onBatch: (batch: Parameters<Rebuild['add']>[0]) => rebuild.add(batch),
    onRejection: NOTHING,
    onFormat: NOTHING,
    onHeader: NOTHING,
    onComment: NOTHING,
  };
  const declared = request.fields === undefined ? undefined : parseColumns(request.fields);
  const reader = new RecordReader('text', dictionaries, events, declared, null);
  for (const piece of pieces) reader.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  reader.end();
  const tally = new Tally();
  const counts = (): unknown => ({
    tally: { ...tally },
    engine: rebuild.tally,
    vantages: rebuild.coverage.report(rebuild.observers, dictionaries.strings, rebuild.known.toldTwice),
  });
  const speller = spellerOf(request.format ?? 'json', request);
  if (speller === null) throw new Error('The rules do not write lines of these columns.');
  return { rebuild, speller, count: tally.addAlike.bind(tally), counts };
};

type Read = ReturnType<typeof readInto>;

/** What is written by so many threads, or by one where there is too little for several to do. */
const written = (
  read: Read,
  speller: LineSpeller,
  threads: number,
): Iterable<Uint8Array> | AsyncIterable<Uint8Array> =>
  read.rebuild.linesTogether(speller, read.count, threads) ?? read.rebuild.lines(speller, read.count);

const linesAlone = ({ rebuild, speller, count, counts }: Read): RebuiltLines => {
  const decoder = new TextDecoder();
  let lines = '';
  let rests = 0;
  for (const piece of rebuild.lines(speller, count)) {
    lines += decoder.decode(piece, { stream: true });
    if (piece.length === 0) rests++;
  }
  return { lines, rests, counts: counts() };
};

/**
 * Written by one thread.
 * @param rules those of a kernel that is made for it, or a kernel that holds nothing
 */
export const kernelLines = (
  rules: KernelModule | EngineKernel,
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest = {},
): RebuiltLines =>
  linesAlone(readInto(pieces, request, rules instanceof EngineKernel ? rules : new EngineKernel(rules)));

/** With records in temporary files as soon as they take more than the request's memoryBytes. */
export const spilledLines = async (
  module: KernelModule,
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest,
): Promise<RebuiltLines & { readonly spilledBytes: number }> => {
  const read = readInto(pieces, request, new EngineKernel(module));
  await read.rebuild.finish();
  const { spilledBytes } = read.rebuild;
  return { ...linesAlone(read), spilledBytes };
};

/** What an outline tells, or a connection of what an outline would. */
export const toldBy = (outline: Outline): unknown => {
  const side = ({ address, port, packets, bytes, flags }: Party): Party => ({
    address,
    port,
    packets,
    bytes,
    flags,
  });
  return {
    uid: outline.uid,
    protocol: outline.protocol,
    initiator: side(outline.initiator),
    responder: side(outline.responder),
    initiatorBasis: outline.initiatorBasis,
    initiatorConfidence: outline.initiatorConfidence,
    state: outline.state,
    closedBy: outline.closedBy,
    verdict: outline.verdict,
    rejectedAt: outline.rejectedAt,
    rejectedFrom: outline.rejectedFrom,
    rejectedSide: outline.rejectedSide,
    lostAt: outline.lostAt,
    vantage: vantageOf(outline),
    packetsLost: outline.packetsLost,
    lostBecause: outline.lostBecause,
    firstSeen: outline.firstSeen,
    lastSeen: outline.lastSeen,
    openedAt: outline.openedAt,
    openedBy: outline.openedBy,
    closedAfter: outline.closedAfter,
    closedAt: outline.closedAt,
    durationMin: outline.durationMin,
    durationMax: outline.durationMax,
    windows: outline.windows,
    records: outline.records,
    startsMidstream: outline.startsMidstream,
    endsOpen: outline.endsOpen,
    oneSided: outline.oneSided,
    hasGap: outline.hasGap,
    mayHideReuse: outline.mayHideReuse,
    contradicted: outline.contradicted,
  } satisfies Record<Exclude<keyof Outline, 'copyUid'>, unknown>;
};

export interface Outlined {
  /** What each tells. */
  readonly told: readonly unknown[];
  /** The connections themselves, of those that were asked for. */
  readonly wholes: readonly Connection[];
  /** The same, asked for only in the end: of two of three of them, the third is forgotten. */
  readonly laters: readonly Connection[];
  readonly counts: unknown;
}

/**
 * Outlines of all connections.
 * @param isAsked which are asked for as a whole, by their number
 * @param threads that write them
 */
export const outlined = async (
  module: KernelModule,
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest,
  isAsked: (number: number) => boolean,
  threads = 1,
): Promise<Outlined> => {
  const read = readInto(pieces, request, new EngineKernel(module));
  await read.rebuild.finish();
  const view = read.rebuild.outlineView();
  const told: unknown[] = [];
  const wholes: Connection[] = [];
  const held: LaterConnection[] = [];
  const uid = Buffer.alloc(20, '~');
  for await (const piece of written(read, textless('OUTLINES'), threads)) {
    for (const outline of view.each(piece)) {
      if (isAsked(told.length)) {
        held.push(outline.later());
        wholes.push(outline.whole());
        if (isForgotten(held.length - 1)) held.at(-1)?.forget();
      }
      told.push(toldBy(outline));
      outline.copyUid?.(uid, 1);
      if (uid.toString('latin1') !== `~${outline.uid}~`) throw new Error(`${uid} is not ${outline.uid}.`);
    }
  }
  const laters = held.filter((_, i) => !isForgotten(i)).map((each) => each.whole());
  return { told, wholes, laters, counts: read.counts() };
};

/** Of those that were asked for, by their number. */
export const isForgotten = (number: number): boolean => number % 3 === 1;

/**
 * Connections from the whole rows that the rules write.
 * @param threads that write them
 */
export const wholeConnections = async (
  module: KernelModule,
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest,
  threads = 1,
): Promise<{ readonly connections: readonly Connection[]; readonly counts: unknown }> => {
  const read = readInto(pieces, request, new EngineKernel(module));
  await read.rebuild.finish();
  const connections: Connection[] = [];
  let rows: WholeRows | undefined;
  for await (const piece of written(read, textless(wholeForm(request.windows === true)), threads)) {
    rows ??= read.rebuild.wholeRows();
    connections.push(...rows.each(piece));
  }
  return { connections, counts: read.counts() };
};

/**
 * Written by several threads.
 * @param pauseMilliseconds between two pieces
 * @throws Error when there is too little for several threads to do
 */
export const linesTogether = async (
  module: KernelModule,
  pieces: readonly (string | Uint8Array)[],
  threads: number,
  { pauseMilliseconds = 0, ...request }: LinesRequest & { readonly pauseMilliseconds?: number } = {},
): Promise<RebuiltLines> => {
  const { rebuild, speller, count, counts } = readInto(pieces, request, new EngineKernel(module));
  await rebuild.finish();
  const together = rebuild.linesTogether(speller, count, threads);
  if (together === null) throw new Error('One thread writes this.');
  const decoder = new TextDecoder();
  let lines = '';
  let rests = 0;
  for await (const piece of together) {
    lines += decoder.decode(piece, { stream: true });
    if (piece.length === 0) rests++;
    if (pauseMilliseconds > 0) await delay(pauseMilliseconds);
  }
  return { lines, rests, counts: counts() };
};

/** Who writes the pieces that are held. */
export interface HeldRequest extends LinesRequest {
  readonly threads?: number;
  readonly isOutline?: boolean;
  readonly pauseMilliseconds?: number;
}

/** The pieces of all lines, taken as somebody does who holds each while he asks for the next. */
export const heldLines = async (
  module: KernelModule,
  pieces: readonly (string | Uint8Array)[],
  request: HeldRequest = {},
): Promise<Held> => {
  const read = readInto(pieces, request, new EngineKernel(module));
  await read.rebuild.finish();
  const speller = request.isOutline === true ? textless('OUTLINES') : read.speller;
  return holdPieces(written(read, speller, request.threads ?? 1), request.pauseMilliseconds);
};
