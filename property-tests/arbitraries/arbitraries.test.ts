import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldNamed } from '../../src/model/fields.ts';
import { printRecord } from '../network/print-records.ts';
import { simulate } from '../network/simulate.ts';
import { anyFlowRecord, anyFormattedRecord } from './any-flow-record.ts';
import { anyLine, anyLineBytes } from './any-line.ts';
import { anyScenario } from './any-scenario.ts';

describe('scenarios', () => {
  it('shrink to one plain talk', () => {
    const found = fc.check(
      fc.property(anyScenario(), (scenario) => simulate(scenario, 1).lines.length === 0),
      { seed: 11, numRuns: 50 },
    );
    const [smallest] = found.counterexample ?? [];
    expect(smallest?.talks).toHaveLength(1);
    expect(smallest?.talks[0]?.filters).toEqual([]);
    expect(smallest?.talks[0]?.redials).toEqual([]);
    expect(smallest?.logging).toMatchObject({
      loss: 0,
      duplicates: 0,
      skips: [],
      order: 'by-end',
      header: true,
    });
  });

  it('cover every kind of ending', () => {
    const states = new Set(
      fc
        .sample(anyScenario(), { numRuns: 300, seed: 5 })
        .flatMap((scenario) => simulate(scenario, 1).truth.flatMap(({ states: found }) => found ?? [])),
    );
    for (const state of [
      'attempted',
      'blocked',
      'refused',
      'abandoned',
      'established',
      'half-closed',
      'closed',
      'reset',
    ])
      expect(states).toContain(state);
  });

  it('keep to their limits', () => {
    fc.assert(
      fc.property(
        anyScenario({ mostTalks: 2, logging: { format: 'v5' }, talk: { family: 6 } }),
        (scenario) => {
          expect(scenario.talks.length).toBeLessThanOrEqual(2);
          expect(scenario.logging.format).toBe('v5');
          expect(scenario.talks.every(({ family }) => family === 6)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('flow records', () => {
  it('print as many words as their format has fields, none of them empty', () => {
    fc.assert(
      fc.property(anyFormattedRecord(), ({ fields, record }) => {
        const words = printRecord(record, fields).split(' ');
        expect(words).toHaveLength(fields.length);
        expect(words).not.toContain('');
      }),
      { numRuns: 100 },
    );
  });

  it('hold the fields asked for and no others', () => {
    fc.assert(
      fc.property(anyFlowRecord(['start', 'end', 'srcaddr']), (record) => {
        expect(Object.keys(record).sort()).toEqual([fieldNamed('end')?.property, 'srcAddr', 'start'].sort());
        if (typeof record.start === 'number' && typeof record.end === 'number')
          expect(record.start).toBeLessThanOrEqual(record.end);
      }),
      { numRuns: 100 },
    );
  });
});

describe('lines', () => {
  it('are lines: no line feed inside', () => {
    fc.assert(
      fc.property(anyLine(), (line) => !line.includes('\n')),
      { numRuns: 300 },
    );
  });

  it('hold control characters, escapes and bytes that are no text now and then', () => {
    const lines = fc.sample(anyLine(), { numRuns: 2000, seed: 3 });
    expect(lines.some((line) => line.includes('\u001b'))).toBe(true);
    expect(lines.some((line) => line.includes('\u202e'))).toBe(true);
    const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const bytes = fc.sample(anyLineBytes(), { numRuns: 200, seed: 3 });
    expect(
      bytes.some((line) => {
        try {
          return decode(line) === null;
        } catch {
          return true;
        }
      }),
    ).toBe(true);
  });
});
