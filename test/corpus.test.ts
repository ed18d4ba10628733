/** Every regression case through its target: what once broke a promise, and what is most likely to. Finds of the fuzzer join them. */
import { describe, expect, it } from 'vitest';
import { casesOf, foldersOfCases } from '../property-tests/fuzz/corpus-folder.ts';
import { TARGET_NAMES, TARGETS } from '../property-tests/fuzz/targets.ts';

/**
 * Found and not yet mended. months-apart-without-ends: engine/rebuild.ts puts keys in order by a number in which a
 * second beyond 2^22 pushes the key out; whether seconds are that large is asked of the last end, which records without
 * `end` do not have. One connection comes twice, another not at all.
 */
const OPEN_FAULTS: ReadonlySet<string> = new Set(['file/months-apart-without-ends.log']);

describe('the regression cases', () => {
  it('lie in folders of targets, and every target has some', () => {
    expect(foldersOfCases()).toEqual([...TARGET_NAMES].sort());
  });

  describe.each(TARGET_NAMES)('of %s', (target) => {
    for (const { name, bytes } of casesOf(target)) {
      const keep = OPEN_FAULTS.has(`${target}/${name}`) ? it.fails : it;
      keep(`keep every promise: ${name}`, async () => {
        await TARGETS[target].check(bytes);
      });
    }
  });
});
