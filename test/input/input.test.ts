import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSources } from '../../src/input/find-sources.ts';
import type { Source } from '../../src/input/source.ts';
import type { InputError } from '../../src/model/errors.ts';
import { readBytes } from './read-bytes.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conntrail-input-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const write = (bytes: Uint8Array | string, name = `file-${files++}.log`): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const source = (path: string): Source => ({ name: path, path, size: null });

const readAll = async (from: Source, stdin?: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of readBytes(from, { stdin })) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
};

const failure = async (work: Promise<unknown>): Promise<InputError> => {
  try {
    await work;
  } catch (error) {
    return error as InputError;
  }
  throw new Error('It was expected to fail.');
};

const LINE =
  '2 123456789010 eni-1235b8ca123456789 10.0.0.1 10.0.0.2 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n';

describe('reading a source', () => {
  it('gives the bytes of a text file as they are', async () => {
    const text = LINE.repeat(20_000);
    expect((await readAll(source(write(text)))).toString()).toBe(text);
  });

  it('unpacks gzip whatever the file is called', async () => {
    expect((await readAll(source(write(gzipSync(LINE), 'no-ending')))).toString()).toBe(LINE);
  });

  it('reads the same bytes however many gzip members they are cut into', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 200 }), { maxLength: 6 }), async (parts) => {
        const text = parts.map((part) => part.replaceAll('\0', ' '));
        const path = write(
          Buffer.concat([gzipSync('#\n'), ...text.map((part) => gzipSync(part))]),
          'members.gz',
        );
        expect((await readAll(source(path))).toString()).toBe(Buffer.from(`#\n${text.join('')}`).toString());
      }),
      { numRuns: 100 },
    );
  });

  it('says that a gzip file ends in the middle, wherever it was cut', async () => {
    const whole = gzipSync(LINE.repeat(3));
    for (let length = 3; length < whole.length; length++) {
      const error = await failure(readAll(source(write(whole.subarray(0, length), 'cut.gz'))));
      expect(error.code, `cut at ${length}`).toBe('input-corrupt');
      expect(error.message).toContain('cut.gz');
    }
  });

  it('says that a gzip file is damaged when a bit of its data has flipped', async () => {
    const whole = gzipSync(LINE.repeat(50));
    const checksum = whole.length - 6;
    whole[checksum] = (whole[checksum] as number) ^ 1;
    const error = await failure(readAll(source(write(whole, 'flipped.gz'))));
    expect(error.code).toBe('input-corrupt');
    expect(error.message).toContain('--keep-going');
  });

  it('does not lose bytes behind the last gzip member without a word', async () => {
    const error = await failure(
      readAll(source(write(Buffer.concat([gzipSync(LINE), Buffer.from('trailing')]), 'tail.gz'))),
    );
    expect(error.code).toBe('input-corrupt');
  });

  // A file is read a mebibyte at a time: padding that ends within one, and that takes more than one.
  describe.each([1, 600, 2 ** 20, 3 * 2 ** 20])('with %i zero bytes behind a gzip member', (length) => {
    const behind = (...rest: Uint8Array[]): Source =>
      source(write(Buffer.concat([gzipSync(LINE), Buffer.alloc(length), ...rest]), 'padded.gz'));

    it('takes them for the padding that they are', async () => {
      expect((await readAll(behind())).toString()).toBe(LINE);
    });

    it('reads the members behind them', async () => {
      const rest = [gzipSync('second\n'), gzipSync('third\n'), Buffer.alloc(length), gzipSync('fourth\n')];
      expect((await readAll(behind(...rest))).toString()).toBe(`${LINE}second\nthird\nfourth\n`);
    });

    it.each([
      ['text', Buffer.from('text'), 'holds bytes behind its compressed data that are not gzip'],
      ['half of a magic number', Buffer.of(0x1f), 'holds bytes behind its compressed data that are not gzip'],
      ['a member that ends early', gzipSync(LINE).subarray(0, 30), 'ends in the middle'],
    ])('does not lose what lies behind them: %s', async (_, rest, says) => {
      const error = await failure(readAll(behind(rest)));
      expect(error.code).toBe('input-corrupt');
      expect(error.message).toContain(says);
    });
  });

  it('knows a gzip member behind padding although a pipe hands it over byte by byte', async () => {
    const packed = Buffer.concat([gzipSync(LINE), Buffer.alloc(3), gzipSync('second\n'), Buffer.alloc(2)]);
    const pieces = async function* () {
      for (const byte of packed) yield Uint8Array.of(byte);
    };
    const read = await readAll({ name: '-', path: null, size: null }, pieces());
    expect(read.toString()).toBe(`${LINE}second\n`);
  });

  it.each([
    ['zip', Buffer.from([0x50, 0x4b, 3, 4, 0, 0])],
    ['binary', Buffer.from([1, 2, 0, 3, 4])],
  ])('refuses %s by name', async (word, bytes) => {
    const error = await failure(readAll(source(write(bytes))));
    expect(error.code).toBe('input-unsupported');
    expect(error.message).toContain(word);
  });

  it('refuses binary data inside gzip too', async () => {
    const error = await failure(readAll(source(write(gzipSync(Buffer.from([1, 0, 2])), 'binary.gz'))));
    expect(error.code).toBe('input-unsupported');
  });

  it('gives nothing for an empty file, and no error', async () => {
    expect((await readAll(source(write('')))).length).toBe(0);
  });

  it('names a folder that stands where a file should', async () => {
    const error = await failure(readAll(source(folder)));
    expect(error.code).toBe('input-unreadable');
    expect(error.message).toContain('it is a folder');
  });

  it('reads standard input, gzip included', async () => {
    const packed = gzipSync(LINE);
    const pieces = async function* () {
      for (const byte of packed) yield Uint8Array.of(byte);
    };
    expect((await readAll({ name: '-', path: null, size: null }, pieces())).toString()).toBe(LINE);
  });

  it('stops when it is told to', async () => {
    const path = write(LINE.repeat(50_000));
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _ of readBytes(source(path), { signal: controller.signal })) controller.abort();
    })();
    await expect(reading).rejects.toThrow();
  });

  it('lets go of the file when the reader leaves early', async () => {
    const path = write(gzipSync(LINE.repeat(100_000)), 'early.gz');
    for await (const _ of readBytes(source(path))) break;
    rmSync(path);
    expect((await failure(readAll(source(path)))).message).toContain('it does not exist');
  });
});

