/** The kernel's memory by the names of layout.ts: tables and texts are put there before it judges. */
import { type KernelModule, type SharedKernelMemory, shareMemory } from '../../record/kernel/load-kernel.ts';
import { kernelBytesThatFit } from '../address-space.ts';

/** The functions, constants and variables of the rules. */
export type EngineExports = Readonly<Record<string, { readonly value: number }>> & {
  allocate(size: number): number;
  release(region: number, size: number): void;
  forgetAll(): void;
  reserve(rows: number): number;
  add(from: number, count: number): number;
  beginRows(inOrder: boolean): void;
  copyRows(at: number, most: number): number;
  fileRows(at: number, rows: number): number;
  hashOfBytes(at: number, length: number, seed: number): number;
  beginParts(count: number, room: number, text: number, header: number): number;
  reserveV6(count: number): number;
  beginLines(format: number, bytes: number): void;
  putLines(from: number, to: number, base: number): number;
  roomOf(part: number): number;
  bytesIn(part: number): number;
  recordsOf(part: number): number;
  partIn(row: number): number;
  lacksHeader(part: number): number;
  emptyPart(part: number, isHeaded: boolean): void;
  passPart(part: number): void;
  clear(): void;
  forget(): void;
  beginAnew(): void;
  addVantage(called: number): number;
  vantageAt(vantage: number): number;
  endFiling(): void;
  addObserver(row: number, vantage: number): void;
  observerOf(row: number): number;
  reserveAddresses(count: number): number;
  beginOrder(byEnds: boolean): number;
  orderBy(digit: number): void;
  settleEqual(place: number): number;
  forgetKeys(): void;
  learnServices(): number;
  learnBothWays(from: number, to: number, sums: number): void;
  learnToldTwice(from: number, to: number, sums: number, room: number): void;
  nameNetwork(network: number): void;
  learnOf(place: number): number;
  beginEvidence(): void;
  copyEvidence(at: number, most: number): number;
  beginLearning(all: boolean, place: number): number;
  noteEvidence(at: number, rows: number): void;
  endLearning(): void;
  beginTelling(onlyTold: boolean): number;
  tellRows(at: number, rows: number): void;
  isTold(place: number, isHigh: boolean): number;
  beginGathering(): number;
  gatherEnds(from: number, to: number): number;
  gatheredEnds(): number;
  copyEnds(at: number, most: number): number;
  endGathering(): void;
  keyIn(place: number): number;
  secondIn(place: number): number;
  recordAt(record: number): number;
  keyAt(key: number): number;
  answerEnds(
    place: number,
    lowAnswers: number,
    lowPeers: number,
    highAnswers: number,
    highPeers: number,
  ): void;
  setAside(bytes: number): void;
  setLearns(may: boolean): void;
  setForm(form: number): void;
  hasRoomToJudge(): number;
  judgeKeys(place: number, to: number, from: number, until: number): number;
  written(): number;
};

const encoder = new TextEncoder();

/** Memory, and how many pages of it there may be. */
interface Reserved {
  readonly shared: SharedKernelMemory;
  readonly mostPages: number;
}

/** Pages of 64 KiB: what is fixed and a little, the least that is worth a kernel, and all that 32 bits can address. */
const FIRST_PAGES = 21;
const LEAST_PAGES = 512;
const MOST_PAGES = 65536;
const PAGE_BYTES = 65536;

/**
 * Reserves address space for a memory that grows in it: all that 32 bits can address, or, where the system has less, a
 * quarter of what was asked for before. It is not memory yet: that comes page by page as it is used.
 * @param share makes a memory of some pages that may grow to so many
 * @param most bytes it should reserve
 * @throws RangeError where there is no address space even for a small one
 */
export const reserveMemory = (
  share: (initial: number, maximum: number) => SharedKernelMemory = shareMemory,
  most: number = kernelBytesThatFit(),
): Reserved => {
  let failure: unknown = new RangeError('There is too little address space for the memory of a kernel.');
  for (let pages = Math.min(MOST_PAGES, Math.floor(most / PAGE_BYTES)); pages >= LEAST_PAGES; pages >>= 2) {
    try {
      const shared = share(FIRST_PAGES, pages);
      // V8 reserves less than it was asked for without a word, in the end the first pages alone.
      shared.grow(1);
      return { shared, mostPages: pages };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      failure = error;
    }
  }
  throw failure;
};

export class KernelMemory {
  readonly module: KernelModule;
  readonly shared: SharedKernelMemory;
  readonly exports: EngineExports;

  /**
   * @param shared the memory of another kernel, to judge beside it
   * @throws RangeError where the system has no address space for it
   */
  constructor(module: KernelModule, shared?: SharedKernelMemory) {
    const reserved = shared === undefined ? reserveMemory(module.share) : { shared };
    this.module = module;
    this.shared = reserved.shared;
    // Its exports are not those of the scanner, for which the loader has words.
    this.exports = module.instantiate({}, this.shared) as unknown as EngineExports;
    if ('mostPages' in reserved) this.setWord('MOST_PAGES', reserved.mostPages);
  }

  /** What the memory is now: growing makes it another, larger one of the same bytes. */
  get buffer(): SharedArrayBuffer {
    return this.shared.buffer;
  }

  /** Bytes that it can become. */
  get mostBytes(): number {
    const [pages = 0] = this.words(this.unsigned('MOST_PAGES'), 1);
    return (pages === 0 ? MOST_PAGES : pages) * PAGE_BYTES;
  }

  /** The value of a constant or a variable. */
  value(name: string): number {
    const found = this.exports[name];
    if (found === undefined) throw new Error(`The kernel has no ${name}.`);
    return found.value;
  }

  /** An address or an unsigned number: WebAssembly hands out signed ones. */
  unsigned(name: string): number {
    return this.value(name) >>> 0;
  }

  /** So many zeroed bytes; 0 when there is no memory for them. */
  allocate(size: number): number {
    return this.exports.allocate(size) >>> 0;
  }

  /** Sets a word or a double that has a name in layout.ts. */
  setWord(name: string, value: number): void {
    this.words(this.unsigned(name), 1)[0] = value;
  }

  setDouble(name: string, value: number): void {
    this.doubles(this.unsigned(name), 1)[0] = value;
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.buffer, at, length);
  }

  words(at: number, length: number): Uint32Array {
    return new Uint32Array(this.buffer, at, length);
  }

  doubles(at: number, length: number): Float64Array {
    return new Float64Array(this.buffer, at, length);
  }

  /** Puts a text of up to 127 bytes into the list of texts at `at`. */
  putText(at: number, index: number, text: string): void {
    const size = this.value('TEXT_SIZE');
    const bytes = encoder.encode(text);
    if (bytes.length >= size) throw new Error(`"${text}" is too long for the kernel.`);
    const slot = this.bytes(at + index * size, size);
    slot.fill(0);
    slot.set(bytes);
    slot[size - 1] = bytes.length;
  }
}
