/**
 * Law 5 and law 7 against the packet simulator: a connection, cut into records as AWS would, comes back with the
 * endpoints, initiator, outcome and counts it was given, as far as the records can tell, and the truth lies inside
 * the reported bounds. The expected answer is the simulator's observer's, never the engine's.
 */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Connection, Vantage } from '../../src/model/connection.ts';
import { INITIATOR_BASES } from '../../src/model/connection.ts';
import { hasRst } from '../../src/model/tcp-flags.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import type { Observed } from '../network/observer.ts';
import { type Simulation, simulate } from '../network/simulate.ts';
import type { Scenario } from '../network/story.ts';
import { tellStory } from '../network/tell-story.ts';
import type { TruthConnection } from '../network/truth.ts';
import { runs } from './runs.ts';

const rebuild = async (simulation: Simulation): Promise<Connection[]> => {
  const text = `${simulation.lines.join('\n')}\n`;
  const fields = simulation.fields.join(' ');
  const source = (async function* () {
    yield text;
  })();
  const connections: Connection[] = [];
  for await (const connection of reconstruct(source, { fields })) connections.push(connection);
  return connections;
};

const endsOf = (
  a: { address: string; port: number | null },
  b: { address: string; port: number | null },
): string => [`${a.address} ${a.port ?? 0}`, `${b.address} ${b.port ?? 0}`].sort().join(' | ');

/** Packets and bytes of a vantage in the order of the canonical ends, or '?' where the format has none. */
const countsOf = (vantage: Vantage, initiator: string, first: string): string => {
  const mine = [vantage.initiatorPackets, vantage.initiatorBytes];
  const theirs = [vantage.responderPackets, vantage.responderBytes];
  return [...(initiator === first ? [mine, theirs] : [theirs, mine])]
    .flat()
    .map((n) => n ?? '?')
    .join(' ');
};

const nameOf = (end: { address: string; port: number | null }): string => `${end.address} ${end.port ?? 0}`;

/** The rebuilt connection that holds just the records of a true one. */
const partnersOf = (
  truth: TruthConnection,
  seen: Observed,
  connections: readonly Connection[],
  hasCounts: boolean,
) => {
  const ends = endsOf(truth.initiator, truth.responder);
  const first = [nameOf(truth.initiator), nameOf(truth.responder)].sort()[0] as string;
  const wanted = seen.vantages
    .map((vantage) => {
      const mine = [vantage.initiatorPackets, vantage.initiatorBytes];
      const theirs = [vantage.responderPackets, vantage.responderBytes];
      const counts = nameOf(truth.initiator) === first ? [mine, theirs] : [theirs, mine];
      return `${vantage.interfaceId} ${vantage.records} ${hasCounts ? counts.flat().join(' ') : ''}`;
    })
    .sort()
    .join('; ');
  return connections.filter((connection) => {
    if (endsOf(connection.initiator, connection.responder) !== ends) return false;
    const got = connection.vantages
      .map(
        (vantage) =>
          `${vantage.interfaceId} ${vantage.records} ${hasCounts ? countsOf(vantage, nameOf(connection.initiator), first) : ''}`,
      )
      .sort()
      .join('; ');
    return got === wanted;
  });
};

/** Without flags an attempt that a filter stopped is still `blocked` (AWS's own rejected RDP example). */
const statesOf = (seen: Observed, connection: Connection): readonly Connection['state'][] | null =>
  seen.states?.includes('flagless') === true && /rejected/.test(connection.verdict)
    ? ['flagless', 'blocked']
    : seen.states;

