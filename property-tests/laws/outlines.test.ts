/**
 * Outlines tell what connections tell, whoever writes them: the kernel, the plain path, or both after records went to
 * temporary files. And what is asked for as a whole is the connection, whichever are asked for, once or twice.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReconstructOptions, reconstruct } from '../../src/reconstruct.ts';
import { MomentSweep } from '../../src/timeline/at.ts';
import { LaneKeeper } from '../../src/timeline/lanes.ts';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { type LinesRequest, outlined, plainlyOutlined } from '../../test/engine/rebuild-lines.ts';
import { anyReuse } from '../arbitraries/any-reuse.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { anySoup, SOUP_HEADER } from '../arbitraries/any-soup.ts';
import { simulate } from '../network/simulate.ts';
import { rebuildText } from './rebuild-text.ts';
import { runs } from './runs.ts';

const KERNEL = compileEngineKernel();
const anyOptions: fc.Arbitrary<ReconstructOptions> = fc.record({
  scope: fc.constantFrom('auto', 'interface', 'vpc', 'account', 'all'),
  observedOnly: fc.boolean(),
  idleSeconds: fc.constantFrom(180, 600, 3600),
  windows: fc.boolean(),
});

/** Which are asked for as a whole: one of so many. */
const anyStride = fc.constantFrom(1, 2, 5);
/** So little that records go to temporary files; not at all when null. */
const anyMemory = fc.option(fc.integer({ min: 1, max: 2000 }), { freq: 3 });

const compare = async (
  lines: readonly string[],
  request: LinesRequest,
  stride: number,
  memoryBytes: number | null,
): Promise<void> => {
  const pieces = lines.map((line) => `${line}\n`);
  const isAsked = (number: number): boolean => number % stride === 0;
  const expected = plainlyOutlined(pieces, request, isAsked);
  const limited = memoryBytes === null ? request : { ...request, memoryBytes };
  for (const kernel of [KERNEL, null])
    expect(await outlined(kernel, pieces, limited, isAsked)).toEqual(expected);
};

describe('outlines', () => {
  it('tell what connections tell, on simulated networks', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyScenario(),
        fc.nat(0xffff),
        anyStride,
        anyMemory,
        fc.boolean(),
        (scenario, seed, stride, memoryBytes, windows) => {
          const { lines, fields } = simulate(scenario, seed);
          return compare(lines, { fields: fields.join(' '), windows }, stride, memoryBytes);
        },
      ),
      runs(200),
    );
  });

  it('tell what connections tell, whatever the records say', async () => {
    await fc.assert(
      fc.asyncProperty(anySoup(), anyOptions, anyStride, anyMemory, (lines, options, stride, memoryBytes) =>
        compare([SOUP_HEADER, ...lines], options, stride, memoryBytes),
      ),
      runs(300),
    );
  });

  it('tell what connections tell where ports are used again', async () => {
    await fc.assert(
      fc.asyncProperty(anyReuse(), anyOptions, anyStride, (lines, options, stride) =>
        compare([SOUP_HEADER, ...lines], options, stride, null),
      ),
      runs(200),
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
