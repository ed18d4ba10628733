/**
 * What commander hands over, checked and turned into values: the engine's options, the filters and how
 * results are shown. Each message names the option, the value and what was expected.
 */
import { type RowChoice, TIMES, type Times } from '../export/chosen-rows.ts';
import { type Column, columnsWith, wideColumnsWith } from '../export/row.ts';
import { checkTop, type TopLimit } from '../model/check-top.ts';
import { CONNECTION_STATES, type ConnectionState, VERDICTS, type Verdict } from '../model/connection.ts';
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { NameOf } from '../model/name-of.ts';
import { LEAST_MEMORY_BYTES, type ReconstructOptions, SCOPES, type Scope } from '../reconstruct.ts';
import { parseAddressRange } from './address-range.ts';
import { closestWord } from './closest-word.ts';
import { withoutCodec } from './compression.ts';
import type { FilterOptions } from './filters.ts';
import { parseDuration } from './parse-duration.ts';
import { parseSize } from './parse-size.ts';
import { parseTime } from './parse-time.ts';

/** The options that every command reading logs shares, as commander names them. */
export interface CommonFlags {
  readonly fields?: string;
  readonly scope?: string;
  readonly observedOnly?: boolean;
  readonly strict?: boolean;
  readonly keepGoing?: boolean;
  readonly idle?: string;
  readonly threads?: string;
  readonly memory?: string;
  readonly address?: readonly string[];
  readonly port?: readonly string[];
  readonly state?: readonly string[];
  readonly verdict?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly initiatedBy?: readonly string[];
  readonly color?: boolean;
  readonly quiet?: boolean;
  readonly format?: string;
  readonly output?: string;
  readonly columns?: readonly string[];
  readonly times?: string;
  readonly names?: readonly string[];
  readonly facts?: string;
}

/** One of a few words, with a suggestion for a mistyped one. */
export const oneOf = <W extends string>(text: string, words: readonly W[], option: string): W => {
  const exact = words.find((word) => word === text);
  if (exact !== undefined) return exact;
  const meant = closestWord(text, words);
  const hint = meant === undefined ? `expected one of ${words.join(', ')}` : `did you mean ${meant}?`;
  throw new OptionError(
    'option-invalid',
    `${option} is "${escapeControls(text)}"; ${hint}${meant === undefined ? '.' : ''}`,
  );
};

const parsePort = (text: string): number => {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(port <= 65535)) {
    throw new OptionError(
      'option-invalid',
      `--port is "${escapeControls(text)}"; expected a number from 0 to 65535.`,
    );
  }
  return port;
};

const parseThreads = (text: string): number => {
  const threads = /^\d{1,4}$/.test(text.trim()) ? Number(text) : 0;
  if (threads < 1) {
    throw new OptionError(
      'option-invalid',
      `--threads is "${escapeControls(text)}"; expected a whole number of 1 or more.`,
    );
  }
  return threads;
};

const parseMemory = (text: string): number => {
  const bytes = parseSize(text, '--memory');
  if (bytes < LEAST_MEMORY_BYTES) {
    throw new OptionError(
      'option-invalid',
      `--memory is "${escapeControls(text)}"; expected at least ${LEAST_MEMORY_BYTES / 2 ** 20}M.`,
    );
  }
  return bytes;
};

/** How many are kept of what could be more. */
export const parseTop = (text: string, limit: TopLimit): number =>
  checkTop(/^\d{1,15}$/.test(text.trim()) ? Number(text) : 0, limit, `--top is "${escapeControls(text)}"`);

/** The values of a repeatable option. One without any stays as it is, to be refused: it is an unset variable of a shell. */
const split = (texts: readonly string[] | undefined): string[] =>
  (texts ?? []).flatMap((text) => {
    const values = text
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== '');
    return values.length === 0 ? [text] : values;
  });

