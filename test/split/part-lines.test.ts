/** Lines on their way to their parts, by example: headers, long lines, rooms that are full. What holds on any input is a law. */
import { describe, expect, it } from 'vitest';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import { InputError, OptionError } from '../../src/model/errors.ts';
import { compileEngineKernel } from '../engine/compile-engine-kernel.ts';
import { splitText } from './split-text.ts';

const RULES = compileEngineKernel();
const WORLDS = [
  ['compiled', RULES],
  ['run by Node', nodeRules()],
] as const;

const PLAIN = 'srcaddr dstaddr srcport dstport protocol interface-id';
const WITH_FLAGS = `${PLAIN} tcp-flags`;
const one = '10.0.0.1 10.0.0.2 40000 443 6 eni-1';
const other = '10.0.0.1 10.0.0.3 40000 443 6 eni-1';

const text = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe.each(WORLDS)('the lines of a part, rules %s', (_, rules) => {
  it('of one part are those of the whole input, with a header where their format changes', async () => {
    const input = text(
      PLAIN,
      one,
      '# a comment',
      '',
      other,
      WITH_FLAGS,
      `${one} -`,
      `${other} 2`,
      PLAIN,
      one,
    );
    const { parts } = await splitText(rules, [input], { parts: 1 });
    expect(parts).toEqual([text(PLAIN, one, other, WITH_FLAGS, `${one} -`, `${other} 2`, PLAIN, one)]);
  });

  it('have a header only where the part gets lines of another format than before', async () => {
    const input = text(PLAIN, one, WITH_FLAGS, `${other} 2`, PLAIN, one, PLAIN, one);
    const { parts } = await splitText(rules, [input], { parts: 4096 });
    expect(parts.filter((part) => part !== '').sort()).toEqual([
      text(PLAIN, one, one, one),
      text(WITH_FLAGS, `${other} 2`),
    ]);
  });

  it('leave out records without a key, and lines that are none', async () => {
    const header = `${PLAIN} start end log-status`;
    const silence = (status: string): string => `- - - - - eni-1 1 2 ${status}`;
    const input = text(
      ...[header, silence('NODATA'), `${one} 1 2 OK`, silence('SKIPDATA'), 'nonsense'],
      ...['10.0.0.1 10.0.0.2 - - 6 eni-1 1 2 OK', '10.0.0.1 10.0.0.2 - - - eni-1 1 2 OK'],
    );
    const { parts, shared } = await splitText(rules, [input], { parts: 1 });
    expect(parts).toEqual([text(header, `${one} 1 2 OK`)]);
    expect(shared.report.placement).toEqual({
      ...{ records: 6, connections: 1, exchanges: 0, addressOnly: 2, nodata: 1, skipdata: 1 },
      ...{ duplicates: 0, rejected: 1, headers: 1, comments: 0 },
    });
  });

  it('are whole however long they are, and however many fill the room of a part', async () => {
    // Rooms of 4096 parts have 8 KiB: this line alone is longer.
    const wide = 'x'.repeat(20_000);
    const lines = Array.from({ length: 300 }, (_each, i) => `${one} ${i} ${i % 50 === 7 ? wide : 'short'}`);
    const header = `${PLAIN} number note`.replaceAll(/[\w-]+/g, '\u0024{$&}');
    for (const isHeaded of [false, true]) {
      const { pieces } = await splitText(rules, [text(header, ...lines)], { parts: 4096 }, isHeaded);
      expect(pieces.length).toBeGreaterThan(10);
      expect(new Set(pieces.map(([part]) => part)).size).toBe(1);
      const all = pieces.map(([, some]) => some);
      // Each piece is whole lines, under a header where every piece has one.
      for (const some of all) expect(some.endsWith('\n')).toBe(true);
      expect(all.map((some) => some.startsWith(header))).toEqual(all.map((_some, i) => isHeaded || i === 0));
      const joined = all.map((some) => some.replace(`${header}\n`, '')).join('');
      expect(joined).toBe(text(...lines));
    }
  });

  it('are those of a batch whose text is larger than what is looked at together', async () => {
    const gap = `# ${'a comment that nobody reads '.repeat(2000)}`;
    const lines = Array.from({ length: 60 }, (_each, i) => `${one.replace('40000', `${40_000 + i}`)}`);
    const input = text(PLAIN, ...lines.flatMap((line) => [line, gap]));
    const { parts, pieces } = await splitText(rules, [input], { parts: 2 });
    expect(pieces.length).toBeLessThanOrEqual(2);
    const found = parts.flatMap((part) => part.split('\n')).filter((line) => line !== '' && line !== PLAIN);
    expect(found.sort()).toEqual([...lines].sort());
  });
});

describe('sharing out', () => {
  it.each([0, -1, 1.5, 4097, Number.NaN])('refuses %s parts', async (parts) => {
    await expect(splitText(RULES, [text(PLAIN, one)], { parts })).rejects.toThrow(
      new OptionError(
        'option-invalid',
        `The number of parts is ${parts}; expected a whole number from 1 to 4096.`,
      ),
    );
  });

  it('says so where no header can name the fields of records', async () => {
    const names = Array.from({ length: 700 }, (_, i) => `${'n'.repeat(100)}${i}`);
    const fields = [...PLAIN.split(' '), ...names].join(' ');
    const line = `${one}${' -'.repeat(700)}`;
    await expect(splitText(RULES, [text(line)], { parts: 3, fields })).rejects.toThrow(InputError);
    await expect(splitText(RULES, [text(line)], { parts: 3, fields })).rejects.toThrow(
      'There are records of 706 fields whose names have more than 65536 bytes together: parts cannot have them in a header. Give shorter names with --fields.',
    );
  });
});
