/** Sharing a run out, for programs: the lines of parts as they come, and the facts in the end. */
import type { InputSource } from '../engine/reading/read-input.ts';
import { Channel } from './channel.ts';
import { checkParts, type Shared, type SharingOptions, splitInput } from './split-input.ts';

export type SplitOptions = SharingOptions;

/** Some lines of a part: a log by themselves, under their header, and behind those of the part that came before. */
export interface PartLog {
  /** From 0. */
  readonly part: number;
  readonly lines: Uint8Array;
}

export interface Splitting extends AsyncIterable<PartLog> {
  /**
   * What the input teaches, as the file that those who judge a part are given: to be taken once, when all lines have been taken; throws
   * before.
   */
  readonly facts: AsyncIterable<Uint8Array>;
  /** How many records each part has. Known when all lines have been taken; throws before. */
  readonly records: readonly number[];
}

async function* takeFacts(shared: Shared): AsyncGenerator<Uint8Array> {
  const channel = new Channel<Uint8Array>();
  const work = shared.writeFacts(async (piece) => {
    // Lent, and asked for later.
    channel.put(piece.slice());
    await channel.wait();
  });
  try {
    yield* channel.items(work);
  } finally {
    shared.close();
  }
}

class Run implements Splitting {
  readonly #source: InputSource;
  readonly #options: SplitOptions;
  #shared: Shared | undefined;
  #areFactsTaken = false;

  constructor(source: InputSource, options: SplitOptions) {
    checkParts(options.parts);
    this.#source = source;
    this.#options = options;
  }

  get facts(): AsyncIterable<Uint8Array> {
    const shared = this.#whenDone();
    if (this.#areFactsTaken) throw new Error('The facts have been taken already.');
    this.#areFactsTaken = true;
    return takeFacts(shared);
  }

  get records(): readonly number[] {
    return this.#whenDone().records;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PartLog> {
    const channel = new Channel<PartLog>();
    const leaving = new AbortController();
    const { signal } = this.#options;
    const options = {
      ...this.#options,
      signal: signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal]),
    };
    const work = splitInput(this.#source, options, {
      // Lent, and asked for later.
      take: (part, lines) => channel.put({ part, lines: lines.slice() }),
      work: channel,
      isHeaded: true,
    });
    yield* channel.items(work, () => leaving.abort());
    this.#shared = await work;
  }

  #whenDone(): Shared {
    if (this.#shared === undefined)
      throw new Error('What the input teaches is known only when the last lines have been taken.');
    return this.#shared;
  }
}

/**
 * Shares the records of flow logs out to parts: all of a connection are in one, so parts can be judged one by one, on any machine.
 * @param source paths (files, folders, globs, `-`), text or bytes in pieces, or records
 * @returns lines of parts, some at a time; `facts` when all have been taken
 * @throws OptionError at once; InputError and FormatError while iterating
 * @example for await (const { part, lines } of split('logs/', { parts: 64 })) appendFileSync(`${part}.log`, lines)
 */
export const split = (source: InputSource, options: SplitOptions): Splitting => new Run(source, options);
