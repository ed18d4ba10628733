/**
 * The row of a connection that was weighed: a line, its outline, the whole of it, or how it came to be. What each consists of
 * stands in a file of its own; here is known which of them is asked for.
 */
import { CHOSEN_LINES, LINES, OUTLINES, TRACES, ZEEK_LINES } from './layout.ts';
import { outlineBytes, writeOutline } from './outline-row.ts';
import { form } from './settings.ts';
import { writeChosen, writeColumns } from './spell-chosen.ts';
import { lineBytes, writeLine, writePath } from './spell-line.ts';
import { LONGEST_ZEEK_LINE, writeZeekLine } from './spell-zeek.ts';
import { endTrace, traceBytes, writeTrace } from './trace.ts';
import { wholeBytes, writeViews, writeWhole } from './whole-row.ts';

/** More than the row of the connection that was weighed last takes. */
export function rowBytes(): usize {
  if (form === LINES || form === CHOSEN_LINES) return lineBytes();
  if (form === ZEEK_LINES) return LONGEST_ZEEK_LINE;
  if (form === TRACES) return traceBytes();
  return form === OUTLINES ? outlineBytes() : wholeBytes();
}

/**
 * Writes the row of the connection that was weighed last; true where it is time to rest: then {@link writeOn} goes on.
 * @param place of its key in the order
 * @param number how many connections of that key come before it
 */
export function writeRow(draft: usize, place: u32, number: u32): bool {
  if (form === LINES) return writeLine(draft);
  if (form === CHOSEN_LINES) return writeChosen();
  if (form === ZEEK_LINES) writeZeekLine(draft);
  else if (form === OUTLINES) writeOutline(draft, place, number);
  else if (form === TRACES) return writeTrace(draft, place, number);
  else return writeWhole(draft, place, number);
  return false;
}

/** Goes on with a row of many views; true where it is time to rest. */
export function writeOn(): bool {
  if (form === LINES) return writePath();
  if (form === CHOSEN_LINES) return writeColumns();
  if (writeViews()) return true;
  if (form === TRACES) endTrace();
  return false;
}
