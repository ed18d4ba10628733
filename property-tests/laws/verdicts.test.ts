/**
 * Laws of verdicts. A verdict names a stopped direction only if a record of that direction was rejected at the interface named. And
 * taking the accepted records away, as in a log of the same network that holds only what was rejected, never changes an observed
 * initiator and never makes a request of a reply whose side is observed. What is called unanswered got no answer, in a log that would
 * have shown it; and of such a log every attempt that got none is called so.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Connection, INITIATOR_BASES } from '../../src/model/connection.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { type Simulation, simulate } from '../network/simulate.ts';
import type { TruthConnection, TruthVantage } from '../network/truth.ts';
import { rebuildText } from './rebuild-text.ts';
import { runs } from './runs.ts';

const anySimulation = fc
  .tuple(anyScenario(), fc.integer({ min: 0, max: 0xffff }))
  .map(([scenario, seed]) => ({ ...simulate(scenario, seed), talks: scenario.talks }));

/** A record as far as verdicts go: who wrote it, who sent it, to whom, and what became of it. */
interface Rejection {
  readonly interfaceId: string;
  readonly ends: string;
  readonly start: number;
}

const sideOf = (from: string, fromPort: string | null, to: string, toPort: string | null): string =>
  `${from} ${fromPort ?? ''} ${to} ${toPort ?? ''}`;

const isObserved = ({ initiatorBasis }: Connection): boolean =>
  INITIATOR_BASES[initiatorBasis].kind === 'observed' && initiatorBasis !== 'simultaneous';

const keyOf = ({ protocol, initiator, responder }: Connection): string =>
  [protocol, ...[initiator, responder].map(({ address, port }) => `${address} ${port}`).sort()].join('|');

