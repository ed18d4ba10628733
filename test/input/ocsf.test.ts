/**
 * OCSF events of flows back to lines. Expected lines are the fields of AWS that the documented mapping (OCSF examples, "Amazon VPC
 * Flowlogs") makes each event of, read backwards by hand.
 */
import { describe, expect, it } from 'vitest';
import { JSON_LINES } from '../../src/export/json-lines.ts';
import { LineBuffer } from '../../src/input/containers/line-buffer.ts';
import { OcsfLines, ocsfReading } from '../../src/input/containers/ocsf.ts';
import type { RunReport } from '../../src/model/report.ts';
import { reconstruct } from '../../src/reconstruct.ts';

/** The event of the format's description: an ingress record of version 5. */
const DOCUMENTED = {
  class_uid: 4001,
  activity_id: 6,
  time: 1760000005000,
  start_time: 1760000005000,
  end_time: 1760000061000,
  src_endpoint: { ip: '198.51.100.23', port: 50122 },
  dst_endpoint: { ip: '10.20.1.15', port: 443, interface_uid: 'eni-0aa11bb22cc33dd44' },
  connection_info: { protocol_num: 6, direction_id: 1, tcp_flags: 3 },
  traffic: { packets: 12, bytes: 2210 },
  status_code: 'OK',
  metadata: { product: { name: 'Amazon VPC', feature: { name: 'Flowlogs' }, version: '5' } },
};

/** 1.0.0-rc.2: the account beside the region, the verdict as a disposition, every `-` kept. */
const RC_2 = {
  metadata: { product: { version: '5', name: 'Amazon VPC' }, profiles: ['cloud'], version: '1.0.0-rc.2' },
  cloud: { account_uid: '111122223333', region: 'eu-west-1', zone: 'euw1-az2', provider: 'AWS' },
  src_endpoint: { port: 56858, svc_name: '-', ip: '198.51.100.9' },
  dst_endpoint: {
    ...{ port: 23, svc_name: '-', ip: '10.20.1.15', interface_uid: 'eni-0aa11bb22cc33dd44' },
    ...{ vpc_uid: 'vpc-01', instance_uid: 'i-01', subnet_uid: 'subnet-01' },
  },
  connection_info: {
    ...{ protocol_num: 6, tcp_flags: 2, protocol_ver: 'IPv4', boundary_id: 99, boundary: '-' },
    ...{ direction_id: 1, direction: 'Inbound' },
  },
  traffic: { packets: 1, bytes: 40 },
  ...{ time: 1760000005000, start_time: 1760000005000, end_time: 1760000061000, status_code: 'OK' },
  ...{ class_name: 'Network Activity', class_uid: 4001, activity_name: 'Refuse', activity_id: 5 },
  ...{ disposition: 'Blocked', disposition_id: 2, type_uid: 400105 },
  unmapped: { sublocation_id: '-', sublocation_type: '-' },
};

/** 1.1.0 and later: account and verdict as objects and actions, times also written; an egress record through another address. */
const V_1_5 = {
  ...{ action: 'Allowed', action_id: 1, activity_id: 6, activity_name: 'Traffic', class_uid: 4001 },
  cloud: { account: { uid: '012345678901' }, provider: 'AWS', region: 'us-east-2', zone: 'use2-az2' },
  connection_info: {
    ...{ boundary: 'Internet Gateway', boundary_id: 11, direction: 'Outbound', direction_id: 2 },
    ...{ protocol_num: 6, protocol_ver: 'IPv4', tcp_flags: 19 },
  },
  disposition: 'Allowed',
  dst_endpoint: { intermediate_ips: ['10.20.0.1'], ip: '203.0.113.5', port: 8864, svc_name: 'S3' },
  end_time_dt: '2025-10-09 08:54:21+00:00',
  metadata: { product: { feature: { name: 'Flowlogs' }, version: '8' }, version: '1.5.0' },
  observables: [{ name: 'dst_endpoint.ip', value: '203.0.113.5', type: 'IP Address', type_id: 2 }],
  src_endpoint: {
    ...{ instance_uid: '-', interface_uid: 'eni-02', ip: '10.20.1.16', port: 8080 },
    ...{ subnet_uid: 'subnet-02', svc_name: '-', vpc_uid: 'vpc-02' },
  },
  start_time_dt: '2025-10-09 08:53:25+00:00',
  ...{ status_code: 'OK', time: 1760000005000, traffic: { bytes: 38526, packets: 8 } },
  unmapped: { ecs_task_id: 't1', reject_reason: 'Accepted', some_new_field: 'x', sublocation_id: '-' },
};

