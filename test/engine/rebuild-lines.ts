/** A whole run from text to JSON Lines, with the engine's kernel or by the plain path alone, and all it counts. */
import { setTimeout as delay } from 'node:timers/promises';
import { Tally } from '../../src/cli/tally.ts';
import { EngineKernel } from '../../src/engine/kernel/engine-kernel.ts';
import type { KernelMemory } from '../../src/engine/kernel/kernel-memory.ts';
import { OutlineSpeller } from '../../src/engine/outlines/outline-rows.ts';
import { type WholeRows, WholeSpeller } from '../../src/engine/outlines/whole-rows.ts';
import { Rebuild, type RebuildOptions } from '../../src/engine/rebuild.ts';
import { JsonBytes, jsonPiecesAlone } from '../../src/export/json-bytes.ts';
import { toJsonLine } from '../../src/export/json-lines.ts';
import type { Connection, Party } from '../../src/model/connection.ts';
import type { Outline } from '../../src/model/outline.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { parseColumns } from '../../src/record/columns.ts';
import { Interner } from '../../src/record/interner.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { RecordReader } from '../../src/record/read-records.ts';
import { type Held, holdPieces } from './hold-pieces.ts';

export interface RebuiltLines {
  readonly lines: string;
  /** Rows that were told one by one: at least those that were not for the kernel. */
  readonly alone: number;
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
  /** Records that the kernel looks at before it lets others have their turn. */
  readonly mostLooks?: number;
}

const readInto = (
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest,
  kernel: EngineKernel | null,
) => {
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const { scope = 'auto', observedOnly = false, idleSeconds = 3600, windows = false } = request;
  if (request.mostLooks !== undefined) kernel?.memory.setWord('MOST_LOOKS', request.mostLooks);
  const rebuild = new Rebuild(
    dictionaries,
    {
      scope,
      observedOnly,
      openSeconds: idleSeconds,
      windows,
      ...(request.memoryBytes === undefined ? {} : { memoryBytes: request.memoryBytes }),
    },
    kernel,
  );
  const nothing = (): void => {};
  const events = {
    onBatch: (batch: Parameters<Rebuild['add']>[0]) => rebuild.add(batch),
    onRejection: nothing,
    onFormat: nothing,
    onHeader: nothing,
    onComment: nothing,
  };
  const declared = request.fields === undefined ? undefined : parseColumns(request.fields);
  const reader = new RecordReader('text', dictionaries, events, declared, null);
  for (const piece of pieces) reader.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  reader.end();
  const counts = (tally: Tally): unknown => ({
    tally: { ...tally },
    engine: rebuild.tally,
    vantages: rebuild.coverage.report(rebuild.observers, dictionaries.strings),
  });
  return { rebuild, dictionaries, counts };
};

/** By the plain path: connections, each spelt as the exports spell it. */
export const plainLines = (
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest = {},
): RebuiltLines => {
  const { rebuild, counts } = readInto(pieces, request, null);
  const tally = new Tally();
  let lines = '';
  let alone = 0;
  for (const connection of rebuild.connections()) {
    tally.add(connection);
    lines += `${toJsonLine(connection)}\n`;
    alone++;
  }
  return { lines, alone, rests: 0, counts: counts(tally) };
};

/**
 * With the kernel.
 * @param rules those of a kernel that is made for it, or a kernel that holds nothing
 * @param mostPages of 64 KiB that one that is made may have
 */
export const kernelLines = (
  rules: KernelModule | EngineKernel,
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest = {},
  mostPages?: number,
): RebuiltLines => {
  const kernel = rules instanceof EngineKernel ? rules : new EngineKernel(rules, mostPages);
  return byKernel(readInto(pieces, request, kernel));
};

/**
 * With records in temporary files as soon as they take more than the request's memoryBytes.
 * @param module the kernel; null for the plain path
 */
export const spilledLines = async (
  module: KernelModule | null,
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest,
): Promise<RebuiltLines & { readonly spilledBytes: number }> => {
  const read = readInto(pieces, request, module === null ? null : new EngineKernel(module));
  await read.rebuild.finish();
  const { spilledBytes } = read.rebuild;
  return { ...byKernel(read), spilledBytes };
};

const byKernel = ({ rebuild, dictionaries, counts }: ReturnType<typeof readInto>): RebuiltLines => {
  const tally = new Tally();
  const source = {
    rows: rebuild.flatRows(),
    addresses: dictionaries.addresses,
    lines: rebuild.lines.bind(rebuild),
  };
  const decoder = new TextDecoder();
  let lines = '';
  let alone = 0;
  const count = (row: Parameters<Tally['add']>[0], times: number): void => {
    tally.add(row, times);
    if (times === 1) alone++;
  };
  let rests = 0;
  for (const piece of jsonPiecesAlone(source, count)) {
    lines += decoder.decode(piece, { stream: true });
    if (piece.length === 0) rests++;
  }
  return { lines, alone, rests, counts: counts(tally) };
};

/** What an outline tells, or a connection of what an outline would. */
const toldBy = (outline: Outline): unknown => {
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
  readonly counts: unknown;
}

/** Connections, and what outlines of them are to tell. */
export const plainlyOutlined = (
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest,
  isAsked: (number: number) => boolean,
): Outlined => {
  const { rebuild, counts } = readInto(pieces, request, null);
  const tally = new Tally();
  const connections = [...rebuild.connections()];
  for (const connection of connections) tally.add(connection);
  return {
    told: connections.map(toldBy),
    wholes: connections.filter((_, i) => isAsked(i)),
    counts: counts(tally),
  };
};

