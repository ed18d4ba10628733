/** The smallest network that holds all addresses it was told of, in CIDR notation. */
import { writeIPv4 } from '../model/ipv4.ts';
import { readIPv4, readIPv6, writeIPv6 } from '../record/address.ts';

const encoder = new TextEncoder();

const bytesOf = (address: string): Uint8Array | undefined => {
  const letters = encoder.encode(address);
  const v4 = readIPv4(letters, 0, letters.length);
  if (v4 >= 0) return Uint8Array.of(v4 >>> 24, v4 >>> 16, v4 >>> 8, v4);
  const v6 = new Uint8Array(16);
  return readIPv6(letters, 0, letters.length, v6) ? v6 : undefined;
};

/** How many of the first bits of two addresses are the same. */
const commonBits = (a: Uint8Array, b: Uint8Array, atMost: number): number => {
  for (let bit = 0; bit < atMost; bit++) {
    const mask = 0x80 >>> (bit & 7);
    if ((((a[bit >>> 3] as number) ^ (b[bit >>> 3] as number)) & mask) !== 0) return bit;
  }
  return atMost;
};

const write = (bytes: Uint8Array): string => {
  if (bytes.length === 16) return writeIPv6(bytes);
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return writeIPv4(((a << 24) | (b << 16) | (c << 8) | d) >>> 0);
};

export class CommonNetwork {
  #text = '';
  #first: Uint8Array | undefined;
  #bits = 0;
  #isMixed = false;
  #count = 0;

  add(address: string): void {
    this.#count++;
    const bytes = bytesOf(address);
    if (this.#count === 1) {
      this.#text = address;
      this.#first = bytes;
      this.#bits = (bytes?.length ?? 0) * 8;
      return;
    }
    const first = this.#first;
    if (bytes === undefined || first === undefined || bytes.length !== first.length) this.#isMixed = true;
    else this.#bits = commonBits(first, bytes, this.#bits);
  }

  /** The address of the one that there is; the network of several; `everywhere` where they have none in common. */
  get text(): string {
    const first = this.#first;
    if (this.#count < 2 || first === undefined) return this.#text;
    if (this.#isMixed || this.#bits === 0) return 'everywhere';
    if (this.#bits === first.length * 8) return this.#text;
    const network = first.map((byte, i) => {
      const kept = Math.max(0, Math.min(8, this.#bits - i * 8));
      return byte & (0xff << (8 - kept));
    });
    return `${write(network)}/${this.#bits}`;
  }
}
