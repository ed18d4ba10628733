/** Connections with any content, hostile text included, for laws about spelling. */
import fc from 'fast-check';
import {
  CONNECTION_STATES,
  type Connection,
  type ConnectionState,
  INITIATOR_BASES,
  type InitiatorBasis,
  VERDICTS,
  type Verdict,
} from '../../src/model/connection.ts';
import { connection, vantage } from './connection.ts';

/** Text as an attacker would log it: quotes, control characters, formulas, lone surrogates. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '=1+1',
    '"',
    '\\',
    '\u001b[31m',
    '\ud800',
    '\u202egnp.exe',
    'a,b\r\nc',
    '\t=x',
    ' @sum',
    '\u2028',
    '\u3164\ufe0f\ufffe\u{e0041}\u{e0100}',
  ),
);

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const count = maybe(fc.oneof(fc.nat(), fc.double(), fc.maxSafeNat()));

/** What AWS tells beside packets: nothing, or something. */
const awsService = fc.oneof(fc.constant({}), fc.record({ awsService: hostileText }));
const path = maybe(fc.nat(12));
const anyAdded = fc
  .tuple(
    fc.record({ cluster: maybe(hostileText), service: maybe(hostileText), task: maybe(hostileText) }),
    fc.record({ initiator: path, responder: path }),
  )
  .map(([{ cluster, service, task }, { initiator, responder }]) => ({
    ...((cluster ?? service ?? task) === null ? {} : { ecs: { cluster, service, task, container: task } }),
    ...((initiator ?? responder) === null ? {} : { trafficPaths: { initiator, responder } }),
  }));

/** Any connection, likely or not. */
export const anyConnection: fc.Arbitrary<Connection> = fc
  .record({
    uid: hostileText,
    communityId: maybe(hostileText),
    protocol: hostileText,
    initiatorBasis: fc.constantFrom(...(Object.keys(INITIATOR_BASES) as InitiatorBasis[])),
    initiatorConfidence: fc.double(),
    state: maybe(fc.constantFrom(...(Object.keys(CONNECTION_STATES) as ConnectionState[]))),
    closedBy: fc.constantFrom('initiator', 'responder', null),
    connState: maybe(hostileText),
    history: maybe(hostileText),
    verdict: fc.constantFrom(...(Object.keys(VERDICTS) as Verdict[])),
    rejectedAt: maybe(hostileText),
    lostAt: maybe(hostileText),
    packetsLost: maybe(fc.maxSafeNat()),
    lostBecause: maybe(fc.constantFrom('blackhole', 'no-route ttl-expired')),
    times: fc.array(count, { minLength: 7, maxLength: 7 }),
    counts: fc.array(count, { minLength: 8, maxLength: 8 }),
    places: fc.array(fc.array(maybe(hostileText), { minLength: 5, maxLength: 5 }), { maxLength: 3 }),
    startsMidstream: maybe(fc.boolean()),
    hasGap: fc.boolean(),
    path: maybe(hostileText),
    addresses: fc.tuple(hostileText, hostileText),
    services: fc.tuple(awsService, awsService),
    added: fc.array(anyAdded, { minLength: 3, maxLength: 3 }),
  })
  .map(({ times, counts, places, addresses, services, added, ...rest }) => {
    const [
      firstSeen = null,
      lastSeen = null,
      openedAt = null,
      closedAt = null,
      durationMin = null,
      durationMax = null,
      rejectedFrom = null,
    ] = times;
    const [p0 = null, b0 = null, f0 = null, o0 = null, p1 = null, b1 = null, f1 = null, o1 = null] = counts;
    return connection({
      ...rest,
      ...{ firstSeen, lastSeen, openedAt, closedAt, durationMin, durationMax, rejectedFrom },
      initiator: { address: addresses[0], packets: p0, bytes: b0, flags: f0, port: o0, ...services[0] },
      responder: { address: addresses[1], packets: p1, bytes: b1, flags: f1, port: o1, ...services[1] },
      vantages: places.map(
        ([interfaceId = null, vpcId = null, subnetId = null, instanceId = null, accountId = null], i) =>
          vantage({ interfaceId, vpcId, subnetId, instanceId, accountId, ...added[i] }),
      ),
    });
  });
