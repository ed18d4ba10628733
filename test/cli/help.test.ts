/**
 * What help says: every sentence as it is meant to stand, in its group and its order. And what a command line
 * comes to: the action of its command, with its arguments and options, and the exit code told.
 */
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { type Actions, buildProgram } from '../../src/cli/program.ts';

type Sentences = readonly (readonly [flags: string, about: string])[];

const PATHS: Sentences = [
  ['path', 'files, folders (with all below), globs, or - for standard input; gzip is unpacked'],
];
const COLOUR: Sentences = [['--no-color', 'no colours; NO_COLOR does the same']];

const FIELDS: Sentences = [
  ['--fields <format>', "field order of lines without a header, as in the flow log's format"],
];
const DAMAGE: Sentences = [
  ['--strict', 'stop at the first line that is not understood'],
  ['--keep-going', 'go on without sources that cannot be read; exit code 3'],
  ['--threads <number>', 'how many threads may work; 1 starts none (default: as many as cores)'],
];
const SCOPE: Sentences = [
  [
    '--scope <scope>',
    'how far equal private addresses are kept apart: auto (the default), interface, vpc, account, all',
  ],
];
const IDLE: Sentences = [
  [
    '--idle <time>',
    'silence after which an open connection counts as ended: seconds, 90s, 10m (default: 5 days; 1h without flags)',
  ],
];
const MEMORY: Sentences = [
  [
    '--memory <size>',
    'what records may take of memory, 64M, 1.5G; more of them wait in a temporary file (default: 320M)',
  ],
];
const FACTS: Sentences = [
  ['--facts <file>', 'what conntrail learn has learned of the whole that these logs are a part of'],
];
const QUIET: Sentences = [['-q, --quiet', 'no summary and no progress on standard error'], ...COLOUR];

const READING: Readonly<Record<string, Sentences>> = {
  'Reading:': [
    ...FIELDS,
    ...SCOPE,
    ['--observed-only', 'name an initiator only on observed evidence, never inferred'],
    ...IDLE,
    ...DAMAGE,
    ...MEMORY,
  ],
  'Showing:': [
    [
      '--names <file>',
      'names beside addresses: aws ec2 describe-network-interfaces or describe-instances JSON, a hosts file, CSV of CIDR and name (repeatable)',
    ],
    ...QUIET,
  ],
};

const COMMON: Readonly<Record<string, Sentences>> = {
  'Filters:': [
    ['--address <cidr>', 'either end in this address or range (repeatable)'],
    ['--port <number>', 'either end on this port (repeatable)'],
    ['--state <state>', 'only these states, comma separated; see conntrail states (repeatable)'],
    ['--verdict <verdict>', 'only these verdicts, comma separated; see conntrail states (repeatable)'],
    ['--initiated-by <cidr>', 'opened from this address or range (repeatable)'],
    ['--since <time>', 'seen at or after: 2019-08-26, 2019-08-26T19:47:55 (UTC) or Unix seconds'],
    ['--until <time>', 'seen at or before'],
  ],
  ...READING,
};

const WHOLE =
  'write to this file, whole or not at all; its ending names the format, .gz or .zst behind it compresses';

interface Help {
  readonly about: string;
  readonly takes: Sentences;
  readonly options: Readonly<Record<string, Sentences>>;
}

