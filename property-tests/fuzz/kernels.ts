/** Both kernels, compiled when the first target asks for them. */
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { compileKernel } from '../../test/record/compile-kernel.ts';

let scan: KernelModule | undefined;
let engine: KernelModule | undefined;

/** The kernel that reads lines. */
export const scanKernel = (): KernelModule => {
  scan ??= compileKernel();
  return scan;
};

/** The kernel that files and judges records. */
export const engineKernel = (): KernelModule => {
  engine ??= compileEngineKernel();
  return engine;
};
