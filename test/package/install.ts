/** What users do with the package: pack it, install the tarball into an empty folder, run its command, import it. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Node, ROOT } from './nodes.ts';

export const run: (
  program: string,
  args: readonly string[],
  options?: { cwd?: string; env?: NodeJS.ProcessEnv },
) => Promise<{ stdout: string; stderr: string }> = promisify(execFile);

const PROGRAM = 'node_modules/conntrail/dist/cli/main.js';

/** Packs the package into a folder and installs it there for a user who has nothing else; gives the user's folder. */
export const packAndInstall = async (folder: string): Promise<string> => {
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT });
  const [{ filename }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('['))) as [
    { filename: string },
  ];
  const user = join(folder, 'user');
  mkdirSync(user);
  writeFileSync(join(user, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
  await run('npm', ['install', '--no-audit', '--no-fund', join(folder, filename)], { cwd: user });
  return user;
};

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Options of Node itself, such as --jitless. */
  readonly nodeOptions?: readonly string[];
  readonly stdin?: Uint8Array;
  /** Standard input stays open when `stdin` has been written. */
  readonly isStdinEndless?: boolean;
  /** Where standard output goes instead: a file descriptor. */
  readonly stdout?: number;
  /** Standard output is closed when its first bytes have come, as `head` does it. */
  readonly leavesEarly?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** KiB of address space that the process may have, as ulimit -v sets it; all that there is when left out. */
  readonly addressSpace?: string;
  /** Told when the process is there. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
}

const { NODE_OPTIONS: _options, FORCE_COLOR: _colour, ...PLAIN_ENV } = process.env;
const ENV = { ...PLAIN_ENV, NO_COLOR: '1', COLUMNS: '80' };

/** Of what is too long to be shown beside its like, the length and a digest. */
const LONG = 100_000;

const textOf = (pieces: readonly Uint8Array[]): string => {
  const bytes = Buffer.concat(pieces);
  if (bytes.length <= LONG) return bytes.toString('utf8');
  return `${bytes.length} bytes, SHA-256 ${createHash('sha256').update(bytes).digest('hex')}`;
};

/** Runs a script of the user's folder on one Node. */
export const runScript = (
  { program }: Node,
  user: string,
  script: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> =>
  new Promise((settle, fail) => {
    const typed = [program, ...(options.nodeOptions ?? []), script, ...args];
    const limited = ['bash', '-c', `ulimit -v ${options.addressSpace} && exec "$@"`, 'bash', ...typed];
    const [command = '', ...rest] = options.addressSpace === undefined ? typed : limited;
    const child = spawn(command, rest, {
      cwd: user,
      env: { ...ENV, ...options.env },
      stdio: ['pipe', options.stdout ?? 'pipe', 'pipe'],
    });
    const [stdout, stderr]: [Uint8Array[], Uint8Array[]] = [[], []];
    child.stdout?.on('data', (piece: Uint8Array) => {
      stdout.push(piece);
      if (options.leavesEarly === true) child.stdout?.destroy();
    });
    child.stderr?.on('data', (piece: Uint8Array) => stderr.push(piece));
    child.stdin?.on('error', () => {}); // it may end before it has read everything
    child.stdin?.write(options.stdin ?? '');
    if (options.isStdinEndless !== true) child.stdin?.end();
    child.once('error', fail);
    child.once('close', (code) => settle({ code, stdout: textOf(stdout), stderr: textOf(stderr) }));
    options.onStart?.((signal) => child.kill(signal));
  });

/** Runs the installed command on one Node. */
export const conntrailOn = (
  node: Node,
  user: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> => runScript(node, user, PROGRAM, args, options);
