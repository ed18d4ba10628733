import { describe, expect, it } from 'vitest';
import { escapeControls } from '../../src/model/escape.ts';

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
    ['a byte-order mark', '\ufeff2', '\\u{feff}2'],
    ['half a character', '\ud83d', '\\u{d83d}'],
  ])('spells out %s', (_, text, shown) => {
    expect(escapeControls(text)).toBe(shown);
  });

  it('leaves every other text as it is', () => {
    for (const text of ['', 'eni-1235b8ca123456789', '2001:db8::1', 'a b', 'é', '漢字', '😀', '"<&>\\']) {
      expect(escapeControls(text)).toBe(text);
    }
  });

  it('leaves no C0 or C1 control, whatever the text', () => {
    const all = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)).join('');
    expect(escapeControls(all)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  it('is done once: escaped text stays as it is', () => {
    const once = escapeControls('\u001b[0m\u202e');
    expect(escapeControls(once)).toBe(once);
  });
});
