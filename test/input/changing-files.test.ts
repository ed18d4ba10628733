/** Files that somebody cuts, replaces, writes over or adds to while they are read. */
import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { findSources } from '../../src/input/find-sources.ts';
import { readPart } from '../../src/input/read-part.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { HEADER, record } from '../build.ts';
import { readBytes } from './read-bytes.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'changing-'));
const FILE = join(FOLDER, 'changing.log');
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** Two records around 40 MiB of comments: parts are 8 MiB, and a thread is given three at a time. */
const text = (letter: string): string =>
  `${HEADER}\n${record()}\n${`# ${letter.repeat(2 ** 15 - 3)}\n`.repeat(40 * 2 ** 5)}${record({ clientPort: 50001 })}\n`;
const LARGE = text('x');
const OTHER = text('y');

const cut = (): void => truncateSync(FILE, 2 ** 20);
const replace = (): void => {
  writeFileSync(`${FILE}.new`, OTHER);
  renameSync(`${FILE}.new`, FILE);
};
const writeOver = (): void => {
  writeFileSync(FILE, OTHER, { flag: 'r+' });
  // In case the clock of the file system has not ticked.
  utimesSync(FILE, 0, 0);
};

/** Reads the file, and does something to it when the first bytes have come. */
const readWhile = async (change: () => void, threads: number, keepGoing: boolean) => {
  writeFileSync(FILE, LARGE);
  let isChanged = false;
  const damage: unknown[] = [];
  const run = reconstruct([FILE], {
    threads,
    keepGoing,
    onDamage: (error) => void damage.push(error),
    onProgress: () => {
      if (!isChanged) change();
      isChanged = true;
    },
  });
  let records = 0;
  for await (const connection of run) records += connection.records;
  return { damage, records };
};

describe.each([1, 2])('a file that changes while %i threads read it', (threads) => {
  const changes: [what: string, change: () => void, says: RegExp][] = [
    ['is cut', cut, /changing\.log was cut from \d+ to 1048576 bytes/],
    ['is written over', writeOver, /changing\.log was written over/],
  ];
  // One thread reads the file that it has opened, whatever has its name since.
  if (threads > 1) changes.push(['is replaced', replace, /changing\.log was replaced by another file/]);

  it.each(changes)('ends the run when it %s', async (_, change, says) => {
    await expect(readWhile(change, threads, false)).rejects.toMatchObject({
      code: 'input-changed',
      message: expect.stringMatching(says),
    });
  });

  it.each(changes)(
    'is told with --keep-going when it %s, and what was read counts',
    async (_, change, says) => {
      const { damage, records } = await readWhile(change, threads, true);
      expect(damage).toEqual([
        expect.objectContaining({ code: 'input-changed', message: expect.stringMatching(says) }),
      ]);
      expect(records).toBeGreaterThanOrEqual(1);
    },
  );

  it('is read as far as it went at first when it grows', async () => {
    const grow = (): void => appendFileSync(FILE, `${record({ clientPort: 50002 })}\n`.repeat(3));
    expect(await readWhile(grow, threads, false)).toEqual({ damage: [], records: 2 });
  });
});

const sourceOf = async (bytes: Uint8Array | string) => {
  writeFileSync(FILE, bytes);
  const [source] = await findSources([FILE]);
  return { ...source, name: FILE, path: FILE, size: source?.size ?? null };
};

const readAll = async (pieces: AsyncIterable<Uint8Array>): Promise<string> => {
  let read = '';
  for await (const piece of pieces) read += Buffer.from(piece).toString();
  return read;
};

// Small files are read at once, larger ones piece by piece.
describe.each([1, 200_000])('a file of %i lines that changes between finding and reading', (lines) => {
  const before = 'a line\n'.repeat(lines);

  const replaceBy = (other: string): void => {
    writeFileSync(`${FILE}.new`, other);
    renameSync(`${FILE}.new`, FILE);
  };
  const touch = (): void => utimesSync(FILE, 0, 0);

  it.each([
    ['cut', () => truncateSync(FILE, 3)],
    ['emptied', () => truncateSync(FILE, 0)],
    ['replaced', () => replaceBy(`${before}more\n`)],
    ['written over', touch],
  ])('is told when it is %s', async (_, change) => {
    const source = await sourceOf(before);
    change();
    await expect(readAll(readBytes(source))).rejects.toMatchObject({ code: 'input-changed' });
    await expect(readAll(readPart(source, { from: 0, to: 3 }))).rejects.toMatchObject({
      code: 'input-changed',
    });
  });

  it('is read to the end of the line that was not finished when it was found', async () => {
    const source = await sourceOf(`${before}half`);
    appendFileSync(FILE, ' and half\nanother line\n');
    expect(await readAll(readBytes(source))).toBe(`${before}half and half\n`);
  });

  it('is unpacked as far as it went when a member was added', async () => {
    const source = await sourceOf(gzipSync(before));
    appendFileSync(FILE, gzipSync('another line\n').subarray(0, 20));
    expect(await readAll(readBytes(source))).toBe(before);
  });

  it('is the same file when only its number is another, as on some network file systems', async () => {
    const source = await sourceOf(before);
    const stamp = { ...source.stamp, inode: 1 } as NonNullable<typeof source.stamp>;
    expect(await readAll(readBytes({ ...source, stamp }))).toBe(before);
  });
});

/** Numbers do not pack well: more than a mebibyte also when it is packed. */
const NUMBERS = Array.from({ length: 400_000 }, (_, i) => `${(i * 2_654_435_761) % 2 ** 32}\n`).join('');

it('a packed file of more than a mebibyte is unpacked as far as it went when a member was added', async () => {
  const source = await sourceOf(gzipSync(NUMBERS));
  appendFileSync(FILE, gzipSync('another line\n').subarray(0, 20));
  expect((await readAll(readBytes(source))) === NUMBERS).toBe(true);
});

describe('a file that is written over between two of its pieces', () => {
  it.each<[string, Uint8Array | string]>([
    ['text', NUMBERS],
    ['packed', gzipSync(NUMBERS)],
  ])('is told of at its end: %s', async (_, bytes) => {
    const source = await sourceOf(bytes);
    for (const read of [readBytes, (of: typeof source) => readPart(of, { from: 0, to: bytes.length })]) {
      writeFileSync(FILE, bytes);
      const [found] = await findSources([FILE]);
      let pieces = 0;
      const reading = (async () => {
        for await (const _piece of read({ ...source, ...found, path: FILE })) {
          pieces++;
          utimesSync(FILE, 0, 0);
        }
      })();
      await expect(reading).rejects.toMatchObject({ code: 'input-changed' });
      expect(pieces).toBeGreaterThan(1);
    }
  });
});

describe('a file that explain reads twice', () => {
  it('must be the same both times', async () => {
    writeFileSync(FILE, `${HEADER}\n${record()}\n`);
    let bytes = 0;
    const size = statSync(FILE).size;
    const told = explain([FILE], '10.0.0.9:40000 10.0.0.5:443', {
      onProgress: (read) => {
        bytes = read;
        if (read === size) writeFileSync(FILE, `${HEADER}\n`);
      },
    });
    await expect(told).rejects.toMatchObject({ code: 'input-changed' });
    expect(bytes).toBe(size);
  });
});
