/**
 * Laws of transit gateways: their log of a network tells of each connection what interfaces' logs of the same packets tell, but
 * for who opened it, which it proves by a plain SYN alone; and packets are lost only where a record says so.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Connection, INITIATOR_BASES } from '../../src/model/connection.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { columnsOf } from '../../src/record/columns.ts';
import { isRejection, parseLine } from '../../src/record/parse-line.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { anyHostileLog, printSections } from '../model/any-hostile-log.ts';
import { GATEWAY_FIELDS, gatewayRecords } from '../network/gateway-log.ts';
import { FORMATS, printRecords } from '../network/print-records.ts';
import { simulate } from '../network/simulate.ts';
import { rebuildText } from './rebuild-text.ts';
import { runs } from './runs.ts';

const endsOf = ({ initiator, responder }: Connection): string =>
  [initiator, responder]
    .map(({ address, port }) => `${address} ${port}`)
    .sort()
    .join(' ');

/** By ends, those of which there is one connection. */
const single = (connections: readonly Connection[]): Map<string, Connection> => {
  const found = new Map<string, Connection | null>();
  for (const each of connections) found.set(endsOf(each), found.has(endsOf(each)) ? null : each);
  return new Map([...found].flatMap(([ends, only]) => (only === null ? [] : [[ends, only]])));
};

const isObserved = ({ initiatorBasis }: Connection): boolean =>
  INITIATOR_BASES[initiatorBasis].kind === 'observed';

describe('the log of a transit gateway', () => {
  it('names nobody who did not open, and tells a handshake as interfaces do', async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario(), fc.nat(0xffff), async (scenario, seed) => {
        // Where both dial, either SYN is that of an opener.
        fc.pre(scenario.talks.every(({ answerer }) => answerer !== 'dials'));
        const { logged } = simulate(scenario, seed);
        const byInterfaces = logged
          .filter(({ sightings }) => sightings.length > 0)
          .map(({ record }) => record);
        const text = (lines: readonly string[]): string[] => [`${lines.join('\n')}\n`];
        const options = { scope: 'all' } as const;
        const plain = await rebuildText(text(printRecords(byInterfaces, FORMATS['aws-21'])), options);
        const noted = await rebuildText(text(printRecords(gatewayRecords(logged), GATEWAY_FIELDS)), options);
        const known = single(plain.connections);
        for (const [ends, told] of single(noted.connections)) {
          expect(['handshake', 'syn-ack', 'simultaneous']).not.toContain(told.initiatorBasis);
          const before = known.get(ends);
          if (before === undefined || !isObserved(before) || before.initiatorBasis === 'simultaneous')
            continue;
          const isSame =
            told.initiator.address === before.initiator.address &&
            told.initiator.port === before.initiator.port;
          if (isObserved(told)) expect(isSame).toBe(true);
          // A gateway logs no action, and an ACK alone proves an answer that interfaces do not see.
          if (!isSame || before.verdict !== 'accepted' || told.oneSided) continue;
          const facts = ({
            state,
            history,
            openedAt,
            openedBy,
            closedAt,
            closedBy,
            durationMax,
          }: Connection) => ({
            ...{ state, history, openedAt, openedBy, closedAt, closedBy, durationMax },
          });
          expect(facts(told)).toEqual(facts(before));
        }
      }),
      runs(120),
    );
  });

  it('loses packets where a record of the attachment says so, and nowhere else', async () => {
    await fc.assert(
      fc.asyncProperty(anyHostileLog(), async (sections) => {
        const records = sections
          .flatMap(({ fields, lines }) => lines.map((line) => parseLine(line, columnsOf(fields))))
          .filter((read): read is FlowRecord => !isRejection(read));
        const losing = new Set(
          records
            .filter((record) =>
              [record.packetsLostNoRoute, record.packetsLostBlackhole, record.packetsLostMtuExceeded].some(
                (packets) => (packets ?? 0) > 0,
              ),
            )
            .map(({ resourceId, tgwAttachmentId }) => resourceId ?? tgwAttachmentId ?? null),
        );
        const { connections } = await rebuildText([printSections(sections)]);
        for (const { verdict, lostAt, packetsLost, lostBecause, vantages } of connections) {
          if (verdict === 'lost') expect(packetsLost).toBeGreaterThan(0);
          expect(packetsLost === null).toBe(lostBecause === null);
          if (packetsLost !== null) expect(losing.has(lostAt)).toBe(true);
          for (const { interfaceId, resourceId, lost } of vantages)
            if (lost !== null) expect([interfaceId, losing.has(resourceId)]).toEqual([null, true]);
        }
      }),
      runs(150),
    );
  });
});
