/** The own addresses of vantages that the rules have kept while filing (rules/own-addresses.ts), as far as they are believed. */
import type { OwnAddresses } from '../observers/coverage.ts';
import { believedOf } from '../observers/own-addresses.ts';
import type { KernelMemory } from './kernel-memory.ts';

const NONE: readonly number[] = [];

/**
 * Reads them, for as long as the memory does not grow.
 * @returns asked with where a vantage lies, and its marks
 */
export const keptOwn = (memory: KernelMemory): ((at: number, marks: number) => OwnAddresses) => {
  const words = new Uint32Array(memory.buffer, 0, memory.buffer.byteLength >>> 2);
  const word = (at: number): number => words[at >>> 2] as number;
  const one = memory.value('ONE_OWN');
  const several = memory.value('OWN_SETS');
  const [first, size] = [memory.value('FIRST_OWN_SET'), memory.value('OWN_SET_SIZE')];
  const setsAt = (sets: number): number[][] =>
    Array.from({ length: word(sets) }, (_, i) => {
      const set = sets + first + i * size;
      return Array.from({ length: word(set) }, (_each, n) => word(set + 4 * (n + 1)));
    });
  // Of two sets of one address each neither is believed.
  const believed = (at: number, known: number): readonly number[] =>
    known === one ? [word(at)] : known === several ? believedOf(setsAt(word(at))) : NONE;
  const [v4, v6] = [memory.value('OWN_V4'), memory.value('OWN_V6')];
  const [v4Known, v6Known] = [memory.value('OWN_V4_KNOWN'), memory.value('OWN_V6_KNOWN')];
  return (at, marks) => ({
    v4: believed(at + v4, (marks >>> v4Known) & 7),
    v6: believed(at + v6, (marks >>> v6Known) & 7),
  });
};
