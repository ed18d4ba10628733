/**
 * Whole rows are connections: they add up. What they hold of a connection is what the oracle says of it (oracle.test.ts) and what
 * its line says (lines.test.ts); here are the windows, which neither tells, and the order of members, which JSON shows.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection, ConnectionWindow, WindowSide } from '../../src/model/connection.ts';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { wholeConnections } from '../../test/engine/rebuild-lines.ts';
import { anyLogOptions, LOG_KINDS, LOGS } from '../arbitraries/any-log.ts';
import { runs } from './runs.ts';

const KERNEL = compileEngineKernel();

/**
 * That windows add up to what is said of all: not known where it is not of one of them. Of a side that was not seen it is
 * nothing, or not known where the format has no counts. Sums beyond 2^53 depend on what was added first.
 */
const expectSum = (sides: readonly WindowSide[], count: 'packets' | 'bytes', all: number | null): void => {
  const values = sides.map((side) => side[count]);
  const sum = values.some((value) => value === null)
    ? null
    : values.reduce<number>((total, value) => total + (value as number), 0);
  if (sides.length === 0) expect(all ?? 0).toBe(0);
  else if (sum === null || all === null || sum <= Number.MAX_SAFE_INTEGER) expect(all).toBe(sum);
  else expect(all / sum).toBeCloseTo(1, 12);
};

const sidesOf = (windows: readonly ConnectionWindow[], side: 'initiator' | 'responder'): WindowSide[] =>
  windows.flatMap((window) => window[side] ?? []);

const expectWindowsToAddUp = ({ windowDetails, windows, vantages, ...connection }: Connection): void => {
  const [primary] = vantages;
  if (windowDetails === undefined || primary === undefined) throw new Error('No windows are told.');
  expect(windowDetails).toHaveLength(windows);
  expect(primary.windows).toBe(windows);
  const [mine, theirs] = [sidesOf(windowDetails, 'initiator'), sidesOf(windowDetails, 'responder')];
  expectSum(mine, 'packets', primary.initiatorPackets);
  expectSum(mine, 'bytes', primary.initiatorBytes);
  expectSum(theirs, 'packets', primary.responderPackets);
  expectSum(theirs, 'bytes', primary.responderBytes);
  expect([mine.length > 0, theirs.length > 0]).toEqual([
    primary.sees !== 'responder',
    primary.sees !== 'initiator',
  ]);
  // Every flag of a window is one of the connection, which may have seen more elsewhere.
  for (const [all, side] of [
    [mine, connection.initiator],
    [theirs, connection.responder],
  ] as const)
    for (const { flags } of all) expect((flags ?? 0) & ~(side.flags ?? 0)).toBe(0);
  const starts = windowDetails.flatMap(({ start }) => start ?? []);
  const ends = windowDetails.flatMap(({ end }) => end ?? []);
  expect(starts.length === 0 ? null : Math.min(...starts)).toBe(primary.firstSeen);
  expect(ends.length === 0 ? null : Math.max(...ends)).toBe(primary.lastSeen);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
};

describe('whole rows', () => {
  it.each(LOG_KINDS)('hold windows that add up to what their vantage saw: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(LOGS[kind], anyLogOptions, async ({ pieces, ...rest }, options) => {
        const request = { ...rest, ...options };
        const { connections } = await wholeConnections(KERNEL, pieces, { ...request, windows: true });
        for (const connection of connections) expectWindowsToAddUp(connection);
        // And nothing else changes.
        const bare = await wholeConnections(KERNEL, pieces, request);
        expect(connections.map(({ windowDetails: _, ...connection }) => connection)).toEqual(
          bare.connections,
        );
      }),
      runs(150),
    );
  });

  it('keep the order of the members of a connection', async () => {
    const header =
      'interface-id vpc-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags';
    const line = 'eni-1 vpc-1 10.0.0.5 10.0.0.9 40000 443 6 5 400 1760000000 1760000030 ACCEPT 3';
    for (const windows of [false, true]) {
      const { connections } = await wholeConnections(KERNEL, [`${header}\n${line}\n`], { windows });
      const [only] = connections as [Connection];
      // As the interface Connection has them.
      expect(Object.keys(only)).toEqual([
        ...[
          'uid',
          'communityId',
          'protocol',
          'initiator',
          'responder',
          'initiatorBasis',
          'initiatorConfidence',
        ],
        ...['state', 'closedBy', 'connState', 'history', 'verdict', 'rejectedAt', 'rejectedFrom'],
        ...['rejectedSide', 'lostAt', 'packetsLost', 'lostBecause', 'firstSeen', 'lastSeen', 'openedAt'],
        ...['openedBy', 'closedAfter', 'closedAt', 'durationMin', 'durationMax', 'windows'],
        ...['records', 'vantages', 'startsMidstream', 'endsOpen', 'oneSided', 'hasGap', 'mayHideReuse'],
        ...['contradicted', 'path'],
        ...(windows ? ['windowDetails'] : []),
      ]);
      expect(Object.keys(only.initiator)).toEqual(['address', 'port', 'packets', 'bytes', 'flags']);
      expect(Object.keys(only.vantages[0] ?? {})).toEqual([
        ...['interfaceId', 'resourceId', 'vpcId', 'subnetId', 'instanceId', 'accountId', 'role', 'rewrites'],
        ...['records', 'windows', 'firstSeen', 'lastSeen', 'initiatorPackets', 'initiatorBytes'],
        ...['responderPackets', 'responderBytes', 'sees', 'lost', 'verdict'],
      ]);
    }
  });
});
