/**
 * The input of a run, whatever it is, to its end: paths in threads of their own where there is enough to read, in this one
 * otherwise, and what a caller hands over. What is met on the way is noted for the report.
 */
import { availableParallelism } from 'node:os';
import { findSources } from '../../input/find-sources.ts';
import { type PieceSource, piecesOf } from '../../input/pieces-of.ts';
import { readSource } from '../../input/read-source.ts';
import {
  type Reading,
  type ReadingHandlers,
  type ReadingRequest,
  readSources,
} from '../../input/read-sources.ts';
import { InputError } from '../../model/errors.ts';
import type { Rejection } from '../../model/flow-record.ts';
import type { RecordBatch } from '../../model/record-batch.ts';
import { describeRejection } from '../../record/describe-rejection.ts';
import { threadsThatFit } from '../address-space.ts';
import type { InputNotes } from '../report-run.ts';
import { readApart } from './read-apart.ts';

/** Paths, text or bytes in pieces, or records. */
export type InputSource = string | readonly string[] | PieceSource;

/** How an input is read. */
export interface ReadingOptions {
  /** The first line that is not understood throws an InputError (code input-rejected). */
  readonly strict?: boolean;
  /** Leave out the rest of a source that cannot be read instead of throwing; each is handed to onDamage. */
  readonly keepGoing?: boolean;
  readonly onDamage?: (error: Error) => void;
  /** Called now and then while reading: bytes read of the sources so far, and in all (null: not known). */
  readonly onProgress?: (bytes: number, totalBytes: number | null) => void;
  readonly signal?: AbortSignal;
  /** How many threads may work, default as many as there are cores; with 1 none is started. The result is the same. */
  readonly threads?: number;
}

const NOTHING = (): void => {};

/** Bytes on disk that take longer to read than a thread to start. */
const WORTH_A_THREAD = 8 * 1024 * 1024;

const isPaths = (source: InputSource): source is string | readonly string[] =>
  typeof source === 'string' ||
  (Array.isArray(source) && source.length > 0 && source.every((item) => typeof item === 'string'));

/** Who takes what was noted. */
export interface InputTaker {
  onBatch(batch: RecordBatch): void;
  onRejection?(rejection: Rejection): void;
}

/**
 * Handlers that note what is met and hand it on.
 * @throws InputError (input-rejected) for a line that is not understood, from the handler and where the options are strict
 */
export const notingHandlers = (
  notes: InputNotes,
  { strict, onDamage = NOTHING }: ReadingOptions,
  taker: InputTaker,
): ReadingHandlers => {
  let name = '';
  return {
    onSource(next) {
      name = next;
      notes.noteSource(name);
    },
    onContainer(container) {
      notes.noteContainer(container);
    },
    onBatch(batch) {
      notes.noteRecords(batch.count);
      taker.onBatch(batch);
    },
    onRejection(rejection) {
      if (strict === true) throw new InputError('input-rejected', describeRejection(rejection));
      notes.noteRejection(rejection);
      taker.onRejection?.(rejection);
    },
    onFormat(columns, learnedFrom) {
      notes.noteFormat(columns, learnedFrom, name);
    },
    onHeader() {
      notes.headers++;
    },
    onComment() {
      notes.comments++;
    },
    onDamage(error) {
      onDamage(error);
    },
  };
};

/** What reading an input takes beside its options. */
export interface InputRequest extends Omit<ReadingRequest, 'keepGoing' | 'signal'> {
  /** Batches have the text of their lines: see ApartRequest. */
  readonly hasText?: boolean;
}

const readPaths = async (
  paths: readonly string[],
  { onProgress, signal, onDamage = NOTHING, ...options }: ReadingOptions,
  request: ReadingRequest & Pick<InputRequest, 'hasText'>,
  handlers: ReadingHandlers,
  notes: InputNotes,
): Promise<void> => {
  const threads = threadsThatFit(options.threads ?? availableParallelism());
  const sources = await findSources(paths, request.keepGoing ? onDamage : undefined, (path) =>
    notes.notePassedOver(path),
  );
  const total = sources.some(({ size }) => size === null)
    ? null
    : sources.reduce((sum, { size }) => sum + (size ?? 0), 0);
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    onProgress?.(done, total);
  };
  // Pipes and standard input belong to this thread.
  if (threads > 1 && total !== null && total >= WORTH_A_THREAD)
    return readApart(sources, { ...request, onBytes, signal, threads }, handlers);
  const readings = function* (): Generator<Reading> {
    for (const found of sources) yield { name: found.name, bytes: readSource(found, { onBytes, signal }) };
  };
  return readSources(readings(), request, handlers);
};

/**
 * Reads an input to its end.
 * @throws InputError, FormatError, and whatever handlers throw
 */
export const readInput = (
  source: InputSource,
  options: ReadingOptions,
  request: InputRequest,
  handlers: ReadingHandlers,
  notes: InputNotes,
): Promise<void> => {
  const reading = { ...request, keepGoing: options.keepGoing === true, signal: options.signal };
  if (!isPaths(source)) return readSources([{ name: '-', bytes: piecesOf(source) }], reading, handlers);
  return readPaths(typeof source === 'string' ? [source] : source, options, reading, handlers, notes);
};
