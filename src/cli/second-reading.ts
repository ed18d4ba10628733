/** `--finding N`: the connections behind a finding are looked for in a second reading of the same logs. */
import { stat } from 'node:fs/promises';
import { InputError, OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { parseCount } from './audit-options.ts';
import { formatNumber } from './format-count.ts';

/** Pipes, and the names that a shell gives them, are empty when they are read again. */
const readsOnce = async (path: string): Promise<boolean> => {
  if (path === '-') return true;
  const status = await stat(path).catch(() => undefined); // a glob, or what does not exist: told when it is read
  return status !== undefined && !status.isFile() && !status.isDirectory();
};

/**
 * Checks before anything is read.
 * @throws InputError where a path can be read once only; OptionError for Markdown, which connections have none of
 */
export const checkSecondReading = async (paths: readonly string[], format: string): Promise<void> => {
  for (const path of paths) {
    if (!(await readsOnce(path))) continue;
    const name = path === '-' ? 'Standard input' : escapeControls(path);
    throw new InputError(
      'input-unsupported',
      `${name} can be read once, and --finding reads the logs twice: write them to a file first.`,
    );
  }
  if (format === 'markdown') {
    throw new OptionError('option-invalid', '--finding has no markdown; give --format table, json or csv.');
  }
};

/** The finding whose connections are asked for; null for the result itself. */
export const askedFinding = ({ finding }: { readonly finding?: string }): number | null =>
  finding === undefined ? null : parseCount(finding, '--finding');

/**
 * The finding of a number.
 * @param by what decides how many there are, in words
 * @throws OptionError where there is none
 */
export const findingOf = <Finding>(findings: readonly Finding[], asked: number, by: string): Finding => {
  const finding = findings[asked - 1];
  if (finding !== undefined) return finding;
  const found = findings.length === 0 ? 'none' : `1 to ${formatNumber(findings.length)}`;
  throw new OptionError('option-invalid', `There is no finding ${asked}; ${by} there are ${found}.`);
};
