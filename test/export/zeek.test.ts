import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toZeek, toZeekLine, ZEEK_COLUMNS } from '../../src/export/zeek.ts';
import { anyConnection } from './arbitrary-connection.ts';
import { connection, withEveryTime } from './connection.ts';

const read = (line: string): Record<string, string> =>
  Object.fromEntries(line.split('\t').map((cell, i) => [ZEEK_COLUMNS[i]?.name ?? '?', cell]));

test('the header names the separator and the fields as Zeek does', async () => {
  let text = '';
  for await (const piece of toZeek([connection()])) text += piece;
  const lines = text.split('\n');
  expect(lines[0]).toBe('#separator \\x09');
  expect(lines.find((line) => line.startsWith('#fields'))).toBe(
    `#fields\t${'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents ip_proto'.replaceAll(' ', '\t')}`,
  );
  expect(lines.find((line) => line.startsWith('#types'))?.split('\t').length).toBe(ZEEK_COLUMNS.length + 1);
});

test("AWS's sample connection becomes one line; its bytes hold IP headers, so payload bytes stay unset", () => {
  expect(read(toZeekLine(connection()))).toEqual({
    ts: '1566848875.000000',
    uid: 'Cp1',
    'id.orig_h': '52.213.180.42',
    'id.orig_p': '43418',
    'id.resp_h': '10.0.0.62',
    'id.resp_p': '5001',
    proto: 'tcp',
    service: '-',
    duration: '238.000000',
    orig_bytes: '-',
    resp_bytes: '-',
    conn_state: 'SF',
    local_orig: '-',
    local_resp: '-',
    missed_bytes: '-',
    history: 'ShDdFf',
    orig_pkts: '15844',
    orig_ip_bytes: '23395289',
    resp_pkts: '1231',
    resp_ip_bytes: '64020',
    tunnel_parents: '-',
    ip_proto: '6',
  });
});

test('ts is the opening and duration ends with the close, whatever was recorded around them', () => {
  const timesOf = (given = {}) => {
    const { ts, duration } = read(toZeekLine(withEveryTime(given)));
    return { ts, duration };
  };
  // A late record before the SYN, a straggler behind the FIN: 1350 - 1010.
  expect(timesOf()).toEqual({ ts: '1010.000000', duration: '340.000000' });
  // Where one was not seen, the records bound it: 1350 - 1000, 1390 - 1010, 1390 - 1000.
  expect(timesOf({ openedAt: null })).toEqual({ ts: '1000.000000', duration: '350.000000' });
  expect(timesOf({ closedAt: null })).toEqual({ ts: '1010.000000', duration: '380.000000' });
  expect(timesOf({ openedAt: null, closedAt: null })).toEqual({ ts: '1000.000000', duration: '390.000000' });
  // A close that is stamped before its opening lasted no time, not less.
  expect(timesOf({ openedAt: 1360 }).duration).toBe('0.000000');
});

test('an exchange without times, ports and state is written with unset fields', () => {
  const ping = connection({
    protocol: 'icmpv6',
    ...{
      state: null,
      connState: null,
      history: null,
      firstSeen: null,
      lastSeen: null,
      openedAt: null,
      closedAt: null,
    },
    initiator: { port: null },
    responder: { port: null },
  });
  expect(read(toZeekLine(ping))).toMatchObject({
    ts: '-',
    duration: '-',
    proto: 'icmp',
    conn_state: '-',
    'id.orig_p': '0',
  });
});

test('any connection stays one line of as many cells as there are fields', () => {
  fc.assert(
    fc.property(anyConnection, (any) => {
      const line = toZeekLine(any);
      expect(line).not.toMatch(/[\r\n\u001b]/);
      expect(line.split('\t').length).toBe(ZEEK_COLUMNS.length);
    }),
  );
});

test('the header is that of a conn.log with tabs, a type for every field', async () => {
  let text = '';
  for await (const piece of toZeek([])) text += piece;
  expect(text).toBe(
    [
      '#separator \\x09',
      '#set_separator\t,',
      '#empty_field\t(empty)',
      '#unset_field\t-',
      '#path\tconn',
      `#fields\t${ZEEK_COLUMNS.map(({ name }) => name).join('\t')}`,
      // Zeek's own types of these fields (base/protocols/conn/main.zeek, the record Info).
      `#types\t${'time string addr port addr port enum string interval count count string bool bool count string count count count count set[string] count'.replaceAll(' ', '\t')}`,
      '',
    ].join('\n'),
  );
});

test('each connection is a line', async () => {
  let text = '';
  for await (const piece of toZeek([connection(), connection({ uid: 'Cp2' })])) text += piece;
  expect(
    text
      .split('\n')
      .slice(-3)
      .map((line) => line.split('\t')[1]),
  ).toEqual(['Cp1', 'Cp2', undefined]);
});

test.each([
  // IANA's numbers, as the IP header has them; Zeek's names hold both versions of ICMP.
  ['tcp', 'tcp', '6'],
  ['udp', 'udp', '17'],
  ['icmp', 'icmp', '1'],
  ['icmpv6', 'icmp', '58'],
  ['47', 'unknown_transport', '47'],
  ['0', 'unknown_transport', '0'],
])('the protocol %s is %s, number %s', (protocol, proto, ip_proto) => {
  expect(read(toZeekLine(connection({ protocol })))).toMatchObject({ proto, ip_proto });
});

test('a reader that finds columns by the names of the header, as zeek-cut does, finds every one', async () => {
  let text = '';
  for await (const piece of toZeek([connection()])) text += piece;
  const lines = text.split('\n');
  const [, ...names] = lines.find((line) => line.startsWith('#fields'))?.split('\t') ?? [];
  const [, ...types] = lines.find((line) => line.startsWith('#types'))?.split('\t') ?? [];
  const cells = lines.find((line) => !line.startsWith('#'))?.split('\t') ?? [];
  const cut = (name: string) => [types[names.indexOf(name)], cells[names.indexOf(name)]];
  expect([names.length, types.length, cells.length]).toEqual([22, 22, 22]);
  expect(cut('resp_ip_bytes')).toEqual(['count', '64020']);
  expect(cut('tunnel_parents')).toEqual(['set[string]', '-']);
  expect(cut('ip_proto')).toEqual(['count', '6']);
});

test.each([
  // firstSeen, openedAt, closedAt, lastSeen; then what Zeek is told.
  [100, 110, 150, 170, '110.000000', '40.000000'],
  [100, null, 150, 170, '100.000000', '50.000000'],
  [100, 110, null, 170, '110.000000', '60.000000'],
  [100, null, null, 170, '100.000000', '70.000000'],
  [null, null, 150, 170, '-', '-'],
  [100, 110, null, null, '110.000000', '-'],
  [100, 160, 150, 170, '160.000000', '0.000000'],
])(
  'seen from %s, opened at %s, closed at %s, last seen at %s',
  (firstSeen, openedAt, closedAt, lastSeen, ts, d) => {
    const cells = read(toZeekLine(connection({ firstSeen, openedAt, closedAt, lastSeen })));
    expect([cells['ts'], cells['duration']]).toEqual([ts, d]);
  },
);

test('an empty text is told from one that is not there, and counts of 0 are counts', () => {
  const cells = read(
    toZeekLine(connection({ history: '', initiator: { packets: 0 }, responder: { port: null } })),
  );
  expect(cells).toMatchObject({ history: '(empty)', orig_pkts: '0', 'id.resp_p': '0' });
});
