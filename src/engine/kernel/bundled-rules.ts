/** The script of the rules in a source checkout, where `npm run build` has made none: it is made when one first asks for it. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtOnce, keptAs } from './built-once.ts';

const RULES = fileURLToPath(new URL('../../rules', import.meta.url));
const BUNDLER = new URL('bundle-rules.ts', import.meta.url);

/** The script has a few hundred KB. */
const MOST_BYTES = 64 * 2 ** 20;

/** Has the script made by a process of its own, and waits: whoever asks for rules cannot wait for a promise. */
const bundleNow = (): Buffer => {
  const work =
    `const { bundleRules } = await import(${JSON.stringify(BUNDLER.href)});` +
    `const { stdout } = await import('node:process'); stdout.write(await bundleRules());`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', work], {
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: MOST_BYTES,
  });
};

/** The files of the rules, which import no others, and how they are compiled; in one order. */
export const ruleFiles = (): string[] =>
  readdirSync(RULES, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|json)$/.test(name))
    .sort()
    .map((name) => join(RULES, name));

/** All that decides what the script is: the rules, what bundles them, and which bundler it is. */
const ingredients = (): string[] => [
  ...ruleFiles(),
  fileURLToPath(BUNDLER),
  createRequire(import.meta.url).resolve('rolldown/package.json'),
];

/** The script of the rules. @param file where it is kept */
export const bundledRules = (file = keptAs('rules.js')): string =>
  builtOnce(file, ingredients, bundleNow).toString('utf8');
