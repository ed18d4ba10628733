/** `conntrail at`: what was open at a moment of the past, or how much over time. */
import { formatOf, isoTime, type RowChoice } from '../export/chosen-rows.ts';
import { toCsvCell } from '../export/csv.ts';
import { toJsonCell } from '../export/json-lines.ts';
import { type ParquetColumn, parquetColumns } from '../export/parquet-columns.ts';
import type { Cell } from '../export/row.ts';
import { OptionError } from '../model/errors.ts';
import type { ConnectionOutline } from '../model/outline.ts';
import type { VantageCoverage } from '../model/report.ts';
import { MomentSweep, type OpenAt, type OpenConnection } from '../timeline/at.ts';
import { type OpenCount, OpenCounter } from '../timeline/count-open.ts';
import type { Horizon } from '../timeline/life.ts';
import { countLines, describeTimeless, momentLines } from './at-text.ts';
import { explainNothing } from './explain-nothing.ts';
import { type CommonFlags, engineOptions } from './options.ts';
import { parseDuration } from './parse-duration.ts';
import { parseTime } from './parse-time.ts';
import { writeResult } from './result.ts';
import { rowRun } from './row-run.ts';
import { saySummary } from './say-summary.ts';
import type { Surroundings } from './surroundings.ts';
import type { TableLook } from './table.ts';
import { type Taken, type TakeRequest, takeOutlines } from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import type { TextWriter } from './text-writer.ts';
import { writeRows } from './write-rows.ts';

export interface AtFlags extends CommonFlags {
  readonly time?: readonly string[];
  readonly every?: string;
  readonly to?: string;
  readonly horizon?: string;
}

const FORMATS = ['table', 'json', 'csv', 'parquet'] as const;
type AtFormat = (typeof FORMATS)[number];

/** The word for the first record, where counting over time may begin. */
const START = 'start';

/** A connection that was open at a moment. */
interface OpenThen {
  readonly row: OpenConnection;
  readonly time: Cell;
}

// What stands before the columns of a connection, one a line: the formatter stays out.
// biome-ignore format: a table
const THEN_COLUMNS: readonly ParquetColumn<OpenThen>[] = [
  { name: 'at',                  kind: 'time', isNeverNull: true, read: ({ time }) => time },
  { name: 'open',                kind: 'text', isNeverNull: true, read: ({ row }) => row.open },
  { name: 'open_because',        kind: 'text', isNeverNull: true, read: ({ row }) => row.because },
  { name: 'state_then',          kind: 'text',                    read: ({ row }) => row.stateThen },
  { name: 'age_min',             kind: 'count',                   read: ({ row }) => row.age.least },
  { name: 'age_max',             kind: 'count',                   read: ({ row }) => row.age.most },
  { name: 'initiator_bytes_min', kind: 'count',                   read: ({ row }) => row.initiatorBytes.least },
  { name: 'initiator_bytes_max', kind: 'count',                   read: ({ row }) => row.initiatorBytes.most },
  { name: 'responder_bytes_min', kind: 'count',                   read: ({ row }) => row.responderBytes.least },
  { name: 'responder_bytes_max', kind: 'count',                   read: ({ row }) => row.responderBytes.most },
];

// biome-ignore format: a table
const COUNT_COLUMNS: readonly ParquetColumn<OpenCount>[] = [
  { name: 'at',            kind: 'time',  isNeverNull: true, read: ({ time }) => time },
  { name: 'surely_open',   kind: 'count', isNeverNull: true, read: ({ surely }) => surely },
  { name: 'possibly_open', kind: 'count', isNeverNull: true, read: ({ possibly }) => possibly },
  { name: 'attempts',      kind: 'count', isNeverNull: true, read: ({ attempts }) => attempts },
];

/** How rows of a format are made: what stands before the columns of a connection is spelt as they are. */
interface Spelling {
  readonly format: Exclude<AtFormat, 'table' | 'parquet'>;
  readonly choice: RowChoice;
}

const spellTime = (time: number, { times }: RowChoice): Cell => (times === 'iso' ? isoTime(time) : time);

const writeMoments = async (
  moments: readonly OpenAt[],
  { format, choice }: Spelling,
  writer: TextWriter,
): Promise<void> => {
  const { header, line } = formatOf(format, choice);
  const isCsv = format === 'csv';
  if (isCsv) writer.add(`${THEN_COLUMNS.map(({ name }) => name).join(',')},${header}`);
  for (const moment of moments) {
    const time = spellTime(moment.time, choice);
    for (const row of moment.connections) {
      const cells = THEN_COLUMNS.map(({ name, read }) => {
        const cell = read({ row, time });
        return isCsv ? toCsvCell(cell) : `"${name}":${toJsonCell(cell)}`;
      });
      const rest = line(row.connection);
      const full = writer.add(isCsv ? `${cells.join(',')},${rest}` : `{${cells.join(',')},${rest.slice(1)}`);
      if (full !== undefined) await full;
    }
  }
};

function* rowsOf(moments: readonly OpenAt[]): Generator<OpenThen> {
  for (const { time, connections } of moments) for (const row of connections) yield { row, time };
}

