/**
 * The fast lane says what the plain one says: judging plain keys in one pass and spelling rows as bytes gives,
 * byte for byte, the JSON Lines of the connections.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonPieces } from '../../src/export/json-bytes.ts';
import { toJsonLine } from '../../src/export/json-lines.ts';
import { type ReconstructOptions, reconstruct } from '../../src/reconstruct.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { anySoup, SOUP_HEADER } from '../arbitraries/any-soup.ts';
import { simulate } from '../network/simulate.ts';
import { rebuildText } from './rebuild-text.ts';

const fastLines = async (text: string, options: ReconstructOptions): Promise<string> => {
  const run = reconstruct(
    (async function* () {
      yield text;
    })(),
    options,
  );
  const { rows, addresses } = await run.flatRows();
  const decoder = new TextDecoder();
  let lines = '';
  for (const piece of jsonPieces(rows, addresses)) lines += decoder.decode(piece);
  return lines;
};

const plainLines = async (text: string, options: ReconstructOptions): Promise<string> =>
  (await rebuildText([text], options)).connections.map((each) => `${toJsonLine(each)}\n`).join('');

const RUNS = { numRuns: Number(process.env['RUNS'] ?? 500) };

const anyOptions: fc.Arbitrary<ReconstructOptions> = fc.record({
  scope: fc.constantFrom('auto', 'interface', 'vpc', 'account', 'all'),
  observedOnly: fc.boolean(),
  idleSeconds: fc.constantFrom(180, 600, 3600),
});

describe('flat rows', () => {
  it('give the same JSON Lines as connections do, on simulated networks', async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario(), fc.nat(0xffff), async (scenario, seed) => {
        const { lines, fields } = simulate(scenario, seed);
        const options = { fields: fields.join(' ') };
        const text = `${lines.join('\n')}\n`;
        expect(await fastLines(text, options)).toBe(await plainLines(text, options));
      }),
      RUNS,
    );
  });

  it('give the same JSON Lines as connections do, whatever the records say', async () => {
    await fc.assert(
      fc.asyncProperty(anySoup(), anyOptions, async (lines, options) => {
        const text = `${SOUP_HEADER}\n${lines.join('\n')}\n`;
        expect(await fastLines(text, options)).toBe(await plainLines(text, options));
      }),
      { numRuns: RUNS.numRuns * 4 },
    );
  });
});
