/**
 * What users get: the packed tarball, installed into an empty folder, run by hand and imported, on every Node that `engines`
 * allows. It is packed and installed once; the answers of the usual Node are what the others are compared with.
 */
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { rowSchema } from '../../src/export/row-schema.ts';
import type { Connection } from '../../src/model/connection.ts';
import { EXAMPLES } from '../cli/examples.ts';
import { byEnds, expectedOf, rowsOf, SCENARIOS } from '../golden-scenarios.ts';
import { LARGE_KEYS, LARGE_STATES, SMALL_LOG, WORTH_THREADS, writeInputs } from './inputs.ts';
import { conntrailOn, packAndInstall, type Ran, run, runScript } from './install.ts';
import { missingNodes, NODES, type Node, OLDEST, ROOT, TOO_OLD, USUAL } from './nodes.ts';
import { type Asked, BAD_RUNS, GZIP_RUNS, LARGE_RUNS, SAMPLE_RUNS } from './runs.ts';

let folder = '';
let user = '';
beforeAll(async () => {
  expect(missingNodes()).toEqual([]);
  folder = mkdtempSync(join(tmpdir(), 'conntrail-package-'));
  user = await packAndInstall(folder);
  writeInputs(user);
  for (const script of ['use-library.mjs', 'count-threads.mjs'])
    cpSync(join(import.meta.dirname, script), join(user, script));
});
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

/** A name that is another one in every run. */
const TEMPORARY = /conntrail-[0-9a-f]{16}\.spill/g;

const answers = new Map<string, Promise<Ran>>();
/** What a Node answers, asked once. */
const ask = (node: Node, asked: Asked): Promise<Ran> => {
  const key = `${node.version} ${nameOf(asked)}`;
  const answer =
    answers.get(key) ??
    conntrailOn(node, user, asked.args, asked).then((ran) => ({
      ...ran,
      stderr: ran.stderr.replaceAll(TEMPORARY, 'conntrail-….spill'),
    }));
  answers.set(key, answer);
  return answer;
};
const usual = (asked: Asked): Promise<Ran> => ask(USUAL, asked);

const nameOf = ({ args, stdin }: Asked): string =>
  `conntrail ${args.join(' ')}${stdin?.[0] === 0x1f ? ' (gzip)' : ''}`;

const titled = (runs: readonly Asked[]) => runs.map((asked) => [nameOf(asked), asked] as const);

const asCsv = SAMPLE_RUNS.find(({ args }) => args.join(' ') === 'samples -f csv') as Asked;

/** What V8 says of --jitless in some versions. */
const V8_WARNING = /^Warning: disabling flag --expose_wasm due to conflicting flags\n/;

/** What use-library.mjs prints, as far as it is looked at. */
interface LibraryAnswer {
  readonly scenarios: readonly {
    readonly connections: readonly Connection[];
    readonly report: { readonly placement: Readonly<Record<string, number>> };
  }[];
  readonly text: readonly Connection[];
  readonly tracked: { readonly connections: readonly Connection[] };
  readonly large: { readonly states: Readonly<Record<string, number>> } | null;
  readonly misuse: readonly ({ readonly code: string } | null)[];
}

const useLibrary = async (node: Node, nodeOptions: readonly string[] = []): Promise<LibraryAnswer> => {
  const inputs = SCENARIOS.map((scenario) => JSON.stringify(expectedOf(scenario).inputs));
  const ran = await runScript(node, user, 'use-library.mjs', inputs, { nodeOptions });
  expect(ran.stderr.replace(V8_WARNING, '')).toBe('');
  expect(ran.code).toBe(0);
  return JSON.parse(readFileSync(join(user, ran.stdout), 'utf8')) as LibraryAnswer;
};

const libraryAnswers = new Map<Node, Promise<LibraryAnswer>>();
/** What use-library.mjs gives on a Node, run once. */
const libraryOn = (node: Node): Promise<LibraryAnswer> => {
  const answer = libraryAnswers.get(node) ?? useLibrary(node);
  libraryAnswers.set(node, answer);
  return answer;
};

/** The parts of two answers that are not the same. */
const differing = (answer: LibraryAnswer, expected: LibraryAnswer): string[] =>
  [...new Set([...Object.keys(answer), ...Object.keys(expected)])].filter((part) => {
    const [given, wanted] = [answer, expected].map((each) =>
      JSON.stringify(each[part as keyof LibraryAnswer]),
    );
    return given !== wanted;
  });

