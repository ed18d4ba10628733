/** What became of a file since the run found it, told from what the system says of it then and now. */
import { describe, expect, it } from 'vitest';
import { changed, checkStamp, type FileStamp } from '../../src/input/file-stamp.ts';
import { InputError } from '../../src/model/errors.ts';

const FOUND: FileStamp = { device: 1, inode: 2, size: 100, written: 3000, changed: 4000 };

/** What is said of a file that is another one than {@link FOUND} in these. */
const saidOf = (now: Partial<FileStamp>, path = 'a.log'): string | null => {
  try {
    checkStamp(path, FOUND, { ...FOUND, ...now });
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code: 'input-changed' });
    return (error as InputError).message;
  }
  return null;
};
const said = (what: string): string =>
  `a.log ${what} after the run had begun. Read a copy of it, or keep what was read until then with --keep-going.`;

describe('a file is what it was', () => {
  it('when nothing of it is another', () => {
    expect(saidOf({})).toBeNull();
  });

  it('when it is longer: a log grows', () => {
    expect(saidOf({ size: 101, written: 3001, changed: 4001 })).toBeNull();
  });

  it('when its entry alone is another, as after chmod or a new name', () => {
    expect(saidOf({ changed: 4001 })).toBeNull();
  });

  it('when a network file system has numbered it anew, and nothing else is another', () => {
    expect(saidOf({ inode: 9 })).toBeNull();
    expect(saidOf({ device: 9 })).toBeNull();
  });
});

describe('a file is no longer what it was', () => {
  it('when it is shorter', () => {
    expect(saidOf({ size: 99 })).toBe(said('was cut from 100 to 99 bytes'));
    expect(saidOf({ size: 0, written: 3001, changed: 4001 })).toBe(said('was cut from 100 to 0 bytes'));
  });

  it('when it was written to and is as long', () => {
    expect(saidOf({ written: 3001, changed: 4001 })).toBe(said('was written over'));
    // Its clock may go back.
    expect(saidOf({ written: 2999 })).toBe(said('was written over'));
  });

  it.each<[string, Partial<FileStamp>]>([
    ['size', { size: 101 }],
    ['time of writing', { written: 3001 }],
    ['time of change', { changed: 4001 }],
  ])('when another has its name, which another %s gives away', (_, other) => {
    expect(saidOf({ inode: 9, ...other })).toBe(said('was replaced by another file'));
    expect(saidOf({ device: 9, ...other })).toBe(said('was replaced by another file'));
  });

  it('and is named without doing anything to a terminal', () => {
    expect(saidOf({ size: 99 }, '\u001b[31m.log')).toMatch(/^\\x1b\[31m\.log was cut/);
    expect(changed('\u001b.log', 'is gone').message).toMatch(/^\\x1b\.log is gone after/);
  });
});
