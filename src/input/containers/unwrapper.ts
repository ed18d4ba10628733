/** A source of bytes in whatever it is wrapped in, as the lines that it holds. Plain text pays one look at its beginning. */
import type { Columns } from '../../model/fields.ts';
import { ENOUGH } from './begins-plain.ts';
import type { Container, Door, DoorRequest, LineSink, Unwrapping } from './container.ts';
import { type OpenInside, Payloads } from './payload.ts';
import { sniff } from './sniff.ts';
import { Utf16, utf16Of } from './utf-16.ts';

export class Unwrapper implements Door {
  readonly #request: DoorRequest;
  readonly #sink: LineSink;
  readonly #depth: number;
  /** The beginning, until it is known what it is the beginning of. */
  #head: Uint8Array | undefined = new Uint8Array(0);
  /** Where bytes go then: the sink for plain text. */
  #to: LineSink | Unwrapping;
  #inside: Unwrapping | undefined;

  /** @param depth how many payloads are open around it */
  constructor(request: DoorRequest, sink: LineSink, depth = 0) {
    this.#request = request;
    this.#depth = depth;
    this.#sink = sink;
    this.#to = sink;
  }

  push(bytes: Uint8Array): void {
    if (this.#head === undefined) {
      this.#to.push(bytes);
      return;
    }
    // The caller may fill the same bytes again.
    const head =
      this.#head.length === 0 && bytes.length >= ENOUGH ? bytes : Buffer.concat([this.#head, bytes]);
    this.#head = head;
    if (head.length >= ENOUGH) this.settle();
  }

  beginLines(containers: readonly Container[], columns: Columns | null): void {
    this.#head = undefined;
    for (const container of containers) this.#request.onContainer(container);
    if (columns !== null) this.#sink.pushFormat(columns);
  }

  settle(): void {
    const head = this.#head;
    if (head === undefined) return;
    this.#head = undefined;
    if (head.length === 0) return;
    this.#inside = this.#recognise(head);
    if (this.#inside !== undefined) this.#to = this.#inside;
    // Plain lines may have a byte-order mark anywhere, and their reader knows; in a container it is no part of it.
    const isMarked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
    this.#to.push(this.#inside !== undefined && isMarked ? head.subarray(3) : head);
  }

  end(): void {
    this.settle();
    this.#inside?.end();
  }

  #recognise(head: Uint8Array): Unwrapping | undefined {
    const { source, declared, onContainer } = this.#request;
    const order = utf16Of(head);
    if (order !== undefined) {
      onContainer('utf-16');
      return new Utf16(order, new Unwrapper(this.#request, this.#sink, this.#depth));
    }
    const sniffed = sniff(head, declared);
    onContainer(sniffed?.container ?? 'plain');
    if (sniffed === undefined) return undefined;
    const open =
      (depth: number): OpenInside =>
      (told, sink) =>
        new Unwrapper({ ...this.#request, onContainer: told }, sink, depth);
    return sniffed.unwrap(
      source,
      new Payloads(source, this.#sink, this.#depth, open, onContainer),
      this.#sink,
    );
  }
}
