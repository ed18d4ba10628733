/**
 * Where interfaces stand. What a simulated network knows of it is never contradicted, and is told wherever a record says
 * which side is the interface's; and what one more record shows takes no more away than it must.
 */
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection, VantageRole } from '../../src/model/connection.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { type Simulation, simulate } from '../network/simulate.ts';
import { tellStory } from '../network/tell-story.ts';
import type { TruthConnection } from '../network/truth.ts';
import { rebuildText } from './rebuild-text.ts';
import { runs } from './runs.ts';

const nameOf = ({ address, port }: { address: string; port: number | null }): string =>
  `${address} ${port ?? 0}`;

/** True connections by initiator and responder, of ends that were dialled from one side only. */
const truthsOf = ({ truth }: Simulation): Map<string, TruthConnection[]> => {
  const byEnds = new Map<string, TruthConnection[]>();
  for (const each of truth) {
    const ends = `${nameOf(each.initiator)} ${nameOf(each.responder)}`;
    byEnds.set(ends, [...(byEnds.get(ends) ?? []), each]);
  }
  const isDialledBack = ({ initiator, responder, bothDialled }: TruthConnection): boolean =>
    bothDialled || byEnds.has(`${nameOf(responder)} ${nameOf(initiator)}`);
  return new Map([...byEnds].filter(([, truths]) => !truths.some(isDialledBack)));
};

/** Whether an interface talks, in this family, with one peer alone that uses several of its addresses: docs/rules.md. */
const hasOnePeer = (records: readonly FlowRecord[], name: string, peer: string): boolean => {
  const shown = records
    .filter(({ interfaceId, srcAddr, dstAddr }) => interfaceId === name && srcAddr && dstAddr)
    .map(({ srcAddr, dstAddr }) => [srcAddr as string, dstAddr as string])
    .filter((pair) => pair.every((address) => address.includes(':') === peer.includes(':')));
  return shown.every((pair) => pair.includes(peer)) && new Set(shown.flat()).size > 2;
};

describe('the role of an interface of a simulated network', () => {
  it('is that of the side whose it is, or not known; and known where records tell their direction', async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(anyScenario(), fc.nat(0xffff), async (scenario, seed) => {
        const simulation = simulate(scenario, seed);
        fc.pre(simulation.fields.includes('interface-id'));
        const fields = simulation.fields.join(' ');
        const tellsDirection = simulation.fields.includes('flow-direction');
        const truths = truthsOf(simulation);
        const { connections } = await rebuildText([`${simulation.lines.join('\n')}\n`], { fields });
        for (const { initiator, responder, vantages } of connections) {
          const known = truths.get(`${nameOf(initiator)} ${nameOf(responder)}`) ?? [];
          for (const { interfaceId, role } of vantages) {
            const stands = known
              .flatMap((truth) => truth.vantages)
              .find((vantage) => vantage.interfaceId === interfaceId)?.stands;
            if (stands === undefined || stands === null || interfaceId === null) continue;
            const peer = stands === 'initiator' ? responder : initiator;
            if (!tellsDirection && hasOnePeer(simulation.records, interfaceId, peer.address)) continue;
            // Without instance-id a pod's interface reads like a gateway's (docs/rules.md).
            if (role === 'gateway' && !simulation.fields.includes('instance-id')) continue;
            if (role === stands) told++;
            else if (tellsDirection || role !== 'unknown')
              throw new Error(
                [
                  `${interfaceId} is ${role}, and stands at the ${stands}`,
                  tellStory(scenario),
                  ...simulation.lines,
                ].join('\n'),
              );
          }
        }
      }),
      runs(200),
    );
    expect(told).toBeGreaterThan(100);
  });
});

interface Talk {
  readonly family: 'v4' | 'v6';
  readonly ends: readonly number[];
}

const anyTalk = (family: Arbitrary<Talk['family']>): Arbitrary<Talk> =>
  fc.record({
    family,
    ends: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 2 }),
  });
const anyTalks = (family: Arbitrary<Talk['family']>): Arbitrary<Talk[]> =>
  fc.array(anyTalk(family), { maxLength: 10 });

const HEADER = 'interface-id srcaddr dstaddr srcport dstport protocol start end tcp-flags';

/** Where one interface stands in each of its talks, all of which the first end opened; by the port of the client. */
const rolesIn = async (talks: readonly Talk[], firstPort = 40_000): Promise<Map<number, VantageRole>> => {
  const lines = talks.map(({ family, ends }, i) => {
    const [from, to] = ends.map((n) => (family === 'v4' ? `10.0.0.${n}` : `2001:db8::${n}`));
    return `eni-1 ${from} ${to} ${firstPort + i} 443 6 1760000000 1760000059 2`;
  });
  const { connections } = await rebuildText([`${[HEADER, ...lines].join('\n')}\n`]);
  const roleOf = ({ vantages }: Connection): VantageRole => vantages[0]?.role ?? 'unknown';
  return new Map(connections.map((each) => [each.initiator.port as number, roleOf(each)]));
};

describe('the roles of one interface', () => {
  it('stay what they are in one family, whatever its records of the other show', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyTalks(fc.constant('v4')),
        anyTalks(fc.constant('v6')),
        fc.boolean(),
        async (v4, v6, isFirst) => {
          const alone = await rolesIn(v4);
          const all = isFirst
            ? await rolesIn([...v6, ...v4], 40_000 - v6.length)
            : await rolesIn([...v4, ...v6]);
          for (const [port, role] of alone) expect(all.get(port)).toBe(role);
        },
      ),
      runs(100),
    );
  });

  it('are never turned round by one more record, and do not depend on the order of records', async () => {
    await fc.assert(
      fc.asyncProperty(anyTalks(fc.constant('v4')), anyTalk(fc.constant('v4')), async (talks, more) => {
        const before = await rolesIn(talks);
        const after = await rolesIn([...talks, more]);
        for (const [port, role] of before)
          if (role !== 'unknown') expect([role, 'unknown']).toContain(after.get(port));
        const turned = await rolesIn([...talks].reverse());
        for (const [port, role] of before)
          expect(turned.get(40_000 + talks.length - 1 - (port - 40_000))).toBe(role);
      }),
      runs(100),
    );
  });
});
