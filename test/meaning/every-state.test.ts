/**
 * A ladder of connections: every state and basis that connection-model.md names, each fixture made from the one before by
 * the records that come next. Expectations are the model's tables (sections 3 and 4), never what the engine said.
 */
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/model/connection.ts';
import { CONNECTION_STATES, INITIATOR_BASES } from '../../src/model/connection.ts';
import type { ReconstructOptions } from '../../src/reconstruct.ts';
import { connectionOf, connectionsOf, plainRecord, rebuildText, record, silence } from '../build.ts';

type Lines = readonly string[];

const client = (flags: string, start = 0) => record({ by: 'client', flags, start });
const server = (flags: string, start = 0) => record({ by: 'server', flags, start });

/** AWS's default format with these lines. */
const plainConnections = async (lines: Lines, options: ReconstructOptions = {}) =>
  (await rebuildText(`${lines.join('\n')}\n`, options)).connections;

const lifeOf = ({ state, connState }: Connection) => [state, connState];

const attempted: Lines = [client('SYN')];
const blocked: Lines = attempted.map((line) => line.replace(' ACCEPT ', ' REJECT '));
const blockedReply: Lines = [...attempted, record({ by: 'server', flags: 'SYN-ACK', action: 'REJECT' })];
const blockedReset: Lines = [
  ...blockedReply,
  record({ by: 'server', flags: 'RST', action: 'REJECT', start: 60 }),
];
const refused: Lines = [...attempted, server('RST')];
const abandonedByRst: Lines = [...attempted, client('RST', 60)];
const abandonedByFin: Lines = [...attempted, client('FIN', 60)];
const abandonedByFinAndRst: Lines = [...abandonedByFin, client('RST', 120)];
const established: Lines = [...attempted, server('SYN-ACK')];
const establishedLonger: Lines = [...established, client('none', 60), server('none', 60)];
const halfClosedByClient: Lines = [...establishedLonger, client('FIN', 120)];
const halfClosedByServer: Lines = [...establishedLonger, server('FIN', 120)];
const closedByClient: Lines = [...halfClosedByClient, server('FIN', 300)];
const closedByServer: Lines = [...halfClosedByServer, client('FIN', 300)];
const resetByClient: Lines = [...establishedLonger, client('RST', 120)];
const resetByServer: Lines = [...establishedLonger, server('RST', 120)];
/** The same lives in a log that has no record of the client's first window. */
const withoutSyn = (lines: Lines): Lines => lines.filter((line) => line !== client('SYN'));
const withoutHandshake = (lines: Lines): Lines =>
  withoutSyn(lines).filter((line) => line !== server('SYN-ACK'));
const onlyServer = (lines: Lines): Lines =>
  lines.filter((line) => / 10\.0\.0\.5 10\.0\.0\.9 443 40000 /.test(line));

