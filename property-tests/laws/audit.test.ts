/**
 * What holds of every audit: its counts add up to the connections, a finding has just those behind it that a second
 * look finds, the order does not matter, quantiles lie around the truth, and who scans is who scans in the simulator.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditResult, auditShortLived, connectionsBehind } from '../../src/audit/audit.ts';
import { FINDING_KINDS, STOPPED_KINDS } from '../../src/audit/finding.ts';
import type { Connection } from '../../src/model/connection.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import {
  attempt,
  blocked,
  conversation,
  type Ends,
  halfOpen,
  refusal,
  reset,
} from '../../test/audit/build.ts';
import { anyConnection } from '../../test/export/arbitrary-connection.ts';
import { PLAIN_LOGGING } from '../network/story.ts';
import { streamLog } from '../network/stream-log.ts';
import type { WorkloadName } from '../network/workloads.ts';
import { runs } from './runs.ts';

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);

const isStopped = (kind: string): boolean => STOPPED_KINDS.some((stopped) => stopped === kind);
/** Of a finding that was stopped. */
const MOST_UIDS = 10;

/** Few hosts and ports, so that they meet again; every kind of trouble. */
const anyEnds: fc.Arbitrary<Ends> = fc.record({
  from: fc.constantFrom('10.0.0.1', '10.0.0.2', '198.51.100.7'),
  to: fc.constantFrom('10.0.1.1', '10.0.1.2'),
  port: fc.integer({ min: 1, max: 3 }),
  at: fc.integer({ min: 0, max: 4000 }),
});
const anyTrouble: fc.Arbitrary<Connection> = fc.oneof(
  anyEnds.map((ends) => attempt(ends)),
  anyEnds.map((ends) => blocked(ends)),
  anyEnds.map((ends) => refusal(ends)),
  anyEnds.map((ends) => halfOpen(ends, 6)),
  fc.tuple(anyEnds, fc.integer({ min: 0, max: 2000 })).map(([ends, seconds]) => conversation(ends, seconds)),
  fc
    .tuple(anyEnds, fc.integer({ min: 0, max: 2000 }))
    .map(([ends, seconds]) => reset(ends, seconds, 'initiator', { windows: 2 })),
);
/** What was stopped at an interface, or lost at an attachment: findings as they stand. */
const anyStopped: fc.Arbitrary<Connection> = fc
  .tuple(anyEnds, fc.constantFrom(...STOPPED_KINDS))
  .map(([ends, verdict]) =>
    conversation(ends, 100, {
      verdict,
      ...(verdict === 'lost'
        ? { lostAt: 'tgw-attach-1', packetsLost: 1, lostBecause: 'no-route' }
        : { rejectedAt: 'eni-1', rejectedSide: 'responder' }),
    }),
  );
/** Low thresholds: findings of every kind. */
const EAGER = {
  scanTargets: 4,
  stormAttempts: 2,
  refusals: 1,
  halfOpens: 2,
  resets: 1,
  beaconOpenings: 3,
  beaconJitter: 1,
  portLimit: 2,
};
const anyTroubles = fc.oneof(
  fc.array(anyTrouble, { maxLength: 60 }),
  fc.array(fc.oneof(anyTrouble, anyStopped), { maxLength: 60 }),
);

