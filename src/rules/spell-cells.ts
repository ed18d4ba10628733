/**
 * Cells of a line of columns, whether it has all of them (spell-line.ts) or those that were chosen (spell-chosen.ts): a value
 * behind a text that is taught, and names of interfaces with what they ask of the text that they stand in.
 */
import {
  ASKS_APOSTROPHE,
  ASKS_QUOTES,
  ASKS_QUOTES_FIRST,
  ASKS_QUOTES_LAST,
  NONE,
  PROTOCOL_NAMES,
} from './layout.ts';
import { COMMUNITY_ID_LENGTH, UID_LENGTH, writeCommunityId, writeUid } from './names.ts';
import { byteAt, wordAt } from './port.ts';
import { transport } from './records.ts';
import { putFixed } from './spell-parts.ts';
import { out, putBytes, putNumber, putOne, putSeconds, setOut } from './spell-values.ts';
import { observerAt } from './view-rows.ts';

// The texts that every line of columns has, in the order of commonTexts in row-texts.ts.
/** What is not known, a text of no letters, and what stands behind a text. */
const NULL: u32 = 0;
export const EMPTY: u32 = 1;
export const END_OF_TEXT: u32 = 2;
/** The first text of a path, between two of its names, its end, and that there is none. */
export const PATH: u32 = 3;
export const BETWEEN_LABELS: u32 = 4;
export const END_OF_PATH: u32 = 5;
export const NO_PATH: u32 = 6;
/** By role: what stands behind the name on a path, and whether that asks for quotes: a text of some length, or of none. */
export const ROLE: u32 = 7;
export const ROLE_ASKS_QUOTES: u32 = 13;
// The texts from 19 on are those of the kind of line.

const QUOTE: u32 = 0x22;
const APOSTROPHE: u32 = 0x27;

/** A time, -1 for none. */
export function putTime(text: u32, seconds: f64): void {
  putFixed(text);
  if (seconds < 0) putFixed(NULL);
  else putSeconds(seconds);
}

/** A port, NONE for none. */
export function putPort(text: u32, port: u32): void {
  putFixed(text);
  if (port === NONE) putFixed(NULL);
  else putNumber(port as f64);
}

/** A count or a length of time, -1 for none. */
export function putCount(text: u32, value: f64): void {
  putFixed(text);
  if (value < 0) putFixed(NULL);
  else putNumber(value);
}

export function putUid(text: u32, draft: usize): void {
  putFixed(text);
  writeUid(out, draft);
  setOut(out + UID_LENGTH);
}

/** The Community ID of a key whose protocol has one. */
export function putCommunityId(text: u32): void {
  putFixed(text);
  writeCommunityId(out);
  setOut(out + COMMUNITY_ID_LENGTH);
}

/** What the protocol of the key is called. */
export function putProtocol(): void {
  const name: usize = PROTOCOL_NAMES + (transport << 3);
  putBytes(name, byteAt(name + 7));
}

/**
 * An observer's name behind one text, or in its place another.
 * @param observer 0 for nobody
 */
export function putObserver(text: u32, nobody: u32, observer: usize): void {
  if (observer === 0) {
    putFixed(nobody);
    return;
  }
  putFixed(text);
  putName(observer);
}

/** The name of a view's interface behind one text, or in its place another where it has none. */
export function putNameAfter(text: u32, nameless: u32, view: usize): void {
  const observer = observerAt(view);
  putObserver(text, nameless, wordAt(observer + 20) === 0 ? 0 : observer);
}

/** The name of an interface, or of the resource in its place, and the end of its text. */
function putName(observer: usize): void {
  const asks = wordAt(observer + 28);
  const isQuoted = asksQuotes(asks, asks, true);
  beginText(isQuoted, asks);
  putBytes(wordAt(observer + 16), wordAt(observer + 20));
  endText(isQuoted);
  putFixed(END_OF_TEXT);
}

/** Whether a text asks for quotes by what its first name asks, and its last one when nothing stands behind that. */
export function asksQuotes(first: u32, last: u32, isLast: bool): bool {
  if (((first | last) & ASKS_QUOTES) !== 0) return true;
  if ((first & ASKS_QUOTES_FIRST) !== 0 && (first & ASKS_APOSTROPHE) === 0) return true;
  return isLast && (last & ASKS_QUOTES_LAST) !== 0;
}

export function beginText(isQuoted: bool, asks: u32): void {
  if (isQuoted) putOne(QUOTE);
  if ((asks & ASKS_APOSTROPHE) !== 0) putOne(APOSTROPHE);
}

export function endText(isQuoted: bool): void {
  if (isQuoted) putOne(QUOTE);
}
