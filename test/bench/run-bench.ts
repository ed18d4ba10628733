/**
 * Measures the command from outside, as a user runs it: a fresh process over a simulated log, wall time and peak
 * memory, one warm-up and then several runs. It builds nothing (`npm run bench` builds first), compares with the
 * floors we promise and exits with 1 when one does not hold.
 *
 *     node test/bench/run-bench.ts --connections 500000 --runs 5
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** The promise: at least this fast and at most this large, on the log of half a million connections. */
const FLOOR_RECORDS_PER_SECOND = 600_000;
const FLOOR_PEAK_MEGABYTES = 600;

const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const COMMAND = join(REPOSITORY, 'dist/cli/main.js');

/**
 * Runs inside the measured process (`--import`) and reports, when it exits, what the system counted for the whole
 * process, worker threads included: `maxRSS` in KiB on every platform, CPU times in microseconds. Workers inherit
 * the flag, hence the check for the main thread. Source: Node.js documentation, process.resourceUsage().
 */
const REPORT_USAGE = `data:text/javascript,${encodeURIComponent(`
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ maxRSS, cpu: userCPUTime + systemCPUTime }));
});
`)}`;

interface Run {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

const readAll = (stream: unknown): Promise<string> =>
  new Promise((settle) => {
    let text = '';
    const readable = stream as NodeJS.ReadableStream;
    readable.setEncoding('utf8');
    readable.on('data', (piece: string) => {
      text += piece;
    });
    readable.on('end', () => settle(text));
  });

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((settle, fail) => {
    child.once('error', fail);
    child.once('close', (code) => settle(code));
  });

/** One run of the command in its own process. Start-up of node is part of it, as it is for a user. */
const measure = async (input: string, output: string): Promise<Run> => {
  rmSync(output, { force: true });
  const began = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', REPORT_USAGE, COMMAND, input, '--format', 'json', '-o', output, '--quiet'],
    { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] },
  );
  const usage = readAll(child.stdio[3]);
  const code = await exitOf(child);
  const wallSeconds = (performance.now() - began) / 1000;
  if (code !== 0) throw new Error(`conntrail ended with exit code ${code}`);
  const report: { maxRSS: number; cpu: number } = JSON.parse(await usage);
  return { wallSeconds, cpuSeconds: report.cpu / 1e6, peakMegabytes: (report.maxRSS * 1024) / 1e6 };
};

/** What the simulator says it wrote. */
interface Simulation {
  readonly records: number;
  /** True connections and exchanges. */
  readonly connections: number;
}

const SIMULATOR = join(REPOSITORY, 'property-tests/network/run-simulate.ts');

/** The log of the simulator's mixed workload (docs/truth-lab.md), unless an earlier run left it. */
const provideInput = (directory: string, connections: number, seed: number): Simulation => {
  const told = join(directory, 'simulation.json');
  if (!existsSync(told)) {
    console.log(`simulating ${connections} connections into ${directory}: some minutes, once …`);
    const settings = ['--connections', String(connections), '--seed', String(seed), '--no-truth'];
    const { status } = spawnSync(process.execPath, [SIMULATOR, ...settings, '-o', directory], {
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error(`The simulator ended with exit code ${status}.`);
  }
  return JSON.parse(readFileSync(told, 'utf8')) as Simulation;
};

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

const row = (label: string, values: readonly number[], digits: number): string => {
  const cells = [median(values), Math.min(...values), Math.max(...values)];
  return label.padEnd(18) + cells.map((value) => value.toFixed(digits).padStart(12)).join('');
};

const countLines = (file: string): number => {
  const bytes = readFileSync(file);
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
};

const readWhole = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${name} ${text}: expected a whole number of 1 or more`);
  return value;
};

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '500000' },
    runs: { type: 'string', default: '5' },
    seed: { type: 'string', default: '7' },
  },
});
const connections = readWhole('connections', values.connections);
const runs = readWhole('runs', values.runs);
const seed = readWhole('seed', values.seed);
if (!existsSync(COMMAND)) throw new Error(`${COMMAND} is missing: run npm run build first`);

const directory = join(REPOSITORY, '.bench', `${connections}-connections-seed-${seed}`);
mkdirSync(directory, { recursive: true });
const truth = provideInput(directory, connections, seed);
const input = join(directory, 'flow.log');
const output = join(directory, 'connections.jsonl');
const megabytes = statSync(input).size / 1e6;

await measure(input, output);
const measured: Run[] = [];
for (let count = 0; count < runs; count += 1) measured.push(await measure(input, output));

const recordsPerSecond = measured.map((run) => truth.records / run.wallSeconds);
const peaks = measured.map((run) => run.peakMegabytes);
const cpu = cpus()[0]?.model.trim() ?? 'unknown processor';
const memory = (totalmem() / 2 ** 30).toFixed(0);
console.log(
  `${cpu}, ${availableParallelism()} cores, ${memory} GiB, ${type()} ${release()}, node ${process.version}`,
);
console.log(
  `${truth.records} records of ${truth.connections} simulated connections and exchanges, ${megabytes.toFixed(0)} MB; ${runs} runs after one warm-up`,
);
console.log(`${countLines(output)} rows came out\n`);
console.log(' '.repeat(18) + ['median', 'min', 'max'].map((word) => word.padStart(12)).join(''));
console.log(
  row(
    'wall time, s',
    measured.map((run) => run.wallSeconds),
    2,
  ),
);
console.log(
  row(
    'CPU time, s',
    measured.map((run) => run.cpuSeconds),
    2,
  ),
);
console.log(row('records/s', recordsPerSecond, 0));
console.log(
  row(
    'MB/s',
    measured.map((run) => megabytes / run.wallSeconds),
    1,
  ),
);
console.log(row('peak memory, MB', peaks, 0));

const fastEnough = median(recordsPerSecond) >= FLOOR_RECORDS_PER_SECOND;
const smallEnough = Math.max(...peaks) <= FLOOR_PEAK_MEGABYTES;
console.log('');
console.log(`${fastEnough ? 'holds' : 'FAILS'}: at least ${FLOOR_RECORDS_PER_SECOND} records/s (median)`);
console.log(`${smallEnough ? 'holds' : 'FAILS'}: at most ${FLOOR_PEAK_MEGABYTES} MB at any run's peak`);
process.exitCode = fastEnough && smallEnough ? 0 : 1;
