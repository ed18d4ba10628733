/**
 * Reading in a thread of its own, while this one files what was read: the fast twin of readSources, which is its
 * specification. Handlers are told the same things in the same order.
 */
import { Worker } from 'node:worker_threads';
import type { Source } from '../../input/find-sources.ts';
import type { ReadingHandlers, ReadingRequest } from '../../input/read-sources.ts';
import type { Columns } from '../../model/fields.ts';
import { columnsOf } from '../../record/columns.ts';
import type { Dictionaries } from '../../record/scan-lines.ts';
import { BatchSlots, errorOf, type NewWords, type Notice, type Packet } from './packets.ts';
import type { ReadingOrder } from './read-worker.ts';

export interface ApartRequest extends ReadingRequest {
  /** Told the size of what has come from disks since it was told last, before unpacking. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** From the sources the thread is TypeScript as we are, in the package JavaScript. */
const threadFile = (): URL =>
  new URL(`read-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Packets as they come; ends with the last one. Throws when the thread dies or the signal says to stop. */
class Packets {
  readonly #waiting: Packet[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(worker: Worker, signal: AbortSignal | undefined) {
    worker.on('message', (packet: Packet) => {
      this.#waiting.push(packet);
      this.#wake();
    });
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (code) => this.#fail(new Error(`The reading thread ended before its time (${code}).`)));
    signal?.addEventListener('abort', () => this.#wake(), { once: true });
  }

  async next(signal: AbortSignal | undefined): Promise<Packet> {
    for (;;) {
      signal?.throwIfAborted();
      const packet = this.#waiting.shift();
      if (packet !== undefined) return packet;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}

const learn = ({ strings, addresses }: Dictionaries, words: NewWords): void => {
  let from = 0;
  for (const end of words.ends) {
    strings.intern(words.texts, from, end);
    from = end;
  }
  for (let at = 0; at < words.addresses.length; at += 16)
    addresses.add(words.addresses.subarray(at, at + 16));
};

const NO_COLUMNS: Columns = { names: [], fields: [] };

/**
 * Reads sources to their ends in a thread of its own.
 * @param sources files, none of them standard input: that belongs to this thread
 * @throws what a source throws, unless it is damage and the request says to go on; Error when the thread dies
 */
export const readApart = async (
  sources: readonly Source[],
  request: ApartRequest,
  handlers: ReadingHandlers,
): Promise<void> => {
  const { dictionaries, declared, keepGoing, onBytes, signal } = request;
  const slots = new BatchSlots();
  const order: ReadingOrder = { sources, declared: declared?.names, keepGoing, memory: slots.memory };
  const worker = new Worker(threadFile(), { workerData: order, execArgv: [] });
  let columns = NO_COLUMNS;
  const tell = (notice: Notice): void => {
    switch (notice.kind) {
      case 'source':
        handlers.onSource(notice.name);
        break;
      case 'format':
        columns = columnsOf(notice.names);
        handlers.onFormat(columns, notice.learnedFrom);
        break;
      case 'rejection':
        handlers.onRejection(notice.rejection);
        break;
      case 'header':
        handlers.onHeader();
        break;
      case 'comments':
        for (let i = 0; i < notice.count; i++) handlers.onComment();
        break;
      case 'bytes':
        onBytes(notice.count);
        break;
      case 'damage':
        handlers.onDamage(errorOf(notice.failure));
        break;
    }
  };
  try {
    const packets = new Packets(worker, signal);
    for (let number = 0; ; number++) {
      const { notices, words, rows, end } = await packets.next(signal);
      if (words !== null) learn(dictionaries, words);
      for (const notice of notices) tell(notice);
      if (rows > 0) handlers.onBatch(slots.batch(number, rows, columns));
      slots.release();
      if (end === null) return;
      if (end !== undefined) throw errorOf(end);
    }
  } finally {
    await worker.terminate();
  }
};