const HELP: Readonly<Record<string, Help>> = {
  connections: {
    about: 'the rebuilt connections (the default command)',
    takes: PATHS,
    options: {
      'Result:': [
        [
          '-f, --format <format>',
          'table, json (lines; also jsonl or ndjson), csv, parquet or zeek; default: table on a terminal, json in a pipe',
        ],
        ['-o, --output <file>', WHOLE],
        [
          '--columns <names>',
          'only these columns, comma separated, in this order, or all: table, json, csv, parquet (repeatable)',
        ],
        [
          '--times <spelling>',
          'times in json and csv: seconds (Unix, the default) or iso (2019-08-26T19:47:55Z)',
        ],
      ],
      'Parts of a whole:': [
        ...FACTS,
        ['--check <file>', 'write what conntrail check tells of this run, too, as JSON, to this file'],
      ],
      ...COMMON,
    },
  },
  who: {
    about: 'who opened the connections of one endpoint, on what evidence',
    takes: [['endpoint', '10.0.0.62, 10.0.0.0/16, :5001, 10.0.0.62:5001 or [2001:db8::1]:443'], ...PATHS],
    options: {
      'Result:': [
        [
          '-f, --format <format>',
          'table, json (lines; also jsonl or ndjson), csv or parquet; default: table on a terminal, json in a pipe',
        ],
        ['-o, --output <file>', WHOLE],
        [
          '--columns <names>',
          'only these columns, comma separated, in this order, or all: table, json, csv, parquet (repeatable)',
        ],
        [
          '--times <spelling>',
          'times in json and csv: seconds (Unix, the default) or iso (2019-08-26T19:47:55Z)',
        ],
      ],
      ...COMMON,
    },
  },
  at: {
    about: 'what was open at a moment of the past: surely, and possibly',
    takes: [
      ['time', '2019-08-26T19:50:00 (UTC), 2019-08-26 or Unix seconds; with --every also the word start'],
      ...PATHS,
    ],
    options: {
      'Result:': [
        ['--time <time>', 'another moment, answered in the same pass (repeatable)'],
        ['--every <time>', 'how many were open from TIME on, every so often: 30s, 5m, 1h'],
        ['--to <time>', 'where --every ends (default: the last record)'],
        [
          '--horizon <time>',
          'how long an open connection may be silent and still count as possibly open (default: 2 h 10 min)',
        ],
        [
          '-f, --format <format>',
          'table, json (lines; also jsonl or ndjson), csv or parquet; default: table on a terminal, json in a pipe',
        ],
        ['-o, --output <file>', WHOLE],
        [
          '--columns <names>',
          'only these columns, comma separated, in this order, or all: json, csv, parquet (repeatable)',
        ],
        [
          '--times <spelling>',
          'times in json and csv: seconds (Unix, the default) or iso (2019-08-26T19:47:55Z)',
        ],
      ],
      ...COMMON,
    },
  },
  timeline: {
    about: 'connections as lanes with their windows, opening, close and silences: bars, a picture, a trace',
    takes: PATHS,
    options: {
      'Result:': [
        [
          '-f, --format <format>',
          'bars (the default), svg, html, trace (for the Perfetto UI), csv or parquet',
        ],
        [
          '-o, --output <file>',
          'write to this file, whole or not at all; .svg, .html, .trace.json, .csv, .parquet or .txt; .gz or .zst behind it compresses',
        ],
        [
          '--top <number>',
          'lanes, the longest connections (default: 40 bars, 300 in a picture, 20000 in a trace)',
        ],
        ['--title <text>', 'the heading of a picture (default: Timeline)'],
      ],
      ...COMMON,
    },
  },
  check: {
    about: 'what the logs hold, what was not understood, what they cannot tell, and the flow log that could',
    takes: PATHS,
    options: {
      'Result:': [
        ['-f, --format <format>', 'table, json (one object), csv or parquet (the vantages, a row each)'],
        ['-o, --output <file>', WHOLE],
      ],
      'Parts of a whole:': [
        ...FACTS,
        ['--merge', 'PATHs are what check has told of every part, as JSON; with --facts: that of the whole'],
      ],
      ...COMMON,
    },
  },
  explain: {
    about: 'the story of one connection: its records, what was made of each, and why',
    takes: [
      [
        'connection',
        "its uid, or both ends in one argument: '10.0.0.62:5001 52.213.180.42:43416', in either order",
      ],
      ...PATHS,
    ],
    options: {
      'Result:': [
        ['-f, --format <format>', 'table (text, the default) or json (one object a connection)'],
        ['-o, --output <file>', WHOLE],
      ],
      ...READING,
    },
  },
  report: {
    about: 'one HTML file for people who were not there: numbers, timeline, who opened what, a table',
    takes: PATHS,
    options: {
      'Result:': [
        ['-o, --output <file>', 'the file to write, report.html; - is standard output'],
        [
          '--top <number>',
          'connections that the page holds: the longest, largest and those in doubt (default: 50000); all are counted',
        ],
        ['--title <text>', 'the heading (default: Connections report)'],
      ],
      ...COMMON,
    },
  },
  audit: {
    about: 'short-lived connections: how long, by whom, and what looks like trouble',
    takes: PATHS,
    options: {
      'Result:': [
        [
          '-f, --format <format>',
          'table, json (one object), csv or parquet (the findings, a row each), or markdown',
        ],
        ['-o, --output <file>', WHOLE],
        ['--top <number>', 'openers, and findings of each kind, that the table shows (default: 10)'],
        ['--finding <number>', 'the connections behind this finding instead: table, json, csv or parquet'],
      ],
      'Thresholds:': [
        ['--short <time>', 'a short-lived connection lasted at most so long (default: 120s)'],
        ['--scan-targets <number>', 'targets tried in vain that make a scan (default: 20)'],
        ['--retry-count <number>', 'attempts in vain that make a retry storm (default: 10)'],
        ['--silence <time>', 'silence after which a reset is a finding (default: 350s)'],
        ['--beacon-opens <number>', 'openings at equal distances that make a beacon (default: 10)'],
        ['--port-limit <number>', 'connections at once to one destination (default: 55000)'],
        ['--threshold <name=value>', 'any other, such as scan-share=0.5 (repeatable)'],
      ],
      ...COMMON,
    },
  },
  blocked: {
    about: 'what security groups and network ACLs stopped, where, and what to change',
    takes: PATHS,
    options: {
      'Result:': [
        [
          '-f, --format <format>',
          'table, json (one object), csv or parquet (the findings, a row each), or markdown',
        ],
        ['-o, --output <file>', WHOLE],
        ['--top <number>', 'findings that the table shows (default: 20)'],
        ['--finding <number>', 'the connections behind this finding instead: table, json, csv or parquet'],
      ],
      ...COMMON,
    },
  },
  split: {
    about: 'every record to the part of its key, to be judged in many processes or machines',
    takes: PATHS,
    options: {
      'Result:': [
        ['--parts <number>', 'how many parts, 1 to 4096'],
        [
          '-o, --output <folder>',
          'a new or empty folder, written whole or not at all; - is standard output, in frames',
        ],
        ['--compress <packing>', 'none (the default), gzip or zstd'],
      ],
      'Reading:': [...FIELDS, ...DAMAGE],
      'Showing:': QUIET,
    },
  },
  learn: {
    about: 'what a whole input teaches, in a file: parts of it are judged alike with it',
    takes: PATHS.map(([path, about]) => [path, `${about}; with --merge files of facts`]),
    options: {
      'Result:': [
        [
          '-o, --output <file>',
          'write to this file, whole or not at all; .gz or .zst at its end compresses; default: standard output',
        ],
        ['--merge', 'add files of facts up: of every part, and what conntrail split has written'],
        ['--all-ends', 'with --merge: leave out none of the ends, so that more can be added to the result'],
      ],
      'Reading:': [...FIELDS, ...SCOPE, ...IDLE, ...DAMAGE, ...MEMORY],
      'Showing:': QUIET,
    },
  },
  states: {
    about: 'the states, kinds of evidence and verdicts, and what they mean',
    takes: [],
    options: { '': COLOUR },
  },
  'spark-bundle': {
    about: 'conntrail and a Node.js as one archive for spark-submit --archives',
    takes: [],
    options: {
      'Result:': [
        ['-o, --output <file>', 'the archive to write, conntrail.tgz'],
        [
          '--node <file>',
          'the Node.js that workers run it with, where they are of another kind (default: this one)',
        ],
        ['-q, --quiet', 'no word on what was written'],
        ['--no-color', 'no colours; NO_COLOR does the same'],
      ],
    },
  },
};

