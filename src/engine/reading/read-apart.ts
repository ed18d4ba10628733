/**
 * Reading in threads of their own, while this one files what was read: the fast twin of readSources, which is its
 * specification. Handlers are told the same things in the same order, however many threads read.
 */
import { Worker } from 'node:worker_threads';
import type { ReadingHandlers, ReadingRequest } from '../../input/read-sources.ts';
import type { Source } from '../../input/source.ts';
import { escapeControls } from '../../model/escape.ts';
import type { Columns } from '../../model/fields.ts';
import { Pauses } from '../../model/pauses.ts';
import { columnsOf } from '../../record/columns.ts';
import {
  areAlike,
  type Beginning,
  type FormatThere,
  isMixed,
  type Job,
  jobsFrom,
  PART_BYTES,
} from './jobs.ts';
import { BatchSlots, errorOf, type Failure, type Notice, type Packet } from './packets.ts';
import type { ReadingOrder } from './read-worker.ts';
import { Translation } from './translation.ts';

export interface ApartRequest extends ReadingRequest {
  /** Told the size of what has come from disks since it was told last, before unpacking. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal | undefined;
  /** How many threads may work, this one among them. */
  readonly threads: number;
  /** Bytes of the parts that large files are read in. */
  readonly partBytes?: number;
  /** Words that a thread remembers from one job to the next. */
  readonly mostWords?: number;
  /** Batches have the text of their lines, and where each lies in it, as those that are read in this thread. */
  readonly hasText?: boolean;
}

/** More threads than this the one that files could not keep busy. */
const MOST_READERS = 8;
/** Jobs that a thread may have before it: the next one is there when one ends. */
const MOST_JOBS = 3;
/** Beyond it a thread that forgets costs less than one that keeps what this thread keeps too. */
const MOST_WORDS = 65_536;