describe('every state of the model is reached', () => {
  it.each<[name: string, lines: Lines, state: string, connState: string]>([
    ['SYN, no answer', attempted, 'attempted', 'S0'],
    ['SYN, rejected by a filter', blocked, 'blocked', 'S0'],
    ['SYN, its answer rejected by a network ACL', blockedReply, 'blocked', 'S1'],
    ['SYN answered by RST', refused, 'refused', 'REJ'],
    ['SYN, then RST by the initiator', abandonedByRst, 'abandoned', 'RSTOS0'],
    ['SYN, then FIN by the initiator', abandonedByFin, 'abandoned', 'SH'],
    ['SYN and SYN-ACK', established, 'established', 'S1'],
    ['SYN, SYN-ACK and more of both', establishedLonger, 'established', 'S1'],
    ["then the initiator's FIN", halfClosedByClient, 'half-closed', 'S2'],
    ["then the responder's FIN", halfClosedByServer, 'half-closed', 'S3'],
    ['FIN from both, the initiator first', closedByClient, 'closed', 'SF'],
    ['FIN from both, the responder first', closedByServer, 'closed', 'SF'],
    ['RST by the initiator', resetByClient, 'reset', 'RSTO'],
    ['RST by the responder', resetByServer, 'reset', 'RSTR'],
    ['SYN-ACK alone', onlyServer(established), 'answered', 'OTH'],
    ['SYN-ACK and FIN of the responder alone', onlyServer(halfClosedByServer), 'answered', 'SHR'],
    ['SYN-ACK and RST of the responder alone', onlyServer(resetByServer), 'answered', 'RSTRH'],
    ['no SYN in the log, open', withoutSyn(establishedLonger), 'answered', 'S1'],
    ["no SYN in the log, the initiator's FIN", withoutSyn(halfClosedByClient), 'answered', 'S2'],
    ["no SYN in the log, the responder's FIN", withoutSyn(halfClosedByServer), 'answered', 'S3'],
    ['no SYN in the log, FIN from both', withoutSyn(closedByServer), 'answered', 'SF'],
    ['no handshake in the log', withoutHandshake(establishedLonger), 'midstream', 'OTH'],
    // What Zeek's own code gives where it has seen no handshake: of a RST of the initiator nothing, as its history has no SYN.
    ["no handshake in the log, the initiator's FIN", withoutHandshake(halfClosedByClient), 'midstream', 'SH'],
    [
      "no handshake in the log, the responder's FIN",
      withoutHandshake(halfClosedByServer),
      'midstream',
      'SHR',
    ],
    ['no handshake in the log, FIN from both', withoutHandshake(closedByServer), 'midstream', 'SF'],
    ['no handshake in the log, RST by the initiator', withoutHandshake(resetByClient), 'midstream', 'OTH'],
    ['no handshake in the log, RST by the responder', withoutHandshake(resetByServer), 'midstream', 'RSTRH'],
    ['SYN, then FIN and RST by the initiator', abandonedByFinAndRst, 'abandoned', 'OTH'],
    ['SYN, SYN-ACK and RST from both', [...resetByClient, server('RST', 120)], 'reset', 'RSTR'],
    ['SYN, its answer and the RST behind it rejected', blockedReset, 'blocked', 'RSTR'],
  ])('%s', async (_, lines, state, connState) => {
    expect(lifeOf(await connectionOf(lines))).toEqual([state, connState]);
  });

  it('a format without tcp-flags: flagless, whatever happened', async () => {
    const [only, ...others] = await plainConnections([plainRecord(), plainRecord({ by: 'server' })]);
    expect(others).toEqual([]);
    expect(only && lifeOf(only)).toEqual(['flagless', 'OTH']);
  });

  it('is the same for any order of the records', async () => {
    const forward = await connectionOf(closedByClient);
    expect(await connectionOf(closedByClient.toReversed())).toEqual(forward);
  });

  it('leaves no state of the model out', async () => {
    const fixtures = [
      ...[attempted, blocked, refused, abandonedByRst, established, halfClosedByClient, closedByClient],
      ...[resetByClient, onlyServer(established), withoutHandshake(established.concat(client('none', 60)))],
    ];
    const reached = await Promise.all(fixtures.map(async (lines) => (await connectionOf(lines)).state));
    const [flagless] = await plainConnections([plainRecord()]);
    expect(new Set([...reached, flagless?.state])).toEqual(new Set(Object.keys(CONNECTION_STATES)));
  });
});

describe('who closed', () => {
  it.each<[name: string, lines: Lines, by: string | null]>([
    ['nobody yet', established, null],
    ['the initiator, by FIN', halfClosedByClient, 'initiator'],
    ['the responder, by FIN', halfClosedByServer, 'responder'],
    ['the initiator, whose FIN was logged more than a minute before the other', closedByClient, 'initiator'],
    ['the responder, whose FIN was logged more than a minute before the other', closedByServer, 'responder'],
    ['nobody knows: both FINs in one window', [...established, client('FIN', 60), server('FIN', 60)], null],
    [
      'nobody knows: the FINs lie nearer than the minute by which each may be late',
      [...halfClosedByClient, server('FIN', 180)],
      null,
    ],
    ['the initiator, by RST', resetByClient, 'initiator'],
    ['nobody knows: RST from both in one window', [...resetByClient, server('RST', 120)], null],
    ['the responder, by RST', resetByServer, 'responder'],
    ['the responder, by refusing', refused, 'responder'],
    ['the initiator, by giving up', abandonedByRst, 'initiator'],
  ])('%s', async (_, lines, by) => {
    expect((await connectionOf(lines)).closedBy).toBe(by);
  });
});

