/** The kernel as `npm run build` makes it, but kept apart from that: tests need no build before them, and compile it once. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { builtOnce, keptAs } from '../../src/engine/kernel/built-once.ts';
import { type KernelModule, loadKernel } from '../../src/record/kernel/load-kernel.ts';

const CONFIG = resolve(import.meta.dirname, '../../src/record/kernel/assembly/asconfig.json');
const COMPILER = resolve(import.meta.dirname, '../../node_modules/assemblyscript');

/** Does something with a file that is gone afterwards. */
const withFile = <T>(work: (file: string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'conntrail-kernel-'));
  try {
    return work(join(folder, 'kernel.wasm'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const compile = (config: string): Buffer =>
  withFile((file) => {
    execFileSync(process.execPath, [join(COMPILER, 'bin/asc.js'), '--config', config, '-o', file]);
    return readFileSync(file);
  });

/**
 * Compiles a kernel, unless it was compiled of the same before, and loads it.
 * @param name under which it is kept
 * @param files all that it is compiled of, and its configuration
 */
export const compiledOnce = (name: string, config: string, files: () => readonly string[]): KernelModule => {
  const ingredients = (): string[] => [...files(), import.meta.filename, join(COMPILER, 'package.json')];
  const bytes = builtOnce(keptAs(name), ingredients, () => compile(config));
  const kernel = withFile((file) => {
    writeFileSync(file, bytes);
    return loadKernel(file);
  });
  if (kernel === undefined) throw new Error('The compiled kernel does not load.');
  return kernel;
};

/** Compiles and loads the kernel. */
export const compileKernel = (): KernelModule =>
  compiledOnce('scan.wasm', CONFIG, () =>
    readdirSync(dirname(CONFIG))
      .sort()
      .map((name) => join(dirname(CONFIG), name)),
  );
