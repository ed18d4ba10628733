/** Whatever is opened is closed again, however reading it ends: a run reads more files than a process may have open. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { stampOf } from '../../src/input/file-stamp.ts';
import { readPart } from '../../src/input/read-part.ts';
import { readBytes } from './read-bytes.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'descriptors-'));
const FILE = join(FOLDER, 'a.log');
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** What this process has open of the file, as Linux tells it. */
const openNow = (): number =>
  readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`) === FILE;
    } catch {
      return false; // the listing's own, closed by now
    }
  }).length;

const write = (bytes: string | Uint8Array) => {
  writeFileSync(FILE, bytes);
  return { name: FILE, path: FILE, size: statSync(FILE).size };
};
/** As a pipe or device is read. */
const endless = (bytes: string | Uint8Array) => ({ ...write(bytes), size: null });
/** One that is another when it is read. */
const changed = (bytes: string | Uint8Array) => {
  const source = write(bytes);
  return { ...source, stamp: { ...stampOf(statSync(FILE)), size: source.size + 1 } };
};

const LINES = 'a line\n'.repeat(400_000);
/** Numbers do not pack well: more than a mebibyte when it is packed. */
const PACKED = gzipSync(
  Array.from({ length: 400_000 }, (_, i) => `${(i * 2_654_435_761) % 2 ** 32}\n`).join(''),
);

describe.skipIf(process.platform !== 'linux')('a file is closed', () => {
  // Small files are closed before anything is handed over.
  it.each<[what: string, meanwhile: number, read: () => AsyncGenerator<Uint8Array>]>([
    ['small', 0, () => readBytes(write('a line\n'))],
    ['small and packed', 0, () => readBytes(write(gzipSync('a line\n')))],
    ['large', 1, () => readBytes(write(LINES))],
    ['large and packed', 1, () => readBytes(write(PACKED))],
    ['of no length', 1, () => readBytes(endless(LINES))],
    ['of no length and packed', 1, () => readBytes(endless(PACKED))],
    ['read in part', 1, () => readPart(write(LINES), { from: 10, to: 2_000_000 })],
  ])(
    'when it has been read, and when its reader leaves early: one that is %s',
    async (_, meanwhile, read) => {
      let open = 0;
      for await (const _piece of read()) open = Math.max(open, openNow());
      expect([open, openNow()]).toEqual([meanwhile, 0]);
      for await (const _piece of read()) break;
      expect(openNow()).toBe(0);
    },
  );

  it.each<[what: string, read: () => AsyncGenerator<Uint8Array>]>([
    ['small and has changed', () => readBytes(changed('a line\n'))],
    ['small and damaged', () => readBytes(write(gzipSync('a line\n').subarray(0, -1)))],
    ['large and has changed', () => readBytes(changed(LINES))],
    ['large and damaged', () => readBytes(write(PACKED.subarray(0, -1)))],
    ['large and binary', () => readBytes(write(`\0${LINES}`))],
    ['of no length and binary', () => readBytes(endless(`\0${LINES}`))],
    ['read in part and has changed', () => readPart(changed(LINES), { from: 10, to: 20 })],
  ])('when it cannot be read to its end: one that is %s', async (_, read) => {
    const reading = (async () => {
      for await (const _piece of read());
    })();
    await expect(reading).rejects.toThrow(FILE);
    expect(openNow()).toBe(0);
  });
});
