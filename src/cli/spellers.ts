/** How the engine spells the lines of each format by itself: the formats are export's, the way is the engine's. */
import { type LineSpeller, textless } from '../engine/kernel/line-speller.ts';
import { CSV_SPELLER } from '../export/csv.ts';
import { JSON_SPELLER } from '../export/json-lines.ts';
import { ZEEK_TEXTS } from '../export/zeek.ts';
import type { ConnectionFormat } from './options.ts';

/** Formats whose lines the engine spells. */
export type SpelledFormat = Exclude<ConnectionFormat, 'table' | 'parquet'>;

export const SPELLERS: Readonly<Record<SpelledFormat, LineSpeller>> = {
  json: JSON_SPELLER,
  csv: CSV_SPELLER,
  zeek: textless('ZEEK_LINES', ZEEK_TEXTS),
};
