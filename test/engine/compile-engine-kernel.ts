/** The engine's kernel as `npm run build` makes it, but kept apart from that: tests need no build before them. */
import { resolve } from 'node:path';
import { ruleFiles } from '../../src/engine/kernel/bundled-rules.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { compiledOnce } from '../record/compile-kernel.ts';

const CONFIG = resolve(import.meta.dirname, '../../src/rules/asconfig.json');

/** Compiles and loads the kernel. */
export const compileEngineKernel = (): KernelModule => compiledOnce('rules.wasm', CONFIG, ruleFiles);
