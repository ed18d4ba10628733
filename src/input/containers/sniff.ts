/** What the first bytes of a source are the beginning of. Known by content, never by a name; what proves nothing is plain text. */
import type { Columns } from '../../model/fields.ts';
import { bareLine, beginningOf, isPlainLine } from './begins-plain.ts';
import type { Container, LineSink, Unwrapping } from './container.ts';
import { Csv, csvOf } from './csv.ts';
import { beginsJson, Json, jsonKind } from './json.ts';
import { Base64Lines, isPackedText, type Payloads } from './payload.ts';
import { PrefixedLines, prefixOf } from './prefixed-lines.ts';

/** Lines that are looked at, comments and empty ones not counted. */
const MOST_LINES = 8;

/** A container that was recognised. */
export interface Sniffed {
  readonly container: Container;
  /**
   * @param source the name shown in errors
   * @param payloads opens what lies in it as base64
   */
  unwrap(source: string, payloads: Payloads, sink: LineSink): Unwrapping;
}

/**
 * @param head the beginning, of {@link ENOUGH} bytes or all there are
 * @param declared the format of lines before any header (--fields)
 * @returns undefined for plain text
 */
export const sniff = (head: Uint8Array, declared: Columns | undefined): Sniffed | undefined => {
  const text = beginningOf(head);
  let looked = 0;
  for (const line of text.split('\n')) {
    const bare = bareLine(line);
    if (bare === '') continue;
    if (isPlainLine(bare) || looked++ >= MOST_LINES) return undefined;
    if (beginsJson(bare))
      return {
        container: jsonKind(text),
        unwrap: (source, payloads, sink) => new Json(source, payloads, sink),
      };
    if (isPackedText(bare))
      return { container: 'base64', unwrap: (_, payloads, sink) => new Base64Lines(payloads, sink) };
    const prefix = prefixOf(bare, declared);
    if (prefix !== undefined)
      return { container: prefix.container, unwrap: (_, __, sink) => new PrefixedLines(prefix, sink) };
    const csv = csvOf(line.replace(/^\ufeff/, '').replace(/\r$/, ''), declared);
    if (csv !== undefined)
      return { container: csv.container, unwrap: (source, _, sink) => new Csv(source, csv, sink) };
  }
  return undefined;
};