/** From the sources the thread is TypeScript as we are, in the package JavaScript. */
const threadFile = (): URL =>
  new URL(`read-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** A reading thread as this one sees it: packets as they come, in the order of its jobs. */
class Reader {
  readonly slots: BatchSlots;
  readonly translation: Translation;
  /** Jobs that it has been given and not been taken from it. */
  jobs = 0;
  /** Packets that have been dealt with. */
  #dealtWith = 0;
  readonly #worker: Worker;
  readonly #waiting: Packet[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(order: Omit<ReadingOrder, 'memory'>, { dictionaries, annotations, signal }: ApartRequest) {
    this.slots = new BatchSlots(order.hasText);
    this.translation = new Translation(dictionaries, annotations);
    const workerData: ReadingOrder = { ...order, memory: this.slots.memory };
    const worker = new Worker(threadFile(), { workerData, execArgv: [] });
    worker.on('message', (packet: Packet) => {
      this.#waiting.push(packet);
      this.#wake();
    });
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (code) => this.#fail(new Error(`The reading thread ended before its time (${code}).`)));
    signal?.addEventListener('abort', () => this.#wake(), { once: true });
    this.#worker = worker;
  }

  give(job: Job): void {
    this.jobs++;
    this.#worker.postMessage(job);
  }

  /** The next packet, and its number. Throws when the thread dies or the signal says to stop. */
  async next(signal: AbortSignal | undefined): Promise<Packet & { readonly number: number }> {
    for (;;) {
      signal?.throwIfAborted();
      const packet = this.#waiting.shift();
      if (packet !== undefined) return { ...packet, number: this.#dealtWith++ };
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}

/** What a job has come to. */
interface Ended {
  /** Its source is left out from here on. */
  readonly isDamaged: boolean;
}

const NO_COLUMNS: Columns = { names: [], fields: [] };

class ReadingApart {
  readonly #sources: readonly Source[];
  readonly #request: ApartRequest;
  readonly #handlers: ReadingHandlers;
  /** Started when there is something to do that the others have no time for. */
  readonly #readers: Reader[] = [];
  /** What the threads have been given, in the order in which it is taken from them. */
  #given: { readonly job: Job; readonly reader: Reader }[] = [];
  #columns = NO_COLUMNS;
  /** The format of the line at hand. */
  #format: FormatThere | null = null;
  /** Where orders stand mixed, the one that a part was read in to begin with, if it was another: told when a line has it. */
  #untold: FormatThere | null = null;
  /** Packets that are there already are taken without a turn of the event loop between them. */
  readonly #pauses: Pauses;
  /** Lines of the source before the job at hand. */
  #linesBefore = 0;
  /** Lines of the source. */
  #lines = 0;

  constructor(sources: readonly Source[], request: ApartRequest, handlers: ReadingHandlers) {
    this.#sources = sources;
    this.#request = request;
    this.#handlers = handlers;
    this.#pauses = new Pauses(request.signal, handlers.work);
  }

  async read(): Promise<void> {
    let from: Beginning | undefined = { source: 0, at: 0, format: null };
    while (from !== undefined) from = await this.#readFrom(from);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.stop()));
  }

  /** Reads to the end; gives where to begin anew when what the threads have been given is not what there is to do. */
  async #readFrom(beginning: Beginning): Promise<Beginning | undefined> {
    const { partBytes = PART_BYTES, declared } = this.#request;
    const jobs = jobsFrom(this.#sources, beginning, partBytes, declared);
    for (;;) {
      await this.#giveJobs(jobs);
      const next = this.#given.shift();
      if (next === undefined) return undefined;
      const { job, reader } = next;
      const { isDamaged } = await this.#take(job, reader);
      reader.jobs--;
      const anew = this.#beginningBehind(job, isDamaged);
      if (anew === undefined) continue;
      await this.#dropAll();
      return anew;
    }
  }

  async #giveJobs(jobs: AsyncGenerator<Job>): Promise<void> {
    for (;;) {
      const idlest = this.#readers.reduce<Reader | undefined>(
        (least, each) => (least !== undefined && least.jobs <= each.jobs ? least : each),
        undefined,
      );
      const { threads } = this.#request;
      const isFull = this.#readers.length >= Math.max(1, Math.min(threads - 1, MOST_READERS));
      if (idlest?.jobs === MOST_JOBS && isFull) return;
      const next = await jobs.next();
      if (next.done === true) return;
      const reader = idlest === undefined || (idlest.jobs > 0 && !isFull) ? this.#start() : idlest;
      reader.give(next.value);
      this.#given.push({ job: next.value, reader });
    }
  }

  #start(): Reader {
    const { declared, keepGoing, annotations, hasText = false, mostWords = MOST_WORDS } = this.#request;
    const order = {
      sources: this.#sources,
      declared: declared?.names,
      keepGoing,
      annotates: annotations !== undefined,
      hasText,
      mostWords,
    };
    const reader = new Reader(order, this.#request);
    this.#readers.push(reader);
    return reader;
  }

  /** Where to begin anew behind a part: its file is left out from there on, or its format is another than was thought. */
  #beginningBehind({ source, part, assumed }: Job, isDamaged: boolean): Beginning | undefined {
    if (part === null || part.to === this.#sources[source]?.size) return undefined;
    if (isDamaged) return { source: source + 1, at: 0, format: null };
    const format = this.#format;
    if (format === null || (assumed !== null && areAlike(format, assumed))) return undefined;
    return { source, at: part.to, format };
  }

  /** Takes back what the threads have been given: what they have read of it is nobody's. */
  async #dropAll(): Promise<void> {
    const given = this.#given;
    this.#given = [];
    for (const { reader } of given) {
      let end: Failure | null | undefined;
      while (end === undefined) {
        const packet = await reader.next(this.#request.signal);
        if (packet.words !== null) reader.translation.learn(packet.words);
        if (packet.annotations !== null) reader.translation.annotationsOf(packet.annotations);
        reader.slots.release();
        end = packet.end;
      }
      reader.jobs--;
    }
  }

  /** Takes the packets of a job, to its end. */
  async #take(job: Job, reader: Reader): Promise<Ended> {
    const { signal } = this.#request;
    this.#linesBefore = job.format === null ? 0 : this.#lines;
    this.#lines = this.#linesBefore;
    const isOther = job.format?.names.join(' ') !== this.#columns.names.join(' ');
    this.#untold = isOther ? job.format : null;
    let isDamaged = false;
    for (;;) {
      const { number, notices, words, annotations, rows, text, end } = await reader.next(signal);
      if (words !== null) reader.translation.learn(words);
      for (const notice of notices) {
        isDamaged ||= notice.kind === 'damage';
        this.#tell(job, notice);
      }
      if (rows > 0) {
        if (this.#untold !== null) this.#tellFormat(this.#untold);
        const batch = reader.slots.batch(number, rows, this.#columns, text);
        reader.translation.translate(batch);
        batch.annotations = annotations === null ? null : reader.translation.annotationsOf(annotations);
        this.#lines += rows;
        this.#handlers.onBatch(batch);
      }
      reader.slots.release();
      if (this.#pauses.due) await this.#pauses.take();
      if (end === undefined) continue;
      if (end !== null) throw errorOf(this.#placed(job, end));
      return { isDamaged };
    }
  }

  #tell(job: Job, notice: Notice): void {
    const handlers = this.#handlers;
    switch (notice.kind) {
      case 'source':
        handlers.onSource(notice.name);
        break;
      case 'container':
        handlers.onContainer?.(notice.container);
        break;
      case 'format':
        // A part that begins in the order at hand after all.
        if (this.#untold !== null && isMixed(notice)) this.#untold = null;
        else this.#tellFormat(notice);
        break;
      case 'rejection': {
        this.#lines++;
        const { rejection } = notice;
        handlers.onRejection({ ...rejection, lineNumber: rejection.lineNumber + this.#linesBefore });
        break;
      }
      case 'header':
        this.#lines++;
        handlers.onHeader();
        break;
      case 'comments':
        this.#lines += notice.count;
        for (let i = 0; i < notice.count; i++) handlers.onComment();
        break;
      case 'bytes':
        this.#request.onBytes(notice.count);
        break;
      case 'damage':
        handlers.onDamage(errorOf(this.#placed(job, notice.failure)));
        break;
    }
  }

  #tellFormat(format: FormatThere): void {
    const { names, learnedFrom } = format;
    this.#untold = null;
    this.#format = format;
    this.#columns = columnsOf(names);
    this.#handlers.onFormat(this.#columns, learnedFrom);
  }

  /** A failure with the line of its file: a thread counts from the first line of its part. */
  #placed({ source, format }: Job, failure: Failure): Failure {
    if (format === null) return failure;
    const name = `${escapeControls(this.#sources[source]?.name ?? '')}:`;
    const line = failure.message.startsWith(name)
      ? /^\d+/.exec(failure.message.slice(name.length))?.[0]
      : undefined;
    if (line === undefined) return failure;
    const rest = failure.message.slice(name.length + line.length);
    return { ...failure, message: `${name}${Number(line) + this.#linesBefore}${rest}` };
  }
}

/**
 * Reads sources to their ends in threads of their own.
 * @param sources files, none of them standard input: that belongs to this thread
 * @throws what a source throws, unless it is damage and the request says to go on; Error when a thread dies
 */
export const readApart = async (
  sources: readonly Source[],
  request: ApartRequest,
  handlers: ReadingHandlers,
): Promise<void> => {
  const reading = new ReadingApart(sources, request, handlers);
  try {
    await reading.read();
  } finally {
    await reading.stop();
  }
};