const writeMomentsAsParquet = (
  moments: readonly OpenAt[],
  choice: RowChoice,
  writer: TextWriter,
): Promise<void> => {
  const ofConnections = parquetColumns(choice).map(
    ({ read, ...column }): ParquetColumn<OpenThen> => ({
      ...column,
      read: ({ row }) => read(row.connection),
    }),
  );
  return writeRows(rowsOf(moments), [...THEN_COLUMNS, ...ofConnections], 'parquet', writer);
};

const writeCounts = async (
  counts: readonly OpenCount[],
  { format, choice }: Spelling,
  writer: TextWriter,
): Promise<void> => {
  if (format === 'csv') writer.add('at,surely_open,possibly_open,attempts\r\n');
  for (const { time, surely, possibly, attempts } of counts) {
    const at = spellTime(time, choice);
    const full = writer.add(
      format === 'csv'
        ? `${toCsvCell(at)},${surely},${possibly},${attempts}\r\n`
        : `{"at":${toJsonCell(at)},"surely_open":${surely},"possibly_open":${possibly},"attempts":${attempts}}\n`,
    );
    if (full !== undefined) await full;
  }
};

/** How the answer is to look. */
interface Wanted {
  readonly format: AtFormat;
  readonly choice: RowChoice;
  readonly look: TableLook;
}

/** What is to be done with each connection, and with all of them in the end. */
interface Job {
  readonly needsWindows: boolean;
  readonly cover: (coverage: readonly VantageCoverage[]) => void;
  readonly add: (connection: ConnectionOutline) => void;
  readonly finish: (taken: Taken, wanted: Wanted, writer: TextWriter) => Promise<void>;
}

const momentsJob = (text: string, flags: AtFlags, horizon: Horizon): Job => {
  const times = [parseTime(text, 'TIME'), ...(flags.time ?? []).map((time) => parseTime(time, '--time'))];
  const sweep = new MomentSweep(times, horizon);
  return {
    needsWindows: true,
    cover: (coverage) => sweep.cover(coverage),
    add: (outline) => sweep.consider(outline, () => outline.whole()),
    finish: async (taken, { format, choice, look }, writer) => {
      const moments = sweep.snapshots();
      if (format === 'parquet') return writeMomentsAsParquet(moments, choice, writer);
      if (format !== 'table') return writeMoments(moments, { format, choice }, writer);
      for (const [i, moment] of moments.entries()) {
        if (i > 0) await writer.addLines(['']);
        await writer.addLines(momentLines(moment, taken.report, look));
      }
      await sayTimeless(moments[0]?.timeless ?? 0, look, writer);
    },
  };
};

const sayTimeless = async (timeless: number, { width }: TableLook, writer: TextWriter): Promise<void> => {
  const sentence = describeTimeless(timeless);
  if (sentence !== '') await writer.addLines(['', ...wrapText(sentence, readableWidth(width))]);
};

const countsJob = (text: string, flags: AtFlags, horizon: Horizon): Job => {
  if (flags.time !== undefined)
    throw new OptionError('option-invalid', '--every and --time ask for different things: give one of them.');
  if (flags.columns !== undefined)
    throw new OptionError(
      'option-invalid',
      '--columns are those of connections, and --every counts: leave one out.',
    );
  const counter = new OpenCounter({
    everySeconds: parseDuration(flags.every as string, '--every'),
    ...(text === START ? {} : { from: parseTime(text, 'TIME') }),
    ...(flags.to === undefined ? {} : { to: parseTime(flags.to, '--to') }),
    ...horizon,
  });
  return {
    needsWindows: false,
    cover: (coverage) => counter.cover(coverage),
    add: (connection) => counter.add(connection),
    finish: async (_taken, { format, choice, look }, writer) => {
      const counts = counter.counts();
      if (format === 'parquet') return writeRows(counts, COUNT_COLUMNS, format, writer);
      if (format !== 'table') return writeCounts(counts, { format, choice }, writer);
      await writer.addLines(countLines(counts, look));
      await sayTimeless(counter.timeless, look, writer);
    },
  };
};

const jobFor = (text: string, flags: AtFlags): Job => {
  const { idleSeconds } = engineOptions(flags);
  const horizon: Horizon = {
    idleSeconds,
    ...(flags.horizon === undefined ? {} : { horizonSeconds: parseDuration(flags.horizon, '--horizon') }),
  };
  if (flags.every !== undefined) return countsJob(text, flags, horizon);
  if (flags.to !== undefined)
    throw new OptionError('option-invalid', '--to says where --every ends: give --every as well.');
  return momentsJob(text, flags, horizon);
};

/** Runs the command; the exit code comes back. */
export const runAt = async (
  time: string,
  paths: readonly string[],
  flags: AtFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const job = jobFor(time, flags);
  const run = await rowRun(paths, flags, surroundings, FORMATS, ['json', 'csv', 'parquet']);
  const { place, format, choice, wanted } = run;
  const { toFile, look } = place;
  const request: TakeRequest = { ...run.request, windows: job.needsWindows, onCoverage: job.cover };
  const taken = await writeResult(wanted, async ({ writer }) => {
    const all = await takeOutlines(request, (connection) => {
      job.add(connection);
      return undefined;
    });
    const nothing = format === 'table' ? explainNothing(all.report, all.tally) : null;
    if (nothing !== null) await writer.addLines(wrapText(nothing, readableWidth(look.width)));
    else await job.finish(all, { format, choice, look }, writer);
    return all;
  });
  return saySummary(taken, flags, surroundings, format === 'table' && toFile === null);
};
