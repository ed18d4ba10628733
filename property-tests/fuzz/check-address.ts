/** Bytes as one address, in a log and as an option: the verdict is inet_pton's, as Node's net has it, and every reader's. */
import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { readAddressRange } from '../../src/cli/address-range.ts';
import { canonicalAddress, readIPv4 } from '../../src/record/address.ts';
import { AddressBook, NOT_AN_ADDRESS } from '../../src/record/address-book.ts';

const decoder = new TextDecoder('latin1');

/** Zones are names of a host's own interfaces: a log cannot mean them. */
const isAddress = (text: string): boolean => isIPv4(text) || (isIPv6(text) && !text.includes('%'));

export const checkAddress = (bytes: Uint8Array): void => {
  const text = decoder.decode(bytes);
  const canonical = canonicalAddress(text);
  assert.equal(
    canonical !== undefined,
    isAddress(text),
    `canonicalAddress and net on ${JSON.stringify(text)}`,
  );
  assert.equal(readIPv4(bytes, 0, bytes.length) >= 0, isIPv4(text));
  const book = new AddressBook();
  assert.equal(book.intern(bytes, 0, bytes.length) !== NOT_AN_ADDRESS, isIPv6(text) && !text.includes('%'));
  const range = readAddressRange(text);
  if (canonical === undefined) {
    if (!text.includes('/')) assert.equal(range, undefined, `an option takes ${JSON.stringify(text)}`);
    return;
  }
  assert.equal(canonicalAddress(canonical), canonical);
  assert.ok(range !== undefined, `an option refuses ${JSON.stringify(text)}`);
  assert.ok(range(canonical) && range(text), `${JSON.stringify(text)} is not in its own range`);
};
