/**
 * What a footer says of each column, before it is given a meaning: fields of the kinds that the format has, and what is said twice
 * said alike. Readers pass over fields that they do not know, and one whose number has flipped is such a one: without its unit a
 * time is another. Source: SchemaElement, ConvertedType and LogicalType of parquet.thrift.
 */
import { ParquetFault } from './fault.ts';
import type { ThriftStruct, ThriftValue } from './thrift.ts';

/** The field of a footer that holds them. */
const SCHEMA = 2;

const FIELD = {
  type: 1,
  typeLength: 2,
  repetition: 3,
  name: 4,
  children: 5,
  convertedType: 6,
  scale: 7,
  precision: 8,
  id: 9,
  logicalType: 10,
} as const;
/** A later format may have a few more. Numbers beyond are none: bits of one that is known have flipped. */
const MOST_FIELD = 13;

const LOGICAL = {
  string: 1,
  enum: 4,
  decimal: 5,
  date: 6,
  time: 7,
  timestamp: 8,
  integer: 10,
  json: 12,
  bson: 13,
} as const;
/** The format has none of this number. */
const NO_LOGICAL = 9;

const isNumber = (value: ThriftValue | undefined): value is number => typeof value === 'number';
const isTruth = (value: ThriftValue | undefined): boolean => typeof value === 'boolean';
const isStruct = (value: ThriftValue | undefined): value is ThriftStruct => value instanceof Map;

const hasKind = (field: number, value: ThriftValue): boolean => {
  if (field === FIELD.name) return value instanceof Uint8Array;
  if (field === FIELD.logicalType) return isStruct(value);
  return field > FIELD.logicalType || isNumber(value);
};

/** The one member of a union; undefined where it has none or several. */
const memberOf = (union: ThriftStruct): readonly [number, ThriftValue] | undefined =>
  union.size === 1 ? [...union][0] : undefined;

/** Milliseconds 1, microseconds 2, nanoseconds 3. */
const unitOf = (value: ThriftStruct): number | undefined => {
  const unit = value.get(2);
  return isStruct(unit) ? memberOf(unit)?.[0] : undefined;
};

/** A meaning of numbers, spelt so that the same one is the same text; null for every other meaning, and none. */
type Meaning = string | null;

/** Undefined for what the format does not have. */
const meaningOfLogical = (union: ThriftStruct): Meaning | undefined => {
  const [member, value] = memberOf(union) ?? [0, 0];
  if (member < 1 || member === NO_LOGICAL || !isStruct(value)) return undefined;
  const [first, second] = [value.get(1), value.get(2)];
  switch (member) {
    case LOGICAL.decimal:
      return isNumber(first) && isNumber(second) ? 'decimal' : undefined;
    case LOGICAL.date:
      return 'date';
    case LOGICAL.time:
    case LOGICAL.timestamp: {
      const unit = unitOf(value);
      if (!isTruth(first) || unit === undefined || unit < 1 || unit > 3) return undefined;
      return `${member === LOGICAL.time ? 'time' : 'timestamp'} ${unit}`;
    }
    case LOGICAL.integer:
      return isNumber(first) && isTruth(second) ? `${second ? 'int' : 'uint'} ${first}` : undefined;
    default:
      return null;
  }
};

/** By number, from DECIMAL to INT_64; all others are no meanings of numbers. */
const FIRST_CONVERTED = 5;
const CONVERTED: readonly Meaning[] = [
  ...['decimal', 'date', 'time 1', 'time 2', 'timestamp 1', 'timestamp 2'],
  ...['uint 8', 'uint 16', 'uint 32', 'uint 64', 'int 8', 'int 16', 'int 32', 'int 64'],
];

const TEXTS: ReadonlySet<number> = new Set([LOGICAL.string, LOGICAL.enum, LOGICAL.json, LOGICAL.bson]);
/** Types below it hold numbers and truths. */
const BYTE_ARRAY = 6;

const isTextOfNumbers = (element: ThriftStruct, union: ThriftStruct): boolean => {
  const type = element.get(FIELD.type);
  return isNumber(type) && type < BYTE_ARRAY && TEXTS.has(memberOf(union)?.[0] ?? 0);
};

/** Whether scale and precision stand where they belong, and alike in both places. */
const isScaledRight = (element: ThriftStruct, meaning: Meaning): boolean => {
  const decimal = (element.get(FIELD.logicalType) as ThriftStruct | undefined)?.get(LOGICAL.decimal);
  return [FIELD.scale, FIELD.precision].every((field, i) => {
    const said = element.get(field) ?? 0;
    // Some writers say zero where they mean nothing.
    if (meaning !== 'decimal') return said === 0;
    return !isStruct(decimal) || !element.has(field) || decimal.get(i + 1) === said;
  });
};

const isElement = (element: ThriftStruct): boolean => {
  for (const [field, value] of element)
    if (field < 1 || field > MOST_FIELD || !hasKind(field, value)) return false;
  const converted = element.get(FIELD.convertedType) as number | undefined;
  const union = element.get(FIELD.logicalType) as ThriftStruct | undefined;
  const first = converted === undefined ? null : (CONVERTED[converted - FIRST_CONVERTED] ?? null);
  const second = union === undefined ? null : meaningOfLogical(union);
  if (second === undefined || (union !== undefined && isTextOfNumbers(element, union))) return false;
  if (converted !== undefined && union !== undefined && first !== second) return false;
  return isScaledRight(element, first ?? second);
};

/** @throws ParquetFault for a footer that says of a column what the format does not have, or two things */
export const checkElements = (footer: ThriftStruct): void => {
  const elements = footer.get(SCHEMA);
  const isSchema =
    Array.isArray(elements) &&
    elements.every((element: ThriftValue) => isStruct(element) && isElement(element));
  if (!isSchema) throw new ParquetFault('says of a column what cannot be');
};
