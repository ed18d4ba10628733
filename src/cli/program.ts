/**
 * The commands and options as commander sees them, and nothing of what they do: each command's action gets
 * its arguments and hands back an exit code.
 */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { AtFlags } from './at-command.ts';
import type { AuditFlags } from './audit-options.ts';
import type { BlockedFlags } from './blocked-command.ts';
import type { CheckFlags } from './check-command.ts';
import type { ConnectionsFlags } from './connections-command.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { LearnFlags } from './learn-command.ts';
import type { CommonFlags } from './options.ts';
import type { ReportFlags } from './report-command.ts';
import type { SparkBundleFlags } from './spark-bundle-command.ts';
import type { SplitFlags } from './split-command.ts';
import { lastedLines } from './states-text.ts';
import type { TimelineFlags } from './timeline-command.ts';

/** What each command does; the exit code comes back. */
export interface Actions {
  connections(paths: readonly string[], flags: ConnectionsFlags): Promise<number>;
  who(endpoint: string, paths: readonly string[], flags: CommonFlags): Promise<number>;
  at(time: string, paths: readonly string[], flags: AtFlags): Promise<number>;
  timeline(paths: readonly string[], flags: TimelineFlags): Promise<number>;
  check(paths: readonly string[], flags: CheckFlags): Promise<number>;
  explain(selector: string, paths: readonly string[], flags: CommonFlags): Promise<number>;
  report(paths: readonly string[], flags: ReportFlags): Promise<number>;
  audit(paths: readonly string[], flags: AuditFlags): Promise<number>;
  blocked(paths: readonly string[], flags: BlockedFlags): Promise<number>;
  split(paths: readonly string[], flags: SplitFlags): Promise<number>;
  learn(paths: readonly string[], flags: LearnFlags): Promise<number>;
  states(flags: CommonFlags): Promise<number>;
  'spark-bundle'(flags: SparkBundleFlags): Promise<number>;
}

export const COMMANDS = [
  'connections',
  'who',
  'at',
  'timeline',
  'check',
  'audit',
  'blocked',
  'explain',
  'report',
  'split',
  'learn',
  'states',
  'spark-bundle',
  'help',
] as const;

const PATHS = 'files, folders (with all below), globs, or - for standard input; gzip is unpacked';

const WHOLE =
  'write to this file, whole or not at all; its ending names the format, .gz or .zst behind it compresses';

const collect = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];

const repeatable = (flags: string, about: string): Option =>
  new Option(flags, `${about} (repeatable)`).argParser(collect);

/** Both packages' layouts, src/cli and dist/cli, have it two folders up. */
const readVersion = (): string => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
};

const addColour = (command: Command): Command =>
  command.option('--no-color', 'no colours; NO_COLOR does the same');

/** How lines of logs are read. */
const fieldsOption = (): Option =>
  new Option('--fields <format>', "field order of lines without a header, as in the flow log's format");
const readingOptions = (): readonly Option[] => [
  new Option('--strict', 'stop at the first line that is not understood'),
  new Option('--keep-going', 'go on without sources that cannot be read; exit code 3'),
  new Option('--threads <number>', 'how many threads may work; 1 starts none (default: as many as cores)'),
];
/** What makes connections of records, and how much memory they take until then. */
const scopeOption = (): Option =>
  new Option(
    '--scope <scope>',
    'how far equal private addresses are kept apart: auto (the default), interface, vpc, account, all',
  );
const idleOption = (): Option =>
  new Option(
    '--idle <time>',
    'silence after which an open connection counts as ended: seconds, 90s, 10m (default: 5 days; 1h without flags)',
  );
const memoryOption = (): Option =>
  new Option(
    '--memory <size>',
    'what records may take of memory, 64M, 1.5G; more of them wait in a temporary file (default: 320M)',
  );
const factsOption = (): Option =>
  new Option('--facts <file>', 'what conntrail learn has learned of the whole that these logs are a part of');
const quietOption = (): Option => new Option('-q, --quiet', 'no summary and no progress on standard error');

/** What every command that rebuilds connections understands. */
const addReading = (command: Command): Command => {
  command.optionsGroup('Reading:').addOption(fieldsOption());
  command
    .addOption(scopeOption())
    .option('--observed-only', 'name an initiator only on observed evidence, never inferred')
    .addOption(idleOption());
  for (const option of readingOptions()) command.addOption(option);
  command
    .addOption(memoryOption())
    .optionsGroup('Showing:')
    .addOption(
      repeatable(
        '--names <file>',
        'names beside addresses: aws ec2 describe-network-interfaces or describe-instances JSON, a hosts file, CSV of CIDR and name',
      ),
    )
    .addOption(quietOption());
  return addColour(command);
};