describe('every basis of the model is reached', () => {
  const findingOf = ({ initiator, initiatorBasis }: Connection) => [initiator.address, initiatorBasis];

  it.each<[name: string, lines: Lines, basis: string]>([
    ['SYN of one side, SYN-ACK of the other', established, 'handshake'],
    ['SYN only', attempted, 'syn'],
    ['SYN-ACK only: the other side opened', onlyServer(established), 'syn-ack'],
  ])('%s', async (_, lines, basis) => {
    const connection = await connectionOf(lines);
    expect(findingOf(connection)).toEqual(['10.0.0.9', basis]);
    expect(INITIATOR_BASES[connection.initiatorBasis].kind).toBe('observed');
  });

  it('SYN from both sides and no SYN-ACK to settle it: both opened', async () => {
    expect((await connectionOf([client('SYN'), server('SYN')])).initiatorBasis).toBe('simultaneous');
  });

  it('only rejected traffic, one way, no flags in the format', async () => {
    const [only] = await plainConnections([plainRecord({ action: 'REJECT' })]);
    expect(only && findingOf(only)).toEqual(['10.0.0.9', 'rejected']);
    expect(only?.state).toBe('blocked');
  });

  it('no handshake in the log, but the other side answered one elsewhere: a service', async () => {
    // Both ports are ephemeral, so that ports tell nothing.
    const elsewhere = [
      record({ flags: 'SYN', clientPort: 50_001, serverPort: 50_000 }),
      record({ by: 'server', flags: 'SYN-ACK', clientPort: 50_001, serverPort: 50_000 }),
    ];
    const midstream = [
      record({ clientPort: 50_002, serverPort: 50_000 }),
      record({ by: 'server', clientPort: 50_002, serverPort: 50_000 }),
    ];
    const connections = await connectionsOf([...elsewhere, ...midstream]);
    const found = connections.find((connection) => connection.state === 'midstream');
    expect(found && findingOf(found)).toEqual(['10.0.0.9', 'service']);
    expect(found?.initiator.port).toBe(50_002);
  });

  it('no handshake in the log, but this side spoke long before the other and the log covers the time before', async () => {
    const lines = [
      silence('NODATA', { start: -600, end: -540 }),
      record({ clientPort: 50_002, serverPort: 50_000, start: 0 }),
      record({ by: 'server', clientPort: 50_002, serverPort: 50_000, start: 180 }),
    ];
    expect(findingOf(await connectionOf(lines))).toEqual(['10.0.0.9', 'order']);
  });

  it('no handshake in the log, a well-known port against an ephemeral one', async () => {
    const connection = await connectionOf([client('none'), server('none')]);
    expect(findingOf(connection)).toEqual(['10.0.0.9', 'port']);
  });

  it('nothing tells: none, and the canonical lower endpoint stands first', async () => {
    const parts = { clientPort: 50_002, serverPort: 50_000 };
    const connection = await connectionOf([record(parts), record({ ...parts, by: 'server' })]);
    expect(findingOf(connection)).toEqual(['10.0.0.5', 'none']);
    expect(connection.initiatorConfidence).toBe(0.5);
  });

  it('observed evidence beats inferred: a SYN from port 443 to an ephemeral port opened', async () => {
    const parts = { clientPort: 443, serverPort: 50_000 };
    const connection = await connectionOf([
      record({ ...parts, flags: 'SYN' }),
      record({ ...parts, by: 'server', flags: 'SYN-ACK' }),
    ]);
    expect(findingOf(connection)).toEqual(['10.0.0.9', 'handshake']);
  });

  it('FIN and RST never tell', async () => {
    const parts = { clientPort: 50_002, serverPort: 50_000 };
    for (const flags of ['FIN', 'RST', 'FIN RST']) {
      const connection = await connectionOf([
        record({ ...parts, flags }),
        record({ ...parts, by: 'server' }),
      ]);
      expect([flags, connection.initiatorBasis]).toEqual([flags, 'none']);
    }
  });

  it('with observedOnly nothing is inferred', async () => {
    const connection = await connectionOf([client('none'), server('none')], { observedOnly: true });
    expect(connection.initiatorBasis).toBe('none');
    const [rejected] = await plainConnections([plainRecord({ action: 'REJECT' })], { observedOnly: true });
    expect(rejected?.initiatorBasis).toBe('none');
    expect((await connectionOf(established, { observedOnly: true })).initiatorBasis).toBe('handshake');
  });
});