const valuesOf = (event: unknown): Record<string, string> => {
  const reading = ocsfReading(event);
  return 'values' in reading ? Object.fromEntries(reading.values) : { otherClass: reading.otherClass };
};

describe('an event says of a flow', () => {
  it('what the documented example says', () => {
    expect(valuesOf(DOCUMENTED)).toEqual({
      ...{ version: '5', 'interface-id': 'eni-0aa11bb22cc33dd44', srcaddr: '198.51.100.23' },
      ...{ dstaddr: '10.20.1.15', srcport: '50122', dstport: '443', protocol: '6', packets: '12' },
      // 2025-10-09 08:53:25 and 08:54:21 UTC.
      ...{ bytes: '2210', start: '1760000005', end: '1760000061', action: 'ACCEPT', 'log-status': 'OK' },
      ...{ 'tcp-flags': '3', 'flow-direction': 'ingress' },
    });
  });

  it('in 1.0.0-rc.2 the same by older names, and nothing where it says "-"', () => {
    expect(valuesOf(RC_2)).toEqual({
      ...{ version: '5', 'account-id': '111122223333', 'interface-id': 'eni-0aa11bb22cc33dd44' },
      ...{ srcaddr: '198.51.100.9', dstaddr: '10.20.1.15', srcport: '56858', dstport: '23', protocol: '6' },
      ...{ packets: '1', bytes: '40', start: '1760000005', end: '1760000061', action: 'REJECT' },
      ...{ 'log-status': 'OK', 'vpc-id': 'vpc-01', 'subnet-id': 'subnet-01', 'instance-id': 'i-01' },
      ...{ 'tcp-flags': '2', type: 'IPv4', region: 'eu-west-1', 'az-id': 'euw1-az2' },
      'flow-direction': 'ingress',
    });
  });

  it('in 1.5 the same, with the address of the packet and the way out', () => {
    expect(valuesOf(V_1_5)).toEqual({
      ...{ version: '8', 'account-id': '012345678901', 'interface-id': 'eni-02', srcaddr: '10.20.1.16' },
      ...{ dstaddr: '10.20.0.1', srcport: '8080', dstport: '8864', protocol: '6', packets: '8' },
      ...{ bytes: '38526', start: '1760000005', end: '1760000061', action: 'ACCEPT', 'log-status': 'OK' },
      ...{ 'vpc-id': 'vpc-02', 'subnet-id': 'subnet-02', 'tcp-flags': '19', type: 'IPv4' },
      // One pair differs, so the record had both: the source is the same in the packet.
      ...{
        'pkt-srcaddr': '10.20.1.16',
        'pkt-dstaddr': '203.0.113.5',
        region: 'us-east-2',
        'az-id': 'use2-az2',
      },
      ...{ 'pkt-dst-aws-service': 'S3', 'flow-direction': 'egress', 'traffic-path': '8' },
      ...{ 'ecs-task-id': 't1', 'reject-reason': 'Accepted' },
    });
  });

  it('as a row of a table the same: bigints, dates, nulls, and what is not mapped as pairs or a map', () => {
    const row = {
      ...V_1_5,
      class_uid: 4001n,
      time: 1760000005000n,
      start_time_dt: new Date(1760000005250),
      end_time_dt: null,
      end_time: 1760000060001n,
      traffic: { packets: 8n, bytes: 38526n, bytes_out: null },
      cloud: { account: null, region: 'us-east-2' },
    };
    // A start within a second is rounded down, an end up.
    const expected = {
      start: '1760000005',
      end: '1760000061',
      packets: '8',
      bytes: '38526',
      'ecs-task-id': 't1',
    };
    for (const unmapped of [new Map([['ecs_task_id', 't1']]), [{ key: 'ecs_task_id', value: 't1' }]]) {
      const values = valuesOf({ ...row, unmapped });
      expect(values).toMatchObject(expected);
      expect(values).not.toHaveProperty('account-id');
    }
  });

  it.each([
    [{ activity_id: 5, action_id: 1 }, 'REJECT'],
    // Traffic that was denied.
    [{ activity_id: 6, action_id: 2 }, 'REJECT'],
    [{ activity_id: 0, disposition: 'Blocked' }, 'REJECT'],
    [{ activity_id: 0, action: 'Denied' }, 'REJECT'],
    [{ activity_id: null, activity_name: 'Traffic' }, 'ACCEPT'],
    [{ activity_id: 0, action_id: '1' }, 'ACCEPT'],
    [{ activity_id: 0, action: '-' }, undefined],
    [{ activity_id: 1 }, undefined],
    // No traffic, no verdict.
    [{ activity_id: 6, status_code: 'NODATA' }, undefined],
  ])('a verdict: %j is %s', (verdict, action) => {
    expect(valuesOf({ ...DOCUMENTED, ...verdict })['action']).toBe(action);
  });

  it.each([
    ['no way without a boundary that is one', { direction_id: 2, boundary_id: 99 }, undefined],
    ['none of a boundary that says less than AWS does', { direction_id: 2, boundary_id: 3 }, undefined],
    ['the same VPC', { direction_id: 2, boundary_id: 4 }, '1'],
    ['a gateway', { direction_id: 2, boundary_id: 5 }, '2'],
    ['none on its way in', { direction_id: 1, boundary_id: 4 }, undefined],
  ])('a way out: %s', (_, info, path) => {
    expect(valuesOf({ ...DOCUMENTED, connection_info: info })['traffic-path']).toBe(path);
  });

  it('who wrote it where no direction says: the only side with an interface, or a device', () => {
    const { connection_info: _, ...without } = DOCUMENTED;
    expect(valuesOf(without)['interface-id']).toBe('eni-0aa11bb22cc33dd44');
    const { dst_endpoint } = DOCUMENTED;
    const turned = { ...without, src_endpoint: dst_endpoint, dst_endpoint: { ip: '10.0.0.9' } };
    expect(valuesOf(turned)).toMatchObject({
      'interface-id': 'eni-0aa11bb22cc33dd44',
      srcaddr: '10.20.1.15',
    });
    const device = { interface_uid: 'eni-9', vpc_uid: 'vpc-9' };
    const apart = { ...without, dst_endpoint: { ip: '10.0.0.9' }, device };
    expect(valuesOf(apart)).toMatchObject({ 'interface-id': 'eni-9', 'vpc-id': 'vpc-9' });
  });

  it('which protocol and type by other names, and none that has no number', () => {
    const withInfo = (connection_info: object) => valuesOf({ ...DOCUMENTED, connection_info });
    expect(withInfo({ protocol_num: -1, protocol_name: 'UDP', protocol_ver_id: 6 })).toMatchObject({
      protocol: '17',
      type: 'IPv6',
    });
    expect(withInfo({ protocol_ver: 'Internet Protocol version 6 (IPv6)' })['type']).toBe('IPv6');
    expect(withInfo({ protocol_num: -1, protocol_name: 'gre' })).not.toHaveProperty('protocol');
  });

  it('a time that is none as it stands: its reader says what is wrong', () => {
    expect(valuesOf({ ...DOCUMENTED, start_time: 'yesterday' })['start']).toBe('yesterday');
    // Seconds where others would write milliseconds.
    expect(valuesOf({ ...DOCUMENTED, start_time: 1760000005 })['start']).toBe('1760000005');
  });

  it('nothing where it is of another class, by name, and none that is no object', () => {
    expect(valuesOf({ class_uid: 4003, class_name: 'DNS Activity' })).toEqual({
      otherClass: 'class_uid 4003 (DNS Activity)',
    });
    for (const odd of [null, 'text', 7, [], {}]) expect(valuesOf(odd)).toEqual({ otherClass: 'class_uid -' });
  });
});

