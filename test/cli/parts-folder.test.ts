/** A folder of parts is whole or not there: what was there before stays, and nothing lies beside it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PartsFolder } from '../../src/cli/parts-folder.ts';
import { OutputError } from '../../src/model/errors.ts';
import { emptyFolder } from './empty-folder.ts';

const text = (bytes: string): Uint8Array => Buffer.from(bytes);

describe('a folder of parts', () => {
  it('appears under its name when it is whole, and not before', async () => {
    const around = emptyFolder();
    const name = join(around, 'parts');
    const folder = await PartsFolder.begin(name);
    folder.append('a.log', text('one\n'));
    folder.append('b.log', text('two\n'));
    folder.append('a.log', text('three\n'));
    expect([folder.has('a.log'), folder.has('c.log')]).toEqual([true, false]);
    expect(readdirSync(around)).toEqual([expect.stringMatching(/^parts\.[0-9a-f]{12}\.partial$/)]);
    await folder.finish();
    expect(readdirSync(around)).toEqual(['parts']);
    expect(readdirSync(name).sort()).toEqual(['a.log', 'b.log']);
    expect(readFileSync(join(name, 'a.log'), 'utf8')).toBe('one\nthree\n');
  });

  it('takes the place of an empty one with its permissions, also behind a link', async () => {
    const around = emptyFolder();
    const real = join(around, 'real');
    const link = join(around, 'link');
    mkdirSync(real);
    chmodSync(real, 0o700);
    symlinkSync(real, link);
    const folder = await PartsFolder.begin(link);
    folder.append('a.log', text('one\n'));
    await folder.finish();
    expect(readdirSync(around).sort()).toEqual(['link', 'real']);
    expect(readFileSync(join(link, 'a.log'), 'utf8')).toBe('one\n');
    expect(statSync(real).mode & 0o777).toBe(0o700);
  });

  it('leaves nothing when it is not to be', async () => {
    const around = emptyFolder();
    const folder = await PartsFolder.begin(join(around, 'parts'));
    folder.append('a.log', text('one\n'));
    await folder.discard();
    expect(readdirSync(around)).toEqual([]);
  });

  it.each([
    ['a file', (path: string) => writeFileSync(path, ''), 'it is no folder; name a new or an empty one'],
    [
      'a folder that holds something',
      (path: string) => {
        mkdirSync(path);
        writeFileSync(join(path, '.hidden'), '');
      },
      'the folder is not empty; name a new or an empty one',
    ],
  ])('refuses %s', async (_, make, why) => {
    const around = emptyFolder();
    const path = join(around, 'there');
    make(path);
    await expect(PartsFolder.begin(path)).rejects.toThrow(
      new OutputError('output-failed', `Cannot write ${path}: ${why}.`),
    );
    expect(readdirSync(around)).toEqual(['there']);
  });

  it('refuses a folder below one that is not there', async () => {
    const path = join(emptyFolder(), 'missing', 'parts');
    await expect(PartsFolder.begin(path)).rejects.toThrow(`Cannot write ${path}: its folder does not exist.`);
  });

  // A file system of its own wherever there is Linux; tests of others may have left something there.
  it.skipIf(!existsSync('/dev/shm'))('refuses a mount point, which cannot be replaced', async () => {
    await expect(PartsFolder.begin('/dev/shm')).rejects.toThrow(
      /^Cannot write \/dev\/shm: (it is a mount point; name a folder in it|the folder is not empty)/,
    );
  });

  it('says so when somebody has written into the folder meanwhile, and leaves it to them', async () => {
    const around = emptyFolder();
    const name = join(around, 'parts');
    const folder = await PartsFolder.begin(name);
    mkdirSync(name);
    writeFileSync(join(name, 'theirs'), '');
    await expect(folder.finish()).rejects.toThrow(/somebody has written into the folder meanwhile/);
    await folder.discard();
    expect(readdirSync(around)).toEqual(['parts']);
    expect(readdirSync(name)).toEqual(['theirs']);
  });

  it('names the file that cannot be written', async () => {
    const folder = await PartsFolder.begin(join(emptyFolder(), 'parts'));
    expect(() => folder.append('no/such/place.log', text('x'))).toThrow(
      /Cannot write .*parts\/no\/such\/place\.log: its folder does not exist\./,
    );
    await folder.discard();
  });
});
