/** An explanation agrees with the connection it explains, and no record is in two of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyScenario } from '../../property-tests/arbitraries/any-scenario.ts';
import { rebuildText } from '../../property-tests/laws/rebuild-text.ts';
import { simulate } from '../../property-tests/network/simulate.ts';
import { explain } from '../../src/explain/explain.ts';
import { HEADER, window } from '../build.ts';

const textOf = async function* (text: string) {
  yield text;
};

describe('explain', () => {
  it("finds the lines of AWS's closed connection, in order, by its ends", async () => {
    const [story] = await explain('samples/tcp-flag-sequence.log', '10.0.0.62:5001 52.213.180.42:43418');
    // Line 1 is the header; 6 (responder) and 7 (initiator) hold the FINs of one interval.
    expect(story?.records.map(({ lineNumber }) => lineNumber).sort()).toEqual([4, 5, 6, 7]);
    expect(story?.records.at(-1)?.after).toEqual({ initiator: 'SF', responder: 'RF' });
    expect(story?.initiator.candidates.find(({ fate }) => fate === 'decides')?.basis).toBe('handshake');
  });

  it("says why Zeek's word is what it is where it is not the plain one", async () => {
    const text = `${[HEADER, ...window('none', 'RST')].join('\n')}\n`;
    const [story] = await explain(textOf(text), '10.0.0.9:40000 10.0.0.5:443');
    expect(story?.outcome?.says).toMatch(
      /Zeek's RSTRH: the responder reset, and of the initiator Zeek has seen no opening and no close$/,
    );
    const [closed] = await explain('samples/tcp-flag-sequence.log', '10.0.0.62:5001 52.213.180.42:43418');
    expect(closed?.outcome?.says).toMatch(/Zeek's SF$/);
  });

  it('finds nothing for a uid that is not there', async () => {
    expect(await explain('samples/tcp-flag-sequence.log', `C${'A'.repeat(17)}`)).toEqual([]);
  });

  it('agrees with every connection of any network, and gives each line to one at most', async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario(), fc.nat(), async (scenario, seed) => {
        const { lines, fields } = simulate(scenario, seed);
        const text = `${lines.join('\n')}\n`;
        const options = { fields: fields.join(' ') };
        const { connections } = await rebuildText([text], { ...options, annotations: true });
        const told = new Set<number>();
        for (const connection of connections) {
          const [story] = await explain(textOf(text), connection.uid, options);
          expect(story?.connection).toEqual(connection);
          expect(story?.records).toHaveLength(connection.records);
          for (const record of story?.records ?? []) {
            for (const { lineNumber } of [record, ...record.duplicates]) {
              expect(told.has(lineNumber)).toBe(false);
              told.add(lineNumber);
            }
          }
        }
      }),
      { numRuns: 15 },
    );
  });
});
