/**
 * What a file was when the run found it, so that one that is cut, replaced or written over while it is read is told
 * instead of being read in halves. A log that grows is no fault: it is read as far as it went at first.
 */
import type { Stats } from 'node:fs';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';

/** Plain numbers, so that it can be sent to another thread. */
export interface FileStamp {
  readonly device: number;
  readonly inode: number;
  readonly size: number;
  /** Milliseconds: the last time its content was written, and its content or its entry. */
  readonly written: number;
  readonly changed: number;
}

export const stampOf = ({ dev, ino, size, mtimeMs, ctimeMs }: Stats): FileStamp => ({
  device: dev,
  inode: ino,
  size,
  written: mtimeMs,
  changed: ctimeMs,
});

const isSameFile = (before: FileStamp, now: FileStamp): boolean =>
  before.device === now.device && before.inode === now.inode;

/** Some network file systems number their files anew: then all else must be the same. */
const isUntouched = (before: FileStamp, now: FileStamp): boolean =>
  before.size === now.size && before.written === now.written && before.changed === now.changed;

const what = (before: FileStamp, now: FileStamp): string | null => {
  if (isUntouched(before, now)) return null;
  if (!isSameFile(before, now)) return 'was replaced by another file';
  if (now.size < before.size) return `was cut from ${before.size} to ${now.size} bytes`;
  // It is longer when lines were added; at the same length it has other content.
  if (now.size === before.size && now.written !== before.written) return 'was written over';
  return null;
};

/** What is said of a file that is no longer what the run found. */
export const changed = (path: string, how: string): InputError =>
  new InputError(
    'input-changed',
    `${escapeControls(path)} ${how} after the run had begun. Read a copy of it, or keep what was read until then with --keep-going.`,
  );

/** @throws InputError input-changed when a file is no longer what it was; one that has only grown is. */
export const checkStamp = (path: string, before: FileStamp, now: FileStamp): void => {
  const how = what(before, now);
  if (how !== null) throw changed(path, how);
};
