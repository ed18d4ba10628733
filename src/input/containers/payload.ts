/** Base64 of gzip or text, as CloudWatch Logs hands lines to Lambda, Kinesis and Firehose. */
import { gunzipSync } from 'node:zlib';
import { InputError } from '../../model/errors.ts';
import { escapeControls } from '../../model/escape.ts';
import { LINE_FEED } from '../../record/scan-lines.ts';
import { isGzip } from '../gunzip.ts';
import type { Container, LineSink, Unwrapping } from './container.ts';
import { LineCutter } from './line-cutter.ts';

/** Bytes of base64: AWS's own are of a few MB at most. */
export const MOST_PAYLOAD: number = 16 * 2 ** 20;
/** Bytes that one may hold when it is unpacked. */
const MOST_UNPACKED = 64 * 2 ** 20;
/** Payloads in payloads: what AWS nests is two deep (Firehose around a subscription). */
const MOST_DEPTH = 4;

const BASE64 = /^[A-Za-z0-9+/]{8,}={0,2}$/;
/** Base64 of what begins as a gzip member does. */
export const isPackedText = (text: string): boolean => /^H4sI[A-Za-z0-9+/]+={0,2}$/.test(text);

/** Opens what was recognised inside. */
export type OpenInside = (onContainer: (container: Container) => void, sink: LineSink) => Unwrapping;

export class Payloads {
  readonly #source: string;
  readonly #sink: LineSink;
  readonly #depth: number;
  readonly #open: (depth: number) => OpenInside;
  readonly #onContainer: (container: Container) => void;
  #hasTold = false;

  /** @param source the name shown in errors */
  constructor(
    source: string,
    sink: LineSink,
    depth: number,
    open: (depth: number) => OpenInside,
    onContainer: (container: Container) => void,
  ) {
    this.#source = source;
    this.#sink = sink;
    this.#depth = depth;
    this.#open = open;
    this.#onContainer = onContainer;
  }

  /**
   * Hands on the lines of a payload; false for a text that is none.
   * @throws InputError input-corrupt for one that does not unpack, or to too much
   */
  take(text: string): boolean {
    if (!BASE64.test(text)) return false;
    const packed = Buffer.from(text, 'base64');
    const isPacked = isGzip(packed);
    if (!isPacked && packed.some((byte) => byte < 9 || (byte > 13 && byte < 32) || byte > 126)) return false;
    if (this.#depth >= MOST_DEPTH) throw this.#damage('are nested too deep');
    const bytes = isPacked ? this.#unpack(packed) : packed;
    let isPlain = false;
    const inside = this.#open(this.#depth + 1)((container) => {
      isPlain = container === 'plain';
      if (!this.#hasTold) this.#onContainer(container);
    }, this.#sink);
    inside.push(bytes);
    inside.end();
    this.#hasTold = true;
    // A line of its own, also where it has no end.
    if (isPlain && bytes.at(-1) !== LINE_FEED) this.#sink.push(Uint8Array.of(LINE_FEED));
    return true;
  }

  #unpack(packed: Buffer): Buffer {
    try {
      return gunzipSync(packed, { maxOutputLength: MOST_UNPACKED });
    } catch (error) {
      const isTooMuch = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      throw this.#damage(isTooMuch ? `unpack to more than ${MOST_UNPACKED} bytes` : 'do not unpack');
    }
  }

  #damage(what: string): InputError {
    return new InputError(
      'input-corrupt',
      `${escapeControls(this.#source)} holds base64 data that ${what}. Fetch it again, or read up to there with --keep-going.`,
    );
  }
}

/** Base64, one payload a line. */
export class Base64Lines implements Unwrapping {
  readonly #sink: LineSink;
  readonly #payloads: Payloads;
  readonly #cutter = new LineCutter((bytes, from, to) => this.#take(bytes, from, to), MOST_PAYLOAD + 1);

  constructor(payloads: Payloads, sink: LineSink) {
    this.#payloads = payloads;
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    this.#cutter.push(bytes);
  }

  end(): void {
    this.#cutter.end();
  }

  /** What is no payload is handed on: its reader says what is wrong. */
  #take(bytes: Uint8Array, from: number, to: number): void {
    const text = Buffer.from(bytes.subarray(from, to)).toString('latin1').trim();
    if (text.length <= MOST_PAYLOAD && this.#payloads.take(text)) return;
    this.#sink.push(bytes.slice(from, to));
    this.#sink.push(Uint8Array.of(LINE_FEED));
  }
}
