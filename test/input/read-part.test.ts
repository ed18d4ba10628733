/** Parts of a file of text, side by side: every line once, whole, whatever lies where a part ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readPart } from '../../src/input/read-part.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'part-'));
const FILE = join(FOLDER, 'text.log');
const SOURCE = { name: FILE, path: FILE, size: null };
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const read = async (from: number, to: number): Promise<{ text: string; told: number }> => {
  let text = '';
  let told = 0;
  const onBytes = (bytes: number): void => {
    told += bytes;
  };
  for await (const piece of readPart(SOURCE, { from, to }, { onBytes }))
    text += Buffer.from(piece).toString('latin1');
  return { text, told };
};

describe('reading a part of a file', () => {
  it('gives the lines that begin in it, to their ends', async () => {
    writeFileSync(FILE, 'one\ntwo\nthree\nfour');
    //                   0    4    8      14
    expect((await read(0, 4)).text).toBe('one\n');
    expect((await read(0, 5)).text).toBe('one\ntwo\n');
    expect((await read(4, 8)).text).toBe('two\n');
    expect((await read(5, 8)).text).toBe('');
    expect((await read(9, 14)).text).toBe('');
    expect((await read(9, 15)).text).toBe('four');
    expect((await read(14, 18)).text).toBe('four');
  });

  it('gives every line once, and tells of every byte once, wherever a file is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('', 'a', 'bc', 'a line', '\r', 'x'.repeat(40)), { maxLength: 12 }),
        fc.boolean(),
        fc.array(fc.nat({ max: 300 }), { maxLength: 6 }),
        async (lines, endsWithFeed, cuts) => {
          const text = lines.join('\n') + (endsWithFeed ? '\n' : '');
          writeFileSync(FILE, text);
          const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length].sort(
            (a, b) => a - b,
          );
          let all = '';
          let told = 0;
          for (const [i, to] of places.slice(1).entries()) {
            const part = await read(places[i] as number, to);
            all += part.text;
            told += part.told;
          }
          expect(all).toBe(text);
          expect(told).toBe(text.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads lines that are longer than what is read at once', async () => {
    // A piece is a mebibyte: the first line takes two and a half.
    const long = 'l'.repeat(2.5 * 2 ** 20);
    writeFileSync(FILE, `${long}\nshort\n`);
    expect((await read(0, 1)).text).toBe(`${long}\n`);
    expect((await read(1, 2 ** 20)).text).toBe('');
    expect((await read(2 ** 20, long.length + 2)).text).toBe('short\n');
  });

  it('says which file cannot be read', async () => {
    const missing = join(FOLDER, 'missing.log');
    const reading = readPart({ name: missing, path: missing, size: null }, { from: 0, to: 1 }).next();
    await expect(reading).rejects.toThrow(`Cannot read ${missing}: it does not exist.`);
  });
});

describe('the end of a part', () => {
  it('may be an empty line at the beginning of the file', async () => {
    writeFileSync(FILE, '\nabc\n');
    expect((await read(0, 1)).text).toBe('\n');
    expect((await read(1, 5)).text).toBe('abc\n');
  });

  it('is the end of its last line, however much of the file follows', async () => {
    // 12 bytes a line: more than two of the mebibytes that are read at once.
    const lines = Array.from({ length: 200_000 }, (_, i) => `line ${String(i).padStart(6, '0')}\n`);
    writeFileSync(FILE, lines.join(''));
    expect((await read(0, 10)).text).toBe('line 000000\n');
    expect((await read(12, 36)).text).toBe('line 000001\nline 000002\n');
    expect((await read(1_200_000, 1_200_001)).text).toBe('line 100000\n');
    expect((await read(1_048_570, 1_048_588)).text).toBe('line 087381\nline 087382\n');
  });

  it('may be the first byte of what is read at once', async () => {
    // 64 KiB are read at once, where the part is shorter.
    const line = `${'x'.repeat(65_536)}\n`;
    writeFileSync(FILE, line + 'another\n'.repeat(20_000));
    expect((await read(0, 1)).text).toBe(line);
  });

  it('may be far behind it: a line is read in pieces of 64 KiB where the part is shorter', async () => {
    writeFileSync(FILE, `${'x\n'.repeat(100_000)}${'y'.repeat(300_000)}\nanother\n`);
    const lengths: number[] = [];
    for await (const piece of readPart(SOURCE, { from: 200_000, to: 200_001 })) lengths.push(piece.length);
    // The byte in front is read too; 300,001 bytes are 65,535, three times 65,536 and a rest.
    expect(lengths).toEqual([65_535, 65_536, 65_536, 65_536, 37_858]);
  });

  it('needs nobody who is told of bytes, and is not read when the work has been ended', async () => {
    writeFileSync(FILE, 'one\n');
    const part = { from: 0, to: 4 };
    expect(Buffer.from((await readPart(SOURCE, part).next()).value as Uint8Array).toString()).toBe('one\n');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(readPart(SOURCE, part, { signal }).next()).rejects.toThrow('enough');
  });
});
