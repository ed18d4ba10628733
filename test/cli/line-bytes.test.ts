/** Lines put as bytes are the ones that texts would be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineBytes } from '../../src/cli/line-bytes.ts';
import { writeIPv4 } from '../../src/model/ipv4.ts';

const written = (put: (out: LineBytes) => void): string => {
  const out = new LineBytes();
  put(out);
  out.endLine();
  return new TextDecoder().decode(out.take());
};

describe('lines as bytes', () => {
  it('have the digits of ports and addresses', () => {
    for (const port of [0, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 65_535, 99_999])
      expect(written((out) => out.putNumber(port))).toBe(`${port}\n`);
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (address) => {
        expect(written((out) => out.putIPv4(address))).toBe(`${writeIPv4(address)}\n`);
      }),
    );
  });

  it('have texts of any length, and no blanks at their ends', () => {
    const long = 'é→–x'.repeat(200_000);
    for (const text of ['', '  ', 'a b', ' a  ', '→ ', 'ab→c', long])
      expect(written((out) => out.putText(text))).toBe(`${text.trimEnd()}\n`);
    expect(written((out) => out.putBlanks(600_000))).toBe('\n');
  });

  it('are left out where they are blank and are not wanted', () => {
    const text = written((out) => {
      out.putLine('first');
      out.putBlanks(4);
      out.endLineUnlessBlank();
      out.putText(' second');
      out.endLineUnlessBlank();
      out.putText('third');
    });
    expect(text).toBe('first\n second\nthird\n');
  });

  it('are taken once, in pieces of whole lines', () => {
    const out = new LineBytes();
    let text = '';
    let pieces = 0;
    const take = (): void => {
      text += new TextDecoder().decode(out.take());
      pieces++;
    };
    for (let i = 0; i < 60_000; i++) {
      out.putLine(`line ${i}`);
      if (out.isFull) take();
    }
    take();
    expect(pieces).toBeGreaterThan(3);
    expect(text).toBe(Array.from({ length: 60_000 }, (_, i) => `line ${i}\n`).join(''));
    expect(out.take()).toHaveLength(0);
  });
});
