/**
 * The command line from arguments to exit code: builds the program, runs one command and turns whatever is
 * thrown into one line on standard error. Nothing below it ends the process.
 */
import { existsSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { closestWord } from './closest-word.ts';
import { commandFirst } from './command-first.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { listenForSignals } from './interruption.ts';
import { openStandardOutput, ReaderLeft } from './output.ts';
import { type Actions, buildProgram, COMMANDS } from './program.ts';
import { explainFailure } from './report-error.ts';
import type { Surroundings } from './surroundings.ts';

/** Commands are letters, and hyphens between them. */
const LETTERS = /^[a-z]+(?:-[a-z]+)*$/i;

/**
 * `conntrail chek logs` reads "chek" as a path of the default command: say what was probably meant. That is a mistyped
 * command (exit code 2); a path that is no command's neighbour is an input that is missing (3).
 */
const suggestCommand = ([first, ...rest]: readonly string[]): void => {
  if (first === undefined || existsSync(first)) return;
  if (!LETTERS.test(first)) return; // a pattern or a path
  const command = closestWord(first, COMMANDS);
  // Its exact name is meant as a path where it comes this far: behind `--`, or behind a command.
  if (command === undefined || command === first) return;
  const meant = ['conntrail', command, ...rest].map(escapeControls).join(' ');
  throw new OptionError(
    'option-invalid',
    `There is no file or command "${escapeControls(first)}". Did you mean "${meant}"?`,
  );
};

/** Each command is loaded when it is asked for. */
const actionsIn = (surroundings: Surroundings): Actions => ({
  connections: async (paths, flags) => {
    suggestCommand(paths);
    const { runConnections } = await import('./connections-command.ts');
    return runConnections(paths, flags, surroundings);
  },
  who: async (endpoint, paths, flags) => {
    const { runWho } = await import('./who-command.ts');
    return runWho(endpoint, paths, flags, surroundings);
  },
  at: async (time, paths, flags) => {
    const { runAt } = await import('./at-command.ts');
    return runAt(time, paths, flags, surroundings);
  },
  timeline: async (paths, flags) => {
    const { runTimeline } = await import('./timeline-command.ts');
    return runTimeline(paths, flags, surroundings);
  },
  check: async (paths, flags) => {
    const { runCheck } = await import('./check-command.ts');
    return runCheck(paths, flags, surroundings);
  },
  explain: async (connection, paths, flags) => {
    const { runExplain } = await import('./explain-command.ts');
    return runExplain(connection, paths, flags, surroundings);
  },
  report: async (paths, flags) => {
    const { runReport } = await import('./report-command.ts');
    return runReport(paths, flags, surroundings);
  },
  audit: async (paths, flags) => {
    const { runAudit } = await import('./audit-command.ts');
    return runAudit(paths, flags, surroundings);
  },
  blocked: async (paths, flags) => {
    const { runBlocked } = await import('./blocked-command.ts');
    return runBlocked(paths, flags, surroundings);
  },
  split: async (paths, flags) => {
    const { runSplit } = await import('./split-command.ts');
    return runSplit(paths, flags, surroundings);
  },
  learn: async (paths, flags) => {
    const { runLearn } = await import('./learn-command.ts');
    return runLearn(paths, flags, surroundings);
  },
  states: async ({ color }) => {
    const { runStates } = await import('./states-command.ts');
    return runStates(color, surroundings);
  },
  'spark-bundle': async (flags) => {
    const { runSparkBundle } = await import('./spark-bundle-command.ts');
    return runSparkBundle(flags, surroundings);
  },
});

/** Commander's sentence in our form: one line, the name first. */
const usageLine = ({ code, message }: CommanderError, args: readonly string[]): string => {
  // It answers `help nonsense` with all of its help and no word on what is wrong.
  if (code === 'commander.help') {
    const unknown = args.slice(args.indexOf('help') + 1).find((word) => !word.startsWith('-'));
    return `conntrail: unknown command '${escapeControls(unknown ?? '')}' (conntrail --help tells more)\n`;
  }
  const text = message
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ');
  const said = text.startsWith("missing required argument 'path'")
    ? 'no input: name files, folders or globs, or - for standard input'
    : text;
  const more = said.includes('(Did you mean') ? '' : ' (conntrail --help tells more)';
  return `conntrail: ${escapeControls(said)}${more}\n`;
};

/** @param say takes help and version: commander's own writing would not notice a full disk */
const configure = (command: Command, say: (text: string) => void): void => {
  command.exitOverride().configureOutput({
    writeOut: say,
    writeErr: () => {}, // said once, by whoever catches the error
  });
  for (const each of command.commands) configure(each, say);
};

/** Runs what was asked for; commander's own ends become exit codes, everything else is thrown. */
export const runProgram = async (args: readonly string[], surroundings: Surroundings): Promise<number> => {
  let exitCode: number = EXIT_CODES.ok.code;
  let said = '';
  const program = buildProgram(actionsIn(surroundings), (code) => {
    exitCode = code;
  });
  configure(program, (text) => {
    said += text;
  });
  try {
    await program.parseAsync(commandFirst(args, program), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) {
      surroundings.stderr.write(usageLine(error, args));
      return EXIT_CODES.usage.code;
    }
    const output = openStandardOutput(surroundings.stdout);
    await output.write(said);
    await output.finish();
    return EXIT_CODES.ok.code;
  }
};

/**
 * Runs the command line.
 * @param args without the program's own name
 * @returns the exit code
 */
export const run = async (args: readonly string[]): Promise<number> => {
  const { stdout, stderr, env } = process;
  const debug = env['CONNTRAIL_DEBUG'] === '1';
  const fail = (error: unknown): number => {
    const { exitCode, text } = explainFailure(error, debug);
    stderr.write(text);
    return exitCode;
  };
  stderr.on('error', () => {}); // whoever closed it does not want to hear
  const signal = listenForSignals((interrupted) => process.exit(fail(interrupted)));
  const surroundings: Surroundings = { stdout, stderr, env, signal };
  try {
    return await runProgram(args, surroundings);
  } catch (error) {
    if (error instanceof ReaderLeft) return EXIT_CODES.ok.code;
    return fail(signal.aborted ? signal.reason : error);
  }
};
