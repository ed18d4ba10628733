/** Laws 1, 2 and 3 of the connection model on simulated networks, loss, lateness and duplicates included. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Connection, INITIATOR_BASES, type Vantage } from '../../src/model/connection.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { anyScenario, anySeed, FAITHFUL } from '../arbitraries/any-scenario.ts';
import { doubledAt } from '../network/doubled-at.ts';
import { type Simulation, simulate } from '../network/simulate.ts';
import { asText, rebuildText } from './rebuild-text.ts';
import { runs } from './runs.ts';

const anySimulation = fc
  .tuple(anyScenario(), fc.integer({ min: 0, max: 0xffff }))
  .map(([scenario, seed]) => simulate(scenario, seed));

/** By one flow log. */
const anySingleLog = fc
  .tuple(anyScenario({ logging: { second: false } }), fc.integer({ min: 0, max: 0xffff }))
  .map(([scenario, seed]) => simulate(scenario, seed));

/** The record lines without a header, which is then given as --fields. */
const bodyOf = (simulation: Simulation): readonly string[] =>
  simulation.lines.length > simulation.records.length ? simulation.lines.slice(1) : simulation.lines;

const fieldsOf = (simulation: Simulation): string => simulation.fields.join(' ');

const RUNS = runs(250);

describe('law 1: order does not matter', () => {
  it('gives the same connections for any permutation of the lines, cut into any files', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySimulation.chain((simulation) =>
          fc.tuple(
            fc.constant(simulation),
            fc.shuffledSubarray([...bodyOf(simulation)], {
              minLength: bodyOf(simulation).length,
              maxLength: bodyOf(simulation).length,
            }),
            fc.nat(bodyOf(simulation).length),
          ),
        ),
        async ([simulation, shuffled, cut]) => {
          const fields = fieldsOf(simulation);
          const straight = await rebuildText([`${bodyOf(simulation).join('\n')}\n`], { fields });
          // A header in the middle is what concatenated files have.
          const other = await rebuildText([
            `${fields}\n`,
            ...shuffled.slice(0, cut).map((line) => `${line}\n`),
            `${fields}\n`,
            shuffled.slice(cut).join('\n'),
          ]);
          expect(asText(other)).toBe(asText(straight));
        },
      ),
      RUNS,
    );
  });
});

const named = (vantage: Vantage): string => vantage.interfaceId ?? vantage.resourceId ?? '-';

/** Packets and bytes by vantage and sender. */
const sumsOfConnections = (connections: readonly Connection[]): Map<string, number> => {
  const sums = new Map<string, number>();
  const add = (key: string, value: number | null): void =>
    void sums.set(key, (sums.get(key) ?? 0) + (value ?? 0));
  for (const { initiator, responder, vantages } of connections) {
    for (const vantage of vantages) {
      add(`${named(vantage)} ${initiator.address} packets`, vantage.initiatorPackets);
      add(`${named(vantage)} ${initiator.address} bytes`, vantage.initiatorBytes);
      add(`${named(vantage)} ${responder.address} packets`, vantage.responderPackets);
      add(`${named(vantage)} ${responder.address} bytes`, vantage.responderBytes);
    }
  }
  return sums;
};

const sumsOfRecords = (records: readonly FlowRecord[]): Map<string, number> => {
  const sums = new Map<string, number>();
  const add = (key: string, value: number | null | undefined): void =>
    void sums.set(key, (sums.get(key) ?? 0) + (value ?? 0));
  const seen = new Set<string>();
  for (const record of records) {
    const text = JSON.stringify(record);
    if (record.srcAddr === null || record.srcAddr === undefined || seen.has(text)) continue;
    seen.add(text);
    const sender = `${record.interfaceId ?? record.resourceId ?? '-'} ${record.pktSrcAddr ?? record.srcAddr}`;
    add(`${sender} packets`, record.packets);
    add(`${sender} bytes`, record.bytes);
  }
  return sums;
};

const withoutZeros = (sums: Map<string, number>): [string, number][] =>
  [...sums].filter(([, value]) => value !== 0).sort(([a], [b]) => (a < b ? -1 : 1));