/** The version that a range such as `>=20.12` begins with, its three numbers. */
const least = (range: string): number[] => {
  const [, version] = /^>= ?(\d+(?:\.\d+){0,2})$/.exec(range) ?? [];
  if (version === undefined) throw new Error(`"${range}" is no range that this test can judge: extend it.`);
  return [...version.split('.').map(Number), 0, 0].slice(0, 3);
};

/** What package-lock.json says of a package. */
interface Locked {
  readonly dev?: true;
  readonly devOptional?: true;
  readonly link?: true;
  readonly engines?: { readonly node?: string };
}

describe('the packed package', () => {
  it('holds the compiled program, README and licence, and no sources or tests', async () => {
    const installed = join(user, 'node_modules/conntrail');
    expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    const files = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
    // Nobody imports the command line.
    expect(files.filter((file) => /^cli\/.*\.d\.ts$/.test(file))).toEqual([]);
  });

  it('takes less than 8 MiB on a disk with all that it needs', () => {
    const modules = join(user, 'node_modules');
    const sizes = readdirSync(modules, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
    // Most file systems give out blocks of 4 KiB.
    const blocks = sizes.reduce((sum, size) => sum + Math.ceil(size / 4096), 0);
    expect(blocks * 4).toBeLessThan(8192);
  });

  it('has the schema of the flat row, which is found by its name', async () => {
    const answer = await run(
      process.execPath,
      ['-p', "JSON.stringify(require('conntrail/connection.schema.json'))"],
      { cwd: user },
    );
    expect(JSON.parse(answer.stdout)).toEqual(JSON.parse(JSON.stringify(rowSchema())));
  });

  it('is a command for npx', async () => {
    const { stdout } = await run(
      'npx',
      ['--no-install', 'conntrail', 'samples/tcp-flag-sequence.log', '-q'],
      { cwd: user },
    );
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map((row) => [row['initiator_address'], row['initiator_port'], row['state']])).toEqual([
      ['52.213.180.42', 43416, 'established'],
      ['52.213.180.42', 43418, 'closed'],
    ]);
  });
});

describe('the bundle for Spark', () => {
  it('runs where nothing else is: the command, what it depends on and the Node.js that packed it', async () => {
    const packed = await conntrailOn(OLDEST, user, ['spark-bundle', '-o', 'conntrail.tgz']);
    expect(packed.code, packed.stderr).toBe(EXIT_CODES.ok.code);
    expect(packed.stderr).toContain(`workers run it with Node.js ${OLDEST.version} for`);
    const worker = join(folder, 'worker');
    mkdirSync(worker);
    await run('tar', ['-xzf', join(user, 'conntrail.tgz'), '-C', worker]);
    const program = join(worker, 'bin/node');
    expect((await run(program, ['--version'])).stdout).toBe(`v${OLDEST.version}\n`);
    const args = ['samples', '-q', '-f', 'csv'];
    const { stdout } = await run(program, [join(worker, 'dist/cli/main.js'), ...args], { cwd: user });
    expect(stdout).toBe((await usual(asCsv)).stdout);
    expect(readFileSync(join(worker, 'conntrail_spark.py'), 'utf8')).toBe(
      readFileSync(join(ROOT, 'src/spark/conntrail_spark.py'), 'utf8'),
    );
  });
});

describe('the Nodes that are allowed', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  const allowed = least(manifest.engines.node);
  /** As people are told it. */
  const named = allowed.slice(0, 2).join('.');

  it('are run as the versions that they are taken for', async () => {
    for (const { version, program } of [...NODES, TOO_OLD])
      expect((await run(program, ['--version'])).stdout).toBe(`v${version}\n`);
  });

  it('begin with the oldest that the tests run on, and that the command accepts', async () => {
    expect(OLDEST.version).toBe(allowed.join('.'));
    // A version just before it, which the oldest is made to give as its own.
    const [major = 0, minor = 0] = allowed;
    const before = `${major}.${minor - 1}.99`;
    const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${before}'}})`;
    const ran = await conntrailOn(OLDEST, user, ['states'], { nodeOptions: ['--import', pretend] });
    expect(ran).toEqual({
      code: EXIT_CODES.fault.code,
      stdout: '',
      stderr: `conntrail: needs Node.js ${named} or newer; this is ${before}.\n`,
    });
  });

  it('are those that README and CONTRIBUTING name', () => {
    const page = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
    expect(page('README.md')).toContain(`With Node.js ${named} or newer`);
    const majors = NODES.filter((node) => node !== OLDEST).map(({ version }) => version.split('.')[0]);
    expect(page('CONTRIBUTING.md')).toContain(
      `${OLDEST.version}, and on ${majors.slice(0, -1).join(', ')} and ${majors.at(-1)}`,
    );
  });

  it('are allowed by everything that is installed with the package', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, Locked>;
    };
    const runtime = Object.entries(packages).filter(
      ([path, { dev, devOptional, link }]) =>
        path.startsWith('node_modules/') && !dev && !devOptional && !link,
    );
    expect(runtime.map(([path]) => path)).toContain('node_modules/commander');
    const tooNew = runtime.filter(([, { engines }]) => {
      const needed = least(engines?.node ?? '>=0');
      const first = needed.findIndex((part, i) => part !== allowed[i]);
      return first >= 0 && (needed[first] as number) > (allowed[first] as number);
    });
    expect(tooNew).toEqual([]);
  });

  it('are not those that are too old, which is said in one sentence', async () => {
    const ran = await conntrailOn(TOO_OLD, user, ['samples']);
    expect(ran).toEqual({
      code: EXIT_CODES.fault.code,
      stdout: '',
      stderr: `conntrail: needs Node.js ${named} or newer; this is ${TOO_OLD.version}.\n`,
    });
  });
});

