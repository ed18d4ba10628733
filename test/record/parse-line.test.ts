import { describe, expect, it } from 'vitest';
import { FIELDS, type FieldKind } from '../../src/model/fields.ts';
import { REJECTION_REASONS } from '../../src/model/flow-record.ts';
import { columnsOf, parseColumns } from '../../src/record/columns.ts';
import { isRejection, parseLine, printLine, secondsOf, tokensOf } from '../../src/record/parse-line.ts';

const parse = (line: string, format: string) => parseLine(line, parseColumns(format));

/** The reason and the field of a line that is refused. */
const refusalOf = (line: string, format: string): readonly [string, string | null] => {
  const read = parse(line, format);
  if (!isRejection(read)) throw new Error(`"${line}" was taken: ${JSON.stringify(read)}`);
  return [read.reason, read.field];
};

/** A text and the value it stands for, by the kind of the field. */
const EXAMPLES: Readonly<Record<FieldKind, readonly [text: string, value: unknown]>> = {
  integer: ['42', 42],
  seconds: ['1566848875', 1_566_848_875],
  address: ['10.0.0.62', '10.0.0.62'],
  action: ['REJECT', 'REJECT'],
  status: ['SKIPDATA', 'SKIPDATA'],
  direction: ['egress', 'egress'],
  text: ['012345', '012345'],
};

