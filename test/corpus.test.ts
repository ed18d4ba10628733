/** Every regression case through its target: what once broke a promise, and what is most likely to. Finds of the fuzzer join them. */
import { describe, expect, it } from 'vitest';
import { casesOf, foldersOfCases } from '../property-tests/fuzz/corpus-folder.ts';
import { TARGET_NAMES, TARGETS } from '../property-tests/fuzz/targets.ts';

describe('the regression cases', () => {
  it('lie in folders of targets, and every target has some', () => {
    expect(foldersOfCases()).toEqual([...TARGET_NAMES].sort());
  });

  describe.each(TARGET_NAMES)('of %s', (target) => {
    for (const { name, bytes } of casesOf(target)) {
      it(`keep every promise: ${name}`, async () => {
        await TARGETS[target].check(bytes);
      });
    }
  });
});
