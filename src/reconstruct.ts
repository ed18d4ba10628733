/** The story on one page: records → windows → connections. */
import { availableParallelism } from 'node:os';
import { recordBytesThatFit, threadsThatFit } from './engine/address-space.ts';
import { checkRunOptions } from './engine/check-run-options.ts';
import { type CountRows, type LineSpeller, textless } from './engine/kernel/line-speller.ts';
import { SCOPES, type Scope } from './engine/observers/scope.ts';
import { type WholeRows, wholeForm } from './engine/outlines/whole-rows.ts';
import {
  type InputSource,
  notingHandlers,
  type ReadingOptions,
  readInput,
} from './engine/reading/read-input.ts';
import { Rebuild } from './engine/rebuild.ts';
import { coverageOf, type Given, InputNotes, reportRun } from './engine/report-run.ts';
import type { FactsSettings } from './facts/facts.ts';
import type { Connection } from './model/connection.ts';
import { OptionError } from './model/errors.ts';
import type { Lent } from './model/lent.ts';
import type { ConnectionOutline } from './model/outline.ts';
import { Pauses } from './model/pauses.ts';
import type { RunReport, VantageCoverage } from './model/report.ts';
import { AddressBook } from './record/address-book.ts';
import { parseDeclared } from './record/columns.ts';
import { Interner } from './record/interner.ts';
import type { Dictionaries } from './record/scan-lines.ts';

export { SCOPES, type Scope };

export interface ReconstructOptions extends ReadingOptions {
  /** Field order of lines without a header, in any of AWS's spellings. */
  readonly fields?: string;
  /** How far apart equal 5-tuples are kept. Default `auto`: see docs/rules.md. */
  readonly scope?: Scope;
  /** Refuse inference: without observed evidence the initiator is `none`. */
  readonly observedOnly?: boolean;
  /** Seconds an open connection may be silent before its key starts a new one. Default 432000 (5 days) where its records carry flags, 3600 where not. */
  readonly idleSeconds?: number;
  /** Each connection carries `windowDetails`: what each side sent in each interval at its primary vantage. */
  readonly windows?: boolean;
  /**
   * Each connection carries what AWS tells beside packets, where its records have such fields: `ecs` and `trafficPaths` of its
   * vantages, `awsService` of its ends. Takes up to 52 bytes of memory more for each record that says something.
   */
  readonly annotations?: boolean;
  /**
   * Bytes of memory for records and keys, default 320 MiB, at least 1 MiB: more of them, and what is beyond the 4 GiB that
   * the rules can address, are kept in temporary files until the input has ended. The result is the same.
   */
  readonly memoryBytes?: number;
  /**
   * The file of what was learned of a whole input of which the source is a part (docs/facts.md): the connections are those of
   * the whole that the keys of the part have.
   */
  readonly facts?: string;
}

/** Paths, text or bytes in pieces, or records. */
export type ReconstructSource = InputSource;

export interface Reconstruction extends AsyncIterable<Connection> {
  /**
   * Reads the whole input and gives all connections as lines in the speller's form, in the same order, in pieces.
   * Instead of iterating, not beside it.
   * @param count is told of every connection, of many alike at once, at the latest in the end
   */
  lines(speller: LineSpeller, count: CountRows): AsyncIterable<Lent>;
  /**
   * Reads the whole input and gives an outline of every connection, many at once, in the same order. Instead of
   * iterating, not beside it: several times as fast, where few connections are wanted as a whole.
   * @param count is told of every connection, of many alike at once, at the latest in the end
   */
  outlines(count?: CountRows): AsyncIterable<Iterable<ConnectionOutline>>;
  /** What each vantage covers. Known from the first connection on; throws before. */
  readonly coverage: readonly VantageCoverage[];
  /** What the input held. Complete when the connections have been taken; throws before. */
  readonly report: RunReport;
}

/** What records and keys may take by default, and what is the least that makes sense: a batch is 4096 records. */
const MEMORY_BYTES: number = 320 * 2 ** 20;
export const LEAST_MEMORY_BYTES: number = 2 ** 20;

/** The default where address space is limited too: what fits into it. */
export const usualMemoryBytes = (): number =>
  Math.max(LEAST_MEMORY_BYTES, Math.min(MEMORY_BYTES, recordBytesThatFit()));

const checkOptions = (options: ReconstructOptions): void => {
  checkRunOptions(options);
  const { threads, memoryBytes } = options;
  if (memoryBytes !== undefined && !(Number.isFinite(memoryBytes) && memoryBytes >= LEAST_MEMORY_BYTES)) {
    throw new OptionError(
      'option-invalid',
      `The memory for records is ${memoryBytes} bytes; expected at least ${LEAST_MEMORY_BYTES}.`,
    );
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new OptionError(
      'option-invalid',
      `The number of threads is ${threads}; expected a whole number of 1 or more.`,
    );
  }
};

/** A run whose input has been read. */
interface Read {
  readonly rebuild: Rebuild;
  readonly notes: InputNotes;
  readonly dictionaries: Dictionaries;
}

/** Hands pieces on, stops where the signal says so, and reports in the end. */
async function* reported<T>(
  pieces: AsyncIterable<T> | Iterable<T>,
  signal: AbortSignal | undefined,
  report: () => void,
): AsyncGenerator<T> {
  const pauses = new Pauses(signal);
  for await (const piece of pieces) {
    signal?.throwIfAborted();
    if (pauses.due) await pauses.take();
    yield piece;
  }
  report();
}