const complaintAbout = (
  truth: TruthConnection,
  seen: Observed,
  connection: Connection,
): string | undefined => {
  const { initiatorBasis: basis } = connection;
  if (seen.bases !== null && !seen.bases.includes(basis))
    return `basis ${basis}, expected ${seen.bases.join(' or ')}`;
  const wrong = nameOf(connection.initiator) !== nameOf(truth.initiator);
  if (INITIATOR_BASES[basis].kind === 'observed' && basis !== 'simultaneous' && !truth.bothDialled && wrong) {
    return `initiator ${nameOf(connection.initiator)} by ${basis}, but ${nameOf(truth.initiator)} dialled`;
  }
  if (wrong && connection.initiatorConfidence === 1 && !truth.bothDialled) return 'wrong with confidence 1';
  const states = statesOf(seen, connection);
  if (!wrong && states !== null && connection.state !== null && !states.includes(connection.state)) {
    return `state ${connection.state}, expected ${states.join(' or ')}`;
  }
  // With records lost a verdict is a matter of judgement: what is left may be teardown noise.
  if (!wrong && seen.complete && seen.verdicts !== null && !seen.verdicts.includes(connection.verdict)) {
    return `verdict ${connection.verdict}, expected ${seen.verdicts.join(' or ')}`;
  }
  const { openedAt, openedBy, closedAfter, closedAt, durationMin, durationMax } = connection;
  if (truth.openedAt !== null && seen.complete && openedAt !== null && openedBy !== null) {
    if (truth.openedAt < openedAt - 60 || truth.openedAt > openedBy)
      return `opened ${truth.openedAt}, reported ${openedAt} to ${openedBy}`;
  }
  if (truth.closedAt !== null && seen.complete && closedAfter !== null && closedAt !== null) {
    if (truth.closedAt < closedAfter - 60 || truth.closedAt > closedAt)
      return `closed ${truth.closedAt}, reported ${closedAfter} to ${closedAt}`;
  }
  if (truth.openedAt !== null && truth.closedAt !== null && seen.complete) {
    const lasted = truth.closedAt - truth.openedAt;
    if (durationMax !== null && lasted > durationMax)
      return `lasted ${lasted}, reported at most ${durationMax}`;
    if (closedAt !== null && openedAt !== null && durationMin !== null && lasted < durationMin) {
      return `lasted ${lasted}, reported at least ${durationMin}`;
    }
  }
  return undefined;
};

/**
 * Ports taken again within three minutes, seen by several interfaces, or with records lost: which of the two a record
 * belongs to cannot be told in general (docs/rules.md). The interval of the close may run on for a minute, that of
 * the next opening may begin a minute early, and the slack between two clocks is a minute.
 */
const isReusedTooSoon = (scenario: Scenario, truth: TruthConnection, seen: Observed): boolean => {
  const talk = scenario.talks[truth.talk];
  if (talk === undefined || !talk.redials.some((after) => after <= 180)) return false;
  return seen.vantages.length > 1 || !seen.complete || talk.place.where !== 'server';
};

/**
 * A dial to a server that still holds the connection of the dial before (half-open, RFC 9293 §3.5.1): SYN, the
 * server's old ACK, RST, SYN again. Cut between RST and SYN it is two connections to whoever reads it (docs/rules.md).
 */
const discoversHalfOpen = (scenario: Scenario, truth: TruthConnection, seen: Observed): boolean => {
  const talk = scenario.talks[truth.talk];
  const isRedial = !truth.id.endsWith('.1');
  const vanished = talk?.acts.some((act) => act.do === 'vanish') === true;
  return isRedial && vanished && hasRst(seen.initiatorFlags ?? 0);
};

describe('a simulated network', () => {
  it('comes back from its records with the openers, ends, counts and bounds that they still show', async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario(), fc.integer({ min: 0, max: 0xffff }), async (scenario, seed) => {
        const simulation = simulate(scenario, seed);
        // Without interface-id equal lines of two interfaces are one line to everybody.
        fc.pre(simulation.fields.includes('interface-id'));
        const connections = await rebuild(simulation);
        const hasCounts = simulation.fields.includes('packets') && simulation.fields.includes('bytes');
        for (const [i, truth] of simulation.truth.entries()) {
          const seen = simulation.observed[i] as Observed;
          if (!seen.visible || seen.entangled.length > 0 || isReusedTooSoon(scenario, truth, seen)) continue;
          const partners = partnersOf(truth, seen, connections, hasCounts);
          if (partners.length === 0 && discoversHalfOpen(scenario, truth, seen)) continue;
          // Two VPCs are joined only when the log shows the gateway on both sides (docs/rules.md).
          const place = scenario.talks[truth.talk]?.place.where;
          if (partners.length === 0 && place === 'transit' && !seen.complete) continue;
          const complaints = partners.map((connection) => complaintAbout(truth, seen, connection));
          if (partners.length === 0 || complaints.every((complaint) => complaint !== undefined)) {
            throw new Error(
              [
                `${truth.id}: ${partners.length === 0 ? 'no connection holds just its records' : complaints.join('; ')}`,
                tellStory(scenario),
                ...simulation.lines,
                JSON.stringify(seen),
                ...connections.map((connection) => JSON.stringify(connection)),
              ].join('\n'),
            );
          }
        }
      }),
      runs(300),
    );
  });
});
