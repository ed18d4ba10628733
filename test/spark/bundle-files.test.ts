/** What goes into the archive for workers, on packages that are laid out as npm and pnpm lay them out. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { unpackTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleFiles } from '../../src/spark/bundle-files.ts';
import { packBundle } from '../../src/spark/pack-bundle.ts';

let root = '';
let node = '';

const write = (name: string, text = ''): void => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
};

const writePackage = (folder: string, dependencies: Readonly<Record<string, string>> = {}): void => {
  write(join(folder, 'package.json'), JSON.stringify({ dependencies }));
  write(join(folder, 'index.js'));
};

const namesIn = async (folder: string): Promise<string[]> =>
  (await bundleFiles(folder, node)).map(({ name }) => name);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'conntrail-bundle-'));
  node = join(root, 'node-program');
  write('node-program');
  for (const name of ['LICENSE', 'dist/cli/main.js', 'dist/spark/conntrail_spark.py', 'src/left-out.ts'])
    write(name);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the files of the bundle', () => {
  it('are the built package, the script in front, the packages it depends on and those behind them, and Node.js', async () => {
    writePackage('.', { near: '1' });
    writePackage('node_modules/near', { far: '1' });
    writePackage('node_modules/far');
    writePackage('node_modules/for-tests-only');
    expect(await namesIn(root)).toEqual([
      'LICENSE',
      'bin/node',
      'conntrail_spark.py',
      'dist/cli/main.js',
      'dist/spark/conntrail_spark.py',
      'node_modules/far/index.js',
      'node_modules/far/package.json',
      'node_modules/near/index.js',
      'node_modules/near/package.json',
      'package.json',
    ]);
  });

  it('have programs among them, and that is Node.js alone', async () => {
    writePackage('.');
    chmodSync(node, 0o600);
    const programs = (await bundleFiles(root, node)).filter(({ isProgram }) => isProgram);
    expect(programs).toEqual([{ name: 'bin/node', path: node, isProgram: true }]);
  });

  it('keep two packages of one name apart, each where its own asks for it', async () => {
    writePackage('.', { one: '1', other: '1' });
    writePackage('node_modules/one', { shared: '1' });
    writePackage('node_modules/other', { shared: '2' });
    writePackage('node_modules/other/node_modules/shared');
    writePackage('node_modules/shared');
    const names = await namesIn(root);
    expect(names).toContain('node_modules/shared/index.js');
    expect(names).toContain('node_modules/other/node_modules/shared/index.js');
  });

  it('are found where the package itself is installed in a folder of packages', async () => {
    writePackage('node_modules/conntrail', { near: '1' });
    for (const name of ['LICENSE', 'dist/spark/conntrail_spark.py']) write(`node_modules/conntrail/${name}`);
    writePackage('node_modules/near');
    expect(await namesIn(join(root, 'node_modules/conntrail'))).toContain('node_modules/near/index.js');
  });

  it('are the files behind links, as pnpm sets them', async () => {
    writePackage('.', { near: '1' });
    writePackage('store/near@1/node_modules/near', { far: '1' });
    writePackage('store/far@1/node_modules/far');
    mkdirSync(join(root, 'node_modules'));
    symlinkSync(join(root, 'store/near@1/node_modules/near'), join(root, 'node_modules/near'));
    symlinkSync(join(root, 'store/far@1/node_modules/far'), join(root, 'store/near@1/node_modules/far'));
    const files = await bundleFiles(root, node);
    expect(files.find(({ name }) => name === 'node_modules/far/index.js')?.path).toMatch(
      /store\/far@1\/node_modules\/far\/index\.js$/,
    );
  });

  it('may depend on one another in a circle', async () => {
    writePackage('.', { one: '1' });
    writePackage('node_modules/one', { other: '1' });
    writePackage('node_modules/other', { one: '1' });
    expect(await namesIn(root)).toContain('node_modules/other/index.js');
  });

  it('are asked for by name where one is missing', async () => {
    writePackage('.', { near: '1' });
    await expect(bundleFiles(root, node)).rejects.toMatchObject({
      code: 'input-missing',
      message: 'conntrail needs the package near, which is not installed: install conntrail again.',
    });
  });

  it('need a package that was built', async () => {
    writePackage('.');
    rmSync(join(root, 'dist'), { recursive: true });
    await expect(bundleFiles(root, node)).rejects.toMatchObject({
      code: 'input-missing',
      message: expect.stringContaining('run npm run build first'),
    });
  });

  it('need a Node.js that is there', async () => {
    writePackage('.');
    await expect(bundleFiles(root, join(root, 'no-node'))).rejects.toMatchObject({
      code: 'input-missing',
      message: expect.stringContaining('no-node": --node names its program.'),
    });
  });
});

describe('the bundle', () => {
  it('holds the files under their names, and Node.js as a program', async () => {
    writePackage('.');
    write('dist/cli/main.js', 'the program');
    const { bytes } = await packBundle(root, node);
    const entries = await unpackTar(await buffer(bytes));
    const main = entries.find(({ header }) => header.name === 'dist/cli/main.js');
    expect(Buffer.from(main?.data ?? []).toString()).toBe('the program');
    expect(entries.find(({ header }) => header.name === 'bin/node')?.header.mode).toBe(0o755);
  });

  it('is the same bytes whenever the same files are packed', async () => {
    writePackage('.');
    const before = await buffer((await packBundle(root, node)).bytes);
    for (const name of ['LICENSE', 'dist/cli/main.js'])
      utimesSync(join(root, name), 1_700_000_000, 1_700_000_000);
    expect(await buffer((await packBundle(root, node)).bytes)).toEqual(before);
  });
});
