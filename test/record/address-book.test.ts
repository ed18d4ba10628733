import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { AddressBook, NOT_AN_ADDRESS } from '../../src/record/address-book.ts';

const encoder = new TextEncoder();

/** Without a dotted end, which ipaddr.js reads in a way of its own. */
const anyIPv6 = fc.ipV6().filter((text) => !text.includes('.'));

const idOf = (book: AddressBook, text: string): number => {
  const bytes = encoder.encode(text);
  return book.intern(bytes, 0, bytes.length);
};

describe('an address book', () => {
  it('gives every spelling of one address the same id', () => {
    const book = new AddressBook();
    const spellings = [
      '2001:db8::8e',
      '2001:DB8::8E',
      '2001:db8:0:0:0:0:0:8e',
      '2001:0db8::008e',
      '2001:db8::0.0.0.142',
    ];
    const ids = spellings.map((text) => idOf(book, text));
    expect(new Set(ids).size).toBe(1);
    expect(book.text(ids[0] as number)).toBe('2001:db8::8e');
    expect(idOf(book, '2001:db8::8f')).not.toBe(ids[0]);
  });

  it('gives text that is no IPv6 address no id, also when asked again', () => {
    const book = new AddressBook();
    for (const text of ['', '-', '10.0.0.1', 'fe80::1%eth0', ':::', 'eni-1', `::${'0'.repeat(60)}1`]) {
      expect([text, idOf(book, text), idOf(book, text)]).toEqual([text, NOT_AN_ADDRESS, NOT_AN_ADDRESS]);
    }
    expect(idOf(book, '::1')).not.toBe(NOT_AN_ADDRESS);
  });

  it('has an id for the address of nothing but zeros, other than that of no address', () => {
    const book = new AddressBook();
    const id = idOf(book, '::');
    expect(id).not.toBe(NOT_AN_ADDRESS);
    expect(book.text(id)).toBe('::');
  });

  it('knows an address that it is given as bytes from the one it has read, and counts each once', () => {
    const book = new AddressBook();
    expect(book.size).toBe(1);
    const [one, two] = ['::1', '2001:db8::2'].map((text) => idOf(book, text)) as [number, number];
    expect(book.add(book.bytes(one))).toBe(one);
    expect(book.size).toBe(3);
    const three = book.add(Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3));
    expect([one, two, three].map((id) => book.text(id))).toEqual(['::1', '2001:db8::2', '2001:db8::3']);
    expect(idOf(book, '2001:db8::3')).toBe(three);
  });

  it('takes the longest spelling there is: 45 characters', () => {
    const longest = '2001:0db8:0000:0000:0000:0000:192.168.100.200';
    expect(longest).toHaveLength(45);
    const book = new AddressBook();
    // 192.168 is c0a8, 100.200 is 64c8.
    expect(book.text(idOf(book, longest))).toBe('2001:db8::c0a8:64c8');
  });

  it('orders addresses as numbers, not by arrival and not as text', () => {
    const book = new AddressBook();
    const arrived = ['2001:db8::10', 'ff02::1', '2001:db8::9', '::1', '2001:db8::a'];
    const ids = arrived.map((text) => idOf(book, text));
    expect(ids.toSorted((a, b) => book.compare(a, b)).map((id) => book.text(id))).toEqual([
      '::1',
      '2001:db8::9',
      '2001:db8::a',
      '2001:db8::10',
      'ff02::1',
    ]);
    expect(book.compare(ids[0] as number, ids[0] as number)).toBe(0);
  });

  it('keeps the bytes of each address, whatever was read after it', () => {
    fc.assert(
      fc.property(fc.array(anyIPv6, { minLength: 1, maxLength: 40 }), (texts) => {
        const book = new AddressBook();
        const ids = texts.map((text) => idOf(book, text));
        for (const [i, text] of texts.entries())
          expect([...book.bytes(ids[i] as number)]).toEqual(ipaddr.IPv6.parse(text).toByteArray());
      }),
    );
  });
});
