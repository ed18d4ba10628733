/**
 * The bench: the built command beside DuckDB on the same logs, every run a process of its own, the sides taking turns so
 * that a slow minute of the machine meets both. Prints the table and writes it between the markers of docs/performance.md;
 * ends with 1 when a floor does not hold.
 *
 *     npm run bench -- --connections 1000000 --runs 5
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser, openFile } from '../browser/open-browser.ts';
import {
  BENCH_FOLDER,
  inDefaultFormat,
  inEvents,
  inParquet,
  littered,
  openAtOnce,
  packed,
  repeated,
  sharedOut,
  simulated,
} from './inputs.ts';
import { measureNode, measureProgram, type Run } from './measure.ts';
import { type BenchRow, judge, toMarkdown, toText } from './table.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const COMMAND = join(REPOSITORY, 'dist/cli/main.js');
const DUCKDB = join(import.meta.dirname, 'duckdb/run-job.ts');
const READ_ALONE = join(import.meta.dirname, 'read-alone.ts');
const ITERATE = join(import.meta.dirname, 'iterate.ts');
const PAGE = join(REPOSITORY, 'docs/performance.md');
const OUTPUT = join(BENCH_FOLDER, 'table.jsonl');
/** A report is a page by its name too. */
const REPORT = join(BENCH_FOLDER, 'report.html');
const OBJECTS = 64;
/** The columns that the equal job of DuckDB has too. */
const EQUAL_COLUMNS =
  `initiator_address,initiator_port,responder_address,responder_port,protocol,initiator_basis,
first_seen,last_seen,opened_at,closed_at,initiator_packets,initiator_bytes,responder_packets,responder_bytes,
initiator_flags,responder_flags,records,interface_id,verdict`.replaceAll('\n', '');
/** The simulator's clocks begin at 1760000000. */
const AN_HOUR_IN = '1760003600';
/** Records of one connection, and the same number of many. */
const ONE_CONNECTION = 3_000_000;
/** Little enough that both logs of the rows on growth are more than that. */
const LITTLE_MEMORY = '16M';

const written = (format: string, input: string, ...more: string[]): Promise<Run> =>
  measureNode([COMMAND, 'connections', input, '-f', format, '-o', OUTPUT, '--quiet', ...more]);

const conntrail = (input: string, ...more: string[]): Promise<Run> => written('json', input, ...more);

/** Another command on the same log. */
const asked = (...words: readonly string[]): Promise<Run> => measureNode([COMMAND, ...words, '--quiet']);

const duckdb = (job: string, input: string): Promise<Run> => measureNode([DUCKDB, job, input, OUTPUT]);

type Sides = Readonly<Record<string, () => Promise<Run>>>;

/** What the run before has written goes to the disk first: else the next one is slower for it. */
const settle = (): void => {
  for (const written of [OUTPUT, REPORT]) rmSync(written, { force: true });
  if (type() !== 'Windows_NT') spawnSync('sync');
};

/** Seconds from opening a page in a browser until it is drawn, once to warm up and then once a run. */
const openings = async (page: string, runs: number): Promise<number[]> => {
  const browser = await openBrowser();
  const all: number[] = [];
  for (let turn = 0; turn <= runs; turn += 1) {
    const opened = await openFile(browser, page);
    if (turn > 0) all.push(opened.milliseconds / 1000);
    await opened.page.close();
  }
  await browser.close();
  return all;
};

/** Connections that the report of the bench holds at most. */
const REPORTED = 100_000;

/** Every side once to warm up, then all of them in turn, each turn beginning with another: what came before costs or helps. */
const inTurns = async <S extends Sides>(sides: S, runs: number): Promise<Record<keyof S, Run[]>> => {
  const names: (keyof S)[] = Object.keys(sides);
  const all = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<keyof S, Run[]>;
  for (let turn = 0; turn <= runs; turn += 1) {
    for (let i = 0; i < names.length; i += 1) {
      const name = names[(turn + i) % names.length] as keyof S;
      settle();
      const run = await sides[name]?.();
      if (turn > 0 && run !== undefined) all[name].push(run);
    }
  }
  return all;
};

const seconds = (runs: readonly Run[]): number[] => runs.map((run) => run.wallSeconds);
const processor = (runs: readonly Run[]): number[] => runs.map((run) => run.cpuSeconds);
const peaks = (runs: readonly Run[]): number[] => runs.map((run) => run.peakMegabytes);

