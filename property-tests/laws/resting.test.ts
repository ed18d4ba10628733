/** Others may have their turn at any record, and rests change nothing: the same lines, order and counts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { kernelLines, wholeConnections } from '../../test/engine/rebuild-lines.ts';
import { anyLogOptions, LOG_KINDS, LOGS } from '../arbitraries/any-log.ts';
import { runs } from './runs.ts';

const KERNEL = compileEngineKernel();
/** Records between two rests: one, or a few. */
const anyLooks = fc.constantFrom(1, 7);

describe('rests', () => {
  it.each(LOG_KINDS)('change no line and no count: %s', (kind) => {
    fc.assert(
      fc.property(LOGS[kind], anyLogOptions, anyLooks, ({ pieces, ...rest }, options, mostLooks) => {
        const request = { ...rest, ...options };
        const { rests: _, ...straight } = kernelLines(KERNEL, pieces, request);
        const { rests, ...resting } = kernelLines(KERNEL, pieces, { ...request, mostLooks });
        expect(resting).toEqual(straight);
        if (mostLooks === 1 && straight.lines.split('\n').length > 2) expect(rests).toBeGreaterThan(0);
      }),
      runs(150),
    );
  });

  it.each(['soups', 'keys that very many saw'] as const)('change no connection: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        LOGS[kind],
        anyLogOptions,
        anyLooks,
        fc.boolean(),
        async ({ pieces }, options, mostLooks, windows) => {
          const whole = (more: object) => wholeConnections(KERNEL, pieces, { ...options, windows, ...more });
          expect(await whole({ mostLooks })).toEqual(await whole({}));
        },
      ),
      runs(100),
    );
  });
});