describe('an audit', () => {
  it('has counts that add up to the connections, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(anyConnection, anyTrouble), { maxLength: 40 }),
        async (connections) => {
          const result = await auditShortLived(connections);
          const tcp = connections.filter(({ state }) => state !== null);
          expect(result.connections).toBe(tcp.length);
          expect(result.connections + result.exchanges).toBe(connections.length);
          expect(sum(Object.values(result.lifetimes))).toBe(tcp.length);
          for (const { state, lifetimes } of result.outcomes)
            expect(sum(Object.values(lifetimes))).toBe(tcp.filter((each) => each.state === state).length);
          expect(sum(result.outcomes.map(({ lifetimes }) => lifetimes.short))).toBe(result.lifetimes.short);
          expect(sum(result.openers.map(({ count }) => count))).toBe(result.lifetimes.short);
          expect(sum(result.durations.bars.map(({ count }) => count))).toBe(result.durations.count);
          expect(sum(result.sizes.bars.map(({ count }) => count))).toBe(result.sizes.count);
          expect(sum(result.sizes.bars.map(({ short }) => short))).toBe(result.sizes.short);
        },
      ),
      runs(200),
    );
  });

  it('has findings whose connections a second look finds again, by number and by uid', async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(anyTroubles, async (connections) => {
        const result = await auditShortLived(connections, EAGER);
        for (const [i, finding] of result.findings.entries()) {
          kinds.add(finding.kind);
          expect(finding.number).toBe(i + 1);
          const behind = connections.filter(connectionsBehind(result, finding));
          expect(behind.length).toBe(finding.count);
          const uids = new Set(behind.map(({ uid }) => uid));
          // Of what was stopped some are named.
          const named = isStopped(finding.kind) ? Math.min(finding.count, MOST_UIDS) : finding.count;
          expect(finding.uids).toHaveLength(named);
          expect(finding.uids.filter((uid) => !uids.has(uid))).toEqual([]);
          if (named === finding.count) expect(new Set(finding.uids)).toEqual(uids);
        }
      }),
      runs(150),
    );
    expect([...kinds].sort()).toEqual(Object.keys(FINDING_KINDS).sort());
  });

  it('does not depend on the order of its input', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyTroubles.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        async ([connections, shuffled]) => {
          expect(await auditShortLived(shuffled, EAGER)).toEqual(await auditShortLived(connections, EAGER));
        },
      ),
      runs(100),
    );
  });

  it('bounds the quantiles of what connections truly lasted', async () => {
    const anyLife = fc.record({
      truth: fc.nat({ max: 5000 }),
      before: fc.nat({ max: 120 }),
      after: fc.nat({ max: 120 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyLife, { minLength: 1, maxLength: 40 }), async (lives) => {
        const { durations } = await auditShortLived(
          lives.map(({ truth, before, after }) =>
            conversation({}, 5, { durationMin: Math.max(0, truth - before), durationMax: truth + after }),
          ),
        );
        const truths = lives.map(({ truth }) => truth).sort((a, b) => a - b);
        for (const { share, atLeast, atMost } of durations.quantiles) {
          const truth = truths[Math.ceil(share * truths.length) - 1] as number;
          expect(atLeast).toBeLessThanOrEqual(truth);
          expect(atMost).toBeGreaterThanOrEqual(truth);
        }
      }),
      runs(100),
    );
  });

  it('never takes a server that answers many clients for a scanner', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 30, max: 200 }), fc.boolean(), async (clients, resets) => {
        const connections = Array.from({ length: clients }, (_, i) => {
          const ends = { from: `203.0.113.${i}`, to: '10.0.0.2', at: i };
          return resets ? reset(ends) : conversation(ends);
        });
        const { findingCounts } = await auditShortLived(connections);
        expect(findingCounts.scan).toBe(0);
      }),
      runs(20),
    );
  });
});

interface Simulated {
  readonly result: AuditResult;
  /** Addresses of scanners, and how many targets they tried in vain that the log can show. */
  readonly scanners: ReadonlyMap<string, number>;
  readonly truths: number;
}

const IN_VAIN: ReadonlySet<string> = new Set(['attempted', 'blocked', 'refused', 'abandoned']);

const simulate = async (workload: WorkloadName, connections: number, seed: number): Promise<Simulated> => {
  const lines: string[] = [];
  const targets = new Map<string, Set<string>>();
  let truths = 0;
  const settings = {
    workload,
    connections,
    seed,
    rate: 50,
    intervalSeconds: 60,
    began: 1_760_000_000,
    logging: PLAIN_LOGGING,
    shuffleSeconds: 0,
  };
  for (const piece of streamLog(settings)) {
    lines.push(...piece.lines);
    for (const { kind, truth, observed } of piece.told) {
      truths++;
      if (kind !== 'scan') continue;
      const tried = targets.get(truth.initiator.address) ?? new Set();
      targets.set(truth.initiator.address, tried);
      const inVain = truth.states?.every((state) => IN_VAIN.has(state)) ?? false;
      if (inVain && observed.visible) tried.add(`${truth.responder.address} ${truth.responder.port}`);
    }
  }
  const text = (async function* () {
    yield `${lines.join('\n')}\n`;
  })();
  return {
    result: await auditShortLived(reconstruct(text)),
    scanners: new Map([...targets].map(([address, tried]) => [address, tried.size])),
    truths,
  };
};

describe('scans in simulated networks', () => {
  it.each<readonly [WorkloadName, number]>([
    ['mixed', 1],
    ['mixed', 2],
    ['scan', 3],
    ['web', 4],
    ['services', 5],
    ['peers', 6],
  ])('are found where there are scanners, and nowhere else: %s, seed %i', async (workload, seed) => {
    const { result, scanners } = await simulate(workload, 1500, seed);
    const found = result.findings.filter(({ kind }) => kind === 'scan').map(({ initiator }) => initiator);
    // Nobody else is accused…
    expect(found.filter((initiator) => !scanners.has(initiator ?? ''))).toEqual([]);
    // …and whoever tried enough targets in vain is; most of what they try fails (workload.ts, SCANNED_PORTS).
    const due = [...scanners].filter(([, targets]) => targets >= result.thresholds.scanTargets);
    if (workload === 'mixed' || workload === 'scan') expect(due.length).toBeGreaterThan(0);
    expect(due.map(([address]) => address).filter((address) => !found.includes(address))).toEqual([]);
  });
});
