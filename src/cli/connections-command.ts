/** `conntrail connections`: the rebuilt connections as a table, JSON Lines, CSV, Parquet or conn.log. */
import { resolve } from 'node:path';
import type { LineSpeller } from '../engine/kernel/line-speller.ts';
import { chosenFormat, formatOf, isToldByOutlines, type RowChoice } from '../export/chosen-rows.ts';
import type { ParquetTold } from '../export/parquet-columns.ts';
import { ZEEK } from '../export/zeek.ts';
import { OptionError } from '../model/errors.ts';
import { filtersAnything } from './filters.ts';
import { type CommonFlags, FORMATS, filterOptions } from './options.ts';
import type { Output } from './output.ts';
import { placeOf, type ResultWriters, type Wanted, writeResult } from './result.ts';
import { rowRun } from './row-run.ts';
import { saySummary } from './say-summary.ts';
import { type SpelledFormat, spellerOf } from './spellers.ts';
import type { Surroundings } from './surroundings.ts';
import {
  type Taken,
  type TakeRequest,
  takeConnections,
  takeLines,
  takeOutlines,
} from './take-connections.ts';
import type { TextWriter } from './text-writer.ts';

const headerOf = (format: SpelledFormat, choice: RowChoice): string =>
  format === 'zeek' ? ZEEK.header : formatOf(format, choice).header;

/** All connections by the fast lane. Nothing is written of an input in which no line was understood. */
const writeSpelled = async (
  request: TakeRequest,
  speller: LineSpeller,
  header: string,
  output: Output,
): Promise<Taken> => {
  let isHeaded = header === '';
  const head = async (): Promise<void> => {
    if (isHeaded) return;
    isHeaded = true;
    await output.write(header);
  };
  const taken = await takeLines(request, speller, async (piece) => {
    await head();
    await output.write(piece);
  });
  await head();
  return taken;
};

/** Rebuilds and hands over what lines are written of. */
type Take<Told> = (request: TakeRequest, take: (told: Told) => Promise<void> | undefined) => Promise<Taken>;

const writeLines = async <Told>(
  request: TakeRequest,
  takeAll: Take<Told>,
  { header, line }: { readonly header: string; readonly line: (told: Told) => string },
  writer: TextWriter,
): Promise<Taken> => {
  let headed = false;
  const head = (): void => {
    if (!headed) writer.add(header);
    headed = true;
  };
  const taken = await takeAll(request, (told) => {
    head();
    return writer.add(line(told));
  });
  head();
  return taken;
};

/** Writes a result, and where a file is named what check tells of the run that made it. */
const withCheck = (
  file: string | undefined,
  wanted: Wanted,
  write: (writers: ResultWriters) => Promise<Taken>,
): Promise<Taken> => {
  if (file === undefined) return writeResult(wanted, write);
  const { place, surroundings, inputs } = wanted;
  if (place.toFile !== null && resolve(place.toFile) === resolve(file))
    throw new OptionError('option-invalid', '--check and --output name the same file.');
  const ofCheck = placeOf({ output: file }, surroundings);
  return writeResult({ place: ofCheck, surroundings, inputs, isJson: true }, async ({ writer }) => {
    const taken = await writeResult(wanted, write);
    const { checkJson } = await import('./check-json.ts');
    await writer.addPieces(checkJson(taken.report, taken.tally));
    return taken;
  });
};

export interface ConnectionsFlags extends CommonFlags {
  readonly check?: string;
}

/** Runs the command; the exit code comes back. */
export const runConnections = async (
  paths: readonly string[],
  flags: ConnectionsFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const { place, format, choice, request, wanted } = await rowRun(paths, flags, surroundings, FORMATS);
  const { toFile, isTerminal, look } = place;
  const taken = await withCheck(flags.check, wanted, async ({ output, writer }) => {
    // Programs run it again and again, for few lines: each form is loaded for those who want it.
    if (format === 'table') {
      const { writeConnectionsTable } = await import('./connections-table.ts');
      return writeConnectionsTable(request, look, writer, choice);
    }
    if (format === 'parquet') {
      const { writeConnectionsParquet } = await import('./connections-parquet.ts');
      const takeAll: Take<ParquetTold> = isToldByOutlines(choice) ? takeOutlines : takeConnections;
      return writeConnectionsParquet(choice, writer, (take) => takeAll(request, take));
    }
    // A terminal gets its JSON with control characters spelt out; a filter needs whole connections.
    const isPlain = (format !== 'json' || !isTerminal) && !filtersAnything(filterOptions(flags));
    const speller = isPlain ? spellerOf(format, choice) : null;
    if (speller !== null) return writeSpelled(request, speller, headerOf(format, choice), output);
    if (format === 'zeek') return writeLines(request, takeConnections, ZEEK, writer);
    if (isToldByOutlines(choice))
      return writeLines(request, takeOutlines, chosenFormat(format, choice), writer);
    return writeLines(request, takeConnections, formatOf(format, choice), writer);
  });
  return saySummary(taken, flags, surroundings, format === 'table' && toFile === null);
};
