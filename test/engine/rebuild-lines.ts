/** A whole run from text to JSON Lines, with the engine's kernel or by the plain path alone, and all it counts. */
import { setTimeout as delay } from 'node:timers/promises';
import { Tally } from '../../src/cli/tally.ts';
import { EngineKernel } from '../../src/engine/kernel/engine-kernel.ts';
import { Rebuild, type RebuildOptions } from '../../src/engine/rebuild.ts';
import { JsonBytes, jsonPiecesAlone } from '../../src/export/json-bytes.ts';
import { toJsonLine } from '../../src/export/json-lines.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { parseColumns } from '../../src/record/columns.ts';
import { Interner } from '../../src/record/interner.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { RecordReader } from '../../src/record/read-records.ts';

export interface RebuiltLines {
  readonly lines: string;
  /** Rows that were told one by one: at least those that were not for the kernel. */
  readonly alone: number;
  /** What the command line counts, what the engine counts, what each vantage covers. */
  readonly counts: unknown;
}

export interface LinesRequest {
  readonly fields?: string;
  readonly scope?: RebuildOptions['scope'];
  readonly observedOnly?: boolean;
  readonly idleSeconds?: number;
  readonly memoryBytes?: number;
}

const readInto = (
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest,
  kernel: EngineKernel | null,
) => {
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const { scope = 'auto', observedOnly = false, idleSeconds = 3600 } = request;
  const rebuild = new Rebuild(
    dictionaries,
    {
      scope,
      observedOnly,
      openSeconds: idleSeconds,
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
  return { lines, alone, counts: counts(tally) };
};

/**
 * With the kernel.
 * @param mostPages of 64 KiB that it may have
 */
export const kernelLines = (
  module: KernelModule,
  pieces: readonly (string | Uint8Array)[],
  request: LinesRequest = {},
  mostPages?: number,
): RebuiltLines => {
  return byKernel(readInto(pieces, request, new EngineKernel(module, mostPages)));
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
  for (const piece of jsonPiecesAlone(source, count)) lines += decoder.decode(piece, { stream: true });
  return { lines, alone, counts: counts(tally) };
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
  for await (const piece of written) {
    lines += decoder.decode(piece, { stream: true });
    if (pauseMilliseconds > 0) await delay(pauseMilliseconds);
  }
  return { lines, alone, counts: counts(tally) };
};