/**
 * Outlines of all connections.
 * @param module the kernel; null for the plain path
 * @param isAsked which are asked for as a whole, by their number
 * @param threads that write them
 */
export const outlined = async (
  module: KernelModule | null,
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest,
  isAsked: (number: number) => boolean,
  threads = 1,
): Promise<Outlined> => {
  const { rebuild, counts } = readInto(pieces, request, module === null ? null : new EngineKernel(module));
  await rebuild.finish();
  const tally = new Tally();
  const count = tally.add.bind(tally);
  const speller = new OutlineSpeller();
  const view = rebuild.outlineView();
  const told: unknown[] = [];
  const wholes: Connection[] = [];
  const uid = Buffer.alloc(20, '~');
  const written =
    rebuild.linesTogether(speller, count, threads) ??
    rebuild.lines(speller, count) ??
    rebuild.plainLines(speller, count);
  for await (const piece of written) {
    for (const outline of view.each(piece)) {
      if (isAsked(told.length)) wholes.push(outline.whole());
      told.push(toldBy(outline));
      outline.copyUid?.(uid, 1);
      if (uid.toString('latin1') !== `~${outline.uid}~`) throw new Error(`${uid} is not ${outline.uid}.`);
    }
  }
  return { told, wholes, counts: counts(tally) };
};

/** Connections by the plain path, and what is counted of them. */
export const plainConnections = (
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest,
): { readonly connections: readonly Connection[]; readonly counts: unknown } => {
  const { rebuild, counts } = readInto(pieces, request, null);
  const tally = new Tally();
  const connections = [...rebuild.connections()];
  for (const connection of connections) tally.add(connection);
  return { connections, counts: counts(tally) };
};

/** Leaves room for keys with few records alone. */
const starve = (memory: KernelMemory): void => {
  memory.setWord('MOST_PAGES', 1);
  const size = 192 * 1024;
  let last = 0;
  for (let region = memory.allocate(size); region !== 0; region = memory.allocate(size)) last = region;
  memory.exports.release(last, size);
};

/**
 * Connections from the whole rows that the rules write.
 * @param threads that write them
 * @param starves there is next to no memory left once all is filed and in order
 */
export const wholeConnections = async (
  module: KernelModule,
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest,
  { threads = 1, starves = false } = {},
): Promise<{ readonly connections: readonly Connection[]; readonly counts: unknown }> => {
  const kernel = new EngineKernel(module);
  const { rebuild, counts } = readInto(pieces, request, kernel);
  await rebuild.finish();
  const tally = new Tally();
  const count = tally.add.bind(tally);
  const speller = new WholeSpeller(request.windows === true);
  const written = rebuild.linesTogether(speller, count, threads) ?? rebuild.lines(speller, count);
  if (written === null) throw new Error('No rows are written.');
  if (starves) starve(kernel.memory);
  const connections: Connection[] = [];
  let rows: WholeRows | undefined;
  for await (const piece of written) {
    rows ??= rebuild.wholeRows(speller);
    connections.push(...rows.each(piece));
  }
  return { connections, counts: counts(tally) };
};

/**
 * With the kernel, written by several threads.
 * @param pauseMilliseconds between two pieces
 * @throws Error when there is too little for several threads to do
 */
export const linesTogether = async (
  module: KernelModule,
  pieces: readonly (string | Uint8Array)[],
  threads: number,
  pauseMilliseconds = 0,
): Promise<RebuiltLines> => {
  const { rebuild, dictionaries, counts } = readInto(pieces, {}, new EngineKernel(module));
  const tally = new Tally();
  let alone = 0;
  const json = new JsonBytes(dictionaries.addresses, 1 << 20);
  const written = rebuild.linesTogether(
    json,
    (row, times) => {
      tally.add(row, times);
      if (times === 1) alone++;
    },
    threads,
  );
  if (written === null) throw new Error('One thread writes this.');
  const decoder = new TextDecoder();
  let lines = '';
  let rests = 0;
  for await (const piece of written) {
    lines += decoder.decode(piece, { stream: true });
    if (piece.length === 0) rests++;
    if (pauseMilliseconds > 0) await delay(pauseMilliseconds);
  }
  return { lines, alone, rests, counts: counts(tally) };
};

/** Who writes the pieces that are held. */
export interface HeldRequest extends LinesRequest {
  readonly threads?: number;
  readonly isOutline?: boolean;
  readonly pauseMilliseconds?: number;
}

/**
 * The pieces of all lines, taken as somebody does who holds each while he asks for the next.
 * @param module the kernel; null for the plain path
 */
export const heldLines = async (
  module: KernelModule | null,
  pieces: readonly (string | Uint8Array)[],
  request: HeldRequest = {},
): Promise<Held> => {
  const { rebuild, dictionaries } = readInto(
    pieces,
    request,
    module === null ? null : new EngineKernel(module),
  );
  await rebuild.finish();
  const count = (): void => {};
  const speller =
    request.isOutline === true ? new OutlineSpeller() : new JsonBytes(dictionaries.addresses, 1 << 20);
  const { addresses } = dictionaries;
  const alone = { rows: rebuild.flatRows(), addresses, lines: () => null };
  const written =
    rebuild.linesTogether(speller, count, request.threads ?? 1) ??
    rebuild.lines(speller, count) ??
    jsonPiecesAlone(alone, count);
  return holdPieces(written, request.pauseMilliseconds);
};