const COMMANDS = Object.keys(HELP) as (keyof Actions)[];

/** The options of a command by the headings they stand under, in their order. */
const optionsOf = ({ options }: Command): Record<string, Sentences> => {
  const groups: Record<string, [string, string][]> = {};
  for (const { helpGroupHeading = '', flags, description } of options) {
    groups[helpGroupHeading] ??= [];
    groups[helpGroupHeading].push([flags, description]);
  }
  return groups;
};

/** What a command line comes to: the action that was called, what it was given, the code that was told. */
const typed = async (...args: string[]) => {
  const called: [name: string, ...unknown[]][] = [];
  const told: number[] = [];
  const printed: string[] = [];
  const action =
    (name: string) =>
    (...given: unknown[]): Promise<number> => {
      called.push([name, ...given]);
      return Promise.resolve(40 + called.length);
    };
  const actions = Object.fromEntries(COMMANDS.map((name) => [name, action(name)]));
  const program = buildProgram(actions as unknown as Actions, (code) => told.push(code));
  let failed: unknown;
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({
      writeOut: (text) => printed.push(text),
      writeErr: (text) => printed.push(text),
      getOutHelpWidth: () => 80,
    });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    failed = (error as { code?: string }).code;
  }
  return { called, told, failed, printed: printed.join('') };
};

