/** What does not fit into memory and goes to temporary files meanwhile changes nothing: the same lines, order and counts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { kernelLines, spilledLines, wholeConnections } from '../../test/engine/rebuild-lines.ts';
import { anyLogOptions, LOG_KINDS, LOGS } from '../arbitraries/any-log.ts';
import { runs } from './runs.ts';

const KERNEL = compileEngineKernel();

/** Every line is a piece of its own, so that it may be what is too much. */
const byLine = (pieces: readonly string[]): string[] => pieces.join('').match(/.*\n|.+$/g) ?? [];

/** From every record to a file of its own to several filed at once, a record being 40 bytes and a key 48. */
const anyMemory = fc.integer({ min: 1, max: 2000 });

describe('records that do not fit into memory', () => {
  it.each(LOG_KINDS)('give the same lines and counts: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        LOGS[kind],
        anyLogOptions,
        anyMemory,
        fc.constantFrom('json', 'json', 'csv', 'zeek'),
        async ({ pieces, ...rest }, options, memoryBytes, format) => {
          const request = { ...rest, ...options, format };
          const lines = byLine(pieces);
          const whole = kernelLines(KERNEL, lines, request);
          const spilled = await spilledLines(KERNEL, lines, { ...request, memoryBytes });
          expect(spilled.lines).toBe(whole.lines);
          expect(spilled.counts).toEqual(whole.counts);
        },
      ),
      runs(80),
    );
  });

  it.each(['simulated networks', 'soups'] as const)('give the same connections: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        LOGS[kind],
        anyLogOptions,
        anyMemory,
        fc.boolean(),
        async ({ pieces, ...rest }, options, memoryBytes, windows) => {
          const request = { ...rest, ...options, windows };
          expect(await wholeConnections(KERNEL, byLine(pieces), { ...request, memoryBytes })).toEqual(
            await wholeConnections(KERNEL, byLine(pieces), request),
          );
        },
      ),
      runs(60),
    );
  });
});
