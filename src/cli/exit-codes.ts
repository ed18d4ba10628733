/**
 * How a run ends, as a number for scripts: the one table, documented in docs/cli.md. A code once published
 * keeps its meaning.
 */
import type { ErrorCode } from '../model/errors.ts';

export const EXIT_CODES = {
  ok: { code: 0, means: 'done; lines that were not understood are counted in the summary' },
  fault: { code: 1, means: 'a fault of conntrail itself, too little memory, or a Node.js that is too old' },
  usage: { code: 2, means: 'a command, option or value that does not exist or cannot be' },
  input: {
    code: 3,
    means:
      'an input is missing, unreadable, damaged, changed while it was read or not of a kind that is read, or a folder holds no logs',
  },
  format: { code: 4, means: 'the field order of the records is unknown or not valid' },
  rejected: { code: 5, means: 'no line was understood, or one was not and --strict was given' },
  output: { code: 6, means: 'the result or a temporary file cannot be written' },
  interrupted: { code: 130, means: 'interrupted (SIGINT, Ctrl-C)' },
  terminated: { code: 143, means: 'terminated (SIGTERM)' },
} as const;

export type ExitName = keyof typeof EXIT_CODES;

const NAMES: Readonly<Record<ErrorCode, ExitName>> = {
  'option-invalid': 'usage',
  'format-invalid': 'format',
  'format-unknown': 'format',
  'input-missing': 'input',
  'input-empty': 'input',
  'input-unreadable': 'input',
  'input-changed': 'input',
  'input-corrupt': 'input',
  'input-unsupported': 'input',
  'input-rejected': 'rejected',
  'input-too-large': 'fault',
  'facts-incomplete': 'input',
  'output-failed': 'output',
  'spill-failed': 'output',
};

/** The exit code that an error's stable code leads to. */
export const exitCodeOf = (error: ErrorCode): number => EXIT_CODES[NAMES[error]].code;