/** What the engine is told. */
export const engineOptions = (flags: CommonFlags): ReconstructOptions => ({
  ...(flags.fields === undefined ? {} : { fields: flags.fields }),
  ...(flags.scope === undefined ? {} : { scope: oneOf<Scope>(flags.scope, SCOPES, '--scope') }),
  ...(flags.idle === undefined ? {} : { idleSeconds: parseDuration(flags.idle, '--idle') }),
  ...(flags.threads === undefined ? {} : { threads: parseThreads(flags.threads) }),
  ...(flags.memory === undefined ? {} : { memoryBytes: parseMemory(flags.memory) }),
  ...(flags.facts === undefined ? {} : { facts: flags.facts }),
  observedOnly: flags.observedOnly === true,
  strict: flags.strict === true,
  keepGoing: flags.keepGoing === true,
});

/** Which results are shown. */
export const filterOptions = (flags: CommonFlags): FilterOptions => {
  const states = Object.keys(CONNECTION_STATES) as ConnectionState[];
  const verdicts = Object.keys(VERDICTS) as Verdict[];
  const since = flags.since === undefined ? null : parseTime(flags.since, '--since');
  const until = flags.until === undefined ? null : parseTime(flags.until, '--until');
  if (since !== null && until !== null && since > until) {
    throw new OptionError('option-invalid', '--since is later than --until; nothing lies between them.');
  }
  return {
    addresses: split(flags.address).map((text) => parseAddressRange(text, '--address')),
    ports: split(flags.port).map(parsePort),
    states: split(flags.state).map((text) => oneOf(text, states, '--state')),
    verdicts: split(flags.verdict).map((text) => oneOf(text, verdicts, '--verdict')),
    since,
    until,
    initiatedBy: split(flags.initiatedBy).map((text) => parseAddressRange(text, '--initiated-by')),
  };
};

/** Formats of rows for machines. */
const ROWS: readonly Format[] = ['json', 'csv', 'parquet'];

/** The name that stands for every column. */
const ALL_COLUMNS = 'all';

const columnNamed = (name: string, columns: readonly Column[]): Column => {
  const column = columns.find((each) => each.name === name);
  if (column !== undefined) return column;
  const names = columns.map((each) => each.name);
  if (name === ALL_COLUMNS)
    throw new OptionError('option-invalid', '--columns all is every column: name no other beside it.');
  const meant = closestWord(name, names);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new OptionError(
    'option-invalid',
    `--columns: there is no column "${escapeControls(name)}".${hint} There are ${names.join(', ')}; and all.`,
  );
};

/** The columns that were named, in their order. */
const chosenColumns = (texts: readonly string[], all: readonly Column[]): readonly Column[] => {
  const names = split(texts);
  if (names.length === 1 && names[0] === ALL_COLUMNS) return all;
  const columns = names.map((name) => columnNamed(name, all));
  const twice = columns.find((column, i) => columns.indexOf(column) < i);
  if (twice === undefined) return columns;
  throw new OptionError('option-invalid', `--columns has ${twice.name} twice.`);
};

/**
 * What rows are to have.
 * @param names of addresses, which have columns of their own
 * @param withColumns formats that have the columns that are named
 * @throws OptionError where the format leaves no choice
 */
export const rowChoice = (
  { columns, times }: CommonFlags,
  format: Format,
  names: NameOf | undefined,
  withColumns: readonly Format[] = ['json', 'csv', 'parquet', 'table'],
): RowChoice => {
  const only = (option: string, formats: readonly Format[]): void => {
    if (formats.includes(format)) return;
    throw new OptionError(
      'option-invalid',
      `${option} is for ${formats.join(', ').replace(/, (?=[^,]*$)/, ' and ')}; the format here is ${format}.`,
    );
  };
  if (columns !== undefined) only('--columns', withColumns);
  if (times !== undefined) only('--times', ['json', 'csv']);
  // A table for people shows names beside addresses.
  const hasNameColumns = names !== undefined && ROWS.includes(format);
  return {
    ...(columns !== undefined
      ? { columns: chosenColumns(columns, wideColumnsWith(names)) }
      : hasNameColumns
        ? { columns: columnsWith(names) }
        : {}),
    ...(times === undefined ? {} : { times: oneOf<Times>(times, TIMES, '--times') }),
  };
};

