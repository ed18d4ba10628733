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
import { type LineWriter, PIECE_SIZE } from '../kernel/write-lines.ts';
import { CHUNK_KEYS, type Piece, PieceSlots, SLOTS } from './piece-slots.ts';
import type { WritingOrder, WritingTask } from './write-worker.ts';

/** Pieces of this thread that may wait for those before them. */
const OWN_ROOMS = 8;
/** A chunk is begun while there is room for so many pieces: seldom does one need more. */
const ROOMS_OF_CHUNK = 3;

/** Small parts, of whole rows each, into pieces: nobody finds half a row at the end of one. */
class Pieces {
  readonly #buffers = [0, 1, 2].map(() => new Uint8Array(PIECE_SIZE));
  #turn = 0;
  #used = 0;

  *add(rows: Uint8Array): Generator<Loan> {
    if (this.#used + rows.length > PIECE_SIZE) yield* this.rest();
    if (rows.length > PIECE_SIZE) {
      yield { bytes: rows.slice(), giveBack: NOTHING };
      return;
    }
    (this.#buffers[this.#turn] as Uint8Array).set(rows, this.#used);
    this.#used += rows.length;
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

/** From the sources the thread is TypeScript as we are, in the package JavaScript. */
const threadFile = (): URL =>
  new URL(`write-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** The threads that write beside this one. They start at once, so that they are there when everything is in order. */
export class Writers {
  readonly #memory: KernelMemory;
  readonly #slots: PieceSlots;
  readonly #workers: readonly Worker[];
  /** Where parts of pieces are put together. */
  readonly pieces = new Pieces();
  /** Of each thread: the slot that its next piece is in. */
  readonly #heads: number[];
  /** Where each thread's room to work and its slots lie; empty until {@link reserve}. */
  #rooms: readonly { readonly aside: number; readonly pieces: number }[] = [];
  #own = 0;
  /** Threads that have taken all chunks of the keys at hand. */
  #done = 0;
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
      worker.on('message', (isDone: boolean) => {
        if (isDone) this.#done++;
        this.#wake();
      });
      worker.on('error', (error) => this.#fail(error));
      worker.on('exit', (code) => {
        if (code !== 0) this.#fail(new Error(`A writing thread ended before its time (${code}).`));
      });
      return worker;
    });
  }

  /** Makes room for all; false, with none made, when the kernel has too little left. */
  reserve(): boolean {
    const { exports } = this.#memory;
    const work = this.#memory.value('WORK');
    const regions: [at: number, size: number][] = [];
    const take = (size: number): number => {
      const at = this.#memory.allocate(size);
      regions.push([at, size]);
      return at;
    };
    this.#rooms = this.#workers.map(() => ({
      aside: take(this.#memory.value('FIXED_END') - work) - work,
      pieces: take(SLOTS * this.#distance()),
    }));
    this.#own = take((OWN_ROOMS + 1) * this.#distance());
    if (regions.every(([at]) => at !== 0) && exports.hasRoomToJudge() !== 0) return true;
    for (const [at, size] of regions) exports.release(at, size);
    this.#rooms = [];
    return false;
  }

  /** Whether there is room for them to write the keys that are in order now. */
  get haveRoom(): boolean {
    return this.#rooms.length > 0;
  }

  /** Where pieces of this thread may wait, and one room to spare. */
  ownRooms(): number[] {
    return Array.from({ length: OWN_ROOMS + 1 }, (_, i) => this.#own + i * this.#distance());
  }

  /** How far their rooms lie behind the first kernel's. */
  get asides(): readonly number[] {
    return this.#rooms.map(({ aside }) => aside);
  }

  /** Sets all to work on keys, in room that was reserved. */
  begin(keys: number): void {
    this.#done = 0;
    this.#heads.fill(0);
    this.#slots.begin();
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

  /** Until no thread looks at the keys any more, of which all pieces have been taken. */
  async end(): Promise<void> {
    while (this.#done < this.#workers.length) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
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

/**
 * Writes all keys that are in order. Behind the last piece their memory may be used for others.
 * @param writers for whom room was reserved
 * @param writer of this thread
 */
export async function* writeTogether(
  { memory }: LineSetting,
  writers: Writers,
  writer: LineWriter,
): AsyncGenerator<Lent> {
  let last = NOTHING;
  for await (const { bytes, giveBack } of loans(memory.unsigned('keys'), writers, writer)) {
    yield lend(bytes);
    if (bytes.length === 0) continue;
    last();
    last = giveBack;
  }
}

async function* loans(keys: number, writers: Writers, writer: LineWriter): AsyncGenerator<Loan> {
  const chunks = Math.ceil(keys / CHUNK_KEYS);
  const { pieces } = writers;
  const own = new OwnChunks(writer, writers.ownRooms());
  const writeOwn = function* (): Generator<Loan, boolean> {
    if (!own.hasRoom) return false;
    const chunk = writers.takeChunk();
    if (chunk >= chunks) return false;
    const writing = own.write(chunk, chunk * CHUNK_KEYS, Math.min((chunk + 1) * CHUNK_KEYS, keys));
    while (writing.next().done !== true) yield RESTING;
    return true;
  };
  writers.begin(keys);
  for (let chunk = 0; chunk < chunks; ) {
    // Of the last one nothing may be left where the next keys will lie.
    const isLast = chunk === chunks - 1;
    const mine = own.take(chunk);
    if (mine !== undefined) {
      if (!isLast) yield* pieces.rest();
      for (const loan of mine) {
        if (isLast) yield* pieces.add(loan.bytes);
        else yield loan;
      }
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
      if (piece.holes.length === 0 && !isLast) {
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
  await writers.end();
  writer.giveCounts(writers.asides);
}
