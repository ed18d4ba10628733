/** Compiles the scanner's kernel once for all mutants: none of them changes it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';

const ROOT = resolve(import.meta.dirname, '../..');

declare module 'vitest' {
  interface ProvidedContext {
    scanKernelFile: string;
  }
}

export default (project: TestProject): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'conntrail-mutation-'));
  const file = join(folder, 'scan.wasm');
  const compiler = join(ROOT, 'node_modules/assemblyscript/bin/asc.js');
  const config = join(ROOT, 'src/record/kernel/assembly/asconfig.json');
  execFileSync(process.execPath, [compiler, '--config', config, '-o', file]);
  project.provide('scanKernelFile', file);
  return () => rmSync(folder, { recursive: true, force: true });
};
