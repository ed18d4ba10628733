/**
 * Names of vantages in a file of text. Logs may hold bytes that are not UTF-8, and interfaces that differ in them alone: such a
 * byte is written as half a character, U+DC80 to U+DCFF, which no text has (as PEP 383 has it), so that each keeps its name.
 */
import type { Interner } from '../record/interner.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const DAMAGED = '\ufffd';
const HALVES = 0xdc00;
/** Bytes of the longest character. */
const LONGEST = 4;

const decoded = (bytes: Uint8Array): string | undefined => {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
};

const spellBytes = (bytes: Uint8Array): string => {
  let name = '';
  for (let at = 0; at < bytes.length; ) {
    let length = 1;
    let character = decoded(bytes.subarray(at, at + 1));
    while (character === undefined && ++length <= LONGEST && at + length <= bytes.length)
      character = decoded(bytes.subarray(at, at + length));
    name += character ?? String.fromCharCode(HALVES + (bytes[at] as number));
    at += character === undefined ? 1 : length;
  }
  return name;
};

/** The name of a vantage by its interned id; '' of those that have none. */
export const nameOfVantage = (vantage: number, strings: Interner): string => {
  const text = strings.text(vantage);
  return text.includes(DAMAGED) ? spellBytes(strings.bytes(vantage)) : text;
};
