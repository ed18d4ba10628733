/** Records as lines under headers: what is read of them is what was printed. */
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../src/model/errors.ts';
import type { Columns } from '../../src/model/fields.ts';
import type { FlowRecord, RejectionReason } from '../../src/model/flow-record.ts';
import { parseColumns } from '../../src/record/columns.ts';
import { isRejection, parseLine } from '../../src/record/parse-line.ts';
import { RecordPrinter } from '../../src/record/print-records.ts';

const recordOf = (format: string, line: string): FlowRecord => {
  const read = parseLine(line, parseColumns(format));
  if (isRejection(read)) throw new Error(read.reason);
  return read;
};

/** What a reader takes, as text: the header where the columns are others than those of the line before. */
const printing = (): ((record: FlowRecord) => string) => {
  const printer = new RecordPrinter();
  let last: Columns | undefined;
  return (record) => {
    const { columns, bytes, fault } = printer.print(record);
    expect(fault).toBeNull();
    const header = columns === last ? '' : `${columns.names.join(' ')}\n`;
    last = columns;
    return header + new TextDecoder().decode(bytes);
  };
};

const SSH = 'version srcaddr dstaddr srcport dstport protocol start end action';
const LINE = '2 172.31.16.139 172.31.16.21 20641 22 6 1418530010 1418530070 ACCEPT';

describe('records as lines', () => {
  it('stand under a header of their fields in the order of AWS', () => {
    expect(printing()(recordOf(SSH, LINE))).toBe(`${SSH}\n${LINE}\n`);
    const swapped = recordOf('action end version', 'REJECT 1418530070 2');
    expect(printing()(swapped)).toBe('version end action\n2 1418530070 REJECT\n');
  });

  it('have one header as long as their fields stay the same, and a new one when they change', () => {
    const print = printing();
    const short = recordOf('version srcaddr', '2 10.0.0.1');
    expect(print(short)).toBe('version srcaddr\n2 10.0.0.1\n');
    expect(print(short)).toBe('2 10.0.0.1\n');
    expect(print(recordOf(SSH, LINE))).toBe(`${SSH}\n${LINE}\n`);
    expect(print(short)).toBe('version srcaddr\n2 10.0.0.1\n');
  });

  it('always name the version, so that the header is one, and say - where there is none', () => {
    expect(printing()(recordOf('srcaddr', '10.0.0.1'))).toBe('version srcaddr\n- 10.0.0.1\n');
  });

  it('carry fields that nobody knows behind those that AWS has', () => {
    const record = recordOf('new-field srcaddr other-field', 'a 10.0.0.1 b');
    expect(printing()(record)).toBe('version srcaddr new-field other-field\n- 10.0.0.1 a b\n');
  });
});