/** What connections can look like. */
export const FORMATS = ['table', 'json', 'csv', 'parquet', 'zeek'] as const;
export type ConnectionFormat = (typeof FORMATS)[number];
/** What results can look like. */
export type Format = ConnectionFormat | 'markdown';

/** Endings of files, in the order in which messages list them. */
const ENDINGS: Readonly<Record<string, Format>> = {
  csv: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  parquet: 'parquet',
  zeek: 'zeek',
  log: 'zeek',
  md: 'markdown',
  txt: 'table',
};

/** Names of `json` where it has an object a line. */
const LINES_NAMES: readonly string[] = ['jsonl', 'ndjson'];

/** Endings that mean the same as another: messages do without them. */
const UNSAID: readonly string[] = ['ndjson', 'log'];

/** The file that `-o` names; null is standard output. */
export const outputPath = ({ output }: CommonFlags): string | null =>
  output === undefined || output === '-' ? null : output;

/** What a command can write. */
interface Writable<F extends Format> {
  readonly formats: readonly F[];
  /** Its JSON has an object a line: it goes by the names of JSON Lines as well. */
  readonly hasLines: boolean;
}

/** `.csv, .json or .txt` */
const listEndings = (takes: (ending: string) => boolean): string => {
  const endings = Object.keys(ENDINGS).filter((ending) => takes(ending) && !UNSAID.includes(ending));
  return endings
    .map((ending) => `.${ending}`)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ');
};

const formatOfFile = <F extends Format>(path: string, { formats, hasLines }: Writable<F>): F => {
  const takes = (ending: string): boolean =>
    formats.some((format) => format === ENDINGS[ending]) && (hasLines || !LINES_NAMES.includes(ending));
  const ending = /\.(\w+)$/.exec(withoutCodec(path))?.[1]?.toLowerCase() ?? '';
  if (takes(ending)) return ENDINGS[ending] as F;
  const fault = Object.hasOwn(ENDINGS, ending) ? 'is no format of this command' : 'does not say the format';
  throw new OptionError(
    'option-invalid',
    `--output ${escapeControls(path)} ${fault}: end it in ${listEndings(takes)}, or give --format.`,
  );
};

const formatAskedFor = <F extends Format>(
  flags: CommonFlags,
  formats: readonly F[],
  isTerminal: boolean,
  hasLines: boolean,
): F => {
  const { format } = flags;
  if (format !== undefined)
    return oneOf(hasLines && LINES_NAMES.includes(format) ? 'json' : format, formats, '--format');
  const path = outputPath(flags);
  if (path !== null) return formatOfFile(path, { formats, hasLines });
  return (isTerminal ? 'table' : 'json') as F;
};

/**
 * Parquet is bytes, and compressed inside.
 * @throws OptionError where it cannot go where the result goes
 */
export const checkParquet = (path: string | null, isTerminal: boolean): void => {
  if (path === null && isTerminal)
    throw new OptionError(
      'option-invalid',
      'Parquet is no text for a terminal: name a file with -o, or send it into a pipe.',
    );
  if (path === null || withoutCodec(path) === path) return;
  throw new OptionError(
    'option-invalid',
    `--output ${escapeControls(path)}: Parquet compresses its pages itself; leave ${path.slice(withoutCodec(path).length)} out.`,
  );
};

/**
 * --format, else what the file's ending says, else a table for people and JSON for programs.
 * @param hasLines whether the JSON of the command has an object a line
 * @throws OptionError where it cannot go where the result goes
 */
export const chooseFormat = <F extends Format>(
  flags: CommonFlags,
  formats: readonly F[],
  isTerminal: boolean,
  hasLines = true,
): F => {
  const format = formatAskedFor(flags, formats, isTerminal, hasLines);
  if (format === 'parquet') checkParquet(outputPath(flags), isTerminal);
  return format;
};
