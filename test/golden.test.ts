/**
 * Every folder of test/golden is one scenario: the inputs it names, and what the specification fixes about them. The
 * expectations are derived by hand from the records and name only what is fixed; a new case is a new folder, no code.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../src/model/connection.ts';
import { reconstruct } from '../src/reconstruct.ts';
import type { Rebuilt } from './build.ts';
import { byEnds, expectedOf, rowsOf, SCENARIOS } from './golden-scenarios.ts';

const SAMPLES = join(import.meta.dirname, '../samples');

const run = async (inputs: readonly string[]): Promise<Rebuilt> => {
  const reconstruction = reconstruct(inputs.map((input) => join(SAMPLES, input)));
  const connections: Connection[] = [];
  for await (const connection of reconstruction) connections.push(connection);
  return { connections, report: reconstruction.report };
};

const numbersIn = (value: unknown): number[] => {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
};

describe.each(SCENARIOS)('%s', (scenario) => {
  const expected = expectedOf(scenario);

  it('gives the connections that its records prove', async () => {
    const { connections } = await run(expected.inputs);
    expect([...connections].sort(byEnds)).toMatchObject([...rowsOf(expected)].sort(byEnds));
  });

  it('puts every line in one place', async () => {
    const { report } = await run(expected.inputs);
    expect(report.placement).toMatchObject(expected.placement);
    expect(report.firstRejections).toEqual([]);
    if (expected.addressPaths !== undefined) expect(report.addressPaths).toMatchObject(expected.addressPaths);
    if (expected.vantages !== undefined) expect(report.vantages).toMatchObject(expected.vantages);
  });

  it('prints no number that is not one', async () => {
    const { connections } = await run(expected.inputs);
    expect(numbersIn(connections).every(Number.isFinite)).toBe(true);
  });
});

describe('all samples in one run', () => {
  it('gives every connection exactly as a run of its own file does', async () => {
    const { inputs } = expectedOf('all-together');
    const together = await run(inputs);
    const apart = await Promise.all(inputs.map((input) => run([input])));
    const textOf = (connections: readonly Connection[]) =>
      connections.map((row) => JSON.stringify(row)).sort();
    expect(textOf(together.connections)).toEqual(textOf(apart.flatMap(({ connections }) => connections)));
    expect(together.report.addressPaths).toEqual(apart.flatMap(({ report }) => report.addressPaths));
  });

  it('says of inferred openers how sure it is, and of observed ones that it is sure', async () => {
    const { connections } = await run(expectedOf('all-together').inputs);
    for (const { initiatorBasis, initiatorConfidence } of connections) {
      if (initiatorBasis === 'handshake') expect(initiatorConfidence).toBe(1);
      else {
        expect(initiatorConfidence).toBeGreaterThan(0.5);
        expect(initiatorConfidence).toBeLessThan(1);
      }
    }
  });
});