describe('events as lines', () => {
  it('have the fields of a flow, and each other one from the event on that has it first', () => {
    const told: string[] = [];
    const sink = {
      push: (bytes: Uint8Array) => void told.push(Buffer.from(bytes).toString()),
      pushHeader: () => {},
      pushFormat: ({ names }: { readonly names: readonly string[] }) => void told.push(names.join(' ')),
      pushRejection: (reason: string, text: string) => void told.push(`${reason}: ${text}`),
    };
    const lines = new LineBuffer(sink);
    const events = new OcsfLines(lines, sink);
    const silent = { class_uid: 4001, status_code: 'NODATA', time: 1760000005000, end_time: 1760000061000 };
    for (const event of [silent, DOCUMENTED, { class_uid: 4003 }, DOCUMENTED]) events.add(event);
    lines.flush();
    const line =
      '198.51.100.23 10.20.1.15 50122 443 6 12 2210 1760000005 1760000061 OK 5 eni-0aa11bb22cc33dd44 ACCEPT 3 ingress\n';
    expect(told).toEqual([
      'srcaddr dstaddr srcport dstport protocol packets bytes start end log-status',
      '- - - - - - - 1760000005 1760000061 NODATA\n',
      'srcaddr dstaddr srcport dstport protocol packets bytes start end log-status version interface-id action tcp-flags flow-direction',
      line,
      'other-event: class_uid 4003',
      line,
    ]);
  });
});

