/** Small files at once: all of one, or nothing where somebody else must look closer. */
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { stampOf } from '../../src/input/file-stamp.ts';
import { readWhole, SMALL, unpackWhole } from '../../src/input/read-small.ts';
import { readBytes } from './read-bytes.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'small-'));
const FILE = join(FOLDER, 'small.log');
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const MIB = 2 ** 20;

/** A file as it is found. */
const found = (text: string) => {
  writeFileSync(FILE, text);
  return { name: FILE, path: FILE, size: text.length, stamp: stampOf(statSync(FILE)) };
};

describe('all of a small file', () => {
  it('is its bytes, stamped or not', () => {
    const { stamp: _, ...bare } = found('a line\n');
    expect(String(readWhole(bare))).toBe('a line\n');
    expect(String(readWhole(found('another\n')))).toBe('another\n');
  });

  it('is nothing when it has grown: somebody else reads it as far as it went', () => {
    const source = found('half a ');
    appendFileSync(FILE, 'line\n');
    expect(readWhole(source)).toBeNull();
  });

  it('is an error when it is shorter than it was', () => {
    const { stamp: _, ...bare } = found('abc');
    expect(() => readWhole({ ...bare, size: 10 })).toThrow(
      `${FILE} ended at 3 of its 10 bytes after the run`,
    );
    const source = found('abcdef');
    writeFileSync(FILE, 'abc');
    expect(() => readWhole(source)).toThrow(`${FILE} was cut from 6 to 3 bytes`);
  });

  it('is an error when the system does not hand it over', () => {
    const missing = join(FOLDER, 'missing.log');
    const nowhere = { name: missing, path: missing, size: 1 };
    expect(() => readWhole(nowhere)).toThrow(`Cannot read ${missing}: it does not exist.`);
    // A folder can be opened, and not read.
    const folder = { name: FOLDER, path: FOLDER, size: 1 };
    expect(() => readWhole(folder)).toThrow(`Cannot read ${FOLDER}: it is a folder.`);
  });
});

describe('all that a small archive holds', () => {
  it('is the text of all its members', () => {
    expect(String(unpackWhole(gzipSync('a line\n')))).toBe('a line\n');
    expect(String(unpackWhole(Buffer.concat([gzipSync('one\n'), gzipSync('two\n')])))).toBe('one\ntwo\n');
    expect(unpackWhole(gzipSync(''))).toHaveLength(0);
  });

  it('is nothing when it is damaged, padded or followed by something else', () => {
    const packed = gzipSync('a line\n');
    expect(unpackWhole(packed.subarray(0, -1))).toBeNull();
    expect(unpackWhole(Buffer.concat([packed, Buffer.of(0)]))).toBeNull();
    expect(unpackWhole(Buffer.concat([packed, Buffer.from('text')]))).toBeNull();
    expect(unpackWhole(Buffer.from('text'))).toBeNull();
  });

  it('is nothing beyond four mebibytes', () => {
    expect(unpackWhole(gzipSync(Buffer.alloc(4 * MIB)))).toHaveLength(4 * MIB);
    expect(unpackWhole(gzipSync(Buffer.alloc(4 * MIB + 1)))).toBeNull();
  });
});

describe('a file of 64 KiB', () => {
  const piecesOf = async (length: number): Promise<number[]> => {
    const pieces: number[] = [];
    for await (const piece of readBytes(found('a'.repeat(length)))) pieces.push(piece.length);
    return pieces;
  };

  it('is small, and comes as one piece as a larger one does', async () => {
    expect(SMALL).toBe(65_536);
    expect(await piecesOf(65_536)).toEqual([65_536]);
    expect(await piecesOf(65_537)).toEqual([65_537]);
  });
});
