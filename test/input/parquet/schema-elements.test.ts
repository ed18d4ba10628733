/**
 * What a footer says of a column is held to the format and to itself. The numbers are those of parquet.thrift (apache/parquet-format):
 * fields of SchemaElement 1 to 10, ConvertedType 0 to 21, LogicalType 1 to 18 without 9.
 */
import { describe, expect, it } from 'vitest';
import { ParquetFault } from '../../../src/input/parquet/fault.ts';
import { checkElements } from '../../../src/input/parquet/schema-elements.ts';
import type { ThriftStruct, ThriftValue } from '../../../src/input/parquet/thrift.ts';

type Fields = Readonly<Record<number, ThriftValue>>;
const struct = (fields: Fields): ThriftStruct =>
  new Map(Object.entries(fields).map(([number, value]) => [Number(number), value]));

const EMPTY = struct({});
const NAME = Buffer.from('start');
/** INT64, OPTIONAL. */
const COLUMN: Fields = { 1: 2, 3: 1, 4: NAME };
const BYTES: Fields = { ...COLUMN, 1: 6 };

const isTaken = (fields: Fields): boolean => {
  try {
    checkElements(struct({ 1: 2, 2: [struct({ 4: NAME, 5: 1 }), struct(fields)] }));
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ParquetFault);
    return false;
  }
};

const unit = (number: number): ThriftStruct => struct({ [number]: EMPTY });
const timed = (member: number, number: number): ThriftStruct =>
  struct({ [member]: struct({ 1: true, 2: unit(number) }) });
const integer = (bits: number, isSigned: boolean): ThriftStruct =>
  struct({ 10: struct({ 1: bits, 2: isSigned }) });

/** Of each ConvertedType that gives numbers a meaning the LogicalType that is the same: LogicalTypes.md, "Compatibility". */
const SAME: readonly (readonly [name: string, converted: number, logical: ThriftStruct])[] = [
  ['DATE', 6, struct({ 6: EMPTY })],
  ['TIME_MILLIS', 7, timed(7, 1)],
  ['TIME_MICROS', 8, timed(7, 2)],
  ['TIMESTAMP_MILLIS', 9, timed(8, 1)],
  ['TIMESTAMP_MICROS', 10, timed(8, 2)],
  ['UINT_8', 11, integer(8, false)],
  ['UINT_16', 12, integer(16, false)],
  ['UINT_32', 13, integer(32, false)],
  ['UINT_64', 14, integer(64, false)],
  ['INT_8', 15, integer(8, true)],
  ['INT_16', 16, integer(16, true)],
  ['INT_32', 17, integer(32, true)],
  ['INT_64', 18, integer(64, true)],
];

describe('what is said of a column', () => {
  it.each(SAME)('%s may be said in the old words, in the new, and in both', (_, converted, logical) => {
    expect(isTaken({ ...COLUMN, 6: converted })).toBe(true);
    expect(isTaken({ ...COLUMN, 10: logical })).toBe(true);
    for (const [, other, meaning] of SAME)
      expect([other, isTaken({ ...COLUMN, 6: converted, 10: meaning })]).toEqual([
        other,
        other === converted,
      ]);
  });

  it('may be a text of any kind, whose words differ between writers, but no text of numbers', () => {
    // UTF8, ENUM, JSON and BSON; STRING, ENUM, JSON and BSON.
    for (const logical of [1, 4, 12, 13]) {
      for (const converted of [0, 4, 19, 20])
        expect(isTaken({ ...BYTES, 6: converted, 10: struct({ [logical]: EMPTY }) })).toBe(true);
      expect(isTaken({ ...COLUMN, 10: struct({ [logical]: EMPTY }) })).toBe(false);
    }
    expect(isTaken({ ...COLUMN, 6: 9, 10: struct({ 1: EMPTY }) })).toBe(false);
  });

  it('may be a number with a scale, the same in both places, and nothing else has one', () => {
    const decimal = struct({ 5: struct({ 1: 2, 2: 12 }) });
    expect(isTaken({ ...COLUMN, 6: 5, 7: 2, 8: 12, 10: decimal })).toBe(true);
    expect(isTaken({ ...COLUMN, 6: 5, 7: 2, 8: 12 })).toBe(true);
    expect(isTaken({ ...COLUMN, 10: decimal })).toBe(true);
    expect(isTaken({ ...COLUMN, 6: 5, 7: 3, 8: 12, 10: decimal })).toBe(false);
    expect(isTaken({ ...COLUMN, 6: 5, 7: 2, 8: 13, 10: decimal })).toBe(false);
    expect(isTaken({ ...COLUMN, 7: 10 })).toBe(false);
    expect(isTaken({ ...COLUMN, 6: 9, 8: 1 })).toBe(false);
    // Zero of both is what some writers say of every column.
    expect(isTaken({ ...COLUMN, 6: 9, 7: 0, 8: 0 })).toBe(true);
  });

  it.each<readonly [string, Fields]>([
    ['a field far beyond those of the format', { ...COLUMN, 14: 10 }],
    ['a field below the first', { ...COLUMN, [-9]: 1 }],
    ['a type that is a text', { ...COLUMN, 1: NAME }],
    ['a name that is a number', { ...COLUMN, 4: 5 }],
    ['a type of old words that is a double', { ...COLUMN, 6: new Uint8Array(8) }],
    ['a type of new words that is a number', { ...COLUMN, 10: 10 }],
    ['new words of which there is none', { ...COLUMN, 10: EMPTY }],
    ['two of the new words', { ...COLUMN, 10: struct({ 6: EMPTY, 11: EMPTY }) }],
    ['the number that no new word has', { ...COLUMN, 10: struct({ 9: EMPTY }) }],
    ['a new word that is no struct', { ...COLUMN, 10: struct({ 6: 1 }) }],
    ['a time without a unit', { ...COLUMN, 10: struct({ 8: struct({ 1: true }) }) }],
    [
      'a time of two units',
      { ...COLUMN, 10: struct({ 8: struct({ 1: true, 2: struct({ 1: EMPTY, 2: EMPTY }) }) }) },
    ],
    ['a time of an unknown unit', { ...COLUMN, 10: timed(8, 4) }],
    [
      'a time of which nothing says whether it is UTC',
      { ...COLUMN, 10: struct({ 8: struct({ 2: unit(1) }) }) },
    ],
    ['an integer of no width', { ...COLUMN, 10: struct({ 10: struct({ 1: true, 2: unit(3) }) }) }],
    ['a scale of nothing', { ...BYTES, 6: 0, 10: struct({ 5: EMPTY }) }],
  ])('may not be %s', (_, fields) => {
    expect(isTaken(fields)).toBe(false);
  });

  it('may have what a later format adds: a few fields, words of another meaning', () => {
    expect(isTaken({ ...COLUMN, 11: EMPTY, 12: 1, 13: true })).toBe(true);
    expect(isTaken({ ...BYTES, 10: struct({ 19: EMPTY }) })).toBe(true);
  });

  it('stands in a list of structs', () => {
    expect(() => checkElements(struct({ 1: 2 }))).toThrow(ParquetFault);
    expect(() => checkElements(struct({ 2: [1] }))).toThrow(ParquetFault);
  });
});