describe('help', () => {
  const program = buildProgram({} as Actions, () => {});

  it('has every command, in this order', () => {
    expect(program.commands.map((command) => command.name())).toEqual(COMMANDS);
  });

  it.each(['connections', 'who', 'at', 'timeline'])('explains how %s says how long', async (name) => {
    const { printed } = await typed('help', name);
    expect(printed).toMatch(/^lasted, age: how long, as far as the records prove$/m);
    expect(printed).toMatch(/^ {2}≤ 298 s {9}at most$/m);
    expect(printed).toMatch(/^ {2}240 to 360 s {4}between the two$/m);
    expect(printed).toMatch(/^ {2}≥ 300 s … {7}so far: no close seen up to the end of the log$/m);
  });

  it.each(COMMANDS)('tells what %s is for, what it takes and every option', (name) => {
    const { about, takes, options } = HELP[name] as Help;
    const command = program.commands.find((each) => each.name() === name) as Command;
    expect(command.description()).toBe(about);
    expect(command.registeredArguments.map((each) => [each.name(), each.description])).toEqual(takes);
    expect(optionsOf(command)).toEqual(options);
    // The headings stand in this order too.
    expect(Object.keys(optionsOf(command))).toEqual(Object.keys(options));
  });

  it('of the program says how it is called, and ends with examples and exit codes', async () => {
    const { printed, failed } = await typed('--help');
    expect(failed).toBe('commander.helpDisplayed');
    const inOneLine = printed.replaceAll(/\s+/g, ' ');
    expect(printed.split('\n').slice(0, 4)).toEqual([
      'Usage: conntrail [command] PATH... [options]',
      '',
      'Rebuilds TCP connections from AWS VPC flow logs: who opened each one, how it',
      'went, how it ended.',
    ]);
    expect(inOneLine).toContain(
      'Options: -V, --version the version -h, --help this help; conntrail help COMMAND tells the options of one ',
    );
    const codes = Object.values(EXIT_CODES).map(
      ({ code, means }) => `  ${`${code}    `.slice(0, 4)} ${means}\n`,
    );
    expect(codes.at(-1)).toBe('  143  terminated (SIGTERM)\n');
    expect(printed.slice(printed.indexOf('\nWithout'))).toBe(
      `
Without a command: connections.

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

Exit codes:
${codes.join('')}
`,
    );
  });
});

describe('a command line', () => {
  const paths = ['a.log', 'b.log'];

  it.each([
    ['connections', paths, [paths]],
    ['who', [':443', ...paths], [':443', paths]],
    ['at', ['start', ...paths], ['start', paths]],
    ['timeline', paths, [paths]],
    ['check', paths, [paths]],
    ['explain', ['Cp1', ...paths], ['Cp1', paths]],
    ['report', paths, [paths]],
    ['audit', paths, [paths]],
    ['states', [], []],
  ])('of %s comes to its action, whose exit code is told', async (name, args, given) => {
    const { called, told, failed } = await typed(name, ...args);
    expect(failed).toBeUndefined();
    expect(called).toEqual([[name, ...given, { color: true }]]);
    expect(told).toEqual([41]);
  });

  it('without a command is that of connections', async () => {
    expect((await typed('a.log', '--no-color')).called).toEqual([
      ['connections', ['a.log'], { color: false }],
    ]);
  });

  it('may repeat what is said to be repeatable', async () => {
    const filters = ['address', 'port', 'state'].flatMap((name) => [`--${name}`, '1', `--${name}`, '2']);
    const twice = ['1', '2'];
    const { called } = await typed(
      'check',
      'a.log',
      ...filters,
      '--initiated-by',
      '3',
      '--initiated-by',
      '4',
    );
    expect(called).toEqual([
      [
        'check',
        ['a.log'],
        { color: true, address: twice, port: twice, state: twice, initiatedBy: ['3', '4'] },
      ],
    ]);
    expect((await typed('at', '1', 'a.log', '--time', '2', '--time', '3')).called).toEqual([
      ['at', '1', ['a.log'], { color: true, time: ['2', '3'] }],
    ]);
    expect((await typed('audit', 'a.log', '--threshold', 'x=1', '--threshold', 'y=2')).called).toEqual([
      ['audit', ['a.log'], { color: true, threshold: ['x=1', 'y=2'] }],
    ]);
  });

  it.each(COMMANDS.filter((name) => (HELP[name] as Help).takes.length > 0))(
    'of %s needs a path',
    async (name) => {
      const { failed, called } = await typed(name);
      expect(failed).toBe('commander.missingArgument');
      expect(called).toEqual([]);
    },
  );

  it('with a mistyped option is told the nearest one', async () => {
    const { printed, failed } = await typed('check', 'a.log', '--fromat', 'json');
    expect(failed).toBe('commander.unknownOption');
    expect(printed).toContain('Did you mean --format?');
  });

  it('asks for the version wherever that stands', async () => {
    expect((await typed('-V')).failed).toBe('commander.version');
    expect((await typed('check', 'a.log', '--version')).failed).toBe('commander.version');
  });
});