describe('parseLine', () => {
  it("reads AWS's example, every field of it", () => {
    const line =
      '3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 eni-1235b8ca123456789 123456789010 IPv4 52.213.180.42 10.0.0.62 43416 5001 52.213.180.42 10.0.0.62 6 568 8 1566848875 1566848933 ACCEPT 2 OK';
    const format =
      'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status';
    expect(parse(line, format)).toEqual({
      version: 3,
      vpcId: 'vpc-abcdefab012345678',
      subnetId: 'subnet-aaaaaaaa012345678',
      instanceId: 'i-01234567890123456',
      interfaceId: 'eni-1235b8ca123456789',
      accountId: '123456789010',
      type: 'IPv4',
      srcAddr: '52.213.180.42',
      dstAddr: '10.0.0.62',
      srcPort: 43416,
      dstPort: 5001,
      pktSrcAddr: '52.213.180.42',
      pktDstAddr: '10.0.0.62',
      protocol: 6,
      bytes: 568,
      packets: 8,
      start: 1_566_848_875,
      end: 1_566_848_933,
      action: 'ACCEPT',
      tcpFlags: 2,
      logStatus: 'OK',
    });
  });

  it.each(FIELDS.map((field) => [field.name, field] as const))(
    'reads %s, and its dash as null',
    (name, field) => {
      const [text, value] = EXAMPLES[field.kind];
      const columns = columnsOf([name]);
      expect(parseLine(text, columns)).toEqual({ [field.property]: value });
      expect(parseLine('-', columns)).toEqual({ [field.property]: null });
      expect(printLine({ [field.property]: value }, columns)).toBe(text);
      expect(printLine({ [field.property]: null }, columns)).toBe('-');
    },
  );

  it('reads NODATA: all fields of traffic are dashes', () => {
    const read = parse(
      '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA',
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
    );
    expect(read).toMatchObject({
      srcAddr: null,
      packets: null,
      action: null,
      start: 1_431_280_876,
      logStatus: 'NODATA',
    });
  });

  it('carries fields that it does not know, as text', () => {
    expect(parse('10.0.0.1 007 - 10.0.0.2', 'srcaddr quantum-state brand-new dstaddr')).toEqual({
      srcAddr: '10.0.0.1',
      dstAddr: '10.0.0.2',
      extra: { 'quantum-state': '007', 'brand-new': '-' },
    });
  });

  it('is not misled by the names of a hostile header', () => {
    const read = parse('polluted 10.0.0.1', 'constructor srcaddr');
    expect(read).toEqual({ srcAddr: '10.0.0.1', extra: { constructor: 'polluted' } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('parts fields at runs of blanks, tabs and carriage returns, and drops a comment behind them', () => {
    const expected = { srcAddr: '10.0.0.1', srcPort: 80 };
    for (const line of [
      '10.0.0.1 80',
      '  10.0.0.1 \t 80  ',
      '10.0.0.1 80\r',
      '10.0.0.1 80 # a web server',
      '10.0.0.1 80 #',
      '10.0.0.1 80\t#x y',
    ])
      expect([line, parse(line, 'srcaddr srcport')]).toEqual([line, expected]);
  });

  it('keeps an identifier that has a # inside', () => {
    expect(parse('eni-1#2', 'interface-id')).toEqual({ interfaceId: 'eni-1#2' });
  });

  it('writes addresses in one spelling', () => {
    expect(parse('2001:DB8:0:0::8E 2001:db8::1', 'srcaddr dstaddr')).toEqual({
      srcAddr: '2001:db8::8e',
      dstAddr: '2001:db8::1',
    });
  });

  it('takes both families for one endpoint as long as the two ends agree', () => {
    // The interface's own view is IPv4, the packet's ends are IPv6.
    expect(
      parse('10.0.0.1 10.0.0.2 2001:db8::1 2001:db8::2', 'srcaddr dstaddr pkt-srcaddr pkt-dstaddr'),
    ).toMatchObject({ pktSrcAddr: '2001:db8::1' });
    expect(isRejection(parse('10.0.0.1 10.0.0.2 - -', 'srcaddr dstaddr pkt-srcaddr pkt-dstaddr'))).toBe(
      false,
    );
  });
});

describe('times', () => {
  it('of thirteen digits are milliseconds: the start is cut, the end rounded up, so that all packets lie inside', () => {
    expect(parse('1760000005001 1760000061001', 'start end')).toEqual({
      start: 1_760_000_005,
      end: 1_760_000_062,
    });
    expect(parse('1760000005000 1760000061000', 'start end')).toEqual({
      start: 1_760_000_005,
      end: 1_760_000_061,
    });
  });

  it('are seconds up to 2106', () => {
    expect(parse('4294967295', 'end')).toEqual({ end: 4_294_967_295 });
    expect(secondsOf(4_294_967_295, true)).toBe(4_294_967_295);
    expect([secondsOf(4_294_967_296, false), secondsOf(4_294_967_296, true)]).toEqual([4_294_967, 4_294_968]);
  });

  it('may be equal, and one may be missing', () => {
    expect(parse('7 7', 'start end')).toEqual({ start: 7, end: 7 });
    expect(parse('8 -', 'start end')).toEqual({ start: 8, end: null });
    expect(parse('- 7', 'start end')).toEqual({ start: null, end: 7 });
  });

  it('are refused beyond the milliseconds of 2106, and as numbers beyond 2^53-1', () => {
    expect(parse('4294967295000', 'end')).toEqual({ end: 4_294_967_295 });
    expect(refusalOf('4294967295001', 'end')).toEqual(['out-of-range', 'end']);
    // The start is cut, so its last millisecond is still in.
    expect(parse('4294967295999', 'start')).toEqual({ start: 4_294_967_295 });
    expect(refusalOf('4294967296000', 'start')).toEqual(['out-of-range', 'start']);
    expect(refusalOf('9007199254740992', 'start')).toEqual(['out-of-range', 'start']);
  });
});

describe('every reason to refuse a line', () => {
  const CASES: readonly (readonly [line: string, format: string, reason: string, field: string | null])[] = [
    ['10.0.0.1', 'srcaddr dstaddr', 'too-few-fields', 'dstaddr'],
    ['', 'srcaddr', 'too-few-fields', 'srcaddr'],
    ['10.0.0.1 # 10.0.0.2', 'srcaddr dstaddr', 'too-few-fields', 'dstaddr'],
    ['10.0.0.1 10.0.0.2 x', 'srcaddr dstaddr', 'too-many-fields', null],
    ['x', 'srcport', 'bad-number', 'srcport'],
    ['-1', 'packets', 'bad-number', 'packets'],
    ['+1', 'packets', 'bad-number', 'packets'],
    ['1.0', 'bytes', 'bad-number', 'bytes'],
    ['1e3', 'bytes', 'bad-number', 'bytes'],
    ['0x10', 'tcp-flags', 'bad-number', 'tcp-flags'],
    ['--', 'start', 'bad-number', 'start'],
    ['٣', 'srcport', 'bad-number', 'srcport'],
    ['65536', 'dstport', 'out-of-range', 'dstport'],
    ['256', 'protocol', 'out-of-range', 'protocol'],
    ['256', 'tcp-flags', 'out-of-range', 'tcp-flags'],
    ['9007199254740992', 'bytes', 'out-of-range', 'bytes'],
    ['9'.repeat(400), 'packets', 'out-of-range', 'packets'],
    ['256.1.1.1', 'srcaddr', 'bad-address', 'srcaddr'],
    ['10.1', 'dstaddr', 'bad-address', 'dstaddr'],
    ['10.0.0.01', 'pkt-srcaddr', 'bad-address', 'pkt-srcaddr'],
    ['fe80::1%eth0', 'pkt-dstaddr', 'bad-address', 'pkt-dstaddr'],
    ['10.0.0.1 2001:db8::1', 'srcaddr dstaddr', 'mixed-families', null],
    ['10.0.0.1 10.0.0.2 2001:db8::1', 'srcaddr dstaddr pkt-dstaddr', 'mixed-families', null],
    ['accept', 'action', 'bad-value', 'action'],
    ['DROP', 'action', 'bad-value', 'action'],
    ['NO_DATA', 'log-status', 'bad-value', 'log-status'],
    ['inbound', 'flow-direction', 'bad-value', 'flow-direction'],
    ['8 7', 'start end', 'ends-before-start', 'end'],
    ['10.0.0.1\0', 'srcaddr', 'binary-data', null],
    ['eni-1 # \0', 'interface-id', 'binary-data', null],
  ];

  it.each(CASES)('"%s" as %s', (line, format, reason, field) => {
    expect(refusalOf(line, format)).toEqual([reason, field]);
  });

  it('is met here, but for those of whole sources and of records that are no lines', () => {
    // A line that is too long never gets here, a format that is not known is an error of its source, and a text with
    // a blank in it is two texts of a line (print-records.test.ts). Events of OCSF are no lines (ocsf.test.ts).
    const elsewhere = ['line-too-long', 'unknown-format', 'bad-text', 'bad-name', 'other-event'];
    expect(new Set([...CASES.map(([, , reason]) => reason), ...elsewhere])).toEqual(
      new Set(Object.keys(REJECTION_REASONS)),
    );
  });

  it('names the first field at fault', () => {
    expect(refusalOf('x 99999 x', 'srcaddr srcport protocol')).toEqual(['bad-address', 'srcaddr']);
    expect(refusalOf('- 99999 x', 'srcaddr srcport protocol')).toEqual(['out-of-range', 'srcport']);
  });

  it('comes with the place and the line, cut at 200 characters', () => {
    const columns = parseColumns('srcport');
    const place = { source: 'flow.log', lineNumber: 17 };
    expect(parseLine('x', columns, place)).toEqual({
      source: 'flow.log',
      lineNumber: 17,
      field: 'srcport',
      reason: 'bad-number',
      text: 'x',
    });
    expect(parseLine('x'.repeat(1000), columns, place)).toMatchObject({ text: 'x'.repeat(200) });
  });
});

describe('printLine', () => {
  it('prints what a record has and a dash for what it lacks', () => {
    const columns = parseColumns('srcaddr srcport quantum tcp-flags');
    expect(printLine({ srcAddr: '10.0.0.1', tcpFlags: 0, extra: { quantum: 'up' } }, columns)).toBe(
      '10.0.0.1 - up 0',
    );
    expect(printLine({}, columns)).toBe('- - - -');
  });
});

describe('tokensOf', () => {
  it('gives nothing of a line that is only a comment', () => {
    expect(tokensOf('# srcaddr dstaddr')).toEqual([]);
    expect(tokensOf('  \t ')).toEqual([]);
  });

  it('parts at ASCII blanks only: other spaces may stand in a tag', () => {
    expect(tokensOf('a\u00a0b c\u3000d')).toEqual(['a\u00a0b', 'c\u3000d']);
  });
});
