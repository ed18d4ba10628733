/**
 * What commands that number their findings have in common: the formats, and `--finding N`, which looks for the connections
 * behind a finding in a second reading of the same logs.
 */
import { stat } from 'node:fs/promises';
import { formatOf } from '../export/chosen-rows.ts';
import { columnsWith } from '../export/row.ts';
import { InputError, OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { parseCount } from './audit-options.ts';
import { writeConnectionsParquet } from './connections-parquet.ts';
import { formatNumber } from './format-count.ts';
import { type CommonFlags, chooseFormat } from './options.ts';
import type { TableLook } from './table.ts';
import { ConnectionTable } from './table.ts';
import { type Taken, type TakeRequest, takeConnections, takeOutlines } from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import type { TextWriter } from './text-writer.ts';

const FORMATS = ['table', 'json', 'csv', 'parquet', 'markdown'] as const;
export type FindingsFormat = (typeof FORMATS)[number];

/** The format of findings, which are one object of JSON, or of the connections behind one, which are lines of it. */
export const chooseFindingsFormat = (
  flags: CommonFlags & { readonly finding?: string },
  isTerminal: boolean,
): FindingsFormat => chooseFormat(flags, FORMATS, isTerminal, flags.finding !== undefined);

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
export const checkSecondReading = async (paths: readonly string[], format: FindingsFormat): Promise<void> => {
  for (const path of paths) {
    if (!(await readsOnce(path))) continue;
    const name = path === '-' ? 'Standard input' : escapeControls(path);
    throw new InputError(
      'input-unsupported',
      `${name} can be read once, and --finding reads the logs twice: write them to a file first.`,
    );
  }
  if (format === 'markdown') {
    throw new OptionError(
      'option-invalid',
      '--finding has no markdown; give --format table, json, csv or parquet.',
    );
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

export interface Behind {
  /** The request of the first reading, with the connections that are behind the finding as its `only`. */
  readonly request: TakeRequest;
  readonly format: FindingsFormat;
  readonly writer: TextWriter;
  readonly look: TableLook;
  /** The finding in words, above a table. */
  readonly sentence: string;
}

/** Writes the connections behind one finding. */
export const writeBehind = async ({ request, format, writer, look, sentence }: Behind): Promise<Taken> => {
  const { width, paint, names } = look;
  const columns = columnsWith(names);
  if (format === 'parquet')
    return writeConnectionsParquet({ columns }, writer, (take) => takeConnections(request, take));
  if (format === 'json' || format === 'csv') {
    const { header, line } = formatOf(format, { columns });
    await writer.add(header);
    return takeConnections(request, (connection) => writer.add(line(connection)));
  }
  const table = new ConnectionTable({ names });
  const taken = await takeOutlines(request, (outline) => {
    table.add(outline);
    return undefined;
  });
  await writer.addLines(wrapText(sentence, readableWidth(width)).map((line) => paint(line, 'bold')));
  await writer.addLines(['']);
  await writer.writeBytes(table.pieces({ width, paint }));
  return taken;
};