const read = async (text: string, size = 1 << 16) => {
  const bytes = Buffer.from(text);
  const pieces = (async function* () {
    for (let i = 0; i < bytes.length; i += size) yield bytes.slice(i, i + size);
  })();
  const run = reconstruct(pieces);
  let lines = '';
  for await (const connection of run) lines += JSON_LINES.line(connection);
  return { lines, report: run.report as RunReport };
};

/** The other direction of an event: its ends change places, and the interface stays where it was. */
const reply = (event: typeof DOCUMENTED) => ({
  ...event,
  src_endpoint: event.dst_endpoint,
  dst_endpoint: event.src_endpoint,
  connection_info: { ...event.connection_info, direction_id: 2, tcp_flags: 19 },
  traffic: { packets: 10, bytes: 9180 },
});

const LINES = `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags flow-direction
5 - eni-0aa11bb22cc33dd44 198.51.100.23 10.20.1.15 50122 443 6 12 2210 1760000005 1760000061 ACCEPT OK 3 ingress
5 - eni-0aa11bb22cc33dd44 10.20.1.15 198.51.100.23 443 50122 6 10 9180 1760000005 1760000061 ACCEPT OK 19 egress
`;

describe('JSON of events', () => {
  const TWO = [DOCUMENTED, reply(DOCUMENTED)];
  it.each([
    ['lines of JSON', TWO.map((event) => JSON.stringify(event)).join('\n')],
    ['an array', JSON.stringify(TWO)],
    ['Records, indented', JSON.stringify({ Records: TWO }, null, 2)],
    ['objects without anything between', TWO.map((event) => JSON.stringify(event)).join('')],
  ])('in %s is the connection that lines of these fields are', async (_, text) => {
    const plain = await read(LINES);
    for (const size of [1, 61, 1 << 16]) {
      const found = await read(text, size);
      expect(found.lines).toBe(plain.lines);
      expect(found.report.placement).toMatchObject({ records: 2, rejected: 0, connections: 2 });
      expect(found.report.containers.map(({ containers }) => containers)).toEqual([['ocsf']]);
    }
  });

  it('of every version together is read, and what is of another class is told, with its number', async () => {
    const dns = { class_uid: 4003, class_name: 'DNS Activity', message: 'a query', query: { hostname: 'x' } };
    const events = [RC_2, dns, V_1_5, DOCUMENTED];
    const { report } = await read(events.map((event) => JSON.stringify(event)).join('\n'), 100);
    expect(report.placement).toMatchObject({ records: 4, rejected: 1 });
    expect(report.firstRejections).toEqual([
      {
        source: '-',
        lineNumber: 2,
        field: null,
        reason: 'other-event',
        text: 'class_uid 4003 (DNS Activity)',
      },
    ]);
    expect(report.vantages.map(({ vantage, vpcId }) => [vantage, vpcId])).toEqual([
      ['eni-02', 'vpc-02'],
      ['eni-0aa11bb22cc33dd44', 'vpc-01'],
    ]);
  });

  it('may stand beside other objects of fields: each is read by its own names', async () => {
    const fields = { srcaddr: '10.0.0.1', dstaddr: '10.0.0.2', srcport: 1, dstport: 2, protocol: 17 };
    const mixed = [fields, DOCUMENTED, fields, reply(DOCUMENTED), fields];
    const { report } = await read(mixed.map((one) => JSON.stringify(one)).join('\n'));
    expect(report.placement).toMatchObject({ records: 5, rejected: 0, connections: 2 });
  });

  it('keeps what it needs, and no more however deep it is', async () => {
    const deep = `${'{"cloud":'.repeat(40)}{"messageType":"CONTROL_MESSAGE"}${'}'.repeat(40)}`;
    const event = JSON.stringify(DOCUMENTED).replace('"metadata":', `"unmapped":${deep},"metadata":`);
    const { report } = await read(event + event);
    expect(report.placement).toMatchObject({ records: 2, rejected: 0 });
  });
});
