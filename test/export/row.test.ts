import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { COLUMNS, toRow, WIDE_COLUMNS } from '../../src/export/row.ts';
import { connection, vantage, withEveryTime } from './connection.ts';

// The published order: the flat row of the connection model, with the three added columns beside their relatives.
const PUBLISHED = `uid community_id protocol initiator_address initiator_port responder_address responder_port
  initiator_basis initiator_confidence state closed_by conn_state history verdict
  first_seen last_seen opened_at opened_by closed_after closed_at duration_min duration_max
  rejected_at rejected_from rejected_side lost_at packets_lost lost_because
  initiator_packets initiator_bytes responder_packets responder_bytes initiator_flags responder_flags
  windows records vantages interface_id vpc_id subnet_id instance_id account_id
  starts_midstream ends_open one_sided has_gap may_hide_reuse contradicted path`.split(/\s+/);

test('the columns have their published names and order', () => {
  expect(COLUMNS.map((column) => column.name)).toEqual(PUBLISHED);
});

test('the documentation lists the same columns with the same kinds', async () => {
  const text = await readFile(new URL('../../docs/export.md', import.meta.url), 'utf8');
  const section = text.slice(text.indexOf('## The columns'), text.indexOf('## JSON Lines'));
  const documented = [...section.matchAll(/^\| `(\w+)` +\| (\w+) +\|/gm)].map(([, name, kind]) => ({
    name,
    kind,
  }));
  expect(documented).toEqual(WIDE_COLUMNS.map(({ name, kind }) => ({ name, kind })));
});

test('interface, VPC, subnet, instance and account are those of the primary vantage, vantages is their number', () => {
  const row = toRow(
    connection({ vantages: [vantage({ interfaceId: 'eni-a' }), vantage({ interfaceId: 'eni-b' })] }),
  );
  expect(row).toMatchObject({ vantages: 2, interface_id: 'eni-a', account_id: '123456789010' });
});

test('every time has its own column', () => {
  expect(toRow(withEveryTime())).toMatchObject({
    ...{
      first_seen: 1000,
      opened_at: 1010,
      opened_by: 1020,
      closed_after: 1300,
      closed_at: 1350,
      last_seen: 1390,
    },
    ...{ duration_min: 220, duration_max: 400 },
  });
});

test('every count and flag is of its own side', () => {
  const row = toRow(
    connection({
      initiator: { address: '10.0.0.1', port: 1, packets: 2, bytes: 3, flags: 4 },
      responder: { address: '10.0.0.2', port: 5, packets: 6, bytes: 7, flags: 8 },
      windows: 9,
      records: 10,
    }),
  );
  expect(row).toMatchObject({
    ...{ initiator_address: '10.0.0.1', initiator_port: 1, responder_address: '10.0.0.2', responder_port: 5 },
    ...{ initiator_packets: 2, initiator_bytes: 3, responder_packets: 6, responder_bytes: 7 },
    ...{ initiator_flags: 4, responder_flags: 8, windows: 9, records: 10 },
  });
});

test.each([
  ['starts_midstream', 'startsMidstream'],
  ['ends_open', 'endsOpen'],
  ['one_sided', 'oneSided'],
  ['has_gap', 'hasGap'],
  ['may_hide_reuse', 'mayHideReuse'],
  ['contradicted', 'contradicted'],
])('%s is told by itself', (column, property) => {
  const row = toRow(connection({ [property]: true }));
  const flags = Object.entries(row).filter(([, cell]) => cell === true);
  expect(flags).toEqual([[column, true]]);
});

test('what the records do not say stays null', () => {
  const row = toRow(
    connection({ state: null, openedAt: null, vantages: [], initiator: { port: null, bytes: null } }),
  );
  expect(row).toMatchObject({
    state: null,
    opened_at: null,
    initiator_port: null,
    initiator_bytes: null,
    interface_id: null,
  });
});

test('every cell is of the kind its column says', () => {
  const rejected = { rejectedAt: 'eni-a', rejectedFrom: 1566848875, rejectedSide: 'initiator' } as const;
  const lost = { lostAt: 'tgw-attach-a', packetsLost: 3, lostBecause: 'blackhole' };
  const row = toRow(connection({ path: 'eni-a → eni-b', ...rejected, ...lost }));
  for (const { name, kind } of COLUMNS) {
    expect(typeof row[name], name).toBe(kind === 'word' || kind === 'text' ? 'string' : kind);
  }
});

test("AWS's sample connection, column by column", () => {
  const given = vantage({ interfaceId: 'eni-a', vpcId: 'vpc-b', subnetId: 'subnet-c', instanceId: 'i-d' });
  const row = toRow(connection({ path: 'eni-a', vantages: [given], endsOpen: true, hasGap: true }));
  expect(row).toEqual({
    ...{ uid: 'Cp1', community_id: '1:abc=', protocol: 'tcp' },
    ...{ initiator_address: '52.213.180.42', initiator_port: 43418 },
    ...{ responder_address: '10.0.0.62', responder_port: 5001 },
    ...{ initiator_basis: 'handshake', initiator_confidence: 1, state: 'closed', closed_by: 'initiator' },
    ...{ conn_state: 'SF', history: 'ShDdFf', verdict: 'accepted' },
    ...{ first_seen: 1566848875, last_seen: 1566849113, opened_at: 1566848875, opened_by: 1566848933 },
    ...{ closed_after: 1566848933, closed_at: 1566849113, duration_min: 0, duration_max: 298 },
    ...{ rejected_at: null, rejected_from: null, rejected_side: null },
    ...{ lost_at: null, packets_lost: null, lost_because: null },
    ...{ initiator_packets: 15844, initiator_bytes: 23395289, responder_packets: 1231 },
    ...{ responder_bytes: 64020, initiator_flags: 3, responder_flags: 19 },
    ...{ windows: 2, records: 4, vantages: 1 },
    ...{ interface_id: 'eni-a', vpc_id: 'vpc-b', subnet_id: 'subnet-c', instance_id: 'i-d' },
    ...{ account_id: '123456789010', starts_midstream: false, ends_open: true, one_sided: false },
    ...{ has_gap: true, may_hide_reuse: false, contradicted: false, path: 'eni-a' },
  });
});
