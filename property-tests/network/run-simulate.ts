/**
 * The simulator as a command: writes a log and the truth behind it side by side, in constant memory.
 *
 *     npm run simulate -- --connections 100000 --seed 7 --interval 60 -o DIR
 *     npm run simulate -- --habit nfs --format v2 -o DIR
 *
 * DIR gets `flow.log` (or numbered parts), `truth.jsonl` with one line a true connection, and `simulation.json` with
 * the settings and totals. The same options write the same bytes on every machine.
 */
import { once } from 'node:events';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Command, InvalidArgumentError, Option } from 'commander';
import { HABIT_NAMES, type Habit, type HabitName, habitNamed } from './habits.ts';
import { FORMATS, type FormatName } from './print-records.ts';
import { type Logging, PLAIN_LOGGING } from './story.ts';
import { type StreamSettings, streamLog, type Told } from './stream-log.ts';
import { WORKLOADS, type WorkloadName } from './workloads.ts';

/** 2025-10-09 08:53:20 UTC, an arbitrary fixed moment. */
const BEGAN = 1_760_000_000;
/** Text is handed to the stream in pieces of about this many characters. */
const PIECE = 1 << 16;

interface Flags {
  readonly connections: number;
  readonly seed: number;
  readonly rate: number;
  readonly interval: '60' | '600' | 'mixed';
  readonly workload: WorkloadName;
  readonly habit?: HabitName;
  readonly keeps?: 'all' | 'accept' | 'reject';
  readonly format: FormatName;
  readonly header: boolean;
  readonly aligned: boolean;
  readonly skew: number;
  readonly loss: number;
  readonly duplicates: number;
  readonly shuffle: number;
  readonly from: number;
  readonly gzip?: boolean;
  readonly linesPerFile: number;
  readonly truth: boolean;
  readonly output: string;
}

/** A text file that may be packed; waits when the disk does not keep up. */
class TextFile {
  readonly #stream: Writable;
  readonly #file: Writable;
  #text = '';

