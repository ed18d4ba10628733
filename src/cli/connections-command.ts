/** `conntrail connections`: the rebuilt connections as a table, JSON Lines, CSV or conn.log. */
import { CSV } from '../export/csv.ts';
import type { LineFormat } from '../export/in-pieces.ts';
import { JSON_LINES } from '../export/json-lines.ts';
import { ZEEK } from '../export/zeek.ts';
import { addressPathLines } from './address-paths.ts';
import { explainNothing } from './explain-nothing.ts';
import { filtersAnything } from './filters.ts';
import { type CommonFlags, type ConnectionFormat, chooseFormat, FORMATS, filterOptions } from './options.ts';
import type { Output } from './output.ts';
import { placeOf, writeResult } from './result.ts';
import { saySummary } from './say-summary.ts';
import { SPELLERS } from './spellers.ts';
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

const LINE_FORMATS: Readonly<Record<Exclude<ConnectionFormat, 'table'>, LineFormat>> = {
  json: JSON_LINES,
  csv: CSV,
  zeek: ZEEK,
};

/** All connections by the fast lane. Nothing is written of an input in which no line was understood. */
const writeSpelled = async (
  request: TakeRequest,
  format: Exclude<ConnectionFormat, 'table'>,
  output: Output,
): Promise<Taken> => {
  const { header } = LINE_FORMATS[format];
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

const writeLines = async (request: TakeRequest, format: LineFormat, writer: TextWriter): Promise<Taken> => {
  let headed = false;
  const head = (): void => {
    if (!headed) writer.add(format.header);
    headed = true;
  };
  const taken = await takeConnections(request, (connection) => {
    head();
    return writer.add(format.line(connection));
  });
  head();
  return taken;
};

const writeTable = async (request: TakeRequest, look: TableLook, writer: TextWriter): Promise<Taken> => {
  const table = new ConnectionTable();
  const taken = await takeOutlines(request, (connection) => {
    table.add(connection);
    return undefined;
  });
  const paths = [...addressPathLines(taken.report.addressPaths, look.paint, look.width)];
  const nothing = explainNothing(taken.report, taken.tally);
  if (nothing !== null) await writer.addLines(wrapText(nothing, readableWidth(look.width)));
  await writer.writeBytes(table.pieces(look));
  if (paths.length > 0) await writer.addLines(['']);
  await writer.addLines(paths);
  return taken;
};

/** Runs the command; the exit code comes back. */
export const runConnections = async (
  paths: readonly string[],
  flags: CommonFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const place = placeOf(flags, surroundings);
  const { toFile, isTerminal, look } = place;
  const format = chooseFormat(flags, FORMATS, isTerminal);
  const request = { paths, flags, surroundings, showProgress: format === 'table' || !isTerminal };
  const wanted = { place, surroundings, inputs: paths, isJson: format === 'json' };
  const taken = await writeResult(wanted, ({ output, writer }) => {
    if (format === 'table') return writeTable(request, look, writer);
    // A terminal gets its JSON with control characters spelt out; a filter needs whole connections.
    const isPlain = (format !== 'json' || !isTerminal) && !filtersAnything(filterOptions(flags));
    if (isPlain) return writeSpelled(request, format, output);
    return writeLines(request, LINE_FORMATS[format], writer);
  });
  return saySummary(taken, flags, surroundings, format === 'table' && toFile === null);
};
