/**
 * The script of the rules in a source checkout, where `npm run build` has made none. It is made when a process first asks for
 * it, and kept for the next ones among the installed packages, as tools keep what they can make again. What is kept is taken
 * only when it is whole and was made of just the files that are there now.
 */
import { execFileSync } from 'node:child_process';
import { createHash, type Hash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RULES = fileURLToPath(new URL('../../rules', import.meta.url));
const BUNDLER = new URL('bundle-rules.ts', import.meta.url);
const KEPT = fileURLToPath(new URL('../../../node_modules/.cache/conntrail/rules.js', import.meta.url));

/** The script has a few hundred KB. */
const MOST_BYTES = 64 * 2 ** 20;

/** Has the script made by a process of its own, and waits: whoever asks for rules cannot wait for a promise. */
const bundleNow = (): string => {
  const work =
    `const { bundleRules } = await import(${JSON.stringify(BUNDLER.href)});` +
    `const { stdout } = await import('node:process'); stdout.write(await bundleRules());`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', work], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: MOST_BYTES,
  });
};

/** All files that decide what the script is: the rules, which import nothing else, what bundles them, which bundler it is. */
const ingredients = (rules: string): string[] => [
  ...readdirSync(rules, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|json)$/.test(name))
    .sort()
    .map((name) => join(rules, name)),
  fileURLToPath(BUNDLER),
  createRequire(import.meta.url).resolve('rolldown/package.json'),
];

/** A digest of all that scripts are made of; a script may be added to a copy of it. */
const digestOf = (rules: string): Hash => {
  const digest = createHash('sha256');
  for (const file of ingredients(rules)) {
    const content = readFileSync(file);
    digest.update(`${file} ${content.length}\n`).update(content);
  }
  return digest;
};

/** As a script is kept: behind a line that tells what it was made of and that it is whole. */
const asKept = (script: string, ingredients: Hash): string =>
  `// ${ingredients.copy().update(script).digest('hex')}\n${script}`;

/** Whether it could be done: where nothing can be written, nothing is lost but time. */
const isDone = (act: () => void): boolean => {
  try {
    act();
    return true;
  } catch {
    return false;
  }
};

/** Keeps a text, if it can be, under a name that only ever holds a whole one. */
const keep = (file: string, text: string): void => {
  const partial = `${file}.${randomBytes(6).toString('hex')}`;
  const isKept = isDone(() => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(partial, text);
    renameSync(partial, file);
  });
  if (!isKept) isDone(() => rmSync(partial, { force: true }));
};

const kept = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/**
 * The script of the rules.
 * @param file where it is kept
 * @param rules the folder of the rules
 * @param bundle makes the script
 */
export const bundledRules = (file = KEPT, rules = RULES, bundle: () => string = bundleNow): string => {
  const before = digestOf(rules);
  const text = kept(file);
  const script = text.slice(text.indexOf('\n') + 1);
  if (text === asKept(script, before)) return script;
  const made = bundle();
  // Who changes a rule while it is bundled must not find another script when he changes it back.
  const whole = asKept(made, before);
  if (whole === asKept(made, digestOf(rules))) keep(file, whole);
  return made;
};
