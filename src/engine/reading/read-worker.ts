/**
 * A reading thread: reads, unpacks and scans what it is told to, job by job, with dictionaries of its own, and sends what
 * it has read in packets, with every word that it has met for the first time.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { PieceOrWhole } from '../../input/parquet/gather.ts';
import { readPart } from '../../input/read-part.ts';
import { readSource } from '../../input/read-source.ts';
import { type ReadingHandlers, readSources } from '../../input/read-sources.ts';
import type { Source } from '../../input/source.ts';
import type { RecordBatch } from '../../model/record-batch.ts';
import { AddressBook } from '../../record/address-book.ts';
import { AnnotationTexts } from '../../record/annotations.ts';
import { columnsOf, parseColumns } from '../../record/columns.ts';
import { Interner } from '../../record/interner.ts';
import { kernelOf } from '../../record/kernel/scan-kernel.ts';
import type { Job } from './jobs.ts';
import {
  BatchSlots,
  type Failure,
  failureOf,
  type NewWords,
  type Notice,
  type Packet,
  type PacketAnnotations,
} from './packets.ts';

/** What the thread is given at its start. */
export interface ReadingOrder {
  readonly sources: readonly Source[];
  /** The names of the fields of lines before any header. */
  readonly declared: readonly string[] | undefined;
  readonly keepGoing: boolean;
  /** Batches say what AWS tells beside packets. */
  readonly annotates: boolean;
  /** And the text of their lines. */
  readonly hasText: boolean;
  readonly memory: SharedArrayBuffer;
  /** Words that are remembered from one job to the next. */
  readonly mostWords: number;
}

/** Notices that are sent although no batch is full. */
const MOST_NOTICES = 1000;

const { sources, declared, keepGoing, annotates, hasText, memory, mostWords } = workerData as ReadingOrder;
const slots = new BatchSlots(hasText, memory);
const strings = new Interner();
const addresses = new AddressBook();
/** The same for all jobs: the scanner's kernel is kept with it. */
const dictionaries = { strings, addresses };
const annotations = annotates ? new AnnotationTexts() : undefined;

let sent = 0;
let notices: Notice[] = [];
let comments = 0;
let bytes = 0;
let knownStrings = strings.size;
let knownAddresses = addresses.size;
/** Whether words were forgotten since some were sent. */
let isAnew = false;
let knownAnnotations = 1;
let areAnnotationsAnew = false;

/**
 * Between two jobs, when nothing that was read waits to be sent: this thread's memory does not grow with the words of the
 * whole input. What it meets again, the other thread knows.
 */
const forgetWords = (): void => {
  strings.forget();
  addresses.forget();
  kernelOf(dictionaries)?.forget();
  knownStrings = strings.size;
  knownAddresses = addresses.size;
  isAnew = true;
};

/** The words that the other thread has not been sent, in memory of their own. */
const newWords = (): NewWords | null => {
  if (strings.size === knownStrings && addresses.size === knownAddresses) return null;
  const begin = strings.startOf(knownStrings);
  const ends = new Uint32Array(strings.size - knownStrings);
  for (let i = 0; i < ends.length; i++) ends[i] = strings.startOf(knownStrings + i + 1) - begin;
  const texts = strings.bytesFrom(knownStrings);
  const numbers = new Uint8Array((addresses.size - knownAddresses) * 16);
  for (let i = 0; i * 16 < numbers.length; i++) numbers.set(addresses.bytes(knownAddresses + i), i * 16);
  knownStrings = strings.size;
  knownAddresses = addresses.size;
  const words = { isAnew, texts, ends, addresses: numbers };
  isAnew = false;
  return words;
};

/** What AWS tells of a batch, and the texts that the other thread has not been sent. */
const annotationsOf = (batch: RecordBatch | null): PacketAnnotations | null => {
  const ids = batch?.annotations ?? null;
  if (ids === null || annotations === undefined) return null;
  const sending = {
    isAnew: areAnnotationsAnew,
    texts: annotations.textsFrom(knownAnnotations),
    ids: ids as Uint32Array<ArrayBuffer>,
  };
  knownAnnotations = annotations.size;
  areAnnotationsAnew = false;
  return sending;
};

/** Between two jobs, as {@link forgetWords}. */
const forgetAnnotations = (): void => {
  annotations?.forget();
  knownAnnotations = 1;
  areAnnotationsAnew = true;
};

const countBytes = (count: number): void => {
  bytes += count;
};

const addCounts = (): void => {
  if (comments > 0) notices.push({ kind: 'comments', count: comments });
  if (bytes > 0) notices.push({ kind: 'bytes', count: bytes });
  comments = 0;
  bytes = 0;
};

