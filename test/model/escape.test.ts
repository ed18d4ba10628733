import { describe, expect, it } from 'vitest';
import { escapeControls } from '../../src/model/escape.ts';

/**
 * Characters that a program shows nothing of by default: DerivedCoreProperties.txt of Unicode 15.1 to 17.0,
 * Default_Ignorable_Code_Point. Those without a name are reserved as such, so that no version takes one away.
 */
const IGNORABLE: readonly (readonly [first: number, last: number])[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfff8],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

const LAST = 0x10ffff;

const isNoncharacter = (code: number): boolean =>
  (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;

const isKept = (code: number): boolean => {
  const character = String.fromCodePoint(code);
  return escapeControls(character) === character;
};

const show = (code: number): string => `U+${code.toString(16)}`;

describe('escapeControls', () => {
  it.each<[what: string, text: string, shown: string]>([
    ['colours', '\u001b[31mred', '\\x1b[31mred'],
    ['a window title', '\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
    ['the one-byte form of an escape sequence', '\u009b31m', '\\x9b31m'],
    ['line ends and tabs', 'a\r\n\tb', 'a\\x0d\\x0a\\x09b'],
    ['a backspace and a delete', 'a\bb\u007f', 'a\\x08b\\x7f'],
    ['NUL', 'a\u0000b', 'a\\x00b'],
    ['a turned reading direction', '\u202edlrow', '\\u{202e}dlrow'],
    ['an isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['separators that are line ends to some', '\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['what nobody sees', 'a\u200bb\u00adc\u2060d', 'a\\u{200b}b\\xadc\\u{2060}d'],
    ['a letter that is blank', 'eni\u3164', 'eni\\u{3164}'],
    ['tags, which spell whole sentences unseen', 'a\u{e0041}', 'a\\u{e0041}'],
    ['selectors of a variant', '2\ufe0f\u{e0100}', '2\\u{fe0f}\\u{e0100}'],
    ['what is no character at all', '\ufffe\uffff', '\\u{fffe}\\u{ffff}'],
    ['private use', '\ue000', '\\u{e000}'],
    ['a joiner between two that are seen', '👩\u200d💻', '👩\\u{200d}💻'],
    ['a byte-order mark', '\ufeff2', '\\u{feff}2'],
    ['half a character', '\ud83d', '\\u{d83d}'],
  ])('spells out %s', (_, text, shown) => {
    expect(escapeControls(text)).toBe(shown);
  });

  it('leaves every other text as it is', () => {
    const texts = [
      '',
      'eni-1235b8ca123456789',
      '2001:db8::1',
      'a b',
      'é',
      'e\u0301',
      'हिन्दी',
      '漢字',
      '😀',
      '"<&>\\',
    ];
    for (const text of [...texts, 'Rapport\u00a0: été', '時間\u3000軸'])
      expect(escapeControls(text)).toBe(text);
  });

  it('spells out every control, every half, every character for private use and every one that is none', () => {
    const kept: string[] = [];
    for (let code = 0; code <= LAST; code++) {
      const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
      const isSurrogate = code >= 0xd800 && code <= 0xdfff;
      const isPrivate = (code >= 0xe000 && code <= 0xf8ff) || code >= 0xf0000;
      if ((isControl || isSurrogate || isPrivate || isNoncharacter(code)) && isKept(code))
        kept.push(show(code));
    }
    expect(kept).toEqual([]);
  });

  it('spells out every character that a program shows nothing of', () => {
    const kept = IGNORABLE.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, i) => first + i),
    ).filter(isKept);
    expect(kept.map(show)).toEqual([]);
  });

  it('keeps letters, marks, numbers, punctuation, symbols and blanks, and nothing else', () => {
    const wrong: string[] = [];
    for (let code = 0; code <= LAST; code++) {
      const character = String.fromCodePoint(code);
      const isText =
        /[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]/u.test(character) &&
        !/\p{Default_Ignorable_Code_Point}/u.test(character);
      if (isKept(code) !== isText) wrong.push(show(code));
    }
    expect(wrong).toEqual([]);
  });

  it('leaves no character that is spelt out in what it wrote', () => {
    for (let code = 0; code <= LAST; code++) {
      if (isKept(code)) continue;
      const spelt = escapeControls(String.fromCodePoint(code));
      const [, hex] = /^\\(?:x|u\{)([0-9a-f]{2,6})\}?$/.exec(spelt) ?? [];
      if (Number.parseInt(hex ?? '', 16) !== code) expect(spelt).toBe(show(code));
    }
  });

  it('is done once: escaped text stays as it is', () => {
    const once = escapeControls('\u001b[0m\u202e\u3164\u{e0041}');
    expect(escapeControls(once)).toBe(once);
  });
});