describe('verdicts', () => {
  it('name a stopped direction only where a record of it was rejected', async () => {
    await fc.assert(
      fc.asyncProperty(anySimulation, async ({ records, lines, fields }) => {
        const rejections: Rejection[] = records
          .filter(({ action }) => action === 'REJECT')
          .map((record) => {
            const hasPackets = fields.includes('pkt-srcaddr');
            const from = (hasPackets ? record.pktSrcAddr : record.srcAddr) ?? record.srcAddr ?? '';
            const to = (hasPackets ? record.pktDstAddr : record.dstAddr) ?? record.dstAddr ?? '';
            const withPorts = record.protocol === 6 || record.protocol === 17;
            const port = (value: number | null | undefined): string | null =>
              withPorts ? String(value) : null;
            return {
              interfaceId: record.interfaceId ?? '',
              ends: sideOf(from, port(record.srcPort), to, port(record.dstPort)),
              start: record.start ?? -1,
            };
          });
        const { connections } = await rebuildText([lines.join('\n')], { fields: fields.join(' ') });
        for (const each of connections) {
          const { initiator, responder, rejectedAt, rejectedFrom, rejectedSide, verdict } = each;
          if (rejectedSide === null) {
            expect(['accepted', 'unanswered', 'unknown']).toContain(verdict);
            continue;
          }
          const spell = (port: number | null): string | null => (port === null ? null : String(port));
          const request = sideOf(
            initiator.address,
            spell(initiator.port),
            responder.address,
            spell(responder.port),
          );
          const reply = sideOf(
            responder.address,
            spell(responder.port),
            initiator.address,
            spell(initiator.port),
          );
          const here = rejections.filter(
            ({ interfaceId }) => rejectedAt === null || interfaceId === rejectedAt,
          );
          const sides = { initiator: [request], responder: [reply], both: [request, reply] }[rejectedSide];
          for (const ends of sides) expect(here.some((rejection) => rejection.ends === ends)).toBe(true);
          // And the first of them began then, where the format has times.
          if (rejectedFrom !== null)
            expect(here.some(({ ends, start }) => sides.includes(ends) && start === rejectedFrom)).toBe(true);
          if (each.initiatorBasis === 'none' || each.initiatorBasis === 'simultaneous') continue;
          if (verdict === 'rejected') expect(rejectedSide).not.toBe('responder');
          if (verdict === 'reply-rejected') expect(rejectedSide).toBe('responder');
        }
      }),
      runs(150),
    );
  });

  it('of what was rejected alone turn no observed opener round, and make no request of a reply', async () => {
    await fc.assert(
      fc.asyncProperty(anySimulation, async ({ records, lines, fields, talks }) => {
        // Where both dial, either SYN is that of an opener.
        fc.pre(talks.every(({ answerer }) => answerer !== 'dials'));
        const options = { fields: fields.join(' ') };
        const header = lines.length > records.length ? lines.slice(0, 1) : [];
        const rejected = lines.filter((line) => / REJECT( |$)/.test(line));
        const whole = await rebuildText([lines.join('\n')], options);
        const alone = await rebuildText([[...header, ...rejected].join('\n')], options);
        // Of a key that was used once, so that both speak of the same connection.
        const known = new Map<string, Connection | null>();
        for (const each of whole.connections) known.set(keyOf(each), known.has(keyOf(each)) ? null : each);
        const counts = new Map<string, number>();
        for (const each of alone.connections) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
        for (const each of alone.connections) {
          const before = known.get(keyOf(each));
          if (before === undefined || before === null || counts.get(keyOf(each)) !== 1) continue;
          if (!isObserved(before)) continue;
          if (isObserved(each)) expect(each.initiator.address).toBe(before.initiator.address);
          // A request that was rejected is one of the end that is known to have opened.
          if (
            each.verdict === 'rejected' &&
            each.rejectedSide === 'initiator' &&
            before.initiatorBasis === 'handshake'
          )
            expect([each.initiator.address, each.initiator.port]).toEqual([
              before.initiator.address,
              before.initiator.port,
            ]);
        }
      }),
      runs(150),
    );
  });

  /** Logs from which nothing is missing: what they do not show did not pass their interfaces. */
  const anyWhole = fc.tuple(anyScenario(), fc.integer({ min: 0, max: 0xffff })).map(([scenario, seed]) => {
    const whole = { loss: 0, from: 0, until: null, skips: [], keeps: 'ALL', duplicates: 0 } as const;
    return simulate({ ...scenario, logging: { ...scenario.logging, ...whole } }, seed);
  });

  const endsOf = (a: { address: string; port: number | null }, b: typeof a): string =>
    [a, b]
      .map(({ address, port }) => `${address} ${port ?? 0}`)
      .sort()
      .join(' | ');

  const wentBothWays = ({ initiatorPackets, responderPackets }: TruthVantage): boolean =>
    initiatorPackets > 0 && responderPackets > 0;

  /** Of each pair of ends, what passed an interface, whichever dial it was. */
  const passedAt = ({ truth }: Simulation, interfaceId: string): Map<string, TruthVantage[]> => {
    const passed = new Map<string, TruthVantage[]>();
    for (const each of truth) {
      const here = each.vantages.filter((vantage) => vantage.interfaceId === interfaceId);
      const ends = `${each.protocol} ${endsOf(each.initiator, each.responder)}`;
      if (here.length > 0) passed.set(ends, [...(passed.get(ends) ?? []), ...here]);
    }
    return passed;
  };

  const showsOthers = (simulation: Simulation, interfaceId: string): boolean =>
    [...passedAt(simulation, interfaceId).values()].some(
      (seen) =>
        seen.some(wentBothWays) ||
        (seen.some((each) => each.initiatorPackets > 0) && seen.some((each) => each.responderPackets > 0)),
    );

  const gotNoAnswer = ({ vantages }: TruthConnection): boolean =>
    vantages.every(({ responderPackets }) => responderPackets === 0);

  it('call unanswered only what got no answer, where the log shows answers to others', async () => {
    let unanswered = 0;
    await fc.assert(
      fc.asyncProperty(anyWhole, async (simulation) => {
        fc.pre(simulation.fields.includes('interface-id'));
        const { connections } = await rebuildText([simulation.lines.join('\n')], {
          fields: simulation.fields.join(' '),
        });
        for (const each of connections) {
          if (each.verdict !== 'unanswered') continue;
          unanswered++;
          expect(each.oneSided).toBe(true);
          const ends = endsOf(each.initiator, each.responder);
          const dials = simulation.truth.filter(
            ({ initiator, responder }) => endsOf(initiator, responder) === ends,
          );
          // Of a port that was used again, one dial may have been answered at another time.
          if (dials.length === 1) expect(dials.every(gotNoAnswer)).toBe(true);
          const witnesses = each.vantages.filter(({ verdict }) => verdict === 'unanswered');
          expect(witnesses.length).toBeGreaterThan(0);
          for (const { interfaceId } of witnesses)
            expect(showsOthers(simulation, interfaceId ?? '')).toBe(true);
        }
      }),
      runs(250),
    );
    expect(unanswered).toBeGreaterThan(0);
  });

  it('call unanswered every SYN without an answer at an interface that shows both directions of all others', async () => {
    let unanswered = 0;
    await fc.assert(
      fc.asyncProperty(anyWhole, async (simulation) => {
        const { fields, truth, observed } = simulation;
        const needed = ['interface-id', 'tcp-flags', 'action', 'packets', 'bytes', 'start'] as const;
        fc.pre(needed.every((name) => fields.includes(name)));
        const { connections } = await rebuildText([simulation.lines.join('\n')], {
          fields: fields.join(' '),
        });
        for (const [i, each] of truth.entries()) {
          const isPlain =
            each.states?.length === 1 &&
            each.states[0] === 'attempted' &&
            gotNoAnswer(each) &&
            each.vantages.length === 1 &&
            each.vantages[0]?.rejectedPackets === 0 &&
            (each.vantages[0]?.initiatorPackets ?? 0) <= 7 &&
            observed[i]?.entangled.length === 0;
          if (!isPlain) continue;
          const interfaceId = each.vantages[0]?.interfaceId ?? '';
          const others = [...passedAt(simulation, interfaceId)].filter(
            ([ends]) => !ends.endsWith(endsOf(each.initiator, each.responder)),
          );
          if (others.length === 0 || !others.every(([, seen]) => seen.every(wentBothWays))) continue;
          const found = connections.filter(
            ({ initiator, responder, state }) =>
              endsOf(initiator, responder) === endsOf(each.initiator, each.responder) &&
              state === 'attempted',
          );
          // An interface that shows another address than the packet's stands between.
          if (found.some(({ vantages }) => vantages.some(({ role }) => role === 'gateway'))) continue;
          unanswered++;
          expect(found.map(({ verdict }) => verdict)).toContain('unanswered');
        }
      }),
      runs(250),
    );
    expect(unanswered).toBeGreaterThan(0);
  });
});