/** The same, and filters. */
const addCommon = (command: Command): Command => {
  command
    .optionsGroup('Filters:')
    .addOption(repeatable('--address <cidr>', 'either end in this address or range'))
    .addOption(repeatable('--port <number>', 'either end on this port'))
    .addOption(repeatable('--state <state>', 'only these states, comma separated; see conntrail states'))
    .addOption(
      repeatable('--verdict <verdict>', 'only these verdicts, comma separated; see conntrail states'),
    )
    .addOption(repeatable('--initiated-by <cidr>', 'opened from this address or range'))
    .option('--since <time>', 'seen at or after: 2019-08-26, 2019-08-26T19:47:55 (UTC) or Unix seconds')
    .option('--until <time>', 'seen at or before');
  return addReading(command);
};

/** The same, of a command whose table tells how long connections lasted. */
const addTable = (command: Command): Command =>
  addCommon(command).addHelpText('after', () => `\n${lastedLines().join('\n')}`);

/** What rows of connections have. */
const columnsOption = (formats: string): Option =>
  repeatable('--columns <names>', `only these columns, comma separated, in this order, or all: ${formats}`);
const timesOption = (): Option =>
  new Option(
    '--times <spelling>',
    'times in json and csv: seconds (Unix, the default) or iso (2019-08-26T19:47:55Z)',
  );

const EXAMPLES = `
Examples:
  conntrail logs/                              every connection under logs/, as a table
  conntrail who 10.0.0.62:5001 logs/           who opened connections to it
  conntrail at 2019-08-26T19:50:00 logs/       what was open then
  conntrail timeline logs/ -o day.svg          lanes over time; also .html, .trace.json
  conntrail check logs/                        what the logs hold and cannot tell
  conntrail explain CqtM8…  logs/               why one connection is told as it is
  conntrail blocked logs/                      what was stopped, where, and what to change
  conntrail logs/ -o connections.csv.gz        CSV, compressed; also .jsonl, .zeek, .txt; .zst
  conntrail logs/ -o connections.parquet       for DuckDB, Athena, pandas
  zcat flow.log.gz | conntrail - | jq .        JSON Lines in a pipe
`;

const exitCodeHelp = (): string =>
  `\nExit codes:\n${Object.values(EXIT_CODES)
    .map(({ code, means }) => `  ${String(code).padEnd(4)} ${means}`)
    .join('\n')}\n`;

/**
 * The program.
 * @param onExit told the exit code of the command that ran
 */
