/**
 * A run in parts is the run: split, learned part by part, merged and judged part by part, all connections together are those of
 * one run over everything, byte for byte, however many parts there are and whatever they are merged in.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { merged } from '../../test/facts/facts-files.ts';
import { type Form, mergedInSteps, PartedRun } from '../../test/facts/partitioned.ts';
import { anyLogOptions, LOG_KINDS, LOGS } from '../arbitraries/any-log.ts';
import { runs } from './runs.ts';

const RUN = new PartedRun(compileEngineKernel());

const FORMS = [
  'json',
  'json',
  'csv',
  'zeek',
  'whole connections',
  'outlines',
] as const satisfies readonly Form[];

/** From everything in memory to a record a file. */
const anyMemory = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2000 }) },
);

const anyWay = fc.record({
  count: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 64 })),
  form: fc.constantFrom(...FORMS),
  steps: fc.array(fc.nat(), { maxLength: 6 }),
  isTrimmed: fc.boolean(),
  memory: anyMemory,
});

describe('parts that are judged by the facts of all', () => {
  it.each(LOG_KINDS)('give what one run gives: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(LOGS[kind], anyLogOptions, anyWay, async (log, options, way) => {
        const { count, form, steps, isTrimmed, memory } = way;
        const request = { ...options, fields: 'fields' in log ? log.fields : undefined };
        const inFiles = memory === undefined ? {} : { memoryBytes: memory };
        const text = Buffer.from(log.pieces.join('')).toString('latin1');
        const [parts, ofSplit] = await RUN.split(text, count, request);
        const learned: string[] = [];
        for (const part of parts) learned.push(await RUN.learn(part, { ...options, ...inFiles }));
        const facts = await mergedInSteps([...learned, ofSplit], steps, isTrimmed);
        expect(facts).toBe(await merged([ofSplit, ...learned.reverse()], { allEnds: !isTrimmed }));
        const found: string[] = [];
        for (const part of parts)
          if (part !== '') found.push(...(await RUN.judge(part, facts, form, { ...options, ...inFiles })));
        const whole = await RUN.judge(text, null, form, request);
        expect(found.sort()).toEqual(whole.sort());
      }),
      runs(60),
    );
  });
});
