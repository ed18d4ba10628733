/**
 * The table of columns that somebody chose: a line a connection where there is room for all of them, else a block of lines each,
 * name and value. It returns bytes and writes nothing.
 */
import { isToldByOutlines } from '../export/chosen-rows.ts';
import type { Cell, Column } from '../export/row.ts';
import type { Connection } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import type { ConnectionOutline } from '../model/outline.ts';
import { formatMoment } from './format-moment.ts';
import { UNKNOWN } from './format-size.ts';
import { LineBytes } from './line-bytes.ts';
import { OpeningOrder } from './opening-order.ts';
import type { TableLook } from './table.ts';
import { GAP } from './table-layout.ts';
import { padText, textWidth } from './text-width.ts';

/** Between the cells of a row that is kept: shown, it would be escaped. */
const SEPARATOR = '\n';

const spell = (cell: Cell, isTime: boolean): string => {
  if (cell === null) return UNKNOWN;
  if (typeof cell === 'string') return escapeControls(cell);
  return isTime ? formatMoment(cell as number) : String(cell);
};

/** Chosen columns as a table, for people. */
export class ColumnTable {
  readonly #columns: readonly Column[];
  readonly #isToldByOutlines: boolean;
  readonly #order = new OpeningOrder();
  /** The cells of each row in one text: of very many, single ones would take several times as much memory. */
  readonly #rows: string[] = [];
  readonly #widths: number[];

  /** @param columns at least one */
  constructor(columns: readonly Column[]) {
    this.#columns = columns;
    this.#isToldByOutlines = isToldByOutlines({ columns });
    this.#widths = columns.map(({ name }) => textWidth(name));
  }

  /** The columns are all that it says: there is no lead cell. */
  add(outline: ConnectionOutline, _lead?: string): void {
    this.#order.push(outline);
    // What outlines do not tell costs more.
    const told = (this.#isToldByOutlines ? outline : outline.whole()) as Connection;
    const cells = this.#columns.map(({ read, isTime }) => spell(read(told), isTime === true));
    for (const [i, cell] of cells.entries())
      this.#widths[i] = Math.max(this.#widths[i] as number, textWidth(cell));
    this.#rows.push(cells.join(SEPARATOR));
  }

  /** The table as bytes, as {@link ConnectionTable} gives them. */
  *pieces({ width, paint }: TableLook): Generator<Uint8Array | undefined> {
    if (this.#rows.length === 0) return;
    const columns = this.#columns;
    const widths = this.#widths;
    const names = columns.map(({ name }) => name);
    const widest = Math.max(...names.map((name) => textWidth(name)));
    const isTable = widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1) <= width;
    const line = (cells: readonly string[]): string =>
      cells
        .map((cell, i) =>
          padText(cell, widths[i] as number, columns[i]?.kind === 'number' ? 'right' : 'left'),
        )
        .join(' '.repeat(GAP))
        .trimEnd();
    const out = new LineBytes();
    if (isTable) out.putLine(paint(line(names), 'bold'));
    for (const [place, row] of (yield* this.#order.rows()).entries()) {
      const cells = (this.#rows[row] as string).split(SEPARATOR);
      if (isTable) out.putLine(line(cells));
      else {
        if (place > 0) out.putLine('');
        for (const [i, cell] of cells.entries())
          out.putLine(`${paint(padText(names[i] as string, widest), 'bold')}${' '.repeat(GAP)}${cell}`);
      }
      if (out.isFull) yield out.take();
    }
    if (columns.some(({ isTime }) => isTime)) {
      out.putLine('');
      out.putLine(paint('times in UTC', 'dim'));
    }
    yield out.take();
  }
}