  constructor(path: string, gzip: boolean) {
    this.#file = createWriteStream(path);
    const packer = gzip ? createGzip() : null;
    packer?.pipe(this.#file);
    this.#stream = packer ?? this.#file;
  }

  async write(line: string): Promise<void> {
    this.#text += `${line}\n`;
    if (this.#text.length >= PIECE) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    this.#stream.end();
    await finished(this.#file);
  }

  async #flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (!this.#stream.write(text)) await once(this.#stream, 'drain');
  }
}

/** The log, in one file or in parts; each part begins with the header if there is one. */
class LogFiles {
  readonly #flags: Flags;
  readonly names: string[] = [];
  #header: string | undefined;
  #file: TextFile | undefined;
  #inFile = 0;
  lines = 0;

  constructor(flags: Flags) {
    this.#flags = flags;
  }

  async write(line: string): Promise<void> {
    if (this.#flags.header && this.#header === undefined) {
      this.#header = line;
      return;
    }
    if (this.#file === undefined || this.#inFile >= this.#flags.linesPerFile) await this.#open();
    this.#inFile += 1;
    this.lines += 1;
    await this.#file?.write(line);
  }

  async close(): Promise<void> {
    if (this.#file === undefined) await this.#open();
    await this.#file?.close();
  }

  async #open(): Promise<void> {
    await this.#file?.close();
    const { gzip = false, linesPerFile, output } = this.#flags;
    const part = Number.isFinite(linesPerFile) ? `-${String(this.names.length + 1).padStart(4, '0')}` : '';
    const name = `flow${part}.log${gzip ? '.gz' : ''}`;
    this.names.push(name);
    this.#file = new TextFile(join(output, name), gzip);
    this.#inFile = 0;
    if (this.#header !== undefined) await this.#file.write(this.#header);
  }
}

const KEEPS = { all: 'ALL', accept: 'ACCEPT', reject: 'REJECT' } as const;

/** A habit is logged in its own way; what is asked for outright counts all the same. */
const loggingOf = (flags: Flags, habit: Habit | null): Logging => ({
  ...PLAIN_LOGGING,
  format: flags.format,
  header: flags.header,
  interval: flags.interval === 'mixed' ? 'mixed' : flags.interval === '600' ? 600 : 60,
  aligned: flags.aligned,
  skew: { most: flags.skew, per: 'record' },
  from: flags.from,
  loss: flags.loss,
  duplicates: flags.duplicates,
  ...habit?.logging,
  ...(flags.keeps === undefined ? {} : { keeps: KEEPS[flags.keeps] }),
});

const settingsOf = (flags: Flags): StreamSettings => {
  const habit = flags.habit === undefined ? null : habitNamed(flags.habit);
  return {
    workload: flags.habit ?? flags.workload,
    connections: flags.connections,
    seed: flags.seed,
    rate: flags.rate,
    intervalSeconds: flags.interval === '600' ? 600 : 60,
    began: BEGAN,
    logging: loggingOf(flags, habit),
    ...(habit?.notedBy === 'gateways' ? { notedBy: habit.notedBy } : {}),
    shuffleSeconds: flags.shuffle,
  };
};

const countInto = (totals: Map<string, number>, name: string): void => {
  totals.set(name, (totals.get(name) ?? 0) + 1);
};

/** What `simulation.json` counts: true connections in all and by kind and state. */
class Totals {
  readonly #kinds = new Map<string, number>();
  readonly #states = new Map<string, number>();
  #connections = 0;
  #visible = 0;

  add({ kind, truth, observed }: Told): void {
    this.#connections += 1;
    if (observed.visible) this.#visible += 1;
    countInto(this.#kinds, kind);
    countInto(this.#states, truth.states?.join(' or ') ?? 'not told');
  }

  summary(): object {
    const sorted = (map: ReadonlyMap<string, number>): object =>
      Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
    return {
      connections: this.#connections,
      visible: this.#visible,
      kinds: sorted(this.#kinds),
      states: sorted(this.#states),
    };
  }
}

const simulateTo = async (flags: Flags): Promise<string> => {
  mkdirSync(flags.output, { recursive: true });
  const settings = settingsOf(flags);
  const log = new LogFiles(flags);
  const truth = flags.truth ? new TextFile(join(flags.output, 'truth.jsonl'), false) : null;
  const totals = new Totals();
  for (const piece of streamLog(settings)) {
    for (const line of piece.lines) await log.write(line);
    for (const told of piece.told) {
      totals.add(told);
      await truth?.write(JSON.stringify({ kind: told.kind, ...told.truth, observed: told.observed }));
    }
  }
  await log.close();
  await truth?.close();
  const summary = { settings, files: log.names, records: log.lines, ...totals.summary() };
  writeFileSync(join(flags.output, 'simulation.json'), `${JSON.stringify(summary, null, 2)}\n`);
  return `${log.lines} records in ${log.names.length} file(s)${flags.truth ? ', truth.jsonl' : ''} and simulation.json in ${flags.output}`;
};

const wholeFrom =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    return value;
  };

const numberFrom =
  (least: number, most: number) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`);
    return value;
  };

const MOST = Number.MAX_SAFE_INTEGER;

const program = new Command('simulate')
  .description('Writes a flow log whose truth is known, and the truth beside it.')
  .option(
    '--connections <number>',
    'dials, those that take ports again included',
    wholeFrom(1, MOST),
    100_000,
  )
  .option('--seed <number>', 'another seed, another network', wholeFrom(0, 2 ** 32 - 1), 7)
  .option('--rate <number>', 'dials a second', numberFrom(0.001, 100_000), 50)
  .addOption(new Option('--interval <seconds>', 'aggregation').choices(['60', '600', 'mixed']).default('60'))
  .addOption(
    new Option('--workload <name>', 'what the hosts do').choices(Object.keys(WORKLOADS)).default('mixed'),
  )
  .addOption(
    new Option('--habit <name>', 'a habit of other networks instead, listed below')
      .choices(HABIT_NAMES)
      .conflicts('workload'),
  )
  .addOption(
    new Option(
      '--keeps <actions>',
      'which actions the flow log keeps (default: "all", or as the habit has it)',
    ).choices(Object.keys(KEEPS)),
  )
  .addOption(new Option('--format <name>', 'field order').choices(Object.keys(FORMATS)).default('aws-21'))
  .option('--no-header', 'no header line')
  .option('--no-truth', 'no truth.jsonl: only its totals')
  .option('--no-aligned', 'intervals of the two directions of an interface begin at different seconds')
  .option('--skew <seconds>', 'start and end of a record are up to this late', wholeFrom(0, 59), 0)
  .option('--loss <share>', 'share of the records that are lost', numberFrom(0, 1), 0)
  .option('--duplicates <share>', 'share of the records that are written twice', numberFrom(0, 1), 0)
  .option('--shuffle <seconds>', 'lines come up to this much out of order', numberFrom(0, 86_400), 0)
  .option('--from <seconds>', 'the log begins so long after the first dial', numberFrom(0, MOST), 0)
  .option('--gzip', 'pack the log')
  .option('--lines-per-file <number>', 'cut the log into parts', wholeFrom(1, MOST), Number.POSITIVE_INFINITY)
  .requiredOption('-o, --output <folder>', 'where to write')
  .addHelpText(
    'after',
    `\nHabits:\n${HABIT_NAMES.map((name) => `  ${name.padEnd(28)}${habitNamed(name).about}`).join('\n')}`,
  );

const flags = program.parse().opts<Flags>();
process.stderr.write(`${await simulateTo(flags)}\n`);
