/**
 * The compiled kernel, if there is one: `npm run build` puts it beside this file in dist. From the sources, or
 * where WebAssembly has no SIMD, there is none and the TypeScript scanner does all the work.
 */
import { readFileSync } from 'node:fs';

/** As much of WebAssembly's interface as is used here: neither ES nor Node's types declare it. */
export interface KernelModule {
  /** A new kernel with memory of its own. */
  instantiate(imports: Readonly<Record<string, (from: number, to: number) => number>>): KernelExports;
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
  const { Module, Instance } = api;
  try {
    const module = new Module(readFileSync(file));
    return { instantiate: (record) => new Instance(module, { record }).exports };
  } catch {
    return undefined;
  }
};
