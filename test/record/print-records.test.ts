/** Records as lines under headers: what is read of them is what was printed. */
import { describe, expect, it } from 'vitest';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { parseColumns } from '../../src/record/columns.ts';
import { isRejection, parseLine } from '../../src/record/parse-line.ts';
import { RecordPrinter } from '../../src/record/print-records.ts';

const recordOf = (format: string, line: string): FlowRecord => {
  const read = parseLine(line, parseColumns(format));
  if (isRejection(read)) throw new Error(read.reason);
  return read;
};

const SSH = 'version srcaddr dstaddr srcport dstport protocol start end action';
const LINE = '2 172.31.16.139 172.31.16.21 20641 22 6 1418530010 1418530070 ACCEPT';

describe('records as lines', () => {
  it('stand under a header of their fields in the order of AWS', () => {
    expect(new RecordPrinter().lines(recordOf(SSH, LINE))).toBe(`${SSH}\n${LINE}\n`);
    const swapped = recordOf('action end version', 'REJECT 1418530070 2');
    expect(new RecordPrinter().lines(swapped)).toBe('version end action\n2 1418530070 REJECT\n');
  });

  it('have one header as long as their fields stay the same, and a new one when they change', () => {
    const printer = new RecordPrinter();
    const short = recordOf('version srcaddr', '2 10.0.0.1');
    expect(printer.lines(short)).toBe('version srcaddr\n2 10.0.0.1\n');
    expect(printer.lines(short)).toBe('2 10.0.0.1\n');
    expect(printer.lines(recordOf(SSH, LINE))).toBe(`${SSH}\n${LINE}\n`);
    expect(printer.lines(short)).toBe('version srcaddr\n2 10.0.0.1\n');
  });

  it('always name the version, so that the header is one, and say - where there is none', () => {
    expect(new RecordPrinter().lines(recordOf('srcaddr', '10.0.0.1'))).toBe('version srcaddr\n- 10.0.0.1\n');
  });

  it('carry fields that nobody knows behind those that AWS has', () => {
    const record = recordOf('new-field srcaddr other-field', 'a 10.0.0.1 b');
    expect(new RecordPrinter().lines(record)).toBe('version srcaddr new-field other-field\n- 10.0.0.1 a b\n');
  });
});
