/**
 * What the installed command is asked on every Node, and what is known of the answer before it comes: the exit code, what
 * standard error says, how many connections there are. The rest must be what the usual Node gives, byte for byte.
 */
import { gzipSync } from 'node:zlib';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { SMALL_LOG } from './inputs.ts';

export interface Asked {
  readonly args: readonly string[];
  /** Default: done. */
  readonly code?: number;
  /** What standard error says. */
  readonly says?: RegExp;
  /** Connections in the answer, where it is JSON Lines. */
  readonly connections?: number;
  readonly stdin?: Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Older Nodes cannot do it: they say so, instead of what others say. */
  readonly needsNewNode?: true;
}

const asked = (line: string, known: Omit<Asked, 'args'> = {}): Asked => ({
  args: line === '' ? [] : line.split(' '),
  ...known,
});

const SAMPLE = 'samples/tcp-flag-sequence.log';

/** Every command and every format; the tables for people are the examples of docs/cli.md. */
export const SAMPLE_RUNS: readonly Asked[] = [
  // Seven connections and an exchange: docs/cli.md, "Who opened it".
  asked('samples -f json', { connections: 8 }),
  asked('samples -f csv'),
  asked('samples -f zeek'),
  asked('samples -f json --state closed', { connections: 3 }),
  asked('who 10.0.0.62:5001 samples -f json', { connections: 3 }),
  asked(`at start ${SAMPLE} --every 30s -f csv`),
  asked(`timeline ${SAMPLE} -f svg`),
  asked('timeline samples -f html'),
  asked('timeline samples -f trace'),
  asked('timeline samples -f csv'),
  asked('report samples -o -'),
  { args: ['explain', '10.0.0.62:5001 52.213.180.42:43418', SAMPLE, '-f', 'table'] },
  { args: ['explain', '10.0.0.62:5001 52.213.180.42:43418', SAMPLE, '-f', 'json'] },
  asked('audit samples -f json'),
  asked('audit samples -f markdown'),
  asked('check samples -f json'),
  asked('states'),
  asked('--help'),
  asked('--version'),
];

const { usage, input, format, rejected, output } = EXIT_CODES;
const stdin = Buffer.from(SMALL_LOG);

export const GZIP_RUNS: readonly Asked[] = [
  asked('gzip/members.gz', { connections: 2 }),
  asked('gzip/short-padding.gz', { connections: 1 }),
  asked('gzip/long-padding.gz', { connections: 1 }),
  asked('gzip/short-padding-member.gz', { connections: 2 }),
  asked('gzip/long-padding-member.gz', { connections: 2 }),
  asked('gzip/short-padding-garbage.gz', {
    code: input.code,
    says: /short-padding-garbage\.gz holds bytes behind/,
  }),
  asked('gzip/long-padding-garbage.gz', {
    code: input.code,
    says: /long-padding-garbage\.gz holds bytes behind/,
  }),
  asked('gzip/garbage.gz', { code: input.code, says: /garbage\.gz is damaged/ }),
  asked('gzip/cut.gz', { code: input.code, says: /cut\.gz ends in the middle/ }),
  asked('gzip/second-cut.gz --keep-going', { code: input.code, says: /second-cut\.gz ends in the middle/ }),
  asked('gzip/damaged.gz', { code: input.code, says: /damaged\.gz is damaged/ }),
  asked('-', { stdin, connections: 2 }),
  asked('-', { stdin: gzipSync(stdin), connections: 2 }),
];

/** A run for every exit code that input, options and disks can bring about. */
export const BAD_RUNS: readonly Asked[] = [
  asked('', { code: usage.code, says: /no input/ }),
  asked('--prot 3 samples', { code: usage.code, says: /unknown option '--prot'/ }),
  asked('conections samples', { code: usage.code, says: /Did you mean "conntrail connections samples"/ }),
  asked('samples --port http', { code: usage.code, says: /--port is "http"; expected a number/ }),
  asked('nowhere.log', { code: input.code, says: /no file or folder "nowhere\.log"/ }),
  asked('empty', { code: input.code, says: /empty holds no flow logs/ }),
  asked('bad/binary.log', { code: input.code, says: /binary\.log holds binary data/ }),
  // A frame without its checksum; older Nodes have no zstd.
  asked('bad/packed.zst', {
    code: input.code,
    needsNewNode: true,
    says: /packed\.zst (ends in the middle|is zstd data, which Node\.js reads from 22\.15)/,
  }),
  asked('nowhere.log bad/small.log --keep-going', { code: input.code, connections: 2, says: /nowhere\.log/ }),
  asked('bad/nothing.log', { connections: 0, says: /the input holds no records/ }),
  asked('bad/unknown.log', { code: format.code, says: /bad\/unknown\.log:1: .*--fields/ }),
  asked('samples --fields srcaddr,b!', { code: format.code, says: /"b!" cannot be a field name/ }),
  asked('bad/line.log', { connections: 2, says: /bad\/line\.log:6/ }),
  asked('bad/line.log --strict', { code: rejected.code, says: /bad\/line\.log:6: .*99999/ }),
  asked('bad/unread.log', { code: rejected.code, says: /No line could be read: all 2 lines were rejected/ }),
  asked('samples -o nowhere/all.csv', { code: output.code, says: /Cannot write nowhere\/all\.csv/ }),
  asked('samples -o empty -f json', { code: output.code, says: /it is a folder/ }),
  // What does not fit into the memory allowed is written to a temporary file, and there is no room for one.
  asked('large.log --memory 1M', {
    code: output.code,
    says: /TMPDIR/,
    env: { TMPDIR: '/nowhere/at/all' },
  }),
];

/** The kinds of threads that a run starts beside its own. */
export interface AskedOfThreads extends Asked {
  readonly threads: readonly string[];
}

const [READ, WRITE] = ['read-worker.js', 'write-worker.js'];

/**
 * The large log, read and written by any number of threads, with room for its records and without. Records that come from a
 * temporary file are written by one thread, and a file of a few MB of gzip is not worth a thread that reads.
 */
export const LARGE_RUNS: readonly AskedOfThreads[] = [
  { ...asked('large.log -f json --threads 1'), threads: [] },
  { ...asked('large.log -f json --threads 2'), threads: [READ, WRITE] },
  { ...asked('large.log -f json --threads 4'), threads: [READ, WRITE] },
  { ...asked('large.log -f json --threads 1 --memory 1M'), threads: [] },
  { ...asked('large.log -f json --threads 4 --memory 1M'), threads: [READ, WRITE] },
  { ...asked('large.log.gz -f json --threads 4'), threads: [WRITE] },
];
