/**
 * Writing with several threads: the same as writeLines. The lines are the same bytes in
 * the same order, whoever wrote them. This thread collects, writes what the others leave out, and takes chunks itself.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Steps } from '../../model/in-steps.ts';
import { type Lent, lend, REST } from '../../model/lent.ts';
import type { KernelMemory } from '../kernel/kernel-memory.ts';
import type { LineSetting } from '../kernel/line-setting.ts';
import { LineWriter, PIECE_SIZE } from '../kernel/write-lines.ts';
import { CHUNK_KEYS, type Piece, PieceSlots, SLOTS } from './piece-slots.ts';
import type { WritingOrder, WritingTask } from './write-worker.ts';

/** Pieces of this thread that may wait for those before them. */
const OWN_ROOMS = 8;
/** A chunk is begun while there is room for so many pieces: seldom does one need more. */
const ROOMS_OF_CHUNK = 3;

/** From the sources the thread is TypeScript as we are, in the package JavaScript. */
const threadFile = (): URL =>
  new URL(`write-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** The threads that write beside this one. They start at once, so that they are there when everything is in order. */
export class Writers {
  readonly #memory: KernelMemory;
  readonly #slots: PieceSlots;
  readonly #workers: readonly Worker[];
  /** Of each thread: the slot that its next piece is in. */
  readonly #heads: number[];
  /** Where each thread's room to work and its slots lie; empty until {@link reserve}. */
  readonly #rooms: { readonly aside: number; readonly pieces: number }[] = [];
  #own = 0;
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
    this.#own = this.#memory.allocate((OWN_ROOMS + 1) * this.#distance());
    return this.#own !== 0;
  }

  /** Where pieces of this thread may wait, and one room to spare. */
  ownRooms(): number[] {
    return Array.from({ length: OWN_ROOMS + 1 }, (_, i) => this.#own + i * this.#distance());
  }

  /** How far their rooms lie behind the first kernel's. */
  get asides(): readonly number[] {
    return this.#rooms.map(({ aside }) => aside);
  }

  /** Sets all to work. */
  begin(keys: number): void {
    for (const [thread, worker] of this.#workers.entries()) {
      const room = this.#rooms[thread];
      if (room === undefined) throw new Error('No room was reserved for the writing threads.');
      const task: WritingTask = { ...room, keys, distance: this.#distance(), size: PIECE_SIZE };
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

  /** Goes on to the piece behind this one. */
  passOver(thread: number, { slot }: Piece): void {
    this.#heads[thread] = (slot + 1) % SLOTS;
  }

  /** Gives the slot of a piece back. */
  release(thread: number, { slot }: Piece): void {
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

/** Small parts into pieces of one size. */
class Pieces {
  readonly #buffers = [0, 1, 2].map(() => new Uint8Array(PIECE_SIZE));
  #turn = 0;
  #used = 0;

  *add(bytes: Uint8Array): Generator<Loan> {
    for (let from = 0; from < bytes.length; ) {
      if (this.#used === PIECE_SIZE) yield this.#take();
      const part = bytes.subarray(from, from + PIECE_SIZE - this.#used);
      (this.#buffers[this.#turn] as Uint8Array).set(part, this.#used);
      this.#used += part.length;
      from += part.length;
    }
  }

  *rest(): Generator<Loan> {
    if (this.#used > 0) yield this.#take();
  }

  #take(): Loan {
    const bytes = (this.#buffers[this.#turn] as Uint8Array).subarray(0, this.#used);
    this.#turn = (this.#turn + 1) % this.#buffers.length;
    this.#used = 0;
    return { bytes, giveBack: NOTHING };
  }
}

/** A piece that is in use until it is given back. */
interface Loan {
  readonly bytes: Uint8Array;
  readonly giveBack: () => void;
}

const NOTHING = (): void => {};
/** A place to rest. */
const RESTING: Loan = { bytes: REST, giveBack: NOTHING };

/** What this thread has written ahead: chunks whose pieces wait in rooms. */
class OwnChunks {
  readonly #writer: LineWriter;
  readonly #spare: number;
  readonly #free: number[];
  readonly #chunks = new Map<number, readonly Loan[]>();

  constructor(writer: LineWriter, [spare = 0, ...rooms]: readonly number[]) {
    this.#writer = writer;
    this.#spare = spare;
    this.#free = rooms;
  }

  get hasRoom(): boolean {
    return this.#free.length >= ROOMS_OF_CHUNK;
  }

  /** Writes the keys at places [from, to), which are a chunk. */
  *write(chunk: number, from: number, to: number): Steps<void> {
    const pieces: Loan[] = [];
    let open = 0;
    const room = (): number => {
      open = this.#free.pop() ?? this.#spare;
      return open;
    };
    for (const bytes of this.#writer.write(from, to, room)) {
      if (bytes.length === 0) {
        yield;
        continue;
      }
      const place = open;
      // Where there is no room left, or a line larger than any, the piece is copied out of the way.
      if (place === this.#spare || bytes.byteOffset !== place)
        pieces.push({ bytes: bytes.slice(), giveBack: NOTHING });
      else {
        pieces.push({ bytes, giveBack: () => void this.#free.push(place) });
        open = this.#spare;
      }
    }
    if (open !== this.#spare) this.#free.push(open);
    this.#chunks.set(chunk, pieces);
  }

  /** The pieces of a chunk, if this thread has written it. */
  take(chunk: number): readonly Loan[] | undefined {
    const pieces = this.#chunks.get(chunk);
    this.#chunks.delete(chunk);
    return pieces;
  }
}

/** Writes everything. The threads are stopped in the end. */
export async function* writeTogether(setting: LineSetting, writers: Writers): AsyncGenerator<Lent> {
  let last = NOTHING;
  for await (const { bytes, giveBack } of loans(setting, writers)) {
    yield lend(bytes);
    if (bytes.length === 0) continue;
    last();
    last = giveBack;
  }
}

async function* loans(setting: LineSetting, writers: Writers): AsyncGenerator<Loan> {
  const keys = setting.memory.unsigned('keys');
  const chunks = Math.ceil(keys / CHUNK_KEYS);
  const writer = new LineWriter(setting);
  const pieces = new Pieces();
  const own = new OwnChunks(writer, writers.ownRooms());
  const writeOwn = function* (): Generator<Loan, boolean> {
    if (!own.hasRoom) return false;
    const chunk = writers.takeChunk();
    if (chunk >= chunks) return false;
    const writing = own.write(chunk, chunk * CHUNK_KEYS, Math.min((chunk + 1) * CHUNK_KEYS, keys));
    while (writing.next().done !== true) yield RESTING;
    return true;
  };
  try {
    writers.begin(keys);
    for (let chunk = 0; chunk < chunks; ) {
      const mine = own.take(chunk);
      if (mine !== undefined) {
        yield* pieces.rest();
        yield* mine;
        chunk++;
        // Let this thread hear of the others.
        await nextTurn();
        continue;
      }
      const next = writers.next(chunk);
      if (next !== undefined) {
        const { thread, piece } = next;
        const bytes = writers.bytes(thread, piece);
        writers.passOver(thread, piece);
        const giveBack = (): void => writers.release(thread, piece);
        if (piece.holes.length === 0) {
          yield* pieces.rest();
          yield { bytes, giveBack };
        } else {
          let from = 0;
          for (const { offset, place } of piece.holes) {
            yield* pieces.add(bytes.subarray(from, offset));
            for (const lines of writer.write(place, place + 1)) {
              if (lines.length === 0) yield RESTING;
              else yield* pieces.add(lines);
            }
            from = offset;
          }
          yield* pieces.add(bytes.subarray(from));
          giveBack();
        }
        if (piece.endsChunk) chunk++;
      } else if (!(yield* writeOwn())) await writers.wait(chunk);
    }
    yield* pieces.rest();
    writer.giveCounts([0, ...writers.asides]);
  } finally {
    await writers.stop();
  }
}
