/** `conntrail connections`: the rebuilt connections as a table, JSON Lines, CSV, Parquet or conn.log. */
import { resolve } from 'node:path';
import {
  chosenFormat,
  formatOf,
  isToldByOutlines,
  isWholeRow,
  type RowChoice,
} from '../export/chosen-rows.ts';
import { CSV } from '../export/csv.ts';
import { JSON_LINES } from '../export/json-lines.ts';
import { type ParquetTold, parquetColumns } from '../export/parquet-columns.ts';
import { ZEEK } from '../export/zeek.ts';
import { OptionError } from '../model/errors.ts';
import { addressPathLines } from './address-paths.ts';
import { checkJson } from './check-json.ts';
import { ColumnTable } from './column-table.ts';
import { explainNothing } from './explain-nothing.ts';
import { filtersAnything } from './filters.ts';
import { type CommonFlags, FORMATS, filterOptions } from './options.ts';
import type { Output } from './output.ts';
import { placeOf, type ResultWriters, type Wanted, writeResult } from './result.ts';
import { rowRun } from './row-run.ts';
import { saySummary } from './say-summary.ts';
import { SPELLERS, type SpelledFormat } from './spellers.ts';
import type { Surroundings } from './surroundings.ts';
import { ConnectionTable, type TableLook } from './table.ts';
import {
  type Taken,
  type TakeRequest,
  takeConnections,
  takeLines,
  takeOutlines,
} from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import type { TextWriter } from './text-writer.ts';
import { writeParquet } from './write-parquet.ts';

const HEADERS: Readonly<Record<SpelledFormat, string>> = {
  json: JSON_LINES.header,
  csv: CSV.header,
  zeek: ZEEK.header,
};

/** All connections by the fast lane. Nothing is written of an input in which no line was understood. */
const writeSpelled = async (request: TakeRequest, format: SpelledFormat, output: Output): Promise<Taken> => {
  const header = HEADERS[format];
  let isHeaded = header === '';
  const head = async (): Promise<void> => {
    if (isHeaded) return;
    isHeaded = true;
    await output.write(header);
  };
  const taken = await takeLines(request, SPELLERS[format], async (piece) => {
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

const writeTable = async (
  request: TakeRequest,
  look: TableLook,
  writer: TextWriter,
  choice: RowChoice,
): Promise<Taken> => {
  const { names } = look;
  const table =
    choice.columns === undefined ? new ConnectionTable({ names }) : new ColumnTable(choice.columns);
  const taken = await takeOutlines(request, (outline) => {
    table.add(outline);
    return undefined;
  });
  const paths = [...addressPathLines(taken.report.addressPaths, look)];
  const nothing = explainNothing(taken.report, taken.tally);
  if (nothing !== null) await writer.addLines(wrapText(nothing, readableWidth(look.width)));
  await writer.writeBytes(table.pieces(look));
  if (paths.length > 0) await writer.addLines(['']);
  await writer.addLines(paths);
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
  const taken = await withCheck(flags.check, wanted, ({ output, writer }) => {
    if (format === 'table') return writeTable(request, look, writer, choice);
    if (format === 'parquet') {
      const takeAll: Take<ParquetTold> = isToldByOutlines(choice) ? takeOutlines : takeConnections;
      return writeParquet(parquetColumns(choice), writer, (take) => takeAll(request, take));
    }
    // A terminal gets its JSON with control characters spelt out; a filter needs whole connections.
    const isPlain = (format !== 'json' || !isTerminal) && !filtersAnything(filterOptions(flags));
    if (isWholeRow(choice) && isPlain) return writeSpelled(request, format, output);
    if (format === 'zeek') return writeLines(request, takeConnections, ZEEK, writer);
    if (isToldByOutlines(choice))
      return writeLines(request, takeOutlines, chosenFormat(format, choice), writer);
    return writeLines(request, takeConnections, formatOf(format, choice), writer);
  });
  return saySummary(taken, flags, surroundings, format === 'table' && toFile === null);
};
