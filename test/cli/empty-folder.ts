/** Folders of a test file, each empty when it is given. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder, which goes when the file's tests have ended. */
export const emptyFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'conntrail-cli-'));
  folders.push(folder);
  return folder;
};
