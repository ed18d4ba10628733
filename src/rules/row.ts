/** The row of the connection that was weighed last, in the form that is asked for. */
import { LINES, OUTLINES, TRACES, ZEEK_LINES } from './layout.ts';
import { outlineBytes, writeOutline } from './outline-row.ts';
import { form } from './settings.ts';
import { lineBytes, writeLine } from './spell-line.ts';
import { LONGEST_ZEEK_LINE, writeZeekLine } from './spell-zeek.ts';
import { traceBytes, writeTrace } from './trace.ts';
import { wholeBytes, writeWhole } from './whole-row.ts';

/** More than the row of the connection that was weighed last takes. */
export function rowBytes(): usize {
  if (form === LINES) return lineBytes();
  if (form === ZEEK_LINES) return LONGEST_ZEEK_LINE;
  if (form === TRACES) return traceBytes();
  return form === OUTLINES ? outlineBytes() : wholeBytes();
}

/**
 * Writes the row of the connection that was weighed last.
 * @param place of its key in the order
 * @param number how many connections of that key come before it
 */
export function writeRow(draft: usize, place: u32, number: u32): void {
  if (form === LINES) writeLine(draft);
  else if (form === ZEEK_LINES) writeZeekLine(draft);
  else if (form === OUTLINES) writeOutline(draft, place, number);
  else if (form === TRACES) writeTrace(draft, place, number);
  else writeWhole(draft, place, number);
}
