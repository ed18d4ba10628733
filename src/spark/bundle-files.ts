/**
 * What a worker of Spark needs to run conntrail, where nothing is installed: this package as it was built, the packages that it
 * depends on, and a Node.js. Files and their names in the archive; nothing is read or written here but folders and manifests.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';

export interface BundleFile {
  /** In the archive, with slashes. */
  readonly name: string;
  /** On this machine, no link. */
  readonly path: string;
  readonly isProgram: boolean;
}

/** The file that spark-submit takes, in the archive and in `dist/spark`. */
export const SPARK_SCRIPT = 'conntrail_spark.py';

/** Of this package; the rest of a working copy is not for users. */
const OWN = ['package.json', 'LICENSE', 'dist'] as const;

/** Everything below a folder or the file itself, but packages that lie in it: those are asked for by name. */
const filesBelow = async (path: string, name: string): Promise<BundleFile[]> => {
  const real = await realpath(path);
  if ((await stat(real)).isFile()) return [{ name, path: real, isProgram: false }];
  const entries = await readdir(real, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: file, below: relative(real, file).split(sep) }))
    .filter(({ below }) => !below.includes('node_modules'))
    .map(({ path: file, below }) => ({ name: [name, ...below].join('/'), path: file, isProgram: false }));
};

/** Where Node finds a package that is asked for from a folder: in the nearest node_modules above that has it. */
const findPackage = async (name: string, from: string): Promise<string> => {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return realpath(found);
    if (dirname(folder) === folder) break;
  }
  throw new InputError(
    'input-missing',
    `conntrail needs the package ${escapeControls(name)}, which is not installed: install conntrail again.`,
  );
};

const dependenciesOf = async (folder: string): Promise<string[]> => {
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
  return Object.keys(dependencies);
};

/**
 * The packages behind a package, by their folders in the archive: beside one another, and where two have one name, the second
 * inside the one that asks for it, as npm does it.
 */
const packagesBehind = async (root: string): Promise<Map<string, string>> => {
  const places = new Map<string, string>();
  const visit = async (folder: string, place: string): Promise<void> => {
    for (const name of await dependenciesOf(folder)) {
      const found = await findPackage(name, folder);
      const shared = `node_modules/${name}`;
      if (places.get(shared) === found) continue;
      const own = places.has(shared) ? `${place}/${shared}` : shared;
      if (places.get(own) === found) continue;
      places.set(own, found);
      await visit(found, own);
    }
  };
  await visit(await realpath(root), '.');
  return places;
};

/**
 * The files of the archive, in the order of their names.
 * @param root the folder of this package
 * @param node the program that is to run it there
 * @throws InputError input-missing where the package was not built, or lacks one that it depends on, or there is no such program
 */
export const bundleFiles = async (root: string, node: string): Promise<BundleFile[]> => {
  if (!existsSync(join(root, 'dist/spark', SPARK_SCRIPT))) {
    throw new InputError(
      'input-missing',
      `${escapeControls(root)} has no dist/spark/${SPARK_SCRIPT}: in a working copy, run npm run build first.`,
    );
  }
  const program = await stat(node).catch(() => undefined);
  if (program?.isFile() !== true) {
    throw new InputError(
      'input-missing',
      `There is no Node.js "${escapeControls(node)}": --node names its program.`,
    );
  }
  const packages = await packagesBehind(root);
  const files = await Promise.all([
    ...OWN.map((name) => filesBelow(join(root, name), name)),
    ...[...packages].map(([name, folder]) => filesBelow(folder, name)),
    filesBelow(join(root, 'dist/spark', SPARK_SCRIPT), SPARK_SCRIPT),
  ]);
  const all = [...files.flat(), { name: 'bin/node', path: await realpath(node), isProgram: true }];
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
};
