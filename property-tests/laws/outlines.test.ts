/**
 * Outlines tell what whole rows tell, also after records went to temporary files. And what is asked for as a whole is the
 * connection, whichever are asked for, once or twice, at once or after the last outline.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconstruct } from '../../src/reconstruct.ts';
import { MomentSweep } from '../../src/timeline/at.ts';
import { LaneKeeper } from '../../src/timeline/lanes.ts';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { isForgotten, outlined, toldBy, wholeConnections } from '../../test/engine/rebuild-lines.ts';
import { anyLogOptions, LOG_KINDS, LOGS } from '../arbitraries/any-log.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { simulate } from '../network/simulate.ts';
import { rebuildText } from './rebuild-text.ts';
import { runs } from './runs.ts';

const KERNEL = compileEngineKernel();

/** Which are asked for as a whole: one of so many. */
const anyStride = fc.constantFrom(1, 2, 5);
/** So little that records go to temporary files; not at all when null. */
const anyMemory = fc.option(fc.integer({ min: 1, max: 2000 }), { freq: 3 });

describe('outlines', () => {
  it.each(LOG_KINDS)('tell what connections tell: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        LOGS[kind],
        anyLogOptions,
        fc.boolean(),
        anyStride,
        anyMemory,
        async ({ pieces, ...rest }, options, windows, stride, memoryBytes) => {
          const isAsked = (number: number): boolean => number % stride === 0;
          const request = { ...rest, ...options, windows };
          const limited = memoryBytes === null ? request : { ...request, memoryBytes };
          const { connections, counts } = await wholeConnections(KERNEL, pieces, request);
          const wholes = connections.filter((_, number) => isAsked(number));
          expect(await outlined(KERNEL, pieces, limited, isAsked)).toEqual({
            told: connections.map(toldBy),
            wholes,
            laters: wholes.filter((_, number) => !isForgotten(number)),
            counts,
          });
        },
      ),
      runs(140),
    );
  });

  it('find the same open at a moment and the same lanes the longest as connections do', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyScenario(),
        fc.nat(0xffff),
        fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 6 }),
        async (scenario, seed, shares, most) => {
          const { lines, fields } = simulate(scenario, seed);
          const text = `${lines.join('\n')}\n`;
          const options = { fields: fields.join(' '), windows: true };
          const { connections, report } = await rebuildText([text], options);
          const { first, last } = report;
          const times = shares.map(
            (share) => (first ?? 0) - 60 + (share / 1000) * ((last ?? 0) - (first ?? 0) + 120),
          );
          const [expected, found] = [new MomentSweep(times), new MomentSweep(times)];
          const [longest, kept] = [new LaneKeeper(most), new LaneKeeper(most)];
          for (const connection of connections) {
            expected.add(connection);
            longest.add(connection);
          }
          let asked = 0;
          const run = reconstruct(
            (async function* () {
              yield text;
            })(),
            options,
          );
          for await (const outlines of run.outlines()) {
            for (const outline of outlines) {
              found.consider(outline, () => {
                asked++;
                return outline.whole();
              });
              kept.consider(outline, () => outline.whole());
            }
          }
          const seen = (sweep: MomentSweep): unknown =>
            sweep.snapshots().map((moment) => ({ ...moment, connections: moment.connections }));
          expect(seen(found)).toEqual(seen(expected));
          expect(kept.lanes()).toEqual(longest.lanes());
          expect(asked).toBeLessThanOrEqual(connections.length);
          expect(run.report).toEqual(report);
        },
      ),
      runs(150),
    );
  });
});