export const buildProgram = (actions: Actions, onExit: (code: number) => void): Command => {
  const program = new Command('conntrail')
    .description(
      'Rebuilds TCP connections from AWS VPC flow logs: who opened each one, how it went, how it ended.',
    )
    .usage('[command] PATH... [options]')
    .version(readVersion(), '-V, --version', 'the version')
    .helpOption('-h, --help', 'this help; conntrail help COMMAND tells the options of one')
    .addHelpText('after', `\nWithout a command: connections.\n${EXAMPLES}${exitCodeHelp()}`)
    .showSuggestionAfterError(true)
    .enablePositionalOptions(false);

  addTable(
    program
      .command('connections', { isDefault: true })
      .description('the rebuilt connections (the default command)')
      .argument('<path...>', PATHS)
      .optionsGroup('Result:')
      .option(
        '-f, --format <format>',
        'table, json (lines; also jsonl or ndjson), csv, parquet or zeek; default: table on a terminal, json in a pipe',
      )
      .option('-o, --output <file>', WHOLE)
      .addOption(columnsOption('table, json, csv, parquet'))
      .addOption(timesOption())
      .optionsGroup('Parts of a whole:')
      .addOption(factsOption())
      .option('--check <file>', 'write what conntrail check tells of this run, too, as JSON, to this file'),
  ).action(async (paths: string[], flags: ConnectionsFlags) =>
    onExit(await actions.connections(paths, flags)),
  );

  addTable(
    program
      .command('who')
      .description('who opened the connections of one endpoint, on what evidence')
      .argument('<endpoint>', '10.0.0.62, 10.0.0.0/16, :5001, 10.0.0.62:5001 or [2001:db8::1]:443')
      .argument('<path...>', PATHS)
      .optionsGroup('Result:')
      .option(
        '-f, --format <format>',
        'table, json (lines; also jsonl or ndjson), csv or parquet; default: table on a terminal, json in a pipe',
      )
      .option('-o, --output <file>', WHOLE)
      .addOption(columnsOption('table, json, csv, parquet'))
      .addOption(timesOption()),
  ).action(async (endpoint: string, paths: string[], flags: CommonFlags) =>
    onExit(await actions.who(endpoint, paths, flags)),
  );

  addTable(
    program
      .command('at')
      .description('what was open at a moment of the past: surely, and possibly')
      .argument(
        '<time>',
        '2019-08-26T19:50:00 (UTC), 2019-08-26 or Unix seconds; with --every also the word start',
      )
      .argument('<path...>', PATHS)
      .optionsGroup('Result:')
      .addOption(repeatable('--time <time>', 'another moment, answered in the same pass'))
      .option('--every <time>', 'how many were open from TIME on, every so often: 30s, 5m, 1h')
      .option('--to <time>', 'where --every ends (default: the last record)')
      .option(
        '--horizon <time>',
        'how long an open connection may be silent and still count as possibly open (default: 2 h 10 min)',
      )
      .option(
        '-f, --format <format>',
        'table, json (lines; also jsonl or ndjson), csv or parquet; default: table on a terminal, json in a pipe',
      )
      .option('-o, --output <file>', WHOLE)
      .addOption(columnsOption('json, csv, parquet'))
      .addOption(timesOption()),
  ).action(async (time: string, paths: string[], flags: AtFlags) =>
    onExit(await actions.at(time, paths, flags)),
  );

  addTable(
    program
      .command('timeline')
      .description(
        'connections as lanes with their windows, opening, close and silences: bars, a picture, a trace',
      )
      .argument('<path...>', PATHS)
      .optionsGroup('Result:')
      .option(
        '-f, --format <format>',
        'bars (the default), svg, html, trace (for the Perfetto UI), csv or parquet',
      )
      .option(
        '-o, --output <file>',
        'write to this file, whole or not at all; .svg, .html, .trace.json, .csv, .parquet or .txt; .gz or .zst behind it compresses',
      )
      .option(
        '--top <number>',
        'lanes, the longest connections (default: 40 bars, 300 in a picture, 20000 in a trace)',
      )
      .option('--title <text>', 'the heading of a picture (default: Timeline)'),
  ).action(async (paths: string[], flags: TimelineFlags) => onExit(await actions.timeline(paths, flags)));

  addCommon(
    program
      .command('check')
      .description(
        'what the logs hold, what was not understood, what they cannot tell, and the flow log that could',
      )
      .argument('<path...>', PATHS)
      .optionsGroup('Result:')
      .option('-f, --format <format>', 'table, json (one object), csv or parquet (the vantages, a row each)')
      .option('-o, --output <file>', WHOLE)
      .optionsGroup('Parts of a whole:')
      .addOption(factsOption())
      .option(
        '--merge',
        'PATHs are what check has told of every part, as JSON; with --facts: that of the whole',
      )
      .addHelpText(
        'after',
        '\nWhere fields are missing it ends with the command that creates a flow log which\nhas them (aws ec2 create-flow-logs), and says what each would tell.',
      ),
  ).action(async (paths: string[], flags: CheckFlags) => onExit(await actions.check(paths, flags)));

  addReading(
    program
      .command('explain')
      .description('the story of one connection: its records, what was made of each, and why')
      .argument(
        '<connection>',
        "its uid, or both ends in one argument: '10.0.0.62:5001 52.213.180.42:43416', in either order",
      )
      .argument('<path...>', PATHS)
      .optionsGroup('Result:')
      .option('-f, --format <format>', 'table (text, the default) or json (one object a connection)')
      .option('-o, --output <file>', WHOLE),
  ).action(async (connection: string, paths: string[], flags: CommonFlags) =>
    onExit(await actions.explain(connection, paths, flags)),
  );

  addCommon(
    program
      .command('report')
      .description('one HTML file for people who were not there: numbers, timeline, who opened what, a table')
      .argument('<path...>', PATHS)
      .optionsGroup('Result:')
      .option('-o, --output <file>', 'the file to write, report.html; - is standard output')
      .option(
        '--top <number>',
        'connections that the page holds: the longest, largest and those in doubt (default: 50000); all are counted',
      )
      .option('--title <text>', 'the heading (default: Connections report)'),
  ).action(async (paths: string[], flags: ReportFlags) => onExit(await actions.report(paths, flags)));

  addCommon(
    program
      .command('audit')
      .description('short-lived connections: how long, by whom, and what looks like trouble')
      .argument('<path...>', PATHS)
      .optionsGroup('Result:')
      .option(
        '-f, --format <format>',
        'table, json (one object), csv or parquet (the findings, a row each), or markdown',
      )
      .option('-o, --output <file>', WHOLE)
      .option('--top <number>', 'openers, and findings of each kind, that the table shows (default: 10)')
      .option(
        '--finding <number>',
        'the connections behind this finding instead: table, json, csv or parquet',
      )
      .optionsGroup('Thresholds:')
      .option('--short <time>', 'a short-lived connection lasted at most so long (default: 120s)')
      .option('--scan-targets <number>', 'targets tried in vain that make a scan (default: 20)')
      .option('--retry-count <number>', 'attempts in vain that make a retry storm (default: 10)')
      .option('--silence <time>', 'silence after which a reset is a finding (default: 350s)')
      .option('--beacon-opens <number>', 'openings at equal distances that make a beacon (default: 10)')
      .option('--port-limit <number>', 'connections at once to one destination (default: 55000)')
      .addOption(repeatable('--threshold <name=value>', 'any other, such as scan-share=0.5')),
  ).action(async (paths: string[], flags: AuditFlags) => onExit(await actions.audit(paths, flags)));

  addCommon(
    program
      .command('blocked')
      .description('what security groups and network ACLs stopped, where, and what to change')
      .argument('<path...>', PATHS)
      .optionsGroup('Result:')
      .option(
        '-f, --format <format>',
        'table, json (one object), csv or parquet (the findings, a row each), or markdown',
      )
      .option('-o, --output <file>', WHOLE)
      .option('--top <number>', 'findings that the table shows (default: 20)')
      .option(
        '--finding <number>',
        'the connections behind this finding instead: table, json, csv or parquet',
      ),
  ).action(async (paths: string[], flags: BlockedFlags) => onExit(await actions.blocked(paths, flags)));

  const split = program
    .command('split')
    .description('every record to the part of its key, to be judged in many processes or machines')
    .argument('<path...>', PATHS)
    .optionsGroup('Result:')
    .option('--parts <number>', 'how many parts, 1 to 4096')
    .option(
      '-o, --output <folder>',
      'a new or empty folder, written whole or not at all; - is standard output, in frames',
    )
    .option('--compress <packing>', 'none (the default), gzip or zstd')
    .optionsGroup('Reading:')
    .addOption(fieldsOption());
  for (const option of readingOptions()) split.addOption(option);
  addColour(split.optionsGroup('Showing:').addOption(quietOption())).action(
    async (paths: string[], flags: SplitFlags) => onExit(await actions.split(paths, flags)),
  );

  const learn = program
    .command('learn')
    .description('what a whole input teaches, in a file: parts of it are judged alike with it')
    .argument('<path...>', `${PATHS}; with --merge files of facts`)
    .optionsGroup('Result:')
    .option(
      '-o, --output <file>',
      'write to this file, whole or not at all; .gz or .zst at its end compresses; default: standard output',
    )
    .option('--merge', 'add files of facts up: of every part, and what conntrail split has written')
    .option('--all-ends', 'with --merge: leave out none of the ends, so that more can be added to the result')
    .optionsGroup('Reading:')
    .addOption(fieldsOption())
    .addOption(scopeOption())
    .addOption(idleOption());
  for (const option of readingOptions()) learn.addOption(option);
  addColour(learn.addOption(memoryOption()).optionsGroup('Showing:').addOption(quietOption())).action(
    async (paths: string[], flags: LearnFlags) => onExit(await actions.learn(paths, flags)),
  );

  addColour(
    program.command('states').description('the states, kinds of evidence and verdicts, and what they mean'),
  ).action(async (flags: CommonFlags) => onExit(await actions.states(flags)));

  addColour(
    program
      .command('spark-bundle')
      .description('conntrail and a Node.js as one archive for spark-submit --archives')
      .optionsGroup('Result:')
      .option('-o, --output <file>', 'the archive to write, conntrail.tgz')
      .option(
        '--node <file>',
        'the Node.js that workers run it with, where they are of another kind (default: this one)',
      )
      .option('-q, --quiet', 'no word on what was written'),
  ).action(async (flags: SparkBundleFlags) => onExit(await actions['spark-bundle'](flags)));

  return program;
};
