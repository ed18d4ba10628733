import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Interner } from '../../src/record/interner.ts';

const encoder = new TextEncoder();

describe('an interner', () => {
  it('gives equal texts one id and different texts different ids, counted from 1', () => {
    const strings = new Interner();
    expect(['eni-1', 'vpc-1', 'eni-1', 'eni-2'].map((text) => strings.internText(text))).toEqual([
      1, 2, 1, 3,
    ]);
    expect(strings.size).toBe(4);
  });

  it('keeps 0 for "none"', () => {
    expect(new Interner().text(0)).toBe('');
    expect(new Interner().size).toBe(1);
  });

  it('gives the text of an id back', () => {
    const strings = new Interner();
    for (const text of ['eni-1235b8ca123456789', 'é', '漢字', '😀', '-']) {
      const id = strings.internText(text);
      expect([strings.text(id), strings.text(id)]).toEqual([text, text]);
    }
  });

  it('keeps a byte-order mark, which is part of a text', () => {
    const strings = new Interner();
    expect(strings.text(strings.internText('\uFEFFeni-1'))).toBe('\uFEFFeni-1');
  });

  it('tells the empty text from none', () => {
    const strings = new Interner();
    expect(strings.internText('')).toBe(1);
    expect(strings.internText('')).toBe(1);
    expect(strings.text(1)).toBe('');
  });

  it('reads only the bytes that it is given', () => {
    const strings = new Interner();
    const bytes = encoder.encode('xeni-1x eni-1');
    expect(strings.intern(bytes, 1, 6)).toBe(strings.intern(bytes, 8, 13));
    expect(strings.text(1)).toBe('eni-1');
  });

  it('keeps its own copy: the bytes may be written over', () => {
    const strings = new Interner();
    const bytes = encoder.encode('eni-1');
    const id = strings.intern(bytes, 0, 5);
    bytes.fill(0);
    expect(strings.text(id)).toBe('eni-1');
    expect(strings.internText('eni-1')).toBe(id);
  });

  it('shows bytes that are not UTF-8 as replacement characters and still tells them apart', () => {
    const strings = new Interner();
    const [one, two] = [0xfe, 0xff].map((byte) => strings.intern(Uint8Array.of(97, byte), 0, 2));
    expect(one).not.toBe(two);
    expect(strings.text(one as number)).toBe('a\ufffd');
  });

  it('finds every text again after a rest, and goes on counting', () => {
    const strings = new Interner();
    const texts = Array.from({ length: 3000 }, (_, i) => `eni-${i}`);
    const ids = texts.map((text) => strings.internText(text));
    strings.rest();
    expect(texts.map((text) => strings.internText(text))).toEqual(ids);
    expect(strings.internText('new')).toBe(3001);
    strings.rest();
    expect([strings.text(3001), strings.internText('new'), strings.internText('newer')]).toEqual([
      'new',
      3001,
      3002,
    ]);
  });

  it('counts from 1 again when it has forgotten all', () => {
    const strings = new Interner();
    for (const text of ['eni-1', 'a\ufffd', 'eni-2']) strings.internText(text);
    expect(strings.ranks()).toHaveLength(4);
    strings.forget();
    expect([strings.size, strings.internText('eni-2'), strings.internText('eni-0')]).toEqual([1, 1, 2]);
    expect([strings.text(1), strings.text(2), strings.startOf(2)]).toEqual(['eni-2', 'eni-0', 5]);
    expect([...strings.ranks()]).toEqual([0, 2, 1]);
  });

  it('holds texts that differ only in length, or in their last byte', () => {
    const strings = new Interner();
    const texts = Array.from({ length: 300 }, (_, i) => 'a'.repeat(i + 1));
    const ids = [...texts, 'aab', 'aac'].map((text) => strings.internText(text));
    expect(new Set(ids).size).toBe(302);
    expect(ids.slice(0, 300).map((id) => strings.text(id))).toEqual(texts);
  });

  it('tells texts of one hash apart', () => {
    const strings = new Interner();
    const bytes = encoder.encode('eni-1eni-2');
    const one = strings.internHashed(bytes, 0, 5, 42);
    const two = strings.internHashed(bytes, 5, 10, 42);
    expect([strings.text(one), strings.text(two)]).toEqual(['eni-1', 'eni-2']);
    expect(strings.internHashed(bytes, 0, 5, 42)).toBe(one);
    expect(strings.internHashed(bytes, 5, 10, 42)).toBe(two);
  });

  it('grows: 100,000 texts and a text longer than its first memory', () => {
    const strings = new Interner();
    const texts = [...Array.from({ length: 100_000 }, (_, i) => `eni-${i}`), 'x'.repeat(300_000)];
    const ids = texts.map((text) => strings.internText(text));
    expect(ids).toEqual(texts.map((_, i) => i + 1));
    expect(
      texts.filter((text, i) => strings.internText(text) !== i + 1 || strings.text(i + 1) !== text),
    ).toEqual([]);
  });

  it('holds texts that go on from one block of its memory to the next, and ends with one', () => {
    const strings = new Interner();
    // 65,536 bytes a block: texts end in front of its end, behind it, and with it; the last ones take more than two.
    const lengths = [65_530, 12, 65_530, 0, 0, 3, 65_533, 65_536, 200_000];
    const texts = lengths.map((length, i) => String.fromCharCode(97 + i).repeat(length));
    const ids = texts.map((text) => strings.internText(text));
    for (const _ of [1, 2]) {
      expect(texts.map((text) => strings.internText(text))).toEqual(ids);
      expect(ids.map((id) => Buffer.from(strings.bytes(id)).toString())).toEqual(texts);
      strings.rest();
    }
    expect(Buffer.from(strings.bytesFrom(1)).toString()).toBe(texts.join(''));
    const sorted = [...new Set(texts)].sort();
    const inOrder = [...new Set(ids)].sort((a, b) => (strings.ranks()[a] ?? 0) - (strings.ranks()[b] ?? 0));
    expect(inOrder.map((id) => strings.text(id))).toEqual(sorted);
  });

  it('is a Map from texts to numbers, whatever the texts', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), { maxLength: 200 }), (texts) => {
        const strings = new Interner();
        const known = new Map<string, number>();
        for (const text of texts) {
          const expected = known.get(text) ?? known.size + 1;
          known.set(text, expected);
          expect(strings.internText(text)).toBe(expected);
        }
      }),
    );
  });

  it('keeps few texts as strings, and gives every text back all the same', () => {
    const strings = new Interner();
    const texts = Array.from({ length: 10_000 }, (_, i) => `eni-${i}`);
    const ids = texts.map((text) => strings.internText(text));
    for (const _ of [1, 2]) expect(ids.map((id) => strings.text(id))).toEqual(texts);
    expect(strings.text(0)).toBe('');
  });

  it('gives the bytes of ids from one on, and where each begins', () => {
    const strings = new Interner();
    for (const text of ['eni-1', 'é', '', 'vpc']) strings.internText(text);
    expect(Buffer.from(strings.bytesFrom(2)).toString()).toBe('évpc');
    expect([1, 2, 3, 4, 5].map((id) => strings.startOf(id))).toEqual([0, 5, 7, 7, 10]);
  });
});