describe('the large log', () => {
  it('is worth several threads', () => {
    expect(readFileSync(join(user, 'large.log')).length).toBeGreaterThan(WORTH_THREADS.bytes);
    expect(LARGE_KEYS).toBeGreaterThan(WORTH_THREADS.keys);
  });
});

const SIGNALS = [
  ['SIGINT', EXIT_CODES.interrupted.code],
  ['SIGTERM', EXIT_CODES.terminated.code],
] as const;

describe('the bad runs', () => {
  it('end with every exit code that is documented', () => {
    const codes = [
      ...BAD_RUNS.map(({ code = EXIT_CODES.ok.code }) => code),
      EXIT_CODES.fault.code, // a Node that is too old
      ...SIGNALS.map(([, code]) => code),
    ];
    expect(new Set(codes)).toEqual(new Set(Object.values(EXIT_CODES).map(({ code }) => code)));
  });
});

describe.each(NODES)('the command on Node.js $version', (node) => {
  /** Asks this Node and the usual one; both must answer alike, and as is known. */
  const expectKnown = async (asked: Asked): Promise<Ran> => {
    const [ran, expected] = await Promise.all([ask(node, asked), usual(asked)]);
    if (asked.needsNewNode === undefined) expect(ran).toEqual(expected);
    expect(ran.code, ran.stderr).toBe(asked.code ?? EXIT_CODES.ok.code);
    expect(ran.stderr).not.toMatch(/^\s+at /m);
    if (asked.says !== undefined) expect(ran.stderr).toMatch(asked.says);
    if (asked.connections !== undefined)
      expect(ran.stdout.split('\n').length - 1, ran.stdout).toBe(asked.connections);
    return ran;
  };

  it.concurrent.each(EXAMPLES)('shows what docs/cli.md shows: conntrail $typed', async ({ typed, shown }) => {
    const format = typed.startsWith('timeline') ? 'bars' : 'table';
    const ran = await conntrailOn(node, user, [...typed.split(' '), '-f', format]);
    // On a terminal a blank line parts the two.
    expect([ran.stdout, ran.stderr].filter((text) => text !== '').join('\n')).toBe(shown);
    expect(ran.code).toBe(EXIT_CODES.ok.code);
  });

  it.concurrent.each(titled(SAMPLE_RUNS))('answers about the samples: %s', async (_, asked) => {
    expect((await expectKnown(asked)).stdout).not.toBe('');
  });

  it.concurrent.each(titled(GZIP_RUNS))('unpacks gzip, or says why not: %s', async (_, asked) => {
    await expectKnown(asked);
  });

  it.concurrent.each(titled(BAD_RUNS))('says in a sentence what is wrong: %s', async (_, asked) => {
    await expectKnown(asked);
  });

  it.concurrent.each(LARGE_RUNS.map((asked) => [nameOf(asked), asked] as const))(
    'gives the same bytes with any threads and memory: %s',
    async (_, { args, threads }) => {
      const [ran, alone] = await Promise.all([
        conntrailOn(node, user, args, { nodeOptions: ['--import', './count-threads.mjs'] }),
        usual(LARGE_RUNS[0] as Asked),
      ]);
      expect(ran.code, ran.stderr).toBe(EXIT_CODES.ok.code);
      expect(ran.stdout).toBe(alone.stdout);
      for (const [state, count] of Object.entries(LARGE_STATES))
        expect(ran.stderr).toContain(`${count.toLocaleString('en')} ${state}`);
      expect(ran.stderr).toContain(`threads: ${threads.join(' ')}\n`);
    },
  );

  it.runIf(process.platform === 'linux').concurrent(
    'gives the same bytes with little address space: 4 GB, and 2 GB for one thread',
    async () => {
      const expected = (await usual(LARGE_RUNS[0] as Asked)).stdout;
      const limits = [['4000000'], ['4000000', '--threads', '8'], ['2000000', '--threads', '1']] as const;
      for (const [limit, ...flags] of limits) {
        const ran = await conntrailOn(node, user, ['large.log', '-q', ...flags], { addressSpace: limit });
        expect({ ...ran, stdout: ran.stdout === expected }, limit).toEqual({
          code: EXIT_CODES.ok.code,
          stdout: true,
          stderr: '',
        });
      }
    },
  );

  it.concurrent('answers as ever without WebAssembly', async () => {
    for (const asked of [SAMPLE_RUNS[0], GZIP_RUNS[0]] as readonly Asked[]) {
      const ran = await conntrailOn(node, user, asked.args, { nodeOptions: ['--jitless'] });
      expect({ ...ran, stderr: ran.stderr.replace(V8_WARNING, '') }).toEqual(await usual(asked));
    }
  });

  it.concurrent('writes a file whole', async () => {
    const file = `written-by-${node.version}.csv`;
    const ran = await conntrailOn(node, user, ['samples', '-q', '-o', file]);
    expect(ran).toEqual({ code: EXIT_CODES.ok.code, stdout: '', stderr: '' });
    expect(readFileSync(join(user, file), 'utf8')).toBe((await usual(asCsv)).stdout);
  });

  it.concurrent('says that standard output is full', async () => {
    const full = openSync('/dev/full', 'w');
    const ran = await conntrailOn(node, user, ['samples', '-q'], { stdout: full });
    closeSync(full);
    expect(ran.code).toBe(EXIT_CODES.output.code);
    expect(ran.stderr).toBe('conntrail: Cannot write to standard output: no space is left on the device.\n');
  });

  it.concurrent('ends without a word when the reader of the pipe has left', async () => {
    const ran = await conntrailOn(node, user, ['large.log', '-q'], { leavesEarly: true });
    expect([ran.code, ran.stderr]).toEqual([EXIT_CODES.ok.code, '']);
  });

  it.concurrent.each(SIGNALS)('by %s ends with %i and leaves no file', async (signal, code) => {
    const file = `${signal}-${node.version}.jsonl`;
    const written = (): string[] => readdirSync(user).filter((name) => name.startsWith(file));
    const over = new AbortController();
    const ran = await conntrailOn(node, user, ['-', '-o', file], {
      stdin: Buffer.from(SMALL_LOG),
      isStdinEndless: true,
      onStart: async (kill) => {
        while (!over.signal.aborted && written().length === 0) await wait(20); // not begun yet
        kill(signal);
      },
    });
    over.abort();
    expect(ran.code).toBe(code);
    expect(ran.stderr).toMatch(/^conntrail: .*\n$/);
    expect(written()).toEqual([]);
  });
});