/** What was learned of the whole input: most runs learn of their own. */
const openFactsOfWhole = async (path: string, settings: FactsSettings, signal?: AbortSignal) => {
  const { FactsOfWhole } = await import('./facts/facts-of-whole.ts');
  return FactsOfWhole.open(path, settings, signal);
};

/** What takes that which AWS tells beside packets: most runs ask for none. */
const openAnnotations = async () => {
  const [{ AnnotationTexts }, { Annotations }] = await Promise.all([
    import('./record/annotations.ts'),
    import('./engine/observers/annotations.ts'),
  ]);
  const texts = new AnnotationTexts();
  return { texts, annotations: new Annotations(texts) };
};

const NOTHING = (): void => {};
/** A place to rest. */
const REST = [undefined];

class Run implements Reconstruction {
  readonly #source: ReconstructSource;
  readonly #options: ReconstructOptions;
  #report: RunReport | undefined;
  #coverageOf: (() => readonly VantageCoverage[]) | undefined;
  #coverage: readonly VantageCoverage[] | undefined;

  constructor(source: ReconstructSource, options: ReconstructOptions) {
    checkOptions(options);
    this.#source = source;
    this.#options = options;
  }

  get coverage(): readonly VantageCoverage[] {
    this.#coverage ??= this.#coverageOf?.();
    if (this.#coverage === undefined)
      throw new Error('What vantages cover is known only when the first connection has been taken.');
    return this.#coverage;
  }

  get report(): RunReport {
    if (this.#report === undefined)
      throw new Error('The report is complete only after the last connection has been taken.');
    return this.#report;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Connection> {
    const run = await this.#readAll();
    const pauses = new Pauses(this.#options.signal);
    for await (const connections of this.#connectionsOf(run)) {
      for (const connection of connections) {
        if (pauses.due) await pauses.take();
        if (connection !== undefined) yield connection;
      }
    }
  }

  /** Connections, some at a time; the next ones when these have been taken. */
  async *#connectionsOf(run: Read): AsyncGenerator<Iterable<Connection | undefined>> {
    const { rebuild } = run;
    let rows: WholeRows | undefined;
    for await (const piece of this.#linesOf(
      run,
      textless(wholeForm(this.#options.windows === true)),
      NOTHING,
    )) {
      rows ??= rebuild.wholeRows();
      yield piece.length === 0 ? REST : rows.each(piece);
    }
  }

  async *outlines(count: CountRows = NOTHING): AsyncGenerator<Iterable<ConnectionOutline>> {
    const run = await this.#readAll();
    const view = run.rebuild.outlineView();
    const pauses = new Pauses(this.#options.signal);
    for await (const piece of this.#linesOf(run, textless('OUTLINES'), count)) {
      if (pauses.due) await pauses.take();
      if (piece.length > 0) yield view.each(piece);
    }
  }

  async *lines(speller: LineSpeller, count: CountRows): AsyncGenerator<Lent> {
    yield* this.#linesOf(await this.#readAll(), speller, count);
  }

  /** Rows of everything by as many threads as may work, counted; the report is known when all have been taken. */
  #linesOf(
    { rebuild, notes, dictionaries }: Read,
    speller: LineSpeller,
    count: CountRows,
  ): AsyncIterable<Lent> {
    const given: Given = { connections: 0, exchanges: 0, oneSided: 0 };
    const { signal, threads = availableParallelism() } = this.#options;
    const noted: CountRows = (row, times) => {
      if (row.protocol === 'tcp') given.connections += times;
      else given.exchanges += times;
      if (row.oneSided) given.oneSided += times;
      count(row, times);
    };
    const report = (): void => {
      this.#report = reportRun(rebuild, notes, given, dictionaries.strings);
    };
    const pieces =
      rebuild.linesTogether(speller, noted, threadsThatFit(threads)) ?? rebuild.lines(speller, noted);
    return reported(pieces, signal, report);
  }

  async #readAll(): Promise<Read> {
    const options = this.#options;
    const declared = options.fields === undefined ? undefined : parseDeclared(options.fields);
    const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
    const annotating = options.annotations === true ? await openAnnotations() : undefined;
    const { scope = 'auto', idleSeconds, memoryBytes = usualMemoryBytes(), signal } = options;
    const settings = { scope, idleSeconds: idleSeconds ?? null };
    const facts =
      options.facts === undefined ? undefined : await openFactsOfWhole(options.facts, settings, signal);
    const rebuild = new Rebuild(dictionaries, {
      annotations: annotating?.annotations,
      scope,
      observedOnly: options.observedOnly ?? false,
      idleSeconds,
      memoryBytes,
      windows: options.windows === true,
      facts,
    });
    const notes = new InputNotes();
    const handlers = notingHandlers(notes, options, { onBatch: (batch) => rebuild.add(batch) });
    try {
      await readInput(
        this.#source,
        options,
        { dictionaries, annotations: annotating?.texts, declared },
        handlers,
        notes,
      );
      await rebuild.finish(signal);
    } catch (error) {
      rebuild.close();
      throw error;
    } finally {
      await facts?.close();
    }
    this.#coverageOf = () => coverageOf(rebuild, dictionaries.strings);
    return { rebuild, notes, dictionaries };
  }
}

/**
 * Rebuilds the connections of flow logs.
 * @param source paths (files, folders, globs, `-`), text or bytes in pieces, or records
 * @returns connections and exchanges, by the first second of their key; `report` when all have been taken
 * @throws OptionError at once; InputError and FormatError while iterating
 * @example for await (const connection of reconstruct('samples/')) console.log(connection.initiator.address)
 */
export const reconstruct = (source: ReconstructSource, options: ReconstructOptions = {}): Reconstruction =>
  new Run(source, options);
