/** A file that is open is held to what it was, and closed when it is not. */
import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stampOf } from '../../src/input/file-stamp.ts';
import { OpenFile } from '../../src/input/open-file.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'open-'));
const FILE = join(FOLDER, 'a.log');
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** A file of ten digits as it is found. */
const found = () => {
  writeFileSync(FILE, '0123456789');
  return { name: FILE, path: FILE, size: 10, stamp: stampOf(statSync(FILE)) };
};
const textAt = async (file: OpenFile, length: number, at: number): Promise<string> =>
  String(await file.readAt(Buffer.alloc(length, '?'), at));

describe('an open file', () => {
  it('is read from anywhere, to its end and not behind it', async () => {
    const file = await OpenFile.open(found());
    expect(await textAt(file, 3, 0)).toBe('012');
    expect(await textAt(file, 3, 5)).toBe('567');
    expect(await textAt(file, 9, 8)).toBe('89');
    expect(await textAt(file, 9, 10)).toBe('');
    expect(await textAt(file, 9, 100)).toBe('');
    await file.close();
  });

  it('may grow: what has come since can be read', async () => {
    const file = await OpenFile.open(found());
    appendFileSync(FILE, 'ab');
    expect(await textAt(file, 9, 10)).toBe('ab');
    await file.check();
    await file.close();
  });

  it('must go as far as it went when it was found, or when it was opened', async () => {
    for (const isStamped of [true, false]) {
      const { stamp, ...bare } = found();
      const file = await OpenFile.open(isStamped ? { ...bare, stamp } : bare);
      truncateSync(FILE, 4);
      expect(await textAt(file, 9, 0)).toBe('0123');
      await expect(textAt(file, 9, 4)).rejects.toThrow(`${FILE} was cut from 10 to 4 bytes`);
      await expect(file.check()).rejects.toThrow(`${FILE} was cut from 10 to 4 bytes`);
      await file.close();
    }
  });

  it('is not opened when it is no longer what was found', async () => {
    const source = found();
    truncateSync(FILE, 4);
    await expect(OpenFile.open(source)).rejects.toMatchObject({ code: 'input-changed' });
  });

  it('is not read when the system does not hand it over', async () => {
    const missing = join(FOLDER, 'missing.log');
    await expect(OpenFile.open({ name: missing, path: missing, size: null })).rejects.toThrow(
      `Cannot read ${missing}: it does not exist.`,
    );
    const folder = await OpenFile.open({ name: FOLDER, path: FOLDER, size: null });
    await expect(textAt(folder, 9, 0)).rejects.toThrow(`Cannot read ${FOLDER}: it is a folder.`);
    await folder.close();
  });
});
