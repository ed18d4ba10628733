/**
 * What holds of every audit: its counts add up to the connections, a finding has just those behind it that a second
 * look finds, the order does not matter, quantiles lie around the truth, and who scans is who scans in the simulator.
 */
import { group as groupBy } from 'd3-array';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditResult, auditShortLived, connectionsBehind } from '../../src/audit/audit.ts';
import { FINDING_KINDS, type FindingKind, STOPPED_KINDS } from '../../src/audit/finding.ts';
import { lifetimeOf, mostSeenOf } from '../../src/audit/lifetime.ts';
import type { Connection, Side } from '../../src/model/connection.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import {
  attempt,
  blocked,
  conversation,
  type Ends,
  flagless,
  halfOpen,
  probe,
  refusal,
  reset,
} from '../../test/audit/build.ts';
import { anyConnection } from '../../test/export/arbitrary-connection.ts';
import { Dice } from '../network/dice.ts';
import type { FormatName } from '../network/print-records.ts';
import { simulate as tellAll } from '../network/simulate.ts';
import { type Logging, PLAIN_LOGGING, PLAIN_TALK, type Talk } from '../network/story.ts';
import { streamLog } from '../network/stream-log.ts';
import type { TruthConnection } from '../network/truth.ts';
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
  anyEnds.map((ends) => probe(ends)),
  fc.tuple(anyEnds, fc.integer({ min: 0, max: 2000 })).map(([ends, seconds]) => flagless(ends, seconds)),
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
  scanTargets: 3,
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
          expect(sum(Object.values(result.initiators))).toBe(tcp.length);
          expect(sum(result.openers.map(({ count }) => count))).toBe(result.lifetimes.short);
          // Of what was seen in one interval only those are ranked of which somebody may have opened them.
          const ranked = sum(result.openers.map(({ oneInterval }) => oneInterval));
          expect(ranked).toBeLessThanOrEqual(result.lifetimes.oneInterval);
          expect(ranked).toBeGreaterThanOrEqual(result.lifetimes.oneInterval - result.initiators.unknown);
          for (const { count, oneInterval, inferred, confidence } of result.openers) {
            expect(inferred).toBeLessThanOrEqual(count + oneInterval);
            expect(confidence === null).toBe(inferred === 0);
          }
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

interface Network {
  readonly workload: WorkloadName;
  readonly connections: number;
  readonly seed: number;
  readonly format?: FormatName;
  readonly intervalSeconds?: 60 | 600;
  readonly times?: Logging['times'];
}

interface Simulated {
  readonly result: AuditResult;
  readonly rebuilt: readonly Connection[];
  readonly truths: readonly TruthConnection[];
  /** Addresses of scanners, and how many targets they tried in vain that the log can show. */
  readonly scanners: ReadonlyMap<string, number>;
  /** Whoever dialled something. */
  readonly openers: ReadonlySet<string>;
}

const IN_VAIN: ReadonlySet<string> = new Set(['attempted', 'blocked', 'refused', 'abandoned']);

