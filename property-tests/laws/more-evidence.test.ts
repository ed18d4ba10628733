/**
 * Law 4: adding the records of another vantage never turns a right initiator into a wrong one and never makes a
 * known one unknown. The right answer is who dialled in the simulator, for ends between which only one side did.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Connection, INITIATOR_BASES } from '../../src/model/connection.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { type Simulation, simulate } from '../network/simulate.ts';
import { tellStory } from '../network/tell-story.ts';
import { rebuildText } from './rebuild-text.ts';
import { runs } from './runs.ts';

interface End {
  readonly address: string;
  readonly port: number | null;
}

const nameOf = ({ address, port }: End): string => `${address} ${port ?? 0}`;
const pairOf = (a: End, b: End): string => [nameOf(a), nameOf(b)].sort().join(' | ');

/** Who dialled between two ends; ends that dialled each other at one time or another are left out. */
const diallers = ({ truth }: Simulation): Map<string, string> => {
  const byPair = new Map<string, Set<string>>();
  for (const { initiator, responder, bothDialled } of truth) {
    const pair = pairOf(initiator, responder);
    const known = byPair.get(pair) ?? new Set();
    known.add(nameOf(initiator));
    if (bothDialled) known.add(nameOf(responder));
    byPair.set(pair, known);
  }
  return new Map(
    [...byPair].filter(([, who]) => who.size === 1).map(([pair, [who]]) => [pair, who as string]),
  );
};

const isKnown = ({ initiatorBasis }: Connection): boolean =>
  INITIATOR_BASES[initiatorBasis].kind !== 'unknown';

describe('law 4: more evidence never hurts', () => {
  it('keeps every initiator that one interface alone shows rightly, whatever the others add', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(anyScenario(), fc.nat(0xffff), async (scenario, seed) => {
        const simulation = simulate(scenario, seed);
        const at = simulation.fields.indexOf('interface-id');
        fc.pre(at >= 0);
        const header = simulation.lines.length > simulation.records.length ? 1 : 0;
        const body = simulation.lines.slice(header);
        const interfaces = [...new Set(body.map((line) => line.split(' ')[at] as string))];
        fc.pre(interfaces.length > 1);
        const fields = simulation.fields.join(' ');
        const run = async (lines: readonly string[]) =>
          (await rebuildText([`${lines.join('\n')}\n`], { fields })).connections;
        const all = await run(body);
        const right = diallers(simulation);
        // What is inferred may rest on what was lost: then more records may show that less is known.
        const { loss, from, until, skips } = scenario.logging;
        const isWhole = loss === 0 && from === 0 && until === null && skips.length === 0;
        for (const name of interfaces) {
          for (const alone of await run(body.filter((line) => line.split(' ')[at] === name))) {
            const pair = pairOf(alone.initiator, alone.responder);
            const dialler = right.get(pair);
            if (!isKnown(alone) || dialler === undefined || nameOf(alone.initiator) !== dialler) continue;
            if (!isWhole && INITIATOR_BASES[alone.initiatorBasis].kind !== 'observed') continue;
            compared++;
            // The connection that now holds these records: of the same ends, and alive at the same time.
            const same = all.filter(
              (each) =>
                pairOf(each.initiator, each.responder) === pair &&
                each.vantages.some((vantage) => vantage.interfaceId === name) &&
                (alone.firstSeen === null ||
                  ((each.firstSeen as number) <= (alone.lastSeen as number) &&
                    (alone.firstSeen as number) <= (each.lastSeen as number))),
            );
            const stillRight = same.some((each) => isKnown(each) && nameOf(each.initiator) === dialler);
            if (!stillRight) {
              throw new Error(
                [
                  `${name} alone says ${JSON.stringify(alone)}`,
                  ...same.map((each) => `all together say ${JSON.stringify(each)}`),
                  tellStory(scenario),
                  ...simulation.lines,
                ].join('\n'),
              );
            }
          }
        }
      }),
      runs(250),
    );
    expect(compared).toBeGreaterThan(0);
  });
});
