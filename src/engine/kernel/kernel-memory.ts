/** The kernel's memory by the names of layout.ts: tables and texts are put there before it judges. */
import { type KernelModule, loadKernel } from '../../record/kernel/load-kernel.ts';

/** The functions, constants and memory of the assembly folder. */
export type EngineExports = Readonly<Record<string, { readonly value: number }>> & {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly mostPages: { value: number };
  allocate(size: number): number;
  reserve(rows: number): number;
  add(from: number, count: number): number;
  addVantage(): number;
  addObserver(row: number, vantage: number): void;
  reserveAddresses(count: number): number;
  orderKeys(): number;
  setLimits(
    shortest: number,
    attempt: number,
    slack: number,
    later: number,
    bareV4: number,
    bareV6: number,
  ): void;
  setObservers(at: number): void;
  keyIn(place: number): number;
  answer(place: number, opener: number, finding: number): void;
  judgeKeys(place: number, from: number, until: number): number;
  written(): number;
};

const encoder = new TextEncoder();

export class KernelMemory {
  readonly exports: EngineExports;

  constructor(module: KernelModule) {
    // It imports nothing, and its exports are not those of the scanner, for which the loader has words.
    this.exports = module.instantiate({}) as unknown as EngineExports;
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

  // Views are of the memory as it is: growing it takes them away.
  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, at, length);
  }

  words(at: number, length: number): Uint32Array {
    return new Uint32Array(this.exports.memory.buffer, at, length);
  }

  doubles(at: number, length: number): Float64Array {
    return new Float64Array(this.exports.memory.buffer, at, length);
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

let shipped: KernelModule | null | undefined;

/** The module that `npm run build` puts beside this file; null where there is none. */
export const shippedModule = (): KernelModule | null => {
  shipped ??= loadKernel(new URL('engine.wasm', import.meta.url)) ?? null;
  return shipped;
};
