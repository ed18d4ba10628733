/**
 * The bulk scanner beside the parser, field by field: every field of the table with every text at which some rule changes.
 * The property in property-tests/laws/parser.test.ts asks the same of whole lines.
 */
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../src/model/fields.ts';
import { BATCH_CAPACITY, KIND, RecordBatch } from '../../src/model/record-batch.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { columnsOf, parseColumns } from '../../src/record/columns.ts';
import { Interner } from '../../src/record/interner.ts';
import { isRejection, parseLine } from '../../src/record/parse-line.ts';
import { readRecord } from '../../src/record/read-record.ts';
import { type Dictionaries, LineScanner } from '../../src/record/scan-lines.ts';
import { rowExpected, rowFound } from './row-of-record.ts';

const encoder = new TextEncoder();
const PLACE = { source: 'flow.log', lineNumber: 7 };

const newDictionaries = (): Dictionaries => ({ strings: new Interner(), addresses: new AddressBook() });

const TEXTS: readonly string[] = [
  ...[
    '-',
    '--',
    '-1',
    '1-',
    '+1',
    '0',
    '00',
    '7',
    '007',
    '1.0',
    '1e3',
    '0x1',
    '1_0',
    '٣',
    '/',
    ':',
    '9:',
    '/9',
  ],
  ...['255', '256', '65535', '65536', '4294967295', '4294967296', '4294967295000', '4294967295001'],
  ...[
    '4294967295999',
    '4294967296000',
    '1760000005000',
    '1760000005001',
    '9007199254740991',
    '9007199254740992',
  ],
  ...['9007199254740993', '18014398509481984', '9'.repeat(400), `${'0'.repeat(50)}7`],
  ...['10.0.0.62', '0.0.0.0', '255.255.255.255', '256.0.0.1', '10.0.0.256', '1.2.3', '1.2.3.4.5', '1..2.3'],
  ...[
    '.1.2.3',
    '1.2.3.',
    '01.2.3.4',
    '1.2.3.04',
    '1.2.3.00',
    '1.2.3.4/32',
    '1.2.3.4:80',
    '1.2.3.a',
    '1.2.3.-',
  ],
  ...[
    '::',
    '::1',
    '2001:DB8::8E',
    '2001:db8:0:0:0:0:0:8e',
    '::ffff:10.0.0.1',
    '1::2::3',
    ':::',
    'fe80::1%eth0',
  ],
  ...['ACCEPT', 'REJECT', 'accept', 'ACCEPTED', 'REJEC', 'OK', 'O', 'OKAY', 'NODATA', 'NODAT', 'SKIPDATA'],
  ...[
    'SKIPDATAX',
    'ingress',
    'egress',
    'Ingress',
    'eni-1',
    'é',
    '😀',
    '\u00a0',
    'a#b',
    '#a',
    '#',
    'a\0b',
    '\0',
    '',
  ],
];

const scan = (line: string, format: readonly string[]) => {
  const columns = columnsOf(format);
  const dictionaries = newDictionaries();
  const batch = new RecordBatch(columns);
  const bytes = encoder.encode(line);
  const rejection = new LineScanner(columns, dictionaries).scanLine(bytes, 0, bytes.length, batch, PLACE);
  return { rejection, batch, dictionaries, columns };
};

