/** CSV (RFC 4180) to lines: of the console, Logs Insights, Athena and spreadsheets, also parted by semicolons or tabs. */
import { InputError } from '../../model/errors.ts';
import { escapeControls } from '../../model/escape.ts';
import type { Columns } from '../../model/fields.ts';
import { isHeader } from '../../record/columns.ts';
import { detectColumns } from '../../record/detect-columns.ts';
import { grown } from '../../record/grown.ts';
import { LONGEST_LINE } from '../../record/parse-line.ts';
import { LINE_FEED } from '../../record/scan-lines.ts';
import type { Container, LineSink, Unwrapping } from './container.ts';
import { LineBuffer } from './line-buffer.ts';
import { looksLikeRecord } from './looks-like-record.ts';
import { addRow, MOST_VALUES, type Naming, namingOf, type Row } from './named-values.ts';

const QUOTE = 34;
const CARRIAGE_RETURN = 13;
const SEPARATORS = [',', ';', '\t'] as const;

export interface CsvKind {
  readonly container: Container;
  /** The byte between two values. */
  readonly separator: number;
}

/** The values of one line, none where it is no CSV. */
export const valuesOf = (line: string, separator: string): string[] => {
  const values: string[] = [];
  let rest = line;
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
    const plain =
      quoted?.[0] ?? rest.slice(0, rest.indexOf(separator) < 0 ? undefined : rest.indexOf(separator));
    values.push(quoted === null ? plain : (quoted[1] as string).replaceAll('""', '"'));
    rest = rest.slice(plain.length);
    if (!rest.startsWith(separator) || values.length >= MOST_VALUES) break;
    rest = rest.slice(1);
  }
  // What stands between a quote and a separator makes it no CSV.
  return rest === '' ? values : [];
};

const isRecordIn = (text: string, declared: Columns | undefined): boolean => {
  const words = text.trim().split(/\s+/);
  return words.length === declared?.names.length || looksLikeRecord(words);
};

/** What a line of CSV begins, undefined where it is none of a flow log. */
export const csvOf = (line: string, declared: Columns | undefined): CsvKind | undefined => {
  const separators = SEPARATORS.filter((separator) => line.includes(separator));
  if (separators.length === 0) {
    if (!line.startsWith('"')) return /^@?message$/i.test(line) ? kind('csv-messages', ',') : undefined;
    const [value = '', ...more] = valuesOf(line, ',');
    if (more.length > 0 || value === '') return undefined;
    if (/^@?message$/i.test(value)) return kind('csv-messages', ',');
    const isLine = /\s/.test(value) && (isHeader(value) || isRecordIn(value, declared));
    return isLine ? kind('quoted-lines', ',') : undefined;
  }
  for (const separator of separators) {
    const values = valuesOf(line, separator);
    if (values.length < 2) continue;
    const found = kindOf(line, values, separator, declared);
    if (found !== undefined) return found;
  }
  return undefined;
};

const kind = (container: Container, separator: string): CsvKind => ({
  container,
  separator: separator.charCodeAt(0),
});

