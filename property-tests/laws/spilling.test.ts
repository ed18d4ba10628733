/** What does not fit into memory and goes to temporary files meanwhile changes nothing: the same lines, order and counts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { type LinesRequest, plainLines, spilledLines } from '../../test/engine/rebuild-lines.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { anySoup, SOUP_HEADER } from '../arbitraries/any-soup.ts';
import { simulate } from '../network/simulate.ts';
import { runs } from './runs.ts';

const KERNEL = compileEngineKernel();
/** Every line is a piece of its own, so that it may be what is too much. */
const piecesOf = (lines: readonly string[]): string[] => lines.map((line) => `${line}\n`);

/** From every record to a file of its own to several filed at once, a record being 40 bytes and a key 48. */
const anyMemory = fc.integer({ min: 1, max: 2000 });

const compare = async (lines: readonly string[], request: LinesRequest): Promise<void> => {
  const { memoryBytes, ...unlimited } = request;
  const whole = plainLines(piecesOf(lines), unlimited);
  for (const kernel of [KERNEL, null]) {
    const spilled = await spilledLines(kernel, piecesOf(lines), request);
    expect(spilled.lines).toBe(whole.lines);
    expect(spilled.counts).toEqual(whole.counts);
  }
};

describe('records that do not fit into memory', () => {
  it('give the same lines and counts, on simulated networks', async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario(), fc.nat(0xffff), anyMemory, (scenario, seed, memoryBytes) => {
        const { lines, fields } = simulate(scenario, seed);
        return compare(lines, { fields: fields.join(' '), memoryBytes });
      }),
      runs(150),
    );
  });

  it('give the same lines and counts, whatever the records say', async () => {
    await fc.assert(
      fc.asyncProperty(anySoup(), anyMemory, (lines, memoryBytes) =>
        compare([SOUP_HEADER, ...lines], { memoryBytes }),
      ),
      runs(150),
    );
  });
});
