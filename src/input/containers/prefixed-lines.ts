/** Lines with words in front: `aws logs tail`, `awslogs`, export tasks. Without them they are plain lines. */
import type { Columns } from '../../model/fields.ts';
import { LONGEST_LINE } from '../../record/parse-line.ts';
import type { Container, LineSink, Unwrapping } from './container.ts';
import { LineBuffer } from './line-buffer.ts';
import { LineCutter } from './line-cutter.ts';
import { looksLikeRecord } from './looks-like-record.ts';

/** How a line begins: how many words stand in front, and which kind of word the first one is. */
export interface Prefix {
  readonly container: Container;
  readonly words: number;
  readonly beginsWithTime: boolean;
}

const DATE = String.raw`\d{4}-\d\d-\d\d`;
const CLOCK = String.raw`\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?`;
const TIME = new RegExp(`^${DATE}T${CLOCK}$`);
const ONLY_DATE = new RegExp(`^${DATE}$`);
const ONLY_CLOCK = new RegExp(`^${CLOCK}$`);
/** One stream an interface, named so by AWS. */
const STREAM = /^[a-z]+-[0-9a-z-]+-(all|accept|reject)$/;
const GROUP = /^[\w./#-]+$/;

const timesAt = (words: readonly string[], at: number): number => {
  if (TIME.test(words[at] ?? '')) return 1;
  return ONLY_DATE.test(words[at] ?? '') && ONLY_CLOCK.test(words[at + 1] ?? '') ? 2 : 0;
};

/** How many words before the record, by what they look like. */
const countWords = (words: readonly string[]): { count: number; hasStream: boolean } => {
  const times = timesAt(words, 0);
  if (times > 0) {
    const hasStream = STREAM.test(words[times] ?? '');
    return { count: times + (hasStream ? 1 : 0), hasStream };
  }
  const isStream = (at: number): boolean => STREAM.test(words[at] ?? '');
  const names = isStream(0) ? 1 : GROUP.test(words[0] ?? '') && isStream(1) ? 2 : 0;
  if (names === 0) return { count: words[0]?.startsWith('/') === true ? 1 : 0, hasStream: false };
  return { count: names + timesAt(words, names), hasStream: true };
};

/** Whether these words are a record, or may be one of a format that must be said. */
const isRecord = (words: readonly string[], hasStream: boolean): boolean =>
  hasStream ? words.length > 1 : looksLikeRecord(words);

/**
 * What stands in front of the record in a line; undefined for a line that is a record, and for all other.
 * @param declared the format that lines have (--fields): a line with as many fields has nothing in front
 */
export const prefixOf = (line: string, declared: Columns | undefined): Prefix | undefined => {
  const words = line.trim().split(/\s+/);
  const { count, hasStream } = countWords(words);
  if (count === 0 || words.length === declared?.names.length) return undefined;
  if (words.length - count !== declared?.names.length && !isRecord(words.slice(count), hasStream))
    return undefined;
  const beginsWithTime = timesAt(words, 0) > 0;
  if (!beginsWithTime) return { container: 'awslogs', words: count, beginsWithTime };
  return { container: hasStream ? 'logs-tail' : 'timed-lines', words: count, beginsWithTime };
};

const isBlank = (byte: number | undefined): boolean => byte === 32 || byte === 9;
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;
const HYPHEN = 45;

export class PrefixedLines implements Unwrapping {
  readonly #prefix: Prefix;
  readonly #lines: LineBuffer;
  readonly #cutter = new LineCutter((bytes, from, to) => this.#take(bytes, from, to));

  constructor(prefix: Prefix, sink: LineSink) {
    this.#prefix = prefix;
    this.#lines = new LineBuffer(sink);
  }

  push(bytes: Uint8Array): void {
    this.#cutter.push(bytes);
    this.#lines.flush();
  }

  end(): void {
    this.#cutter.end();
    this.#lines.flush();
  }

  /** A line that does not begin as the others do, or is too long, is handed on as it is: its reader says what is wrong. */
  #take(bytes: Uint8Array, lineFrom: number, to: number): void {
    let from = lineFrom;
    while (from < to && isBlank(bytes[from])) from++;
    if (to - lineFrom <= LONGEST_LINE && this.#hasPrefix(bytes, from)) {
      let at = from;
      for (let word = 0; word < this.#prefix.words && at < to; word++) {
        while (at < to && !isBlank(bytes[at])) at++;
        while (at < to && isBlank(bytes[at])) at++;
      }
      if (at < to) from = at;
    }
    this.#lines.add(bytes, from, to);
    this.#lines.endLine();
  }

  #hasPrefix(bytes: Uint8Array, from: number): boolean {
    const isTime = isDigit(bytes[from]) && bytes[from + 4] === HYPHEN && bytes[from + 7] === HYPHEN;
    return this.#prefix.beginsWithTime ? isTime : !isDigit(bytes[from]);
  }
}
