/** UTF-16 with a byte-order mark, as PowerShell writes what a command prints: to UTF-8. */
import type { Unwrapping } from './container.ts';

/** The order of the bytes, from the mark in front; undefined where there is none. */
export const utf16Of = (head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
};

const encoder = new TextEncoder();

/** Damage becomes U+FFFD, which no field of a record holds. */
export class Utf16 implements Unwrapping {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  readonly #to: Unwrapping;

  constructor(order: 'utf-16le' | 'utf-16be', to: Unwrapping) {
    this.#decoder = new TextDecoder(order);
    this.#to = to;
  }

  push(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text !== '') this.#to.push(encoder.encode(text));
  }

  end(): void {
    const text = this.#decoder.decode();
    if (text !== '') this.#to.push(encoder.encode(text));
    this.#to.end();
  }
}