describe.each(NODES)('the library on Node.js $version', (node) => {
  it.concurrent('gives what the scenarios of test/golden fix, and all else as the usual Node does', async () => {
    const [answer, expected] = await Promise.all([libraryOn(node), libraryOn(USUAL)]);
    expect(differing(answer, expected)).toEqual([]);
    for (const [i, scenario] of SCENARIOS.entries()) {
      const { connections, report } = answer.scenarios[i] as LibraryAnswer['scenarios'][number];
      const fixed = expectedOf(scenario);
      expect([...connections].sort(byEnds), scenario).toMatchObject([...rowsOf(fixed)].sort(byEnds));
      expect(report.placement, scenario).toMatchObject(fixed.placement);
    }
    expect(answer.large?.states).toEqual(LARGE_STATES);
    expect(answer.tracked.connections).toEqual(answer.text);
    expect(answer.misuse.map((error) => error?.code)).toEqual([
      'option-invalid',
      'input-missing',
      'format-unknown',
      'format-invalid',
    ]);
  });

  it.concurrent('gives the same without WebAssembly', async () => {
    const [answer, expected] = await Promise.all([useLibrary(node, ['--jitless']), libraryOn(USUAL)]);
    expect(differing(answer, { ...expected, large: null })).toEqual([]);
  });
});
