/** Runs the command as a user does: its own process, a folder of its own, what it prints and its exit code. */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';

export { emptyFolder } from './empty-folder.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
export const SAMPLES = join(ROOT, 'samples');
const MAIN = join(ROOT, 'src/cli/main.ts');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string | Readable;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told when the process is there. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
}

const { NO_COLOR: _noColor, FORCE_COLOR: _forceColor, COLUMNS: _columns, ...PLAIN_ENV } = process.env;

export const conntrail = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  new Promise((settle, fail) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: options.cwd ?? ROOT,
      env: { ...PLAIN_ENV, ...options.env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => {}); // it may end before it has read everything
    if (typeof options.stdin === 'object') options.stdin.on('error', () => {}).pipe(child.stdin);
    else child.stdin.end(options.stdin ?? '');
    child.once('error', fail);
    child.once('close', (code) => settle({ code, stdout, stderr }));
    options.onStart?.((signal) => child.kill(signal));
  });

/** The rows of JSON Lines. */
export const rowsOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
