/**
 * Thrift's compact protocol, in which Parquet says what is where. Lengths in it may lie, so nothing is made room for before
 * its bytes are there: a list has no more members than bytes are left, a number no more bytes than its type.
 */
import { ParquetFault } from './fault.ts';

/** By the number of each field. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = number | boolean | Uint8Array | ThriftStruct | readonly ThriftValue[];

const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Structs in structs: a footer has seven. */
const MOST_DEPTH = 32;

export class ThriftReader {
  readonly #bytes: Uint8Array;
  #at: number;
  /** Values that may still come. */
  #left: number;

  /** @param mostValues fields and members of lists, in all */
  constructor(bytes: Uint8Array, at: number, mostValues: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#left = mostValues;
  }

  /** Where the next struct begins. */
  get at(): number {
    return this.#at;
  }

  /** @throws ParquetFault for what is none, has no end or holds too much */
  struct(depth = 0): ThriftStruct {
    if (depth > MOST_DEPTH) throw new ParquetFault('is nested too deep');
    const fields = new Map<number, ThriftValue>();
    let number = 0;
    for (;;) {
      const head = this.#byte();
      if ((head & 15) === 0) return fields;
      number = head >> 4 === 0 ? this.#integer(3) : number + (head >> 4);
      fields.set(number, this.#value(head & 15, depth));
    }
  }

  #value(type: number, depth: number): ThriftValue {
    if (--this.#left < 0) throw new ParquetFault('says more than it may');
    switch (type) {
      case TRUE:
      case FALSE:
        return type === TRUE;
      case BYTE:
        return (this.#byte() << 24) >> 24;
      case I16:
      case I32:
        return this.#integer(5);
      case I64:
        return this.#integer(10);
      case DOUBLE:
        return this.#take(8); // nothing that is read is one: it is no number here
      case BINARY:
        return this.#take(this.#length());
      case LIST:
        return this.#list(depth);
      case STRUCT:
        return this.struct(depth + 1);
      default:
        throw new ParquetFault('holds values of no known type');
    }
  }

  #list(depth: number): ThriftValue[] {
    if (depth > MOST_DEPTH) throw new ParquetFault('is nested too deep');
    const head = this.#byte();
    const count = head >> 4 === 15 ? this.#length() : head >> 4;
    // In a list a truth takes a byte as well.
    const type = (head & 15) === FALSE || (head & 15) === TRUE ? BYTE : head & 15;
    if (count > this.#bytes.length - this.#at)
      throw new ParquetFault('holds a list that is longer than it is');
    const members: ThriftValue[] = [];
    for (let i = 0; i < count; i++) members.push(this.#value(type, depth + 1));
    return members;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new ParquetFault('ends in the middle');
    return byte;
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new ParquetFault('ends in the middle');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #length(): number {
    const length = this.#varint(5);
    if (length >= 2 ** 31) throw new ParquetFault('holds a length below zero');
    return length;
  }

  /** Signed, its sign in the lowest bit; a large one loses its last digits. */
  #integer(mostBytes: number): number {
    const value = this.#varint(mostBytes);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #varint(mostBytes: number): number {
    let value = 0;
    for (let i = 0, scale = 1; i < mostBytes; i++, scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new ParquetFault('holds a number that is too long');
  }
}

/** A field that is a number; undefined where it is absent. */
export const numberIn = (struct: ThriftStruct, field: number): number | undefined => {
  const value = struct.get(field);
  if (value !== undefined && typeof value !== 'number')
    throw new ParquetFault('holds no number where one belongs');
  return value;
};

/** A field that is a struct; undefined where it is absent. */
export const structIn = (struct: ThriftStruct, field: number): ThriftStruct | undefined => {
  const value = struct.get(field);
  if (value !== undefined && !(value instanceof Map))
    throw new ParquetFault('holds no struct where one belongs');
  return value;
};
