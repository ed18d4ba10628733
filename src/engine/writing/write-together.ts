/**
 * Writing with several threads: the fast twin of writeLines, which is its specification. The lines are the same bytes in
 * the same order, whoever wrote them. This thread collects, writes what the others leave out, and takes chunks itself.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { KernelMemory } from '../kernel/kernel-memory.ts';
import { type LineSetting, LineWriter, PIECE_SIZE } from '../kernel/write-lines.ts';
import { CHUNK_KEYS, type Piece, PieceSlots, SLOTS } from './piece-slots.ts';
import type { WritingOrder, WritingTask } from './write-worker.ts';

/** Chunks of this thread that may wait for those before them. */
const MOST_AHEAD = 8;

/** From the sources the thread is TypeScript as we are, in the package JavaScript. */
const threadFile = (): URL =>
  new URL(`write-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** What judging reads of the first kernel: variables of these names are the same in all of them. */
const VARIABLES = [
  ...(['order', 'addresses', 'observers', 'scopes', 'services', 'serviceMask', 'knowsAll'] as const),
  ...(['attemptLimit', 'openLimit', 'lingerLimit', 'exchangeLimit', 'slack', 'surelyLater'] as const),
  ...(['bareV4', 'bareV6', 'manyPeers', 'observedOnly'] as const),
];

/** The threads that write beside this one. They start at once, so that they are there when everything is in order. */
export class Writers {
  readonly #memory: KernelMemory;
  readonly #slots: PieceSlots;
  readonly #workers: readonly Worker[];
  /** Of each thread: the slot that its next piece is in. */
  readonly #heads: number[];
  /** Where each thread's room to work and its slots lie; empty until {@link reserve}. */
  readonly #rooms: { readonly aside: number; readonly pieces: number }[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(memory: KernelMemory, count: number) {
    this.#memory = memory;
    this.#slots = new PieceSlots(count);
    this.#heads = Array.from({ length: count }, () => 0);
    this.#workers = this.#heads.map((_, thread) => {
      const { compiled } = memory.module;
      const order: WritingOrder = { thread, compiled, memory: memory.shared, slots: this.#slots.memory };
      const worker = new Worker(threadFile(), { workerData: order, execArgv: [] });
      worker.on('message', () => this.#wake());
      worker.on('error', (error) => this.#fail(error));
      worker.on('exit', (code) => {
        if (code !== 0) this.#fail(new Error(`A writing thread ended before its time (${code}).`));
      });
      return worker;
    });
  }

  /** Makes room for all; false when the kernel has none. */
  reserve(): boolean {
    const work = this.#memory.value('WORK');
    for (const _ of this.#workers) {
      const room = this.#memory.allocate(this.#memory.value('FIXED_END') - work);
      const pieces = this.#memory.allocate(SLOTS * this.#distance());
      if (room === 0 || pieces === 0) return false;
      this.#rooms.push({ aside: room - work, pieces });
    }
    return true;
  }

  /** How far their rooms lie behind the first kernel's. */
  get asides(): readonly number[] {
    return this.#rooms.map(({ aside }) => aside);
  }

  /** Sets all to work. */
  begin(keys: number): void {
    const variables = Object.fromEntries(VARIABLES.map((name) => [name, this.#memory.variable(name).value]));
    for (const [thread, worker] of this.#workers.entries()) {
      const room = this.#rooms[thread];
      if (room === undefined) throw new Error('No room was reserved for the writing threads.');
      const task: WritingTask = { ...room, keys, distance: this.#distance(), size: PIECE_SIZE, variables };
      worker.postMessage(task);
    }
  }

  /** A chunk for this thread to write. */
  takeChunk(): number {
    return this.#slots.takeChunk();
  }

  /** The next piece of a chunk, if one is there. */
  next(chunk: number): { readonly thread: number; readonly piece: Piece } | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    for (const [thread, slot] of this.#heads.entries()) {
      const piece = this.#slots.piece(thread, slot, chunk);
      if (piece !== undefined) return { thread, piece };
    }
    return undefined;
  }

  bytes(thread: number, { slot, length }: Piece): Uint8Array {
    return this.#memory.bytes((this.#rooms[thread]?.pieces ?? 0) + slot * this.#distance(), length);
  }

  /** Gives the slot of a piece back. */
  release(thread: number, { slot }: Piece): void {
    this.#heads[thread] = (slot + 1) % SLOTS;
    this.#slots.release(thread, slot);
  }

  /** Until some piece comes. */
  async wait(chunk: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#slots.announceWait();
    if (this.next(chunk) === undefined) await woken;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #distance(): number {
    // Aligned, so that no two threads write to one line of a cache.
    return PIECE_SIZE + Math.ceil(this.#memory.value('OVERSHOOT') / 64) * 64;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}

/** Bytes into pieces of one size, each the caller's until the next but one is asked for. */
class Pieces {
  readonly #buffers = [0, 1, 2].map(() => new Uint8Array(PIECE_SIZE));
  #turn = 0;
  #used = 0;

  *add(bytes: Uint8Array): Generator<Uint8Array> {
    for (let from = 0; from < bytes.length; ) {
      if (this.#used === PIECE_SIZE) yield this.#take();
      const part = bytes.subarray(from, from + PIECE_SIZE - this.#used);
      (this.#buffers[this.#turn] as Uint8Array).set(part, this.#used);
      this.#used += part.length;
      from += part.length;
    }
  }

  *rest(): Generator<Uint8Array> {
    if (this.#used > 0) yield this.#take();
  }

  #take(): Uint8Array {
    const piece = (this.#buffers[this.#turn] as Uint8Array).subarray(0, this.#used);
    this.#turn = (this.#turn + 1) % this.#buffers.length;
    this.#used = 0;
    return piece;
  }
}

/** Writes everything. A piece is the caller's until the next but one is asked for. The threads are stopped in the end. */
export async function* writeTogether(setting: LineSetting, writers: Writers): AsyncGenerator<Uint8Array> {
  const keys = setting.store.keyCount;
  const chunks = Math.ceil(keys / CHUNK_KEYS);
  const writer = new LineWriter(setting);
  const pieces = new Pieces();
  /** Chunks that this thread has written. */
  const own = new Map<number, readonly Uint8Array[]>();
  const writeOwn = (): boolean => {
    if (own.size === MOST_AHEAD) return false;
    const chunk = writers.takeChunk();
    if (chunk >= chunks) return false;
    const lines = [...copies(writer.write(chunk * CHUNK_KEYS, Math.min((chunk + 1) * CHUNK_KEYS, keys)))];
    own.set(chunk, lines);
    return true;
  };
  try {
    writers.begin(keys);
    for (let chunk = 0; chunk < chunks; ) {
      const mine = own.get(chunk);
      if (mine !== undefined) {
        for (const bytes of mine) yield* pieces.add(bytes);
        own.delete(chunk++);
        // Let this thread hear of the others.
        await nextTurn();
        continue;
      }
      const next = writers.next(chunk);
      if (next !== undefined) {
        const { thread, piece } = next;
        const bytes = writers.bytes(thread, piece);
        let from = 0;
        for (const { offset, place } of piece.holes) {
          yield* pieces.add(bytes.subarray(from, offset));
          for (const lines of writer.write(place, place + 1)) yield* pieces.add(lines);
          from = offset;
        }
        yield* pieces.add(bytes.subarray(from));
        writers.release(thread, piece);
        if (piece.endsChunk) chunk++;
      } else if (!writeOwn()) await writers.wait(chunk);
    }
    yield* pieces.rest();
    writer.giveCounts([0, ...writers.asides]);
  } finally {
    await writers.stop();
  }
}

function* copies(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const piece of pieces) yield piece.slice();
}
