/**
 * Stands in for test/cli/run-command.ts under mutation: runs the command in this process, where mutants are, with its streams,
 * environment and folder in the place of the process's own. Commands run one after the other.
 */
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { run } from '../../src/cli/run.ts';
import type { Ran, RunOptions } from '../cli/run-command.ts';
import { surroundingsFor } from '../cli/surroundings.ts';

export { emptyFolder } from '../cli/empty-folder.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
export const SAMPLES = join(ROOT, 'samples');

const { NO_COLOR: _noColor, FORCE_COLOR: _forceColor, COLUMNS: _columns, ...PLAIN_ENV } = process.env;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Puts something in the place of a part of the process; gives back how to undo it. */
const replace = (part: 'stdout' | 'stderr' | 'stdin' | 'env' | 'exit', value: unknown): (() => void) => {
  const before = Object.getOwnPropertyDescriptor(process, part) as PropertyDescriptor;
  Object.defineProperty(process, part, { value, configurable: true, writable: true });
  return () => Object.defineProperty(process, part, before);
};

const runOne = async (args: readonly string[], options: RunOptions): Promise<Ran> => {
  const { surroundings, stdout, stderr } = surroundingsFor();
  const { stdin = '' } = options;
  const folder = process.cwd();
  const heard = SIGNALS.map((signal) => process.listeners(signal));
  let leave = (_code: number | null): void => {};
  const left = new Promise<number | null>((settle) => {
    leave = settle;
  });
  const threads = process.env['__STRYKER_ACTIVE_MUTANT__'];
  const undo = [
    replace('stdout', surroundings.stdout),
    replace('stderr', surroundings.stderr),
    replace(
      'stdin',
      typeof stdin === 'string' ? Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]) : stdin,
    ),
    replace('env', {
      ...PLAIN_ENV,
      ...(threads === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: threads }),
      ...options.env,
    }),
    replace('exit', leave),
  ];
  try {
    process.chdir(options.cwd ?? ROOT);
    options.onStart?.((signal) => {
      // Nobody hears of that one.
      if (signal === 'SIGKILL') leave(null);
      else process.emit(signal, signal);
    });
    const code = await Promise.race([run(args), left]);
    return { code, stdout: stdout(), stderr: stderr() };
  } finally {
    process.chdir(folder);
    for (const each of undo) each();
    for (const [i, signal] of SIGNALS.entries())
      for (const listener of process.listeners(signal))
        if (heard[i]?.includes(listener) === false) process.off(signal, listener);
  }
};

let last: Promise<unknown> = Promise.resolve();

export const conntrail = (args: readonly string[], options: RunOptions = {}): Promise<Ran> => {
  const ran = last.then(() => runOne(args, options));
  last = ran.catch(() => {});
  return ran;
};

export const rowsOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