describe('a record that no line can hold', () => {
  const good: FlowRecord = { version: 2, interfaceId: 'eni-1', srcAddr: '10.0.0.1', dstPort: 443 };
  const faultOf = (changes: object) => new RecordPrinter().print({ ...good, ...changes }).fault;

  it.each<[what: string, changes: object, field: string, reason: RejectionReason]>([
    ['a blank', { interfaceId: 'eni 1' }, 'interface-id', 'bad-text'],
    ['a line feed', { interfaceId: 'eni-1\neni-2' }, 'interface-id', 'bad-text'],
    ['a tab', { vpcId: '\tvpc-1' }, 'vpc-id', 'bad-text'],
    ['a carriage return at its end', { vpcId: 'vpc-1\r' }, 'vpc-id', 'bad-text'],
    ['a NUL', { accountId: '1\0' }, 'account-id', 'bad-text'],
    ['a comment', { region: '#eu-west-1' }, 'region', 'bad-text'],
    ['nothing', { subnetId: '' }, 'subnet-id', 'bad-text'],
    ['half a character', { instanceTag: 'a\ud800' }, 'instance-tag', 'bad-text'],
    ['the other half', { instanceTag: '\udc00' }, 'instance-tag', 'bad-text'],
    ['no text', { interfaceId: { id: 1 } }, 'interface-id', 'bad-text'],
    ['yes or no', { interfaceId: true }, 'interface-id', 'bad-text'],
    ['a moment where seconds stand', { start: new Date(0) }, 'start', 'bad-number'],
    ['two numbers', { dstPort: '4 43' }, 'dstport', 'bad-number'],
    ['two addresses', { srcAddr: '10.0.0.1 10.0.0.2' }, 'srcaddr', 'bad-address'],
    ['two words', { action: 'ACCEPT\nREJECT' }, 'action', 'bad-value'],
    ['a version that is a name', { version: 'srcaddr' }, 'version', 'bad-number'],
    ['a version that is no number', { version: Number.NaN }, 'version', 'bad-number'],
    ['a version behind a byte-order mark', { version: '\ufeff2' }, 'version', 'bad-number'],
    ['a version that is too large', { version: 256 }, 'version', 'out-of-range'],
    ['text of a field nobody knows', { extra: { 'new-field': 'a b' } }, 'new-field', 'bad-text'],
    ['a name with a blank', { extra: { 'new field': 'a' } }, 'new field', 'bad-name'],
    ['a name of nothing', { extra: { '': 'a' } }, '', 'bad-name'],
    ['a name in quotes', { extra: { '"new"': 'a' } }, '"new"', 'bad-name'],
    ['the name of another field', { extra: { src_addr: '10.0.0.1' } }, 'src_addr', 'bad-name'],
    ["a table's name of another field", { extra: { sourceport: '1' } }, 'sourceport', 'bad-name'],
    ["AWS's name instead of ours", { srcport: 1 }, 'srcport', 'bad-name'],
    ['more than a line may be', { region: 'x'.repeat(65_536) }, 'region', 'line-too-long'],
  ])('is refused with its field: %s', (_, changes, field, reason) => {
    expect(faultOf(changes)).toEqual({ field, reason });
  });

  it.each<[what: string, changes: object, line: string]>([
    ['a dash, which is none', { interfaceId: '-' }, '2 - 10.0.0.1 443'],
    [
      'blanks of other alphabets',
      { interfaceId: 'a\u00a0b\u2028c\ufeff' },
      '2 a\u00a0b\u2028c\ufeff 10.0.0.1 443',
    ],
    ['a mark of comments inside', { interfaceId: 'a#b' }, '2 a#b 10.0.0.1 443'],
    ['numbers as text and as large numbers', { version: '3', dstPort: 80n }, '3 eni-1 10.0.0.1 80'],
    ['undefined, which is none', { dstPort: undefined }, '2 eni-1 10.0.0.1 -'],
    ["the caller's own properties", { note: 'a b', srcport: 1, srcPort: 2 }, '2 eni-1 10.0.0.1 2 443'],
    ['no extra fields', { extra: null }, '2 eni-1 10.0.0.1 443'],
  ])('is not one that holds %s', (_, changes, line) => {
    const { bytes, fault } = new RecordPrinter().print({ ...good, ...changes });
    expect(fault).toBeNull();
    expect(new TextDecoder().decode(bytes)).toBe(`${line}\n`);
  });

  it('leaves the columns of those behind it alone, whatever its names look like together', () => {
    const printer = new RecordPrinter();
    expect(printer.print({ extra: { 'a b': 'c' } }).fault).toEqual({ field: 'a b', reason: 'bad-name' });
    expect(printer.print({ extra: { a: 'c', b: 'd' } }).columns.names).toEqual(['version', 'a', 'b']);
  });

  it.each<[found: string, value: unknown]>([
    ['null', null],
    ['a number', 5],
    ['an array', []],
    ['bytes of another kind', new Uint16Array(2)],
    ['bytes of another kind', new ArrayBuffer(2)],
  ])('is told from %s, which is misuse', (found, value) => {
    const printing = () => new RecordPrinter().print(value as FlowRecord);
    expect(printing).toThrow(OptionError);
    expect(printing).toThrow(`The source holds ${found}; expected a FlowRecord, text or a Uint8Array.`);
  });
});
