/** The own addresses of vantages that the rules have kept while filing (rules/own-addresses.ts), as far as they are believed. */
import type { OwnAddresses } from '../observers/coverage.ts';
import { believedOf, NO_RECORD_YET, type OwnSets } from '../observers/own-addresses.ts';
import type { KernelMemory } from './kernel-memory.ts';

const NONE: readonly number[] = [];

/** All sets of addresses that may be an interface's own, as stored: numbers (IPv4) and ids (IPv6). */
export interface StoredOwn {
  readonly v4: OwnSets<number>;
  readonly v6: OwnSets<number>;
}

/** Of each family, what was kept of a vantage that lies at an address and has these marks. */
type Read<T> = (at: number, marks: number) => { readonly v4: T; readonly v6: T };

/**
 * Reads what was kept, for as long as the memory does not grow.
 * @param of what is known (see OWN_SETS in rules/layout.ts), with the two words that are, and the sets where they are apart
 */
const keptBy = <T>(
  memory: KernelMemory,
  of: (known: number, words: readonly [number, number], setsAt: (sets: number) => number[][]) => T,
): Read<T> => {
  const words = new Uint32Array(memory.buffer, 0, memory.buffer.byteLength >>> 2);
  const word = (at: number): number => words[at >>> 2] as number;
  const [first, size] = [memory.value('FIRST_OWN_SET'), memory.value('OWN_SET_SIZE')];
  const setsAt = (sets: number): number[][] =>
    Array.from({ length: word(sets) }, (_, i) => {
      const set = sets + first + i * size;
      return Array.from({ length: word(set) }, (_each, n) => word(set + 4 * (n + 1)));
    });
  const [v4, v6] = [memory.value('OWN_V4'), memory.value('OWN_V6')];
  const [v4Known, v6Known] = [memory.value('OWN_V4_KNOWN'), memory.value('OWN_V6_KNOWN')];
  const ofFamily = (at: number, known: number): T => of(known & 7, [word(at), word(at + 4)], setsAt);
  return (at, marks) => ({
    v4: ofFamily(at + v4, marks >>> v4Known),
    v6: ofFamily(at + v6, marks >>> v6Known),
  });
};

/**
 * What is believed of it.
 * @returns asked with where a vantage lies, and its marks
 */
export const keptOwn = (memory: KernelMemory): ((at: number, marks: number) => OwnAddresses) => {
  const [one, several] = [memory.value('ONE_OWN'), memory.value('OWN_SETS')];
  // Of two sets of one address each neither is believed.
  return keptBy(memory, (known, [word], setsAt) =>
    known === one ? [word] : known === several ? believedOf(setsAt(word)) : NONE,
  );
};

/** All of it. */
export const keptOwnSets = (memory: KernelMemory): ((at: number, marks: number) => StoredOwn) => {
  const [yet, one, either, several] = ['NO_OWN_YET', 'ONE_OWN', 'EITHER_OWN', 'OWN_SETS'].map((name) =>
    memory.value(name),
  );
  return keptBy<OwnSets<number>>(memory, (known, [word, other], setsAt) => {
    if (known === yet) return NO_RECORD_YET;
    if (known === one) return [[word]];
    if (known === either) return [[word], [other]];
    return known === several ? setsAt(word) : [];
  });
};