describe('finding sources', () => {
  it('takes folders with all below them, in the order of their names, and leaves foreign files alone', async () => {
    const root = join(folder, 'tree');
    mkdirSync(join(root, 'b', 'c'), { recursive: true });
    for (const name of [
      'z.log',
      'a.log.gz',
      'b/c/x.txt',
      'b/plain',
      '.hidden.log',
      'b/notes.md',
      'b/page.html',
    ]) {
      writeFileSync(join(root, name), '');
    }
    const found = await findSources([root]);
    expect(found.map(({ name }) => name.slice(root.length + 1))).toEqual([
      'a.log.gz',
      'b/c/x.txt',
      'b/plain',
      'z.log',
    ]);
  });

  it('reads a file once, whatever ways lead to it', async () => {
    const path = write(LINE, 'twice.log');
    const link = join(folder, 'link.log');
    symlinkSync(path, link);
    expect(await findSources([path, join(folder, '.', 'twice.log'), link])).toHaveLength(1);
  });

  it('does not run in a circle of links', async () => {
    const root = join(folder, 'circle');
    mkdirSync(root);
    writeFileSync(join(root, 'a.log'), '');
    symlinkSync(root, join(root, 'again'));
    expect(await findSources([root])).toHaveLength(1);
  });

  it('expands patterns that the shell has left, and takes a file whose name looks like one', async () => {
    const root = join(folder, 'globs');
    mkdirSync(root);
    for (const name of ['1.log', '2.log', 'odd[1].log']) writeFileSync(join(root, name), '');
    expect(await findSources([join(root, '[12].log')])).toHaveLength(2);
    expect((await findSources([join(root, 'odd[1].log')])).map(({ name }) => name)).toEqual([
      join(root, 'odd[1].log'),
    ]);
  });

  it('says what is missing and what is empty', async () => {
    expect((await failure(findSources([join(folder, 'nowhere.log')]))).code).toBe('input-missing');
    expect((await failure(findSources([join(folder, 'no*where')]))).message).toContain('matches nothing');
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect((await failure(findSources([empty]))).code).toBe('input-empty');
  });

  it('escapes what a file name could do to a terminal', async () => {
    expect((await failure(findSources([join(folder, '\u001b[31mred')]))).message).toContain('\\x1b[31mred');
  });
});
