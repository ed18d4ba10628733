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

/** What programs put where a value belongs: text that a line would part, lose or change, numbers that are none, other types. */
export const HOSTILE_VALUES: readonly unknown[] = [
  ...['', ' ', 'a b', ' a', 'a ', '\t', 'a\tb', 'a\rb', 'a\r', '\n', 'a\nb', 'a\n2 eni-2', 'a\0b', '\0'],
  ...['-', '--', '#', '#a', 'a#b', 'version', 'srcaddr', '"srcaddr"', 'true', '__proto__'],
  ...[
    '\ufeff',
    '\ufeff2',
    'a\ufeff',
    '\ud800',
    'a\udc00b',
    '😀',
    '\u00a0',
    'a\u2028b',
    '\u3000',
    '\u0085',
    '\v',
    '\f',
    'é',
  ],
  ...[
    '443',
    '007',
    '1e3',
    '10.0.0.1',
    '2001:DB8::1',
    '::ffff:10.0.0.1',
    'ACCEPT',
    'NODATA',
    'ingress',
    'x'.repeat(66_000),
  ],
  ...[
    0,
    -0,
    -1,
    1.5,
    255,
    256,
    65_535,
    65_536,
    2 ** 32 - 1,
    2 ** 32,
    1_760_000_000_123,
    2 ** 53 - 1,
    2 ** 53,
    1e21,
  ],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5n, -5n, 2n ** 70n],
  ...[null, undefined, true, false, {}, [], [1], () => 1, Symbol('a'), new Date(0), Object.create(null)],
];

/** Names that fields of nobody might have, and must not. */
export const HOSTILE_NAMES: readonly string[] = [
  ...[
    '',
    ' ',
    'a b',
    'a\nb',
    'a,b',
    '#a',
    '9a',
    '-',
    '"a"',
    '\u0024{a}',
    'a\0',
    '\ufeffa',
    'é',
    '__proto__',
    'a.b',
  ],
  ...['srcaddr', 'srcAddr', 'src_addr', 'SRCADDR', 'version', 'sourceport', 'tcp-flags', 'start'],
  ...['new-field', 'newField', 'constructor', 'hasOwnProperty', 'a', 'b', 'z'],
];

/** A record with what was done to it: names of fields, as a refusal would give them. */
export interface HurtRecord {
  readonly record: FlowRecord;
  readonly hurt: readonly string[];
}

const anyHurt: Arbitrary<(hurt: HurtRecord) => HurtRecord> = fc
  .record({
    at: fc.oneof(
      { arbitrary: fc.constantFrom<Field[]>(...FIELDS), weight: 6 },
      { arbitrary: fc.constant('extra' as const), weight: 2 },
      { arbitrary: fc.constant('own' as const), weight: 1 },
    ),
    value: fc.constantFrom(...HOSTILE_VALUES),
    name: fc.constantFrom(...HOSTILE_NAMES),
  })
  .map(({ at, value, name }) => ({ record, hurt }: HurtRecord): HurtRecord => {
    if (at === 'extra')
      return {
        record: { ...record, extra: { ...record.extra, [name]: value as string } },
        hurt: [...hurt, name],
      };
    if (at === 'own') {
      const named = FIELDS.find(({ property }) => property === name)?.name ?? name;
      return { record: { ...record, [name]: value }, hurt: [...hurt, named] };
    }
    return { record: { ...record, [at.property]: value }, hurt: [...hurt, at.name] };
  });

/** A record of any fields, mostly with one or two things wrong. */
export const anyHurtRecord = (): Arbitrary<HurtRecord> =>
  fc
    .record({
      formatted: anyFormattedRecord(),
      hurts: fc.array(anyHurt, { maxLength: 2 }),
    })
    .map(({ formatted: { record }, hurts }) =>
      hurts.reduce<HurtRecord>((hurt, change) => change(hurt), { record, hurt: [] }),
    );
