/** `windows: true`: what each side sent in each interval, from AWS's records, and sums that agree with the counts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyScenario, anySeed } from '../../property-tests/arbitraries/any-scenario.ts';
import { rebuildText } from '../../property-tests/laws/rebuild-text.ts';
import { runs } from '../../property-tests/laws/runs.ts';
import { simulate } from '../../property-tests/network/simulate.ts';
import type { ConnectionWindow, Side } from '../../src/model/connection.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { HEADER, record } from '../build.ts';

const windowsOf = async (...lines: string[]): Promise<readonly ConnectionWindow[] | undefined> => {
  const { connections } = await rebuildText([[HEADER, ...lines, ''].join('\n')], { windows: true });
  expect(connections).toHaveLength(1);
  return connections[0]?.windowDetails;
};

/** As views do it: a count is null as soon as one of its parts is. */
const sum = (windows: readonly ConnectionWindow[], side: Side, count: 'packets' | 'bytes'): number | null => {
  let total: number | null = 0;
  for (const window of windows) {
    const sent = window[side];
    if (sent !== null) total = total === null || sent[count] === null ? null : total + sent[count];
  }
  return total;
};

describe('the windows of a connection', () => {
  it("are those of AWS's closed example, as its four records have them", async () => {
    for await (const { initiator, windowDetails } of reconstruct('samples/tcp-flag-sequence.log', {
      windows: true,
    })) {
      if (initiator.port !== 43418) continue;
      // Lines 4 to 7 of the sample.
      expect(windowDetails).toEqual([
        {
          start: 1566848875,
          end: 1566848933,
          initiator: { packets: 70, bytes: 100701, flags: 2, action: 'accept' },
          responder: { packets: 12, bytes: 632, flags: 18, action: 'accept' },
        },
        {
          start: 1566848933,
          end: 1566849113,
          initiator: { packets: 15774, bytes: 23294588, flags: 1, action: 'accept' },
          responder: { packets: 1219, bytes: 63388, flags: 1, action: 'accept' },
        },
      ]);
    }
  });

  it('are there only when they are asked for', async () => {
    for await (const connection of reconstruct('samples/tcp-flag-sequence.log'))
      expect(connection).not.toHaveProperty('windowDetails');
  });

  it('have no side where only one was seen', async () => {
    expect(await windowsOf(record({ flags: 'SYN', start: 0, end: 60 }))).toEqual([
      { start: 1_700_000_000, end: 1_700_000_060, initiator: expect.anything(), responder: null },
    ]);
  });

  it('are mixed where one interval holds an accepted and a rejected record of one side', async () => {
    const windows = await windowsOf(
      record({ flags: 'SYN', start: 0, end: 60, packets: 3 }),
      record({ flags: 'none', start: 0, end: 60, packets: 2, action: 'REJECT' }),
    );
    // 5 packets, 200 bytes: 40 bytes each.
    expect(windows?.[0]?.initiator).toEqual({ packets: 5, bytes: 200, flags: 2, action: 'mixed' });
  });

  it('add up to what the primary vantage counted, on any network', async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario(), anySeed(), async (scenario, seed) => {
        const { lines, fields } = simulate(scenario, seed);
        const text = [`${lines.join('\n')}\n`];
        const { connections } = await rebuildText(text, { fields: fields.join(' '), windows: true });
        const without = await rebuildText(text, { fields: fields.join(' ') });
        expect(connections.map(({ windowDetails: _, ...rest }) => rest)).toEqual(without.connections);
        for (const { windowDetails = [], windows, vantages } of connections) {
          const [primary] = vantages;
          expect(windowDetails).toHaveLength(windows);
          for (const [side, packets, bytes] of [
            ['initiator', primary?.initiatorPackets, primary?.initiatorBytes],
            ['responder', primary?.responderPackets, primary?.responderBytes],
          ] as const) {
            const hasCounts = (count: 'packets' | 'bytes') =>
              windowDetails.some((window) => (window.initiator ?? window.responder)?.[count] !== null);
            // A format without counts says nothing of a side that was not seen either.
            if (hasCounts('packets')) expect(sum(windowDetails, side, 'packets')).toBe(packets);
            if (hasCounts('bytes')) expect(sum(windowDetails, side, 'bytes')).toBe(bytes);
          }
        }
      }),
      runs(40),
    );
  }, 60_000);
});
