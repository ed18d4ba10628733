/** The longest prefix names an address, of equal ones the first: against a model that compares bits with every prefix. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameBook } from '../../src/names/name-book.ts';
import { writeAddress } from '../../src/record/address.ts';
import { type Prefix, readPrefix } from '../../src/record/prefix.ts';

/** Few different bytes, so that prefixes meet. */
const anyByte = fc.constantFrom(0, 1, 127, 128, 129, 254, 255);
const anyAddress = fc.oneof(
  fc.array(anyByte, { minLength: 4, maxLength: 4 }),
  fc.array(anyByte, { minLength: 16, maxLength: 16 }),
);
const anyPrefix = anyAddress.chain((bytes) =>
  fc.record({ bytes: fc.constant(bytes), length: fc.integer({ min: 0, max: bytes.length * 8 }) }),
);

const bitsOf = (bytes: readonly number[]): string =>
  bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
const textOf = (bytes: readonly number[]): string => writeAddress(Uint8Array.from(bytes));

/** The number of the prefix that names the address, or range: every one is looked at. */
const byLooking = (
  prefixes: readonly { bytes: readonly number[]; length: number }[],
  asked: { bytes: readonly number[]; length: number },
): number | null => {
  let best: number | null = null;
  for (const [i, { bytes, length }] of prefixes.entries()) {
    const holds =
      bytes.length === asked.bytes.length &&
      length <= asked.length &&
      bitsOf(bytes).slice(0, length) === bitsOf(asked.bytes).slice(0, length);
    if (holds && (best === null || length > (prefixes[best]?.length as number))) best = i;
  }
  return best;
};

test('the longest prefix names an address or a range, of equal ones the first', () => {
  fc.assert(
    fc.property(
      fc.array(anyPrefix, { maxLength: 30 }),
      fc.array(anyPrefix, { minLength: 1, maxLength: 20 }),
      (prefixes, asked) => {
        const names = nameBook(
          prefixes.map(({ bytes, length }, i) => ({
            prefix: readPrefix(`${textOf(bytes)}/${length}`) as Prefix,
            name: `#${i}`,
          })),
        );
        for (const { bytes, length } of asked) {
          const most = { bytes, length: bytes.length * 8 };
          for (const [text, range] of [
            [textOf(bytes), most],
            [`${textOf(bytes)}/${length}`, { bytes, length }],
          ] as const) {
            const expected = byLooking(prefixes, range);
            expect(names(text), text).toBe(expected === null ? null : `#${expected}`);
            // What is remembered is the same.
            expect(names(text), text).toBe(expected === null ? null : `#${expected}`);
          }
        }
      },
    ),
  );
});

test('what is no address has no name', () => {
  const names = nameBook([{ prefix: { bytes: new Uint8Array(4), length: 0 }, name: 'all of IPv4' }]);
  for (const text of ['', '-', 'everywhere', '10.0.0', '10.0.0.1/33', '2001:db8::1'])
    expect(names(text), text).toBeNull();
  expect(names('203.0.113.9')).toBe('all of IPv4');
});
