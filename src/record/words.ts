/**
 * A column of numbers of 32 bits that grows block by block: growing copies nothing, takes no room twice, and leaves no
 * holes of many sizes in the allocator's memory, which would count as long as the process runs.
 */
import { released } from './grown.ts';

const BLOCK_BITS = 13;
const BLOCK = 1 << BLOCK_BITS;
const NOTHING = new Uint32Array(0);

export class Words {
  #blocks: Uint32Array<ArrayBuffer>[] = [];

  /** 0 where nothing was put. */
  at(index: number): number {
    return (this.#blocks[index >>> BLOCK_BITS] ?? NOTHING)[index & (BLOCK - 1)] ?? 0;
  }

  put(index: number, value: number): void {
    const number = index >>> BLOCK_BITS;
    while (this.#blocks.length <= number) this.#blocks.push(NOTHING);
    let block = this.#blocks[number] as Uint32Array<ArrayBuffer>;
    if (block.length === 0) {
      block = new Uint32Array(BLOCK);
      this.#blocks[number] = block;
    }
    block[index & (BLOCK - 1)] = value;
  }

  /** Gives its room back: 0 stands everywhere then. */
  clear(): void {
    for (const block of this.#blocks) released(block);
    this.#blocks = [];
  }
}
