/** The engine's kernel as `npm run build` makes it, but compiled into a folder of its own: tests need no build before them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type KernelModule, loadKernel } from '../../src/record/kernel/load-kernel.ts';

const RULES = resolve(import.meta.dirname, '../../src/rules');
const COMPILER = resolve(import.meta.dirname, '../../node_modules/assemblyscript/bin/asc.js');

/** Compiles and loads the kernel. */
export const compileEngineKernel = (): KernelModule => {
  const folder = mkdtempSync(join(tmpdir(), 'conntrail-engine-'));
  try {
    const file = join(folder, 'rules.wasm');
    execFileSync(process.execPath, [COMPILER, '--config', join(RULES, 'asconfig.json'), '-o', file]);
    const kernel = loadKernel(file);
    if (kernel === undefined) throw new Error('The compiled kernel does not load.');
    return kernel;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
