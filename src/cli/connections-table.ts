/** Connections as a table for people, and below it the ways between addresses that are no connections. */
import type { RowChoice } from '../export/chosen-rows.ts';
import { addressPathLines } from './address-paths.ts';
import { ColumnTable } from './column-table.ts';
import { explainNothing } from './explain-nothing.ts';
import { ConnectionTable, type TableLook } from './table.ts';
import { type Taken, type TakeRequest, takeOutlines } from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import type { TextWriter } from './text-writer.ts';

/** Rebuilds connections and writes their table. */
export const writeConnectionsTable = async (
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
