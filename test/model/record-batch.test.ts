import { describe, expect, it } from 'vitest';
import {
  ACTION,
  BATCH_CAPACITY,
  DIRECTION,
  HAS,
  IS_V6,
  KIND,
  RecordBatch,
} from '../../src/model/record-batch.ts';
import { parseColumns } from '../../src/record/columns.ts';

const columns = parseColumns('srcaddr dstaddr');

type View = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const columnsOfBatch = (batch: RecordBatch): [string, View][] =>
  Object.entries(batch).filter(
    (entry): entry is [string, View] => ArrayBuffer.isView(entry[1]) && entry[0] !== 'text',
  );

describe('a record batch', () => {
  it('begins empty, with its format', () => {
    const batch = new RecordBatch(columns);
    expect([batch.count, batch.firstLineNumber, batch.text.length]).toEqual([0, 0, 0]);
    expect(batch.columns).toBe(columns);
  });

  it('has a place for each of its records in every column, all zero', () => {
    const all = columnsOfBatch(new RecordBatch(columns));
    expect(all.length).toBeGreaterThan(20);
    for (const [name, column] of all) {
      expect([name, column.length]).toEqual([name, BATCH_CAPACITY]);
      expect(column.every((value) => value === 0)).toBe(true);
    }
  });

  it('shares no column with another, nor one column with the next', () => {
    const one = new RecordBatch(columns);
    const two = new RecordBatch(columns);
    for (const [at, [, column]] of columnsOfBatch(one).entries()) column[7] = at + 1;
    expect(columnsOfBatch(one).map(([, column]) => column[7])).toEqual(
      columnsOfBatch(one).map((_, at) => at + 1),
    );
    expect(columnsOfBatch(two).every(([, column]) => column[7] === 0)).toBe(true);
  });

  it('keeps what its fields can be: counters to 2^53-1, seconds to 2106, IPv4 without a sign, ports of 16 bits', () => {
    const batch = new RecordBatch(columns);
    batch.bytes[0] = Number.MAX_SAFE_INTEGER;
    batch.packets[0] = Number.MAX_SAFE_INTEGER;
    batch.end[0] = 0xffffffff;
    batch.srcAddr[0] = 0xffffffff;
    batch.srcPort[0] = 65535;
    batch.tcpFlags[0] = 255;
    expect([batch.bytes[0], batch.packets[0]]).toEqual([9_007_199_254_740_991, 9_007_199_254_740_991]);
    expect([batch.end[0], batch.srcAddr[0]]).toEqual([4_294_967_295, 4_294_967_295]);
    expect([batch.srcPort[0], batch.tcpFlags[0]]).toEqual([65535, 255]);
  });

  it('lies in memory that is handed to it, each column where it is told', () => {
    const places: Record<string, number> = {};
    let next = 0;
    const buffer = new ArrayBuffer(64 * BATCH_CAPACITY * 8);
    const batch = new RecordBatch(columns, {
      buffer,
      offsetOf(column) {
        places[column] = next;
        next += BATCH_CAPACITY * 8;
        return places[column];
      },
    });
    for (const [name, column] of columnsOfBatch(batch)) {
      expect([name, column.byteOffset]).toEqual([name, places[name]]);
      expect(column.buffer).toBe(buffer);
    }
  });
});

describe('the codes of a batch', () => {
  it('that are bits do not overlap', () => {
    for (const bits of [Object.values(HAS), Object.values(IS_V6)]) {
      for (const bit of bits) expect(Math.log2(bit) % 1).toBe(0);
      expect(new Set(bits).size).toBe(bits.length);
    }
  });

  it('that are values differ, and 0 is what a cleared row says', () => {
    for (const codes of [KIND, ACTION, DIRECTION]) {
      const values = Object.values(codes);
      expect(values.toSorted((a, b) => a - b)).toEqual(values.map((_, i) => i));
    }
    expect([KIND.flow, ACTION.none, DIRECTION.none]).toEqual([0, 0, 0]);
  });
});
