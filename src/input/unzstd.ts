/**
 * Zstandard (RFC 8878), frame by frame, to the last byte. Where each frame ends is read here, because Node drops what lies behind one
 * without a word, and so that a frame that asks for gigabytes is refused before it gets them.
 */
import * as zlib from 'node:zlib';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { startsFrame, startsSkippable } from './is-zstd.ts';
import {
  corrupt,
  Packed,
  type PackedPieces,
  type PieceOptions,
  pieceOptions,
  type Unpacker,
  unpackThrough,
} from './packed.ts';

/** Older Nodes that are allowed have no zstd. */
const { createZstdDecompress } = zlib as Partial<Pick<typeof zlib, 'createZstdDecompress'>>;

/** Bytes that are held to unpack one frame: what every unpacker must give is 8 MiB, and `zstd --ultra -22` asks for this much. */
const MOST_WINDOW = 128 * 2 ** 20;
/** Of a frame header and of the head of a skippable frame. */
const LONGEST_HEADER = 18;
const SKIPPABLE_HEADER = 8;
const CHECKSUM = 4;

const unsupported = (name: string, what: string): InputError =>
  new InputError('input-unsupported', `${escapeControls(name)} ${what}.`);

/** What the header of a frame says (RFC 8878 §3.1.1.1). */
interface FrameHeader {
  readonly length: number;
  readonly window: number;
  readonly hasDictionary: boolean;
  readonly hasChecksum: boolean;
}

/** A number of so many bytes, the least first. */
const littleEndian = (bytes: Uint8Array, from: number, length: number): number => {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + (bytes[from + i] ?? 0);
  return value;
};

