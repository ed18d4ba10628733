/** `conntrail who`: for one endpoint, who opened each connection, on what evidence and how sure that is. */

import { CSV, CSV_HEADER, toCsvCell } from '../export/csv.ts';
import { toJsonLine } from '../export/json-lines.ts';
import { type CommonFlags, chooseFormat } from './options.ts';
import { type EndpointPattern, parseEndpoint } from './parse-endpoint.ts';
import { placeOf, writeResult } from './result.ts';
import { saySummary } from './say-summary.ts';
import type { Surroundings } from './surroundings.ts';
import type { TableLook } from './table.ts';
import { ConnectionTable } from './table.ts';
import { TITLES } from './table-layout.ts';
import { type Taken, type TakeRequest, takeOutlines } from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import type { TextWriter } from './text-writer.ts';
import { describeNoMatch, describeOpener, EndpointTally, viewFrom } from './who-text.ts';

const FORMATS = ['table', 'json', 'csv'] as const;

/** The column before those of the flat row. */
const OPENED_BY_ENDPOINT = 'opened_by_endpoint';

const writeJson = (request: TakeRequest, endpoint: EndpointPattern, writer: TextWriter): Promise<Taken> =>
  takeOutlines(request, (outline) => {
    const view = viewFrom(endpoint, outline);
    if (view === null) return undefined;
    const line = toJsonLine(outline.whole());
    return writer.add(`{"${OPENED_BY_ENDPOINT}":${view.openedByEndpoint},${line.slice(1)}\n`);
  });

const writeCsv = (request: TakeRequest, endpoint: EndpointPattern, writer: TextWriter): Promise<Taken> => {
  writer.add(`${OPENED_BY_ENDPOINT},${CSV_HEADER}`);
  return takeOutlines(request, (outline) => {
    const view = viewFrom(endpoint, outline);
    if (view === null) return undefined;
    return writer.add(`${toCsvCell(view.openedByEndpoint)},${CSV.line(outline.whole())}`);
  });
};

const writeTable = async (
  request: TakeRequest,
  endpoint: EndpointPattern,
  writer: TextWriter,
  { width, paint }: TableLook,
): Promise<Taken> => {
  const table = new ConnectionTable({ leadTitle: TITLES.lead });
  const counts = new EndpointTally();
  const taken = await takeOutlines(request, (outline) => {
    const view = viewFrom(endpoint, outline);
    if (view === null) return undefined;
    const connection = outline.whole();
    counts.add(connection, view);
    table.add(connection, describeOpener(view.openedByEndpoint));
    return undefined;
  });
  const sentence = counts.size === 0 ? describeNoMatch(endpoint, taken) : counts.headline(endpoint);
  await writer.addLines(wrapText(sentence, readableWidth(width)).map((line) => paint(line, 'bold')));
  if (counts.size > 0) {
    await writer.addLines(['']);
    await writer.writeBytes(table.pieces({ width, paint }));
  }
  return taken;
};

/** Runs the command; the exit code comes back. */
export const runWho = async (
  text: string,
  paths: readonly string[],
  flags: CommonFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const endpoint = parseEndpoint(text);
  const place = placeOf(flags, surroundings);
  const { toFile, isTerminal, look } = place;
  const format = chooseFormat(flags, FORMATS, isTerminal);
  const request = { paths, flags, surroundings, showProgress: format === 'table' || !isTerminal };
  const wanted = { place, surroundings, inputs: paths, isJson: format === 'json' };
  const taken = await writeResult(wanted, ({ writer }) => {
    if (format === 'table') return writeTable(request, endpoint, writer, look);
    return (format === 'json' ? writeJson : writeCsv)(request, endpoint, writer);
  });
  return saySummary(taken, flags, surroundings, format === 'table' && toFile === null);
};
