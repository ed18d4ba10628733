/** Gathers lines into pieces worth a write call, for one output. */
import { PIECE_LENGTH } from '../export/in-pieces.ts';
import { Pauses } from '../model/pauses.ts';
import type { Output } from './output.ts';

export class TextWriter {
  readonly #output: Output;
  readonly #prepare: (text: string) => string;
  readonly #pauses = new Pauses();
  #piece = '';

  /** @param prepare applied to every piece; pieces end with whole lines */
  constructor(output: Output, prepare: (text: string) => string = (text) => text) {
    this.#output = output;
    this.#prepare = prepare;
  }

  /** Adds text with its line ends; a promise only when a piece is full, so that a line costs no turn. */
  add(text: string): Promise<void> | undefined {
    this.#piece += text;
    return this.#piece.length >= PIECE_LENGTH ? this.flush() : undefined;
  }

  /** Adds pieces as they are made; a promise only where one of ours became full. */
  addPieces(pieces: Iterable<string>): Promise<void> | undefined {
    return this.#addFrom(pieces[Symbol.iterator]());
  }

  #addFrom(pieces: Iterator<string>): Promise<void> | undefined {
    for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
      const full = this.add(next.value);
      if (full !== undefined) return full.then(() => this.#addFrom(pieces));
    }
    return undefined;
  }

  /** Adds lines without their ends. */
  async addLines(lines: Iterable<string>): Promise<void> {
    for (const line of lines) {
      const full = this.add(`${line}\n`);
      if (full !== undefined) await full;
    }
  }

  /** Writes bytes as they are, each piece before the next is made; undefined among them is a place to rest (model/in-steps.ts). */
  async writeBytes(pieces: Iterable<Uint8Array | undefined>): Promise<void> {
    await this.flush();
    for (const piece of pieces) await this.#write(piece);
  }

  async flush(): Promise<void> {
    if (this.#piece === '') return;
    const piece = this.#prepare(this.#piece);
    this.#piece = '';
    await this.#write(piece);
  }

  async #write(piece: string | Uint8Array | undefined): Promise<void> {
    if (piece !== undefined) await this.#output.write(piece);
    // Standard output that is a file has written before it returns, without a turn of the event loop.
    if (this.#pauses.due) await this.#pauses.take();
  }
}
