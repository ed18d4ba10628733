/**
 * The page's script and all it imports as one text, with the licences of what comes from others in front.
 * It runs when the package is built and in a source checkout; the package itself carries only its result.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ENTRY = fileURLToPath(new URL('./page/main.ts', import.meta.url));

/** The folder of the package that a bundled file belongs to; undefined for our own. */
const packageOf = (file: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file.replaceAll('\\', '/'))?.[0];

const licenceOf = (folder: string): string => {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined || !existsSync(join(folder, file)))
    throw new Error(`The package ${name} is bundled into the page and has no licence file.`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
};

const bannerOf = (files: readonly string[]): string => {
  const folders = [...new Set(files.map(packageOf).filter((folder) => folder !== undefined))].sort();
  const text = folders.map(licenceOf).join('\n\n----\n\n').replaceAll('*/', '* /');
  return `/*! This page contains parts of the following packages, under their licences.\n\n${text}\n*/\n`;
};

/** Bundles the page. */
export const bundlePage = async (): Promise<string> => {
  const build = await rolldown({
    input: ENTRY,
    platform: 'browser',
    treeshake: true,
    logLevel: 'warn',
    tsconfig: join(dirname(ENTRY), 'tsconfig.json'),
  });
  try {
    const { output } = await build.generate({ format: 'iife', minify: true, comments: { legal: false } });
    const [chunk] = output;
    const files = Object.entries(chunk.modules)
      .filter(([, { renderedLength }]) => renderedLength > 0)
      .map(([file]) => file);
    return bannerOf(files) + chunk.code;
  } finally {
    await build.close();
  }
};

/** Bundles the page into a file. */
export const writePage = async (file: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await bundlePage());
};