const send = (batch: RecordBatch | null, end?: Failure | null): void => {
  addCounts();
  slots.waitForRoom(sent);
  const text = batch === null ? null : slots.put(sent, batch);
  const words = newWords();
  const rows = batch?.count ?? 0;
  const packet: Packet = { notices, words, annotations: annotationsOf(batch), rows, text };
  // Handed over, not copied: no thread has to keep them.
  const handedOver = [
    ...(words === null ? [] : [words.texts.buffer, words.ends.buffer, words.addresses.buffer]),
    ...(text === null ? [] : [text.buffer]),
  ];
  parentPort?.postMessage(end === undefined ? packet : { ...packet, end }, handedOver);
  sent++;
  notices = [];
};

const note = (notice: Notice): void => {
  notices.push(notice);
  if (notices.length >= MOST_NOTICES) send(null);
};

/** @param isInside in the middle of a source, whose name and format at that place the other thread knows */
const handlersFor = (isInside: boolean): ReadingHandlers => {
  let isKnown = isInside;
  return {
    onSource: (name) => {
      if (!isInside) note({ kind: 'source', name });
    },
    onContainer: (container) => {
      if (!isInside) note({ kind: 'container', container });
    },
    onBatch: (batch) => send(batch),
    onRejection: (rejection) => note({ kind: 'rejection', rejection }),
    onFormat: ({ names }, learnedFrom) => {
      if (!isKnown) note({ kind: 'format', names, learnedFrom });
      isKnown = false;
    },
    onHeader: () => note({ kind: 'header' }),
    onComment: () => {
      comments++;
    },
    onDamage: (error) => note({ kind: 'damage', failure: failureOf(error) }),
  };
};

/** A job that is read, or that is the next: its source has been opened and its first piece is on its way. */
class Begun {
  readonly job: Job;
  readonly #pieces: AsyncGenerator<PieceOrWhole>;
  readonly #first: Promise<IteratorResult<PieceOrWhole>>;
  /** Bytes that came before it was this job's turn. */
  #early = 0;
  #isTurn = false;

  constructor(job: Job) {
    const { source: number, part } = job;
    const source = sources[number] as Source;
    const onBytes = (count: number): void => {
      if (this.#isTurn) countBytes(count);
      else this.#early += count;
    };
    this.job = job;
    this.#pieces =
      part === null
        ? readSource(source, { onBytes })
        : readPart({ ...source, path: source.path ?? '' }, part, { onBytes });
    this.#first = this.#pieces.next();
    this.#first.catch(() => {}); // said when it is waited for
  }

  /** Until something of it is there, or it is known that nothing will be. */
  async hasCome(): Promise<void> {
    await this.#first.catch(() => {});
  }

  /** All of it, when it is its turn. */
  async *pieces(): AsyncGenerator<PieceOrWhole> {
    this.#isTurn = true;
    bytes += this.#early;
    try {
      for (let next = await this.#first; next.done !== true; next = await this.#pieces.next())
        yield next.value;
    } finally {
      await this.#pieces.return(undefined);
    }
  }
}

const read = async (begun: Begun): Promise<void> => {
  const { source, count, format, part } = begun.job;
  const atFirst = declared === undefined ? undefined : parseColumns(declared.join(' '));
  const request = {
    dictionaries,
    annotations,
    declared: format === null ? atFirst : columnsOf(format.names),
    learnedFrom: format?.learnedFrom,
    keepGoing,
    // Only plain text is read in parts.
    isPlain: part !== null,
  };
  const readings = sources.slice(source, source + count).map((each, i) => ({
    name: each.name,
    bytes: i === 0 ? begun.pieces() : readSource(each, { onBytes: countBytes }),
  }));
  await readSources(readings, request, handlersFor(format !== null));
};

/** Jobs that nothing has been done for. */
const jobs: Job[] = [];
/** The job behind the one that is read: while that is scanned, this one is opened and unpacked. */
let next: Begun | undefined;
let isWorking = false;

const beginNext = (): void => {
  if (next !== undefined) return;
  const job = jobs.shift();
  if (job !== undefined) next = new Begun(job);
};

/** Does jobs in order until there is none. */
const work = async (): Promise<void> => {
  isWorking = true;
  for (;;) {
    beginNext();
    const begun = next;
    next = undefined;
    if (begun === undefined) break;
    await begun.hasCome();
    beginNext();
    if (strings.size + addresses.size > mostWords) forgetWords();
    if ((annotations?.size ?? 0) > mostWords) forgetAnnotations();
    let end: Failure | null = null;
    try {
      await read(begun);
    } catch (error) {
      end = failureOf(error);
    }
    send(null, end);
  }
  isWorking = false;
};

parentPort?.on('message', (job: Job) => {
  jobs.push(job);
  if (isWorking) beginNext();
  else void work();
});
