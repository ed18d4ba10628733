/**
 * Lines that the rules write are those of the connections that the rules write, value by value, as export spells them: whole
 * rows go through objects, lines do not. And the rules write them alone: they stop where room for rows ends and where others may
 * have their turn, never to ask.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import { CSV } from '../../src/export/csv.ts';
import { JSON_LINES } from '../../src/export/json-lines.ts';
import { ZEEK } from '../../src/export/zeek.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { kernelLines, wholeConnections } from '../../test/engine/rebuild-lines.ts';
import { anyLogOptions, LOG_KINDS, LOGS } from '../arbitraries/any-log.ts';
import { runs } from './runs.ts';

const KERNEL = compileEngineKernel();
const FORMATS = { json: JSON_LINES, csv: CSV, zeek: ZEEK } as const;
const anyFormat = fc.constantFrom('json', 'csv', 'zeek');

/** Rules whose answers are kept. */
const watched = (rules: KernelModule) => {
  const answers = new Set<number>();
  const named: Record<string, number> = {};
  const module: KernelModule = {
    ...rules,
    instantiate(...given) {
      const exports = rules.instantiate(...given);
      const judgeKeys = exports['judgeKeys'] as unknown as (...of: number[]) => number;
      for (const name of ['GOES_ON', 'FULL', 'WIDER', 'RESTING'])
        named[name] = (exports[name] as unknown as { value: number }).value;
      return {
        ...exports,
        judgeKeys: (...of: number[]) => {
          const answer = judgeKeys(...of);
          answers.add(answer);
          return answer;
        },
      } as unknown as typeof exports;
    },
  };
  return { module, isAlone: () => [...answers].every((answer) => Object.values(named).includes(answer)) };
};

describe('lines', () => {
  it.each(LOG_KINDS)('are those of the connections, and counted alike: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(LOGS[kind], anyLogOptions, anyFormat, async ({ pieces, ...rest }, options, format) => {
        const request = { ...rest, ...options };
        const { module, isAlone } = watched(KERNEL);
        const { lines, counts } = kernelLines(module, pieces, { ...request, format });
        const whole = await wholeConnections(KERNEL, pieces, request);
        expect(lines).toBe(whole.connections.map((each) => FORMATS[format].line(each)).join(''));
        expect(counts).toEqual(whole.counts);
        expect(isAlone()).toBe(true);
      }),
      runs(200),
    );
  });

  it('are written by the rules alone where Node runs them, too', () => {
    fc.assert(
      fc.property(LOGS['hostile logs'], anyLogOptions, ({ pieces }, options) => {
        const { module, isAlone } = watched(nodeRules());
        kernelLines(module, pieces, options);
        expect(isAlone()).toBe(true);
      }),
      runs(50),
    );
  });
});
