/**
 * The compiled kernel, if there is one: `npm run build` puts it beside this file in dist. From the sources, or
 * where WebAssembly has no SIMD, there is none and the TypeScript scanner does all the work.
 */
import { readFileSync } from 'node:fs';

/** What a kernel may import: functions, by name. */
type KernelImports = Readonly<Record<string, (from: number, to: number) => number>>;

// As much of WebAssembly's interface as is used here: neither ES nor Node's types declare it.

/** Memory that several kernels may share, in any threads. It grows in place: what was seen of it stays in view. */
export interface SharedKernelMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB; throws a RangeError where there are none. */
  grow(pages: number): number;
}

export interface KernelModule {
  /** What another thread makes a kernel of: {@link kernelOf}. */
  readonly compiled: object;
  /** Makes memory for kernels that share it, where that is not {@link shareMemory}'s. */
  share?(initial: number, maximum: number): SharedKernelMemory;
  /** A new kernel, with memory of its own unless it is given one. */
  instantiate(imports: KernelImports, memory?: SharedKernelMemory): KernelExports;
}

/** The functions, constants and memory of scan.ts and layout.ts. */
export type KernelExports = Readonly<Record<string, { readonly value: number }>> & {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly rows: { value: number };
  beginFormat(columns: number, bits: number, kindWithoutAddresses: number): void;
  placeField(role: number, column: number): void;
  addAddress(column: number, whose: number): void;
  addIdentifier(column: number, ids: number): void;
  addInteger(column: number, most: number): void;
  scan(from: number, to: number, lineOffset: number): number;
};

interface WebAssemblyApi {
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => SharedKernelMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, unknown>>,
  ) => { readonly exports: KernelExports };
}

const api = (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;

/** Compiles a kernel; undefined when the file is not there or cannot be run here. */
export const loadKernel = (file: URL | string): KernelModule | undefined => {
  if (api === undefined) return undefined;
  try {
    return kernelOf(new api.Module(readFileSync(file)));
  } catch {
    return undefined;
  }
};

const present = (): WebAssemblyApi => {
  if (api === undefined) throw new Error('There is no WebAssembly here.');
  return api;
};

/** The kernel that another thread compiled. */
export const kernelOf = (compiled: object): KernelModule => {
  const { Instance } = present();
  return {
    compiled,
    instantiate: (record, memory) => new Instance(compiled, { record, env: { memory } }).exports,
  };
};

/**
 * Memory for kernels that share it.
 * @param initial pages of 64 KiB at first
 * @param maximum pages it may grow to: address space, not memory
 * @throws RangeError where the system has not so much address space
 */
export const shareMemory = (initial: number, maximum: number): SharedKernelMemory =>
  new (present().Memory)({ initial, maximum, shared: true });
