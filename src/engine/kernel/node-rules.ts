/**
 * The rules run by Node, as they are: the same text that is compiled, in one script of which every call makes an instance. It
 * stands where the compiled ones do when there is no WebAssembly or nothing has been built, and gives the same bytes
 * (property-tests/laws/two-worlds.test.ts), several times slower.
 */
import { existsSync, readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import {
  type KernelExports,
  type KernelModule,
  kernelOf,
  type SharedKernelMemory,
} from '../../record/kernel/load-kernel.ts';
import { bundledRules } from './bundled-rules.ts';

const PAGE_BYTES = 65536;

/** A SharedArrayBuffer that grows, which TypeScript's ES2023 does not know yet. */
interface GrowableBuffer extends SharedArrayBuffer {
  grow(bytes: number): void;
}
const Growable = SharedArrayBuffer as unknown as new (
  bytes: number,
  most: { readonly maxByteLength: number },
) => GrowableBuffer;

/** Adds pages to a memory. */
const grow = (buffer: GrowableBuffer, pages: number): void =>
  buffer.grow(buffer.byteLength + pages * PAGE_BYTES);

/** The memory of instances. Sent to another thread it is its buffer, and no more is asked of it there. */
class NodeMemory implements SharedKernelMemory {
  readonly buffer: GrowableBuffer;

  /** @throws RangeError where the system has not so much address space */
  constructor(initial: number, maximum: number) {
    this.buffer = new Growable(initial * PAGE_BYTES, { maxByteLength: maximum * PAGE_BYTES });
  }

  grow(pages: number): number {
    const before = this.buffer.byteLength / PAGE_BYTES;
    grow(this.buffer, pages);
    return before;
  }
}

/** What a script exports: functions, constants, and variables by getters. */
type Exports = Record<string, unknown> & {
  attach(buffer: SharedArrayBuffer, grow: (pages: number) => boolean): void;
};

type Callable = (...values: number[]) => unknown;

/** As WebAssembly exports it: a function of numbers, or something that has a value. */
const exported = (found: Exports, name: string): unknown => {
  const one = found[name];
  if (typeof one !== 'function')
    return {
      get value(): number {
        return Number(found[name]);
      },
    };
  const call = one as Callable;
  return (...values: number[]) => Number(call(...values));
};

/** What another thread makes instances of. */
interface RulesScript {
  readonly script: string;
}

const isScript = (compiled: object): compiled is RulesScript => 'script' in compiled;

/** The rules of a script. */
export const nodeRulesOf = (script: string): KernelModule => {
  const run = compileFunction(script, ['exports'], { filename: 'rules.js' }) as (exports: object) => void;
  return {
    compiled: { script } satisfies RulesScript,
    share: (initial, maximum) => new NodeMemory(initial, maximum),
    instantiate: (_imports, memory) => {
      if (memory === undefined) throw new Error('The rules are given their memory.');
      const buffer = memory.buffer as GrowableBuffer;
      const found = {} as Exports;
      run(found);
      found.attach(buffer, (pages) => {
        try {
          grow(buffer, pages);
          return true;
        } catch (error) {
          if (error instanceof RangeError) return false;
          throw error;
        }
      });
      return Object.fromEntries(
        Object.keys(found).map((name) => [name, exported(found, name)]),
      ) as unknown as KernelExports;
    },
  };
};

/** The rules that another thread was given. */
export const rulesOf = (compiled: object): KernelModule =>
  isScript(compiled) ? nodeRulesOf(compiled.script) : kernelOf(compiled);

let rules: KernelModule | undefined;

/** Those of the script that `npm run build` makes; in a source checkout, of one bundled for them. */
export const nodeRules = (): KernelModule => {
  const shipped = new URL('../../rules/rules.js', import.meta.url);
  rules ??= nodeRulesOf(existsSync(shipped) ? readFileSync(shipped, 'utf8') : bundledRules());
  return rules;
};