const wholeOf = (name: string, text: string, least: number): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} ${text}: expected a whole number of ${least} or more`);
  return value;
};

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '5' },
    seed: { type: 'string', default: '7' },
  },
});
if (!existsSync(COMMAND)) throw new Error(`${COMMAND} is missing: run npm run build first`);
const connections = wholeOf('connections', values.connections, 10);
const runs = wholeOf('runs', values.runs, 1);
const seed = wholeOf('seed', values.seed, 0);
const name = `${connections}-connections-seed-${seed}`;

const text = await simulated(connections, seed);
const quarter = await simulated(Math.round(connections / 4), seed);
const quarterName = `${Math.round(connections / 4)}-connections-seed-${seed}`;
const tenfold = await repeated(quarter, quarterName, 10);
const v2 = await inDefaultFormat(text, name);
const objects = await packed(text, name, OBJECTS);
const open = await openAtOnce(1_000_000);
const litter = await littered(text, name);
const one = await sharedOut(ONE_CONNECTION, 1);
const many = await sharedOut(ONE_CONNECTION, 100_000);
const zipped = await packed(quarter, quarterName, 1);
const zippedText = join(zipped.path, 'flow-001.log.gz');
const parquet = await inParquet(quarter, quarterName);
const events = await inEvents(quarter, quarterName);
const log = text.path;

const told = await inTurns(
  {
    ours: () => conntrail(log),
    one: () => conntrail(log, '--threads', '1'),
    two: () => conntrail(log, '--threads', '2'),
    audit: () => asked('audit', log, '-f', 'json'),
    at: () => asked('at', AN_HOUR_IN, log, '-f', 'csv'),
    every: () => asked('at', 'start', log, '--every', '1m', '-f', 'csv'),
    timeline: () => asked('timeline', log, '-f', 'bars'),
    job: () => duckdb('equal-job', log),
    equal: () => conntrail(log, '--columns', EQUAL_COLUMNS),
    scan: () => duckdb('bare-scan', log),
    packed: () => conntrail(objects.path),
    v2: () => conntrail(v2.path),
    open: () => conntrail(open.path),
  },
  runs,
);
// Each in the form that somebody asks for, beside JSON Lines of the same log.
const forms = await inTurns(
  {
    json: () => conntrail(log),
    csv: () => written('csv', log),
    zeek: () => written('zeek', log),
    parquet: () => written('parquet', log),
    table: () => written('table', log),
    iterate: () => measureNode([ITERATE, log]),
    report: () => asked('report', log, '-o', REPORT),
    littered: () => conntrail(litter.path),
    spilled: () => conntrail(log, '--memory', LITTLE_MEMORY),
    one: () => conntrail(one.path),
    many: () => conntrail(many.path),
  },
  runs,
);
// The same records through every door, in single threads where only reading is measured.
const doors = await inTurns(
  {
    text: () => conntrail(quarter.path),
    gzip: () => conntrail(zippedText),
    parquet: () => conntrail(parquet.path),
    events: () => conntrail(events.path),
    readGzip: () => measureNode([READ_ALONE, zippedText]),
    readParquet: () => measureNode([READ_ALONE, parquet.path]),
  },
  runs,
);
// By themselves: what ten times the input leaves on its way to the disk would be paid by whoever comes next.
const grown = await inTurns(
  {
    quarter: () => conntrail(quarter.path, '--memory', LITTLE_MEMORY),
    tenfold: () => conntrail(tenfold.path, '--memory', LITTLE_MEMORY),
  },
  runs,
);
await asked('report', log, '--top', String(REPORTED), '-o', REPORT);
const drawn = await openings(REPORT, runs);
const unpack: number[] = [];
const read: number[] = [];
const write: number[] = [];
await conntrail(log);
const size = statSync(OUTPUT).size;
for (let turn = 0; turn < runs; turn += 1) {
  unpack.push(await measureProgram('sh', ['-c', 'gzip -dc "$0"/*.gz > /dev/null', objects.path]));
  read.push(await measureProgram('cat', [log]));
  settle();
  write.push(await measureProgram('sh', ['-c', 'head -c "$0" /dev/zero > "$1"', String(size), OUTPUT]));
}
settle();

const perSecond = (records: number, measured: readonly Run[]): number[] =>
  seconds(measured).map((each) => records / each);
/** What a command costs beside the one that writes all connections as JSON Lines. */
const beside = (measure: string, measured: readonly Run[]): BenchRow => ({
  measure: `${measure}, against text to JSON Lines`,
  unit: 's',
  ours: seconds(measured),
  theirs: seconds(told.ours),
  ratio: 'ours/theirs',
  floor: 1.25,
  better: 'less',
});
/** What a form of the result costs beside JSON Lines of the same log. */
const form = (measure: string, measured: readonly Run[], floor: number, aim: number): BenchRow => ({
  measure: `${measure}, against JSON Lines`,
  unit: 's',
  ours: seconds(measured),
  theirs: seconds(forms.json),
  ratio: 'ours/theirs',
  floor,
  aim,
  better: 'less',
});
const rows: BenchRow[] = [
  {
    measure: "text to JSON Lines, against DuckDB's equal job",
    unit: 's',
    ours: seconds(told.ours),
    theirs: seconds(told.job),
    ratio: 'theirs/ours',
    floor: 6,
    aim: 15,
  },
  {
    measure: "JSON Lines of the equal job's 19 columns, against it",
    unit: 's',
    ours: seconds(told.equal),
    theirs: seconds(told.job),
    ratio: 'theirs/ours',
    floor: 2.7,
    aim: 3.5,
  },
  {
    measure: "text to JSON Lines, against DuckDB's bare scan",
    unit: 's',
    ours: seconds(told.ours),
    theirs: seconds(told.scan),
    ratio: 'ours/theirs',
    floor: 1.3,
    aim: 0.75,
    better: 'less',
  },
  {
    measure: `${OBJECTS} gzip objects`,
    unit: 'records/s',
    ours: perSecond(objects.records, told.packed),
    floor: 1.5e6,
    aim: 2.5e6,
  },
  {
    measure: 'peak memory, 1,000,000 connections open at once',
    unit: 'MB',
    ours: peaks(told.open),
    floor: 500,
    aim: 350,
    better: 'less',
  },
  {
    measure: `10 times the input, --memory ${LITTLE_MEMORY}: time`,
    unit: 's',
    ours: seconds(grown.tenfold),
    theirs: seconds(grown.quarter),
    ratio: 'ours/theirs',
    floor: 10.5,
    better: 'less',
  },
  {
    measure: `10 times the input, --memory ${LITTLE_MEMORY}: peak memory`,
    unit: 'MB',
    ours: peaks(grown.tenfold),
    theirs: peaks(grown.quarter),
    ratio: 'ours/theirs',
    floor: 1.1,
    better: 'less',
  },
  {
    measure: '2 threads against 1',
    unit: 's',
    ours: seconds(told.two),
    theirs: seconds(told.one),
    ratio: 'theirs/ours',
    floor: 1.7,
    aim: 1.9,
  },
  form('CSV', forms.csv, 1.3, 1),
  form("Zeek's conn.log", forms.zeek, 1.3, 1),
  form('Parquet', forms.parquet, 3, 2),
  form('the table, into a file', forms.table, 1.5, 1.2),
  form('iterating over whole connections, packets of every vantage and window', forms.iterate, 2.5, 1.5),
  form('report', forms.report, 2, 1.2),
  form('2 % of lines SKIPDATA, 2 % copies, 1 % lost', forms.littered, 1.15, 1.05),
  form(`--memory ${LITTLE_MEMORY}`, forms.spilled, 1.4, 1.3),
  {
    measure: 'decoding Parquet, against unpacking and scanning gzip text: processor time',
    unit: 's',
    ours: processor(doors.readParquet),
    theirs: processor(doors.readGzip),
    ratio: 'ours/theirs',
    floor: 3,
    aim: 1.5,
    better: 'less',
  },
  {
    measure: 'Parquet to JSON Lines, against gzip text',
    unit: 's',
    ours: seconds(doors.parquet),
    theirs: seconds(doors.gzip),
    ratio: 'ours/theirs',
    floor: 1.7,
    aim: 1,
    better: 'less',
  },
  {
    measure: 'JSON of filter-log-events to JSON Lines, against text',
    unit: 's',
    ours: seconds(doors.events),
    theirs: seconds(doors.text),
    ratio: 'ours/theirs',
    floor: 4,
    better: 'less',
  },
  {
    measure: `${ONE_CONNECTION.toLocaleString('en-GB')} records of one connection, against as many of 100,000`,
    unit: 's',
    ours: seconds(forms.one),
    theirs: seconds(forms.many),
    ratio: 'ours/theirs',
    floor: 3,
    better: 'less',
  },
  {
    measure: 'the same: peak memory',
    unit: 'MB',
    ours: peaks(forms.one),
    theirs: peaks(forms.many),
    ratio: 'ours/theirs',
    floor: 3,
    better: 'less',
  },
  beside('audit', told.audit),
  beside('at, one moment', told.at),
  beside('at, every minute', told.every),
  beside('timeline, bars', told.timeline),
  {
    measure: `a report of up to ${REPORTED.toLocaleString('en-GB')} connections, until a browser has drawn it`,
    unit: 's',
    ours: drawn,
    floor: 3,
    better: 'less',
  },
  { measure: 'text', unit: 'records/s', ours: perSecond(text.records, told.ours) },
  { measure: 'text: peak memory', unit: 'MB', ours: peaks(told.ours) },
  { measure: 'v2 default format', unit: 'records/s', ours: perSecond(v2.records, told.v2) },
  { measure: 'gzip -dc alone', unit: 's', ours: unpack },
  { measure: 'reading the file alone', unit: 's', ours: read },
  {
    measure: `writing ${(size / 1e6).toFixed(0)} MB of zeros, as much as the lines are`,
    unit: 's',
    ours: write,
  },
];

const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${type()} ${release()}, node ${process.version}`;
const input = `${text.records.toLocaleString('en-GB')} records, ${(statSync(log).size / 1e6).toFixed(0)} MB; medians of ${runs} runs after one warm-up`;
console.log(`${machine}\n${input}\n\n${toText(rows)}`);
const before = readFileSync(PAGE, 'utf8');
const generated = `<!-- table -->\n${machine}.\n${input}.\n\n${toMarkdown(rows)}\n<!-- /table -->`;
writeFileSync(
  PAGE,
  before.replace(/<!-- table -->[\s\S]*<!-- \/table -->/, () => generated),
);
process.exitCode = rows.some((row) => judge(row) === 'FAILS') ? 1 : 0;
