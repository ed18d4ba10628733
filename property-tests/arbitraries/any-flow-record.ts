/**
 * Flow records with any fields, present, absent or `-`, whose values AWS could have written: for round trips through
 * text and batches. Values are in the form a reader gives back (IPv6 as RFC 5952 writes it), so equality may be asked
 * for. It builds from the one table of fields and so follows it.
 */
import fc, { type Arbitrary } from 'fast-check';
import ipaddr from 'ipaddr.js';
import { FIELDS, type Field, type FieldName } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { VPC_FLAG_VALUES } from '../../src/model/tcp-flags.ts';

const anyIpv4: Arbitrary<string> = fc.ipV4();

const group = (): Arbitrary<number> => fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));

/** Global, local and link-local addresses; mapped IPv4 has a text form of its own and is left out. */
const anyIpv6: Arbitrary<string> = fc
  .tuple(fc.constantFrom(0x2001, 0x2600, 0xfd00, 0xfe80), ...Array.from({ length: 7 }, group))
  .map((groups) => new ipaddr.IPv6([...groups]).toRFC5952String());

const WORD = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/%-+=@'];
const anyWord: Arbitrary<string> = fc
  .string({ unit: fc.constantFrom(...WORD), minLength: 1, maxLength: 24 })
  .filter((word) => word !== '-');

const HEX = [...'0123456789abcdef'];
const anyId = (prefix: string): Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom(...HEX), minLength: 17, maxLength: 17 })
    .map((digits) => `${prefix}-${digits}`);

/** Values with a shape of their own, by AWS name. */
const SHAPES: Partial<Record<FieldName, Arbitrary<string | number>>> = {
  version: fc.constantFrom(2, 3, 4, 5, 7, 8, 9, 10, 11),
  'account-id': fc.oneof(
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 12, maxLength: 12 }),
    fc.constant('unknown'),
  ),
  'interface-id': anyId('eni'),
  'vpc-id': anyId('vpc'),
  'subnet-id': anyId('subnet'),
  'instance-id': anyId('i'),
  protocol: fc.oneof(fc.constantFrom(6, 17, 1, 58), fc.integer({ min: 0, max: 255 })),
  packets: fc.integer({ min: 1, max: 1_000_000 }),
  bytes: fc.maxSafeNat(),
  'tcp-flags': fc.constantFrom(...VPC_FLAG_VALUES),
  type: fc.constantFrom('IPv4', 'IPv6', 'EFA'),
};

const anyInteger = (field: Field): Arbitrary<number> =>
  'most' in field ? fc.integer({ min: 0, max: field.most }) : fc.maxSafeNat();

const anyValue = (field: Field, address: Arbitrary<string>): Arbitrary<unknown> => {
  const shape = SHAPES[field.name];
  if (shape) return shape;
  switch (field.kind) {
    case 'integer':
      return anyInteger(field);
    case 'seconds':
      return fc.integer({ min: 1_400_000_000, max: 1_900_000_000 });
    case 'address':
      return address;
    case 'action':
      return fc.constantFrom('ACCEPT', 'REJECT');
    case 'status':
      return fc.constantFrom('OK', 'NODATA', 'SKIPDATA');
    case 'direction':
      return fc.constantFrom('ingress', 'egress');
    case 'text':
      return anyWord;
  }
};

/** `start` is not behind `end`. */
const inOrder = (record: FlowRecord): FlowRecord =>
  typeof record.start === 'number' && typeof record.end === 'number' && record.start > record.end
    ? { ...record, start: record.end, end: record.start }
    : record;

const recordOf = (fields: readonly Field[], address: Arbitrary<string>): Arbitrary<FlowRecord> =>
  fc
    .record(
      Object.fromEntries(
        fields.map((field) => [
          field.property,
          fc.oneof(
            { arbitrary: anyValue(field, address), weight: 8 },
            { arbitrary: fc.constant(null), weight: 1 },
          ),
        ]),
      ),
    )
    .map((values) => inOrder(values as FlowRecord));

/** A record and the field order it is to be printed in: any non-empty choice of the fields this version knows. */
export const anyFormattedRecord = (): Arbitrary<{
  readonly fields: readonly FieldName[];
  readonly record: FlowRecord;
}> =>
  fc
    .record({
      fields: fc.shuffledSubarray([...FIELDS], { minLength: 1 }),
      address: fc.constantFrom(anyIpv4, anyIpv6),
    })
    .chain(({ fields, address }) =>
      recordOf(fields, address).map((record) => ({ fields: fields.map((field) => field.name), record })),
    );

/** A record with the given fields (all of version 5 unless stated), any of them null. */
export const anyFlowRecord = (
  names: readonly FieldName[] = FIELDS.filter((field) => field.version <= 5).map((field) => field.name),
): Arbitrary<FlowRecord> => {
  const fields = FIELDS.filter((field) => names.includes(field.name));
  return fc.constantFrom(anyIpv4, anyIpv6).chain((address) => recordOf(fields, address));
};