describe('law 2: nothing is lost, nothing is doubled', () => {
  it('puts every line in exactly one place, damaged ones included', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySimulation,
        fc.array(fc.constantFrom('', '# a comment', '2 what', 'a b c', '1 '.repeat(99)), { maxLength: 5 }),
        async (simulation, noise) => {
          const body = bodyOf(simulation);
          const lines = [...noise, ...body, ...noise];
          const { report, connections } = await rebuildText(
            lines.map((line) => `${line}\n`),
            {
              fields: fieldsOf(simulation),
            },
          );
          const { placement } = report;
          const blank = noise.filter((line) => line === '' || line.startsWith('#')).length * 2;
          expect(placement.comments).toBe(blank);
          expect(placement.rejected).toBe(noise.length * 2 - blank);
          expect(placement.records).toBe(lines.length - blank);
          const placed =
            placement.connections +
            placement.exchanges +
            placement.addressOnly +
            placement.nodata +
            placement.skipdata +
            placement.duplicates +
            placement.rejected;
          expect(placed).toBe(placement.records);
          const inRows = connections.reduce((sum, connection) => sum + connection.records, 0);
          expect(inRows).toBe(placement.connections + placement.exchanges);
        },
      ),
      RUNS,
    );
  });

  it('has at each vantage the packets and bytes of its records, copies once', async () => {
    await fc.assert(
      fc.asyncProperty(anySingleLog, async (simulation) => {
        const isFlow = ['srcport', 'dstport', 'protocol'].every((name) =>
          (simulation.fields as string[]).includes(name),
        );
        fc.pre(isFlow);
        const { connections } = await rebuildText([`${bodyOf(simulation).join('\n')}\n`], {
          fields: fieldsOf(simulation),
        });
        expect(withoutZeros(sumsOfConnections(connections))).toEqual(
          withoutZeros(sumsOfRecords(simulation.records)),
        );
      }),
      RUNS,
    );
  });
});

describe('law 2: a record told again by a second flow log is a duplicate', () => {
  it('leaves the packets and bytes of the first log, at every interface whose records show for sure what they are', async () => {
    let interfaces = 0;
    const logging = { ...FAITHFUL, format: 'aws-21', second: true, header: false } as const;
    await fc.assert(
      fc.asyncProperty(anyScenario({ logging }), anySeed(), fc.boolean(), async (scenario, seed, late) => {
        const skew = { most: late ? 20 : 0, per: 'interface' } as const;
        const told = simulate({ ...scenario, logging: { ...scenario.logging, skew } }, seed);
        const { connections } = await rebuildText([`${told.lines.join('\n')}\n`], {
          fields: told.fields.join(' '),
        });
        const unsure = doubledAt(told.logged, told.fields);
        const sure = (sums: Map<string, number>): [string, number][] =>
          withoutZeros(sums).filter(([name]) => !unsure.has(name.split(' ')[0] ?? ''));
        const ofFirst = told.logged.filter(({ isSecond }) => !isSecond).map(({ record }) => record);
        expect(sure(sumsOfConnections(connections))).toEqual(sure(sumsOfRecords(ofFirst)));
        const twice = told.logged.filter(({ isSecond }) => isSecond).map(({ record }) => record.interfaceId);
        interfaces += new Set(twice.filter((name) => !unsure.has(name ?? ''))).size;
      }),
      runs(150),
    );
    // Otherwise nothing was tried.
    expect(interfaces).toBeGreaterThan(20);
  });
});

const SWAPPED: readonly (readonly [string, string])[] = [
  ['srcaddr', 'dstaddr'],
  ['srcport', 'dstport'],
  ['pkt-srcaddr', 'pkt-dstaddr'],
];

/** The format with source and destination exchanged: the same lines then say the mirrored thing. */
const mirrored = (fields: readonly string[]): string =>
  fields
    .map((name) => {
      const pair = SWAPPED.find((names) => names.includes(name));
      return pair === undefined ? name : pair[0] === name ? pair[1] : pair[0];
    })
    .join(' ');

/**
 * What must not change in the mirror. Observed roles follow the packets, so nothing changes for them but the
 * addresses. Ports and services stay with their ends, so an inferred role may move: then the two sides are compared
 * without saying which is which.
 */
const facts = ({ connections }: { readonly connections: readonly Connection[] }): string[] =>
  connections
    .map((connection) => {
      const { initiator, responder, initiatorBasis: basis } = connection;
      const { firstSeen, lastSeen, openedAt, closedAt, durationMin, durationMax, windows, records } =
        connection;
      const { oneSided, mayHideReuse, contradicted, hasGap } = connection;
      const always = [firstSeen, lastSeen, openedAt, closedAt, durationMin, durationMax, windows, records];
      const marks = [oneSided, mayHideReuse, contradicted, hasGap];
      const sides = [initiator, responder].map(({ packets, bytes, flags }) =>
        JSON.stringify([packets, bytes, flags]),
      );
      const isSettled = INITIATOR_BASES[basis].kind === 'observed' && basis !== 'simultaneous';
      const told = isSettled
        ? [
            basis,
            connection.initiatorConfidence,
            connection.state,
            connection.connState,
            connection.verdict,
            connection.history,
            connection.closedBy,
            ...sides,
          ]
        : sides.sort();
      return JSON.stringify([...always, ...marks, ...told]);
    })
    .sort();

describe('law 3: mirror', () => {
  it('changes nothing but who is called what when source and destination change places', async () => {
    await fc.assert(
      fc.asyncProperty(anySimulation, async (simulation) => {
        const text = `${bodyOf(simulation).join('\n')}\n`;
        const straight = await rebuildText([text], { fields: fieldsOf(simulation) });
        const mirror = await rebuildText([text], { fields: mirrored(simulation.fields) });
        expect(facts(mirror)).toEqual(facts(straight));
      }),
      RUNS,
    );
  });
});
