/** Stands in for compile-kernel.ts under mutation: the same kernel, compiled once (compile-once.ts). */
import { inject } from 'vitest';
import { type KernelModule, loadKernel } from '../../src/record/kernel/load-kernel.ts';

/** Loads the kernel. */
export const compileKernel = (): KernelModule => {
  const kernel = loadKernel(inject('scanKernelFile'));
  if (kernel === undefined) throw new Error('The compiled kernel does not load.');
  return kernel;
};
