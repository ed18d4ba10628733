/**
 * A Stryker plugin that lets a stated share of the mutants through, each drawn by a hash of the seed and of what the mutant
 * is, so that the same seed draws the same mutants. Those not drawn are reported as compile errors, which no score counts.
 */
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { type Checker, type CheckResult, CheckStatus } from '@stryker-mutator/api/check';
import type { Mutant } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';

const NOT_DRAWN: CheckResult = { status: CheckStatus.CompileError, reason: 'not drawn for the sample' };

/** A number from 0 to 1, below 1, that belongs to the mutant and the seed. */
const placeOf = (seed: string, { fileName, mutatorName, replacement, location }: Mutant): number => {
  const { start, end } = location;
  const place = [start.line, start.column, end.line, end.column].join(':');
  const what = [seed, relative(process.cwd(), fileName), place, mutatorName, replacement].join('\n');
  return createHash('sha256').update(what).digest().readUInt32BE(0) / 2 ** 32;
};

const drawSample = (): Checker => {
  const share = Number(process.env['CONNTRAIL_SAMPLE'] ?? '1');
  const seed = process.env['CONNTRAIL_SAMPLE_SEED'] ?? '1';
  return {
    init: async () => {},
    check: async (mutants) =>
      Object.fromEntries(
        mutants.map((mutant) => [
          mutant.id,
          placeOf(seed, mutant) < share ? { status: CheckStatus.Passed } : NOT_DRAWN,
        ]),
      ),
    group: async (mutants) => [mutants.map(({ id }) => id)],
  };
};

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Checker, 'sample', drawSample)];
