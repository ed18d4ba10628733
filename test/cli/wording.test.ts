/** Numbers, times and text as people read them, and how much of a terminal they take. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNSEEN } from '../../property-tests/fuzz/visible-text.ts';
import { choosePaint, colourful, plain } from '../../src/cli/colours.ts';
import { describeBasis, lookOf } from '../../src/cli/connection-cells.ts';
import { formatCount, formatNumber } from '../../src/cli/format-count.ts';
import { formatEndpoint } from '../../src/cli/format-endpoint.ts';
import { describeSpan, formatMoment, formatSpan } from '../../src/cli/format-moment.ts';
import { formatSize } from '../../src/cli/format-size.ts';
import { jsonForTerminal } from '../../src/cli/json-for-terminal.ts';
import { cutBeforePercent, cutText, padText, textWidth, wrapText } from '../../src/cli/text-width.ts';
import { connection } from '../export/connection.ts';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
  ])('%i is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('count one thing in the singular, none and many in the plural', () => {
    expect([0, 1, 2, 1000].map((count) => formatCount(count, 'record'))).toEqual([
      '0 records',
      '1 record',
      '2 records',
      '1,000 records',
    ]);
  });

  it.each([
    [null, '–'],
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [64020, '64.0 kB'],
    [999_950, '1.00 MB'],
    [23395289, '23.4 MB'],
    [5.5e15, '5.50 PB'],
  ])('%s bytes are %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});

describe('moments', () => {
  it.each([
    [0, '1970-01-01 00:00:00'],
    [1566848875, '2019-08-26 19:47:55'],
    [253402300799, '9999-12-31 23:59:59'],
    [253402300800, '253402300800 s'], // no calendar of ours
    [-1, '-1 s'],
    [Number.NaN, 'NaN s'],
    [null, '–'],
  ])('%s is %s', (seconds, text) => {
    expect(formatMoment(seconds)).toBe(text);
  });

  it('name the day once where it is the same', () => {
    expect(formatSpan(1566848875, 1566849113)).toBe('2019-08-26 19:47:55 to 19:51:53 UTC');
    expect(formatSpan(1566848875, 1566848875 + 86400)).toBe('2019-08-26 19:47:55 to 2019-08-27 19:47:55 UTC');
  });

  it('are told once where first and last are one, and not at all where there is none', () => {
    expect(formatSpan(1566848875, 1566848875)).toBe('2019-08-26 19:47:55 UTC');
    expect(describeSpan(1566848875, 1566849113)).toBe('2019-08-26 19:47:55 to 19:51:53 UTC');
    expect([describeSpan(null, 1566849113), describeSpan(1566848875, null)]).toEqual([
      'no times',
      'no times',
    ]);
  });
});

describe('endpoints', () => {
  it.each([
    ['10.0.0.62', 5001, '10.0.0.62:5001'],
    ['10.0.0.62', null, '10.0.0.62'],
    ['2001:db8::1', 443, '[2001:db8::1]:443'],
    ['2001:db8::1', null, '2001:db8::1'],
    ['\u001b[2J', 1, '\\x1b[2J:1'],
  ])('%j and %s are %s', (address, port, text) => {
    expect(formatEndpoint(address, port)).toBe(text);
  });
});

describe('the reason', () => {
  it('has a percentage where it is inferred, and never 100 %', () => {
    expect(describeBasis(connection())).toBe('SYN and SYN-ACK');
    expect(describeBasis(connection({ initiatorBasis: 'port', initiatorConfidence: 0.8 }))).toBe(
      'port numbers (80 %)',
    );
    expect(describeBasis(connection({ initiatorBasis: 'service', initiatorConfidence: 0.999 }))).toBe(
      'the other side is a service (99 %)',
    );
  });
});

describe('the arrow', () => {
  it.each([
    [{}, '→'],
    [{ initiatorBasis: 'port' }, '⇢'],
    [{ initiatorBasis: 'none' }, '?'],
    [{ initiatorBasis: 'simultaneous' }, '⇄'],
    [{ verdict: 'rejected' }, '⇥'],
    [{ verdict: 'reply-rejected' }, '⇤'],
    [{ verdict: 'reply-rejected', initiatorBasis: 'none' }, '⇤'],
  ] as const)('of %o is %s', (given, arrow) => {
    expect(lookOf(connection(given)).arrow).toBe(arrow);
  });
});

describe('text', () => {
  it('is as wide as the terminal draws it', () => {
    expect(textWidth('→ ⇢ …')).toBe(5);
    expect(textWidth('接続')).toBe(4); // East Asian Wide: two columns each
    expect(textWidth('e\u0301')).toBe(1); // a combining accent takes none
  });

  it('is padded and cut by columns', () => {
    expect(padText('接', 4)).toBe('接  ');
    expect(padText('7', 3, 'right')).toBe('  7');
    expect(cutText('abcdef', 4)).toBe('abc…');
    expect(cutText('接続先', 5)).toBe('接続…');
    expect(cutBeforePercent('the other side is a service (99 %)', 20)).toBe('the other si… (99 %)');
  });

  it('is wrapped at blanks; words stay whole', () => {
    expect(wrapText('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapText('2001:db8:1234:a100:8d6e:3477:df66:f105 is', 10)).toEqual([
      '2001:db8:1234:a100:8d6e:3477:df66:f105',
      'is',
    ]);
  });

  it('loses nothing when it is wrapped', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme-ascii' })),
        fc.integer({ min: 1, max: 80 }),
        (words, width) => {
          const text = words.join(' ');
          expect(wrapText(text, width).join(' ').split(' ').filter(Boolean)).toEqual(
            text.split(' ').filter(Boolean),
          );
        },
      ),
    );
  });
});

describe('JSON for a terminal', () => {
  it('is the same JSON, and nothing in it is obeyed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = jsonForTerminal(JSON.stringify({ text }));
        expect(JSON.parse(shown)).toEqual({ text });
        expect(shown).not.toMatch(UNSEEN);
      }),
      { examples: [['\u009b31m'], ['\u202egnp.exe'], ['\u001b]0;x\u0007'], ['\u3164\ufffe\u{e0041}']] },
    );
  });
});

describe('colours', () => {
  const ask = (isTerminal: boolean, env: Record<string, string>, refused = false) =>
    choosePaint({ isTerminal, env, refused });

  it.each([
    ['on a terminal', ask(true, {}), colourful],
    ['not in a pipe', ask(false, {}), plain],
    ['not with NO_COLOR', ask(true, { NO_COLOR: '1' }), plain],
    ['with an empty NO_COLOR', ask(true, { NO_COLOR: '' }), colourful], // https://no-color.org: "when present and not an empty string"
    ['in a pipe with FORCE_COLOR', ask(false, { FORCE_COLOR: '1' }), colourful],
    ['not with FORCE_COLOR=0', ask(true, { FORCE_COLOR: '0' }), plain],
    ['not with NO_COLOR, whatever forces them', ask(true, { NO_COLOR: '1', FORCE_COLOR: '1' }), plain],
    ['not with --no-color', ask(true, { FORCE_COLOR: '1' }, true), plain],
    ['not on a terminal that has none', ask(true, { TERM: 'dumb' }), plain],
  ])('are there %s', (_, chosen, expected) => {
    expect(chosen).toBe(expected);
  });
});