describe('the places of texts', () => {
  /** Each text's place is the number of texts that come before it in the order of JavaScript's strings. */
  const expectPlaces = (strings: Interner): void => {
    const texts = Array.from({ length: strings.size }, (_, id) => strings.text(id));
    const sorted = [...texts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect([...strings.ranks()]).toEqual(texts.map((text) => sorted.indexOf(text)));
  };

  it('are those of strings, whatever UTF-8 makes of them', () => {
    const strings = new Interner();
    expectPlaces(strings);
    // U+1F600 is two surrogates, D83D and DE00, in a string: before U+E000 and U+FFFD there, behind them in UTF-8.
    for (const text of [
      'b',
      'a',
      'ab',
      '',
      '\u{1f600}',
      '\ue000',
      '\ufffd',
      '\ud7ff',
      'é',
      'z',
      '\u0000',
      'a\u0000',
    ])
      strings.internText(text);
    expectPlaces(strings);
    // Asked again when there are more.
    strings.internText('aa');
    expectPlaces(strings);
  });

  it('are equal for texts that look alike because they are not UTF-8', () => {
    const strings = new Interner();
    for (const bytes of [[97, 0xff], [97, 0xfe], [97], [98], [0xff], [97, 0xef, 0xbf, 0xbd]])
      strings.intern(Uint8Array.from(bytes), 0, bytes.length);
    expectPlaces(strings);
    expect(strings.ranks()[1]).toBe(strings.ranks()[2]);
  });

  it('hold for any texts, also many that begin alike', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '😀') })),
          {
            maxLength: 200,
          },
        ),
        (texts) => {
          const strings = new Interner();
          for (const text of texts) strings.internText(text);
          expectPlaces(strings);
        },
      ),
    );
  });

  it('are found without recursion for texts of any length', () => {
    const strings = new Interner();
    for (let i = 0; i < 20; i++)
      strings.internText('x'.repeat(60_000) + String.fromCharCode(97 + ((i * 7) % 20)));
    expectPlaces(strings);
  });
});