const headerOf = (bytes: Uint8Array): FrameHeader => {
  const descriptor = bytes[4] ?? 0;
  // One segment is held whole: its window is its content.
  const isOneSegment = (descriptor & 0x20) !== 0;
  const ids = [0, 1, 2, 4][descriptor & 3] as number;
  const sizes = [isOneSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  const idAt = isOneSegment ? 5 : 6;
  const length = idAt + ids + sizes;
  const exponent = 10 + ((bytes[5] ?? 0) >> 3);
  const window = isOneSegment
    ? littleEndian(bytes, idAt + ids, sizes)
    : 2 ** exponent + (2 ** exponent / 8) * ((bytes[5] ?? 0) & 7);
  return {
    length,
    window,
    hasDictionary: littleEndian(bytes, idAt, ids) !== 0,
    hasChecksum: (descriptor & 4) !== 0,
  };
};

/** Frames one after the other: no piece goes beyond the end of its frame. What is no frame is passed over or told. */
class Frames implements PackedPieces {
  readonly #name: string;
  readonly #packed: Packed;
  #isInFrame = false;
  /** Bytes to come of the header, block or checksum at hand. */
  #toCome = 0;
  /** The head of a block: three bytes, as far as they have come. */
  #blockHead = 0;
  #blockHeadBytes = 0;
  #isLastBlock = false;
  #checksum = 0;
  /** The unpacker has stopped inside a frame. */
  hasLeft = false;

  constructor(name: string, packed: Packed) {
    this.#name = name;
    this.#packed = packed;
  }

  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (!(await this.begin())) return undefined;
      const piece = await this.#packed.next();
      if (piece === undefined) throw this.#cut();
      const end = this.#pass(piece);
      if (end < piece.length) this.#packed.putBack(piece.subarray(end));
      if (end > 0) return piece.subarray(0, end);
    }
  }

  putBack(): void {
    this.hasLeft = true;
  }

  #cut(): InputError {
    return corrupt(this.#name, 'ends in the middle of its compressed data');
  }

  /** Goes on to a frame; false where there is none. */
  async begin(): Promise<boolean> {
    if (this.#isInFrame) return true;
    while (await this.#packed.skipPadding()) {
      const head = await this.#packed.peek(LONGEST_HEADER);
      if (startsSkippable(head)) await this.#skip(head);
      else if (startsFrame(head)) {
        this.#open(head);
        return true;
      } else throw corrupt(this.#name, 'holds bytes behind its compressed data that are not zstd');
    }
    return false;
  }

  async #skip(head: Uint8Array): Promise<void> {
    if (head.length < SKIPPABLE_HEADER) throw this.#cut();
    let left = SKIPPABLE_HEADER + littleEndian(head, 4, 4);
    while (left > 0) {
      const piece = await this.#packed.next();
      if (piece === undefined) throw this.#cut();
      if (piece.length > left) this.#packed.putBack(piece.subarray(left));
      left -= Math.min(left, piece.length);
    }
  }

  #open(head: Uint8Array): void {
    const { length, window, hasDictionary, hasChecksum } = headerOf(head);
    if (head.length < length) throw this.#cut();
    if (hasDictionary)
      throw unsupported(
        this.#name,
        'is zstd data that needs a dictionary, which is not read: unpack it first (zstd -d -D)',
      );
    if (window > MOST_WINDOW)
      throw unsupported(
        this.#name,
        `is zstd data that takes ${Math.ceil(window / 2 ** 20)} MiB to unpack, more than the ${MOST_WINDOW / 2 ** 20} MiB that are given: unpack it first (zstd -d --long=31)`,
      );
    this.#isInFrame = true;
    this.#toCome = length;
    this.#isLastBlock = false;
    this.#checksum = hasChecksum ? CHECKSUM : 0;
  }

  /** Follows the blocks (RFC 8878 §3.1.1.2); gives how many bytes are of this frame. */
  #pass(bytes: Uint8Array): number {
    for (let at = 0; ; ) {
      const passed = Math.min(this.#toCome, bytes.length - at);
      at += passed;
      this.#toCome -= passed;
      if (this.#toCome > 0) return at;
      if (this.#isLastBlock) {
        if (this.#checksum === 0) {
          this.#isInFrame = false;
          return at;
        }
        this.#toCome = this.#checksum;
        this.#checksum = 0;
      } else if (at === bytes.length) return at;
      else {
        this.#blockHead |= (bytes[at++] as number) << (8 * this.#blockHeadBytes++);
        if (this.#blockHeadBytes === 3) this.#openBlock();
      }
    }
  }

  #openBlock(): void {
    const head = this.#blockHead;
    this.#isLastBlock = (head & 1) !== 0;
    // One byte that is repeated has its count in the place of its length.
    const isRepeated = ((head >> 1) & 3) === 1;
    this.#toCome = isRepeated ? 1 : head >> 3;
    this.#blockHead = 0;
    this.#blockHeadBytes = 0;
  }
}

/**
 * Unpacks zstd: every frame, whatever padding lies between them and behind the last.
 * @param size packed bytes in all; null when not known
 * @param create what unpacks; null where this Node.js has nothing
 * @throws InputError input-corrupt; input-unsupported where this Node.js has no zstd, for a dictionary and for a window of more
 * than 128 MiB; whatever the pieces throw
 */
export async function* unzstd(
  name: string,
  pieces: AsyncIterable<Uint8Array>,
  size: number | null,
  create: ((options: PieceOptions) => Unpacker) | null = createZstdDecompress ?? null,
): AsyncGenerator<Uint8Array> {
  if (create === null)
    throw unsupported(
      name,
      `is zstd data, which Node.js reads from 22.15 and 23.8 on; this is ${process.versions.node}: unpack it first (zstd -d)`,
    );
  const frames = new Frames(name, new Packed(pieces));
  // An unpacker that is given nothing says that it was cut.
  if (!(await frames.begin())) return;
  yield* unpackThrough(name, create(pieceOptions(size)), frames);
  if (frames.hasLeft) throw corrupt(name, 'is damaged: its compressed data does not unpack');
}
