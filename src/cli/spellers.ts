/** How the engine spells lines of CSV and of conn.log by itself: the formats are export's, the way is the engine's. */
import { type LineSpeller, TextlessSpeller } from '../engine/kernel/line-speller.ts';
import { CSV_SPELLER } from '../export/csv.ts';
import { ZEEK_TEXTS } from '../export/zeek.ts';

const never = (): never => {
  throw new Error('These lines are written by the rules alone.');
};

export const csvSpeller: LineSpeller = { ...CSV_SPELLER, line: never };

class ZeekSpeller extends TextlessSpeller {
  readonly form = 'ZEEK_LINES';
  readonly own = ZEEK_TEXTS;

  line(): never {
    return never();
  }
}

export const zeekSpeller: LineSpeller = new ZeekSpeller();
