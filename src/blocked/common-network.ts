/** The smallest network that holds all addresses it was told of, in CIDR notation. */
import { addressBytes, writeAddress } from '../record/address.ts';

/** How many of the first bits of two addresses are the same. */
const commonBits = (a: Uint8Array, b: Uint8Array, atMost: number): number => {
  for (let bit = 0; bit < atMost; bit++) {
    const mask = 0x80 >>> (bit & 7);
    if ((((a[bit >>> 3] as number) ^ (b[bit >>> 3] as number)) & mask) !== 0) return bit;
  }
  return atMost;
};

export class CommonNetwork {
  #text = '';
  #first: Uint8Array | undefined;
  #bits = 0;
  #isMixed = false;
  #count = 0;

  add(address: string): void {
    this.#count++;
    const bytes = addressBytes(address);
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
    return `${writeAddress(network)}/${this.#bits}`;
  }
}