describe('the bulk scanner', () => {
  it.each(FIELDS.map(({ name }) => name))('reads %s as the parser does, whatever stands there', (name) => {
    for (const format of [[name], ['region', name], [name, 'region']]) {
      for (const text of TEXTS) {
        if (name === 'region' && format.length > 1) continue;
        const line = format.map((column) => (column === name ? text : 'eu-west-1')).join(' ');
        const { rejection, batch, dictionaries, columns } = scan(line, format);
        const read = parseLine(line, columns, PLACE);
        if (isRejection(read)) expect([line, rejection]).toEqual([line, read]);
        else expect([line, rejection, batch.count]).toEqual([line, undefined, 1]);
        if (!isRejection(read))
          expect([line, rowFound(batch, 0, dictionaries)]).toEqual([line, rowExpected(read, columns)]);
      }
    }
  });

  it('tells what a record is for', () => {
    const kindOf = (line: string, format: string): number => {
      const { batch, rejection } = scan(line, format.split(' '));
      expect(rejection).toBeUndefined();
      return batch.kind[0] as number;
    };
    const five = 'srcaddr dstaddr srcport dstport protocol';
    expect(kindOf('10.0.0.1 10.0.0.2 1 2 6', five)).toBe(KIND.flow);
    expect(kindOf('10.0.0.1 10.0.0.2 1 2 6 OK', `${five} log-status`)).toBe(KIND.flow);
    // ICMP has no ports, TCP and UDP cannot do without.
    expect(kindOf('10.0.0.1 10.0.0.2 - - 1', five)).toBe(KIND.flow);
    expect(kindOf('10.0.0.1 10.0.0.2 - 2 6', five)).toBe(KIND.addressOnly);
    expect(kindOf('10.0.0.1 10.0.0.2 1 - 17', five)).toBe(KIND.addressOnly);
    expect(kindOf('10.0.0.1 10.0.0.2 1 2 -', five)).toBe(KIND.addressOnly);
    expect(kindOf('10.0.0.1 10.0.0.2', 'srcaddr dstaddr')).toBe(KIND.addressOnly);
    expect(kindOf('- - - - - NODATA', `${five} log-status`)).toBe(KIND.nodata);
    expect(kindOf('- - - - - SKIPDATA', `${five} log-status`)).toBe(KIND.skipdata);
    // Without log-status, dashes may be lost records as well as none.
    expect(kindOf('- - - - -', five)).toBe(KIND.skipdata);
    expect(kindOf('eni-1', 'interface-id')).toBe(KIND.addressOnly);
  });

  it('takes the ends of a packet from the pkt- fields where they hold something', () => {
    const format = 'srcaddr dstaddr pkt-srcaddr pkt-dstaddr'.split(' ');
    const ends = (line: string) => {
      const { batch, dictionaries } = scan(line, format);
      const { from, to } = rowFound(batch, 0, dictionaries);
      return [from, to];
    };
    // AWS's NAT gateway example: the gateway stands in for the host.
    expect(ends('10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5')).toEqual(['10.0.1.5', '203.0.113.5']);
    expect(ends('10.0.0.220 203.0.113.5 - -')).toEqual(['10.0.0.220', '203.0.113.5']);
    expect(ends('10.0.0.220 203.0.113.5 - 203.0.113.6')).toEqual(['10.0.0.220', '203.0.113.6']);
  });

  it('gives one id to one identifier, in whatever column and line it stands', () => {
    const columns = parseColumns('interface-id vpc-id account-id');
    const dictionaries = newDictionaries();
    const scanner = new LineScanner(columns, dictionaries);
    const batch = new RecordBatch(columns);
    const bytes = encoder.encode('same same other|same eni-2 other|eni-2 - same|sam same2 oth');
    let from = 0;
    for (const line of new TextDecoder().decode(bytes).split('|')) {
      expect(scanner.scanLine(bytes, from, from + line.length, batch, PLACE)).toBeUndefined();
      from += line.length + 1;
    }
    const text = (column: Uint32Array) =>
      Array.from(column.subarray(0, 4), (id) => dictionaries.strings.text(id));
    expect(text(batch.interfaceId)).toEqual(['same', 'same', 'eni-2', 'sam']);
    expect(text(batch.vpcId)).toEqual(['same', 'eni-2', '', 'same2']);
    expect(text(batch.accountId)).toEqual(['other', 'other', 'same', 'oth']);
    expect(batch.interfaceId[0]).toBe(batch.vpcId[0]);
  });

  it('refuses a row for which the batch has no place', () => {
    const columns = parseColumns('srcport');
    const scanner = new LineScanner(columns, newDictionaries());
    const batch = new RecordBatch(columns);
    batch.count = BATCH_CAPACITY;
    expect(() => scanner.scanLine(encoder.encode('1'), 0, 1, batch, PLACE)).toThrow(RangeError);
  });
});

describe('readRecord', () => {
  it('gives every field of a row, also those that the batch does not keep', () => {
    const columns = parseColumns('srcaddr region brand-new');
    const batch = new RecordBatch(columns);
    const bytes = encoder.encode('10.0.0.1 eu-west-1 7');
    batch.text = bytes;
    new LineScanner(columns, newDictionaries()).scanLine(bytes, 0, bytes.length, batch, PLACE);
    expect(readRecord(batch, 0)).toEqual({
      srcAddr: '10.0.0.1',
      region: 'eu-west-1',
      extra: { 'brand-new': '7' },
    });
  });

  it('reads the text as it stands, a byte-order mark and what is no UTF-8 included', () => {
    const columns = parseColumns('brand-new');
    const batch = new RecordBatch(columns);
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff, 0x62);
    batch.text = bytes;
    new LineScanner(columns, newDictionaries()).scanLine(bytes, 0, bytes.length, batch, PLACE);
    expect(readRecord(batch, 0)).toEqual({ extra: { 'brand-new': '\ufeffa\ufffdb' } });
  });

  it('says so when the text of a row was written over', () => {
    const columns = parseColumns('srcport');
    const batch = new RecordBatch(columns);
    const bytes = encoder.encode('443');
    batch.text = bytes;
    new LineScanner(columns, newDictionaries()).scanLine(bytes, 0, bytes.length, batch, PLACE);
    bytes.fill(120);
    expect(() => readRecord(batch, 0)).toThrow('Row 0 of the batch is not a record: bad-number');
  });

  it('knows the rows that there are, and no other', () => {
    const batch = new RecordBatch(parseColumns('srcaddr'));
    for (const row of [-1, 0, 1])
      expect(() => readRecord(batch, row)).toThrow(new RangeError(`The batch has no row ${row}.`));
  });
});
