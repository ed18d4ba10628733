/** Parquet that comes in pieces (a pipe, gzip, bytes of a caller) is gathered: what is where in it stands at its end. */
import { InputError } from '../../model/errors.ts';
import { escapeControls } from '../../model/escape.ts';
import type { Piece } from '../pieces-of.ts';
import { isParquet, type Whole, wholeOf } from './whole.ts';

/** Bytes that are gathered; more must come from a file. */
export const MOST_GATHERED: number = 512 * 2 ** 20;
const MAGIC = 4;

/** Bytes as they come, in one place at the end. */
class Gathered {
  readonly #pieces: Uint8Array[] = [];
  readonly #name: string;
  readonly #most: number;
  #length = 0;

  constructor(name: string, most: number) {
    this.#name = name;
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > this.#most) {
      throw new InputError(
        'input-unsupported',
        `${escapeControls(this.#name)} is a Parquet file of more than ${this.#most / 2 ** 20} MiB that can be read only from its beginning. Save it to a file, unpacked, and name that.`,
      );
    }
    // Whoever gives them may fill them again.
    this.#pieces.push(new Uint8Array(bytes));
  }

  all(): Uint8Array {
    return this.#pieces.length === 1 ? (this.#pieces[0] as Uint8Array) : Buffer.concat(this.#pieces);
  }
}

/** What a piece may be when Parquet is gathered. */
export type PieceOrWhole = Piece | Whole;

/**
 * Hands pieces on as they are; those of a Parquet file as one.
 * @param name the name shown in errors
 * @throws InputError input-unsupported for more bytes than are kept; whatever the pieces throw
 */
export async function* gatherParquet(
  name: string,
  pieces: AsyncIterable<PieceOrWhole>,
  most: number = MOST_GATHERED,
): AsyncGenerator<PieceOrWhole> {
  // Undefined as soon as it is known to be something else.
  let gathered: Gathered | undefined = new Gathered(name, most);
  let isKnown = false;
  try {
    for await (const piece of pieces) {
      if (gathered === undefined) {
        yield piece;
        continue;
      }
      const isBytes = piece instanceof Uint8Array;
      // Mostly the first piece tells, and is not copied.
      const isOther = !isBytes || (gathered.length === 0 && piece.length >= MAGIC && !isParquet(piece));
      if (!isOther) {
        gathered.add(piece);
        isKnown ||= gathered.length >= MAGIC && isParquet(gathered.all());
        if (isKnown || gathered.length < MAGIC) continue;
      }
      if (gathered.length > 0) yield gathered.all();
      gathered = undefined;
      if (isOther) yield piece;
    }
  } catch (error) {
    // What came before is handed on.
    if (gathered !== undefined && !isKnown && gathered.length > 0) yield gathered.all();
    throw error;
  }
  if (gathered === undefined || gathered.length === 0) return;
  yield isKnown ? wholeOf(gathered.all()) : gathered.all();
}