const simulate = async (network: Network): Promise<Simulated> => {
  const { workload, connections, seed, format = 'aws-21', intervalSeconds = 60, times = 'packets' } = network;
  const lines: string[] = [];
  const targets = new Map<string, Set<string>>();
  const truths: TruthConnection[] = [];
  const settings = {
    ...{ workload, connections, seed, intervalSeconds, rate: 50, began: 1_760_000_000, shuffleSeconds: 0 },
    logging: { ...PLAIN_LOGGING, format, interval: intervalSeconds, times },
  };
  for (const piece of streamLog(settings)) {
    lines.push(...piece.lines);
    for (const { kind, truth, observed } of piece.told) {
      truths.push(truth);
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
  const rebuilt: Connection[] = [];
  for await (const connection of reconstruct(text)) rebuilt.push(connection);
  return {
    result: await auditShortLived(rebuilt),
    rebuilt,
    truths,
    scanners: new Map([...targets].map(([address, tried]) => [address, tried.size])),
    openers: new Set(truths.map(({ initiator }) => initiator.address)),
  };
};

/** Who is accused by findings of some kinds. */
const accusedBy = ({ findings }: AuditResult, ...kinds: FindingKind[]): string[] =>
  findings.filter(({ kind }) => kinds.includes(kind)).flatMap(({ initiator }) => initiator ?? []);

const scannersOf = ({ result }: Simulated): string[] => accusedBy(result, 'scan').sort();

/** Scanners who tried enough in vain; most of what they try fails (workload.ts, SCANNED_PORTS). */
const dueOf = ({ scanners, result }: Simulated): string[] =>
  [...scanners].filter(([, targets]) => targets >= result.thresholds.scanTargets).map(([address]) => address);

describe('scans in simulated networks', () => {
  it.each<readonly [WorkloadName, number]>([
    ['mixed', 1],
    ['mixed', 2],
    ['scan', 3],
    ['web', 4],
    ['services', 5],
    ['peers', 6],
  ])('are found where there are scanners, and nowhere else: %s, seed %i', async (workload, seed) => {
    const simulated = await simulate({ workload, connections: 1500, seed });
    const found = scannersOf(simulated);
    // Nobody else is accused…
    expect(found.filter((initiator) => !simulated.scanners.has(initiator))).toEqual([]);
    // …and whoever tried enough targets in vain is.
    const due = dueOf(simulated);
    if (workload === 'mixed' || workload === 'scan') expect(due.length).toBeGreaterThan(0);
    expect(due.filter((address) => !found.includes(address))).toEqual([]);
  });
});

/** The same network in a format without flags, as most logs are written, in both intervals and with both kinds of times. */
const WITHOUT_FLAGS = (['mixed', 'scan', 'services', 'peers', 'web'] as const).flatMap((workload, i) => [
  { workload, seed: 11 + i, intervalSeconds: 60, times: 'packets' } as const,
  { workload, seed: 21 + i, intervalSeconds: 600, times: 'window' } as const,
]);

/** What the truth says of lifetimes; ports that were taken again, and what silence divided, are no matter of the audit. */
const checkLifetimes = ({ rebuilt, truths, result }: Simulated): { once: number; long: number } => {
  type Ends = Readonly<Record<Side, { readonly address: string; readonly port: number | null }>>;
  const nameOf = ({ initiator, responder }: Ends): string =>
    [initiator, responder]
      .map(({ address, port }) => `${address} ${port}`)
      .sort()
      .join(' ');
  const dials = groupBy(truths, nameOf);
  const counts = { once: 0, long: 0 };
  for (const [name, [connection, ...others]] of groupBy(rebuilt, nameOf)) {
    const [truth, ...redials] = dials.get(name) ?? [];
    if (connection === undefined || truth === undefined || others.length + redials.length > 0) continue;
    if (connection.state !== 'flagless') continue;
    const lasted = truth.lastSeen - truth.firstSeen;
    const lifetime = lifetimeOf(connection, result.thresholds.shortSeconds);
    expect(lifetime).not.toBe('short');
    if (lifetime === 'oneInterval') {
      counts.once++;
      expect(lasted).toBeLessThanOrEqual(mostSeenOf(connection));
      expect(lasted).toBeLessThanOrEqual(result.longestInOneInterval as number);
    }
    if (lifetime === 'long') {
      counts.long++;
      expect(lasted).toBeGreaterThan(result.thresholds.shortSeconds);
    }
  }
  return counts;
};

describe('a simulated network without flags', () => {
  it.each(WITHOUT_FLAGS)(
    'has lifetimes that the truth bears out, and accuses nobody who never opened: $workload, $intervalSeconds s, times of $times',
    async (network) => {
      const flagless = await simulate({ ...network, connections: 2500, format: 'v2' });
      const { once, long } = checkLifetimes(flagless);
      expect(once).toBeGreaterThan(100);
      if (network.workload !== 'scan') expect(long).toBeGreaterThan(20);
      const accused = accusedBy(flagless.result, 'scan', 'beacon', 'half-open', 'retry-storm');
      expect(accused.filter((address) => !flagless.openers.has(address))).toEqual([]);
      expect(scannersOf(flagless).filter((address) => !flagless.scanners.has(address))).toEqual([]);
      // Nothing in these networks runs by a timer, and no flags tell of a handshake.
      expect(accusedBy(flagless.result, 'beacon', 'half-open')).toEqual([]);
      expect(flagless.result.initiators.observed).toBe(0);
    },
  );

  it.each(WITHOUT_FLAGS.filter(({ workload }) => workload === 'mixed' || workload === 'scan'))(
    'has the scanners that it has with flags: $workload, $intervalSeconds s, times of $times',
    async (network) => {
      const found = scannersOf(await simulate({ ...network, connections: 4000, format: 'v2' }));
      const flagged = scannersOf(await simulate({ ...network, connections: 4000 }));
      expect(flagged.length).toBeGreaterThan(0);
      expect(found).toEqual(flagged);
    },
  );
});

describe('a beacon without flags', () => {
  /** A client that dials one service at distances, each time from another port, and says a little. */
  const dialling = (clientHost: number, moments: readonly number[]): Talk[] =>
    moments.map((at, i) => ({
      ...PLAIN_TALK,
      ...{ place: { where: 'server', vpc: 0 } as const, clientHost, clientPort: 40_000 + i, at },
      acts: [
        { do: 'send', by: 'client', after: 0.1, packets: 2, payload: 300, every: 0.01 },
        { do: 'send', by: 'server', after: 0.1, packets: 2, payload: 700, every: 0.01 },
        { do: 'close', by: 'client', after: 1 },
        { do: 'close', by: 'server', after: 0.1 },
      ],
    }));

  it.each([
    [300, 60, 'packets'],
    [900, 60, 'window'],
    [900, 600, 'packets'],
    [6600, 600, 'window'],
  ] as const)(
    'is whoever dials every %i s, and nobody who does so by chance: intervals of %i s, times of %s',
    async (apart, interval, times) => {
      const dice = new Dice(apart);
      const byChance: number[] = [];
      // Distances from half of the timer's to one and a half: half of them deviate by more than a quarter.
      for (let i = 0, at = 0; i < 30; i++, at += dice.between(apart / 2, apart * 1.5)) byChance.push(at);
      const byTimer = Array.from({ length: 30 }, (_, i) => 7 + i * apart);
      const talks = [...dialling(1, byTimer), ...dialling(2, byChance)].sort((a, b) => a.at - b.at);
      const logging: Logging = { ...PLAIN_LOGGING, format: 'v2', interval, times };
      const { lines, truth } = tellAll({ began: 1_760_000_000, logging, talks }, 1);
      const text = (async function* () {
        yield `${lines.join('\n')}\n`;
      })();
      const beacons = (await auditShortLived(reconstruct(text))).findings.filter(
        ({ kind }) => kind === 'beacon',
      );
      const timer = truth.find(({ talk }) => talks[talk]?.clientHost === 1)?.initiator.address;
      expect(beacons.map(({ initiator, count }) => [initiator, count])).toEqual([[timer, 30]]);
      expect(beacons[0]?.evidence).toContain('These times are those of intervals');
    },
  );
});
