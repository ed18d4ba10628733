/**
 * What is built in a source checkout while it runs is kept for the next process among the installed packages, as tools keep what
 * they can make again. What is kept is taken only when it is whole and was made of just the files that are there now.
 */
import { createHash, type Hash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = new URL('../../../node_modules/.cache/conntrail/', import.meta.url);

/** Where something is kept under a name. */
export const keptAs = (name: string): string => fileURLToPath(new URL(name, CACHE));

/** A digest of all that something is made of; what was made may be added to a copy of it. */
const digestOf = (files: readonly string[]): Hash => {
  const digest = createHash('sha256');
  for (const file of files) {
    const content = readFileSync(file);
    digest.update(`${file} ${content.length}\n`).update(content);
  }
  return digest;
};

/** What stands in front of what is kept: it tells what that was made of and that it is whole. */
const front = (built: Uint8Array, ingredients: Hash): Buffer =>
  Buffer.from(`${ingredients.copy().update(built).digest('hex')}\n`);

const FRONT_BYTES = 65;

/** Whether it could be done: where nothing can be written, nothing is lost but time. */
const isDone = (act: () => void): boolean => {
  try {
    act();
    return true;
  } catch {
    return false;
  }
};

/** Keeps bytes, if they can be, under a name that only ever holds whole ones. */
const keep = (file: string, bytes: Uint8Array): void => {
  const partial = `${file}.${randomBytes(6).toString('hex')}`;
  const isKept = isDone(() => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(partial, bytes);
    renameSync(partial, file);
  });
  if (!isKept) isDone(() => rmSync(partial, { force: true }));
};

const keptIn = (file: string): Buffer => {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
};

/**
 * What is built, or was built before of the same.
 * @param file where it is kept
 * @param ingredients names the files that decide what it is
 */
export const builtOnce = (
  file: string,
  ingredients: () => readonly string[],
  build: () => Uint8Array,
): Buffer => {
  const before = digestOf(ingredients());
  const kept = keptIn(file);
  const found = kept.subarray(FRONT_BYTES);
  if (front(found, before).equals(kept.subarray(0, FRONT_BYTES))) return found;
  const built = build();
  // Who changes a file while it is built must not find another's when he changes it back.
  const line = front(built, before);
  if (line.equals(front(built, digestOf(ingredients())))) keep(file, Buffer.concat([line, built]));
  return Buffer.from(built);
};