const kindOf = (
  line: string,
  values: readonly string[],
  separator: string,
  declared: Columns | undefined,
): CsvKind | undefined => {
  const fields = separator === '\t' ? 'tsv-fields' : 'csv-fields';
  const isName = (value: string): boolean => /^@?[A-Za-z][\w .-]*$/.test(value.trim());
  if (values.every(isName)) {
    const naming = namingOf(values);
    if (naming === undefined) return undefined;
    return kind(naming.message === null ? fields : 'csv-messages', separator);
  }
  // Blanks part its fields, whatever else stands between.
  if (/ /.test(line.replaceAll(/"[^"]*"/g, ''))) return undefined;
  const asLine = values.map((value) => (value === '' ? '-' : value)).join(' ');
  const isRecord = values.length === declared?.names.length || detectColumns(asLine) !== undefined;
  return isRecord ? kind(fields, separator) : undefined;
};

export class Csv implements Unwrapping {
  readonly #source: string;
  readonly #sink: LineSink;
  readonly #lines: LineBuffer;
  readonly #separator: number;
  readonly #row = new CsvRow();
  #naming: Naming | undefined;
  #names: readonly string[] = [];
  #isQuoted = false;
  /** A quote inside quotes: the end of them, or the first half of one that is meant. */
  #afterQuote = false;
  /** The row is longer than any record: what follows is dropped up to its end. */
  #overlong = false;
  #lineNumber = 1;
  #quoteLine = 1;
  /** Line feeds inside the quotes of the row. */
  #inside = 0;

  /** @param source the name shown in errors */
  constructor(source: string, { separator }: CsvKind, sink: LineSink) {
    this.#source = source;
    this.#separator = separator;
    this.#sink = sink;
    this.#lines = new LineBuffer(sink);
  }

  push(bytes: Uint8Array): void {
    const row = this.#row;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (this.#isQuoted && !this.#afterQuote) {
        if (byte === QUOTE) {
          this.#afterQuote = true;
          continue;
        }
        if (byte === LINE_FEED) {
          this.#lineNumber++;
          this.#inside++;
        }
        if (row.length >= LONGEST_LINE)
          throw this.#damage(this.#quoteLine, `holds quotes around more than ${LONGEST_LINE} bytes`);
        row.add(byte);
      } else if (byte === QUOTE && (this.#afterQuote || row.isAtStart)) {
        // The second of two quotes is one that is meant.
        if (this.#afterQuote) row.add(byte);
        else {
          this.#isQuoted = true;
          this.#quoteLine = this.#lineNumber;
        }
        this.#afterQuote = false;
      } else if (byte === LINE_FEED) {
        this.#endRow();
      } else if (byte === this.#separator && !this.#overlong) {
        this.#leaveQuotes();
        row.endValue();
        this.#overlong ||= row.count >= MOST_VALUES;
      } else {
        this.#leaveQuotes();
        i = this.#addPlain(bytes, i);
      }
    }
    this.#lines.flush();
  }

  /** Adds what stands up to the next sign that may mean something; gives the last place that it took. */
  #addPlain(bytes: Uint8Array, from: number): number {
    const separator = this.#separator;
    let to = from + 1;
    for (; to < bytes.length; to++) {
      const byte = bytes[to];
      if (byte === separator || byte === LINE_FEED || byte === QUOTE) break;
    }
    const room = LONGEST_LINE - this.#row.length;
    if (to - from > room) this.#overlong = true;
    this.#row.addAll(bytes, from, Math.min(to, from + room));
    return to - 1;
  }

  end(): void {
    if (this.#isQuoted && !this.#afterQuote)
      throw this.#damage(this.#quoteLine, 'begins quotes that never end');
    if (this.#row.length > 0 || this.#row.count > 0) this.#endRow();
    this.#lines.flush();
  }

  #damage(lineNumber: number, what: string): InputError {
    this.#lines.flush();
    return new InputError(
      'input-corrupt',
      `${escapeControls(this.#source)}:${lineNumber}: this line of CSV ${what}. Mend it, or read up to there with --keep-going.`,
    );
  }

  #leaveQuotes(): void {
    this.#isQuoted = false;
    this.#afterQuote = false;
  }

  #endRow(): void {
    const row = this.#row;
    this.#leaveQuotes();
    row.endLast();
    this.#lineNumber++;
    if (this.#overlong) this.#addOverlong();
    else this.#takeRow();
    // As many lines as the row had, so that those behind it keep their numbers.
    for (; this.#inside > 0; this.#inside--) this.#lines.endLine();
    row.clear();
    this.#overlong = false;
  }

  /** As long as its reader refuses, who says why. */
  #addOverlong(): void {
    this.#lines.add(this.#row.bytes, 0, this.#row.length);
    for (let i = this.#row.length; i <= LONGEST_LINE; i++) this.#lines.addSpace();
    this.#lines.endLine();
  }

  #takeRow(): void {
    const row = this.#row;
    if (row.isEmpty) {
      this.#lines.endLine();
      return;
    }
    if (row.hasNoNumber && this.#takeHeader()) return;
    const naming = this.#naming;
    // A row that is one text is a line as it stands: quoted lines, and blanks below a header with commas.
    if (row.count === 1 && naming?.message !== 0) this.#addLine(0);
    else if (naming === undefined) this.#addUnnamed();
    else if (naming.message === null) addRow(this.#lines, naming, row, this.#names.length);
    else if (naming.message < row.count) this.#addLine(naming.message);
    else this.#addUnnamed();
  }

  #addLine(value: number): void {
    const { bytes, starts, ends } = this.#row;
    this.#lines.add(bytes, starts[value] as number, ends[value] as number);
    this.#lines.endLine();
  }

  #addUnnamed(): void {
    const { bytes, count, starts, ends } = this.#row;
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#lines.addSpace();
      this.#lines.addField(bytes, starts[i] as number, ends[i] as number);
    }
    this.#lines.endLine();
  }

  /** Names of columns; or names below names, as Athena shows the header of each text file that it read. */
  #takeHeader(): boolean {
    const values = this.#row.values();
    if (values.length === 1 && /\s/.test(values[0] as string)) return false;
    const naming = namingOf(values);
    const isAgain = this.#naming !== undefined && isHeader(values.filter((value) => value !== '').join(' '));
    if (naming === undefined) {
      if (isAgain) this.#lines.endLine();
      return isAgain;
    }
    if (naming.message !== null && this.#naming !== undefined && this.#naming.message === null) return false;
    if (isAgain && (values.includes('') || values.join() === this.#names.join())) {
      this.#lines.endLine();
      return true;
    }
    this.#naming = naming;
    this.#names = values;
    this.#lines.flush();
    if (naming.message === null) this.#sink.pushHeader(naming.columns);
    else this.#lines.endLine();
    return true;
  }
}

const decoder = new TextDecoder();

/** The values of a row as they come. */
class CsvRow implements Row {
  bytes = new Uint8Array(1 << 10);
  length = 0;
  count = 0;
  readonly starts = new Uint32Array(MOST_VALUES + 1);
  readonly ends = new Uint32Array(MOST_VALUES + 1);
  #start = 0;

  get isAtStart(): boolean {
    return this.length === this.#start;
  }

  get isEmpty(): boolean {
    return this.count === 1 && this.ends[0] === 0;
  }

  /** A record has a number or an address in one of its values. */
  get hasNoNumber(): boolean {
    for (let i = 0; i < this.count; i++) {
      const byte = this.bytes[this.starts[i] as number] as number;
      if (byte >= 48 && byte <= 57 && (this.ends[i] as number) > (this.starts[i] as number)) return false;
    }
    return true;
  }

  add(byte: number): void {
    if (this.length === this.bytes.length) this.bytes = grown(this.bytes, this.bytes.length * 2);
    this.bytes[this.length++] = byte;
  }

  addAll(from: Uint8Array, begin: number, end: number): void {
    const length = this.length + end - begin;
    if (length > this.bytes.length) this.bytes = grown(this.bytes, Math.max(length, this.bytes.length * 2));
    const { bytes } = this;
    let at = this.length;
    for (let i = begin; i < end; i++) bytes[at++] = from[i] as number;
    this.length = at;
  }

  endValue(): void {
    this.starts[this.count] = this.#start;
    this.ends[this.count] = this.length;
    this.count++;
    this.#start = this.length;
  }

  endLast(): void {
    if (this.length > this.#start && this.bytes[this.length - 1] === CARRIAGE_RETURN) this.length--;
    this.endValue();
  }

  clear(): void {
    this.length = 0;
    this.count = 0;
    this.#start = 0;
  }

  values(): string[] {
    return Array.from({ length: this.count }, (_, i) =>
      decoder.decode(this.bytes.subarray(this.starts[i], this.ends[i])),
    );
  }
}
