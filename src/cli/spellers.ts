/** How the engine spells the lines of each format by itself: the formats are export's, the way is the engine's. */
import { type LineSpeller, textless } from '../engine/kernel/line-speller.ts';
import { isFlatRow, isWholeRow, type RowChoice } from '../export/chosen-rows.ts';
import { CSV_SPELLER, chosenCsvSpeller } from '../export/csv.ts';
import { chosenJsonSpeller, JSON_SPELLER } from '../export/json-lines.ts';
import { ZEEK_TEXTS } from '../export/zeek.ts';
import type { ConnectionFormat } from './options.ts';

/** Formats whose lines the engine spells. */
export type SpelledFormat = Exclude<ConnectionFormat, 'table' | 'parquet'>;

export const SPELLERS: Readonly<Record<SpelledFormat, LineSpeller>> = {
  json: JSON_SPELLER,
  csv: CSV_SPELLER,
  zeek: textless('ZEEK_LINES', ZEEK_TEXTS),
};

const CHOSEN = { json: chosenJsonSpeller, csv: chosenCsvSpeller, zeek: null } as const;

/** How the engine spells a choice of columns; null where it cannot. */
export const spellerOf = (format: SpelledFormat, choice: RowChoice): LineSpeller | null => {
  if (isWholeRow(choice)) return SPELLERS[format];
  const { columns } = choice;
  if (columns === undefined || !isFlatRow(choice)) return null;
  return CHOSEN[format]?.(columns.map(({ name }) => name)) ?? null;
};
