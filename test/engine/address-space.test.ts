/** How a limited address space is shared out: looked up before it is taken, since V8 ends the process where there is none. */
import { describe, expect, it } from 'vitest';
import {
  addressSpaceLeft,
  kernelBytesThatFit,
  recordBytesThatFit,
  threadsThatFit,
} from '../../src/engine/address-space.ts';
import {
  type EngineKernel,
  engineKernelOf,
  kernelFor,
  shippedKernel,
} from '../../src/engine/kernel/engine-kernel.ts';
import { reserveMemory } from '../../src/engine/kernel/kernel-memory.ts';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import type { KernelModule, SharedKernelMemory } from '../../src/record/kernel/load-kernel.ts';

const GB = 2 ** 30;
/** Pages of 64 KiB in a GiB. */
const PAGES = GB / 65536;

/** What Linux tells of a process. */
const told =
  (limit: string, status = 'Name:\tnode\nVmPeak:\t 2097152 kB\nVmSize:\t 1048576 kB\n') =>
  (path: string): string =>
    path === '/proc/self/limits'
      ? `Limit                     Soft Limit           Hard Limit           Units\nMax address space         ${limit}\n`
      : status;

describe('address space', () => {
  it('is the limit less what is taken', () => {
    expect(addressSpaceLeft(told('4294967296           unlimited            bytes'))).toBe(3 * GB);
    // More is taken than may be: the limit was lowered while it ran.
    expect(addressSpaceLeft(told('1000000              1000000              bytes'))).toBe(0);
  });

  it('has no end where there is no limit, or where the system does not tell', () => {
    expect(addressSpaceLeft(told('unlimited            unlimited            bytes'))).toBe(Infinity);
    expect(addressSpaceLeft(told('4294967296           unlimited            bytes', ''))).toBe(Infinity);
    const missing = (): string => {
      throw new Error('ENOENT');
    };
    expect(addressSpaceLeft(missing)).toBe(Infinity);
  });

  it('lets as many threads work as there is a GiB for, beside half of one for this thread', () => {
    expect([0.4, 1.4, 1.5, 2.6, 100, Infinity].map((left) => threadsThatFit(4, left * GB))).toEqual([
      1, 1, 2, 3, 4, 4,
    ]);
    expect(threadsThatFit(1, Infinity)).toBe(1);
  });

  it('gives a quarter to a kernel and an eighth to records', () => {
    expect([kernelBytesThatFit(2 * GB), recordBytesThatFit(2 * GB)]).toEqual([GB / 2, GB / 4]);
    expect([kernelBytesThatFit(Infinity), recordBytesThatFit(Infinity)]).toEqual([Infinity, Infinity]);
  });
});

/** A system that has so many pages, and what it was asked for. */
const systemWith = (pages: number) => {
  const asked: number[] = [];
  /** As V8 does it: where there is not so much it takes less, in the end the first pages alone, and does not say so. */
  const share = (initial: number, maximum: number): SharedKernelMemory => {
    asked.push(maximum);
    if (pages < initial) throw new RangeError('WebAssembly.Memory(): could not allocate memory');
    const reserved = pages < maximum ? initial : maximum;
    return {
      buffer: new SharedArrayBuffer(0),
      grow: (more) => {
        if (initial + more > reserved) throw new RangeError('WebAssembly.Memory.grow(): Unable to grow');
        return initial;
      },
    };
  };
  return { share, asked };
};

describe('the reservation of a kernel', () => {
  it('is all that 32 bits can address where the system has that', () => {
    const { share, asked } = systemWith(Infinity);
    expect(reserveMemory(share, Infinity).mostPages).toBe(4 * PAGES);
    expect(asked).toEqual([4 * PAGES]);
  });

  it('is a quarter of what could not be had, again and again, until one has room to grow', () => {
    const { share, asked } = systemWith(0.3 * PAGES);
    const { shared, mostPages } = reserveMemory(share, Infinity);
    expect([shared.grow(1), mostPages]).toEqual([21, PAGES / 4]);
    expect(asked).toEqual([4 * PAGES, PAGES, PAGES / 4]);
  });

  it('begins with what it may have at most', () => {
    const { share, asked } = systemWith(Infinity);
    reserveMemory(share, GB / 2);
    expect(asked).toEqual([PAGES / 2]);
  });

  it('is refused with the reason when not even 32 MiB can be had, and not asked for when they may not be', () => {
    const none = systemWith(0);
    expect(() => reserveMemory(none.share, Infinity)).toThrow('could not allocate memory');
    // 65,536, 16,384, 4,096 and 1,024 pages; the next would be fewer than 512.
    expect(none.asked).toEqual([65536, 16384, 4096, 1024]);
    const firstPagesAlone = systemWith(21);
    expect(() => reserveMemory(firstPagesAlone.share, Infinity)).toThrow('Unable to grow');
    const full = systemWith(Infinity);
    expect(() => reserveMemory(full.share, 2 ** 24)).toThrow(RangeError);
    expect(full.asked).toEqual([]);
  });

  it('hides no other fault', () => {
    const broken = (): never => {
      throw new TypeError('no such thing');
    };
    expect(() => reserveMemory(broken, Infinity)).toThrow(TypeError);
  });
});

describe('a run without address space for a kernel', () => {
  const failing = (error: Error): KernelModule => ({
    compiled: {},
    instantiate: () => {
      throw error;
    },
  });

  it('does without that one', () => {
    const outOfMemory = new RangeError('WebAssembly.Instance(): Out of memory');
    expect(engineKernelOf(failing(outOfMemory))).toBeNull();
    expect(() => engineKernelOf(failing(new TypeError('another')))).toThrow('another');
  });

  it('takes the rules that Node runs, as one does where nothing has been built', () => {
    const isByNode = (kernel: EngineKernel | null): boolean => kernel?.memory.module === nodeRules();
    const outOfMemory = failing(new RangeError('WebAssembly.Memory(): could not allocate memory'));
    expect(isByNode(kernelFor(outOfMemory, nodeRules))).toBe(true);
    expect(isByNode(kernelFor(null, nodeRules))).toBe(true);
    expect(() => kernelFor(null, () => outOfMemory)).toThrow('There is not enough memory.');
    const notAsked = (): never => {
      throw new Error('Nobody should ask for them.');
    };
    expect(kernelFor(nodeRules(), notAsked)).not.toBeNull();
    // Tests run from the sources.
    expect(isByNode(shippedKernel())).toBe(true);
  });
});
