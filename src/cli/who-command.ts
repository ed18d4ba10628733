/** `conntrail who`: for one endpoint, who opened each connection, on what evidence and how sure that is. */

import { chosenFormat, isToldByOutlines, type RowChoice } from '../export/chosen-rows.ts';
import type { LineFormat } from '../export/in-pieces.ts';
import { COLUMNS, type Column } from '../export/row.ts';
import { ColumnTable } from './column-table.ts';
import { writeConnectionsParquet } from './connections-parquet.ts';
import type { CommonFlags } from './options.ts';
import { type EndpointPattern, parseEndpoint } from './parse-endpoint.ts';
import { writeResult } from './result.ts';
import { rowRun } from './row-run.ts';
import { saySummary } from './say-summary.ts';
import type { Surroundings } from './surroundings.ts';
import type { TableLook } from './table.ts';
import { ConnectionTable } from './table.ts';
import { TITLES } from './table-layout.ts';
import { type Taken, type TakeRequest, takeOutlines } from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import type { TextWriter } from './text-writer.ts';
import { describeNoMatch, describeOpener, EndpointTally, viewFrom } from './who-text.ts';

const FORMATS = ['table', 'json', 'csv', 'parquet'] as const;

/** The column before those of the flat row. */
const leadColumn = (endpoint: EndpointPattern): Column => ({
  name: 'opened_by_endpoint',
  kind: 'boolean',
  read: (connection) => viewFrom(endpoint, connection)?.openedByEndpoint ?? null,
});

/** The same before what was chosen. */
const withLead = (endpoint: EndpointPattern, choice: RowChoice) => ({
  ...choice,
  columns: [leadColumn(endpoint), ...(choice.columns ?? COLUMNS)],
});

const writeLines = (
  request: TakeRequest,
  endpoint: EndpointPattern,
  { header, line }: LineFormat,
  writer: TextWriter,
): Promise<Taken> => {
  writer.add(header);
  return takeOutlines(request, (outline) =>
    viewFrom(endpoint, outline) === null ? undefined : writer.add(line(outline.whole())),
  );
};

const writeParquetOf = (
  request: TakeRequest,
  endpoint: EndpointPattern,
  choice: RowChoice,
  writer: TextWriter,
): Promise<Taken> => {
  const isTold = isToldByOutlines(choice);
  return writeConnectionsParquet(choice, writer, (take) =>
    takeOutlines(request, (outline) =>
      viewFrom(endpoint, outline) === null ? undefined : take(isTold ? outline : outline.whole()),
    ),
  );
};

const writeTable = async (
  request: TakeRequest,
  endpoint: EndpointPattern,
  writer: TextWriter,
  { width, paint, names }: TableLook,
  choice: RowChoice,
): Promise<Taken> => {
  const table =
    choice.columns === undefined
      ? new ConnectionTable({ leadTitle: TITLES.lead, names })
      : new ColumnTable(withLead(endpoint, choice).columns);
  const counts = new EndpointTally();
  const taken = await takeOutlines(request, (outline) => {
    const view = viewFrom(endpoint, outline);
    if (view === null) return undefined;
    counts.add(outline, view);
    table.add(outline, describeOpener(view.openedByEndpoint));
    return undefined;
  });
  const sentence =
    counts.size === 0 ? describeNoMatch(endpoint, taken, names) : counts.headline(endpoint, names);
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
  const { place, format, choice, request, wanted } = await rowRun(paths, flags, surroundings, FORMATS);
  const { toFile, look } = place;
  const taken = await writeResult(wanted, ({ writer }) => {
    if (format === 'table') return writeTable(request, endpoint, writer, look, choice);
    const withLeadColumn = withLead(endpoint, choice);
    if (format === 'parquet') return writeParquetOf(request, endpoint, withLeadColumn, writer);
    return writeLines(request, endpoint, chosenFormat(format, withLeadColumn), writer);
  });
  return saySummary(taken, flags, surroundings, format === 'table' && toFile === null);
};
