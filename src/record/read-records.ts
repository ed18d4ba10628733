/**
 * One source, from bytes to batches: cuts lines, follows headers, finds the format of lines without one,
 * counts and hands on what is not understood. It holds at most one unfinished line and, until the format
 * is known, a bounded number of waiting lines; a line without end costs no memory.
 */
import { FormatError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { Columns } from '../model/fields.ts';
import type { Rejection, RejectionReason } from '../model/flow-record.ts';
import { BATCH_CAPACITY, RecordBatch } from '../model/record-batch.ts';
import type { LearnedFrom } from '../model/report.ts';
import { isHeader, looksLikeHeader, parseColumns } from './columns.ts';
import {
  carryingColumns,
  detectColumns,
  isDefault,
  isOtherTable,
  meantOrder,
  mixedWith,
  suggestFields,
} from './detect-columns.ts';
import { kernelOf, type ScanKernel } from './kernel/scan-kernel.ts';
import { isRejection, LONGEST_LINE, parseLine, QUOTED_CHARACTERS, tokensOf } from './parse-line.ts';
import type { RecordLine } from './print-records.ts';
import { type Dictionaries, LINE_FEED, LineScanner } from './scan-lines.ts';

/** How many lines may wait for the proof of their format. */
const MOST_UNDECIDED = 1000;

/** Whether lines of another order may stand among those of an order that was learned so. */
export const mayBeMixed = (columns: Columns, learnedFrom: LearnedFrom): boolean =>
  (learnedFrom === 'default' || learnedFrom === 'content') && mixedWith(columns) !== undefined;

const provenBy = (columns: Columns): LearnedFrom => (isDefault(columns) ? 'default' : 'content');

export interface ReadEvents {
  /** A batch is full, or its bytes are about to go; the batch is reused afterwards. */
  onBatch(batch: RecordBatch): void;
  onRejection(rejection: Rejection): void;
  /** From here on lines have this format. */
  onFormat(columns: Columns, learnedFrom: LearnedFrom): void;
  onHeader(): void;
  /** A line that is empty or only a comment. */
  onComment(): void;
}

/** Whether a line that begins so may be a header: names, `"names"`, `'names'`, `${names}`. Records mostly begin with a digit. */
const mayBeginHeader = (c: number): boolean => c > 57 || c === 34 || c === 36 || c === 39 || c === 44;

export class RecordReader {
  readonly #source: string;
  readonly #dictionaries: Dictionaries;
  readonly #events: ReadEvents;
  readonly #kernel: ScanKernel | null;
  readonly #decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  /** The kernel while it reads lines of the present format. */
  #fast: ScanKernel | undefined;
  #scanner: LineScanner | undefined;
  /** Of two orders that may stand mixed, the one that the source has and the one that its other lines have. */
  #mixed: { readonly own: LineScanner; readonly other: LineScanner } | undefined;
  #batch: RecordBatch | undefined;
  #lineNumber = 0;
  /** An unfinished line from the end of the last piece of bytes. */
  #rest = new Uint8Array(1 << 12);
  #restLength = 0;
  /** The unfinished line is longer than any record: what follows is dropped up to its end. */
  #overlong = false;
  #undecided: { readonly bytes: Uint8Array; readonly lineNumber: number }[] = [];

  /**
   * @param source the name shown in rejections
   * @param declared the format of lines before any header (--fields)
   * @param kernel scans what it can; null to do without
   * @param learnedFrom how the declared format is known: for a part of a source, as for what lies before it
   */
  constructor(
    source: string,
    dictionaries: Dictionaries,
    events: ReadEvents,
    declared?: Columns,
    kernel: ScanKernel | null = kernelOf(dictionaries),
    learnedFrom: LearnedFrom = 'option',
  ) {
    this.#source = source;
    this.#dictionaries = dictionaries;
    this.#events = events;
    this.#kernel = kernel;
    if (declared !== undefined) this.#setColumns(declared, learnedFrom);
  }

  /** Takes the next bytes of the source. They may be reused by the caller afterwards. */
  push(bytes: Uint8Array): void {
    this.#chooseFormat();
    let from = 0;
    if (this.#restLength > 0 || this.#overlong) {
      const end = bytes.indexOf(LINE_FEED);
      this.#keep(bytes, 0, end < 0 ? bytes.length : end);
      if (end < 0) return;
      this.#endRest();
      from = end + 1;
    }
    for (;;) {
      if (this.#fast !== undefined) from = this.#takeInKernel(this.#fast, bytes, from);
      const end = bytes.indexOf(LINE_FEED, from);
      if (end < 0) break;
      this.#takeLine(bytes, from, end);
      from = end + 1;
    }
    this.#flush();
    this.#keep(bytes, from, bytes.length);
  }

  /** Takes the next record: a line of its own, under a header where its fields are not those of the line before. */
  pushRecord({ columns, bytes, fault }: RecordLine): void {
    if (this.#restLength > 0 || this.#overlong) this.#endRest();
    if (fault !== null) {
      this.#rejectWhole(fault, this.#decoder.decode(bytes.subarray(0, -1)));
      return;
    }
    if (columns !== this.#scanner?.columns) this.pushHeader(columns);
    this.push(bytes);
  }

  /** From here on lines have this format, as if its header stood here. */
  pushHeader(columns: Columns): void {
    if (this.#restLength > 0 || this.#overlong) this.#endRest();
    this.#lineNumber++;
    this.#beginFormat(columns);
  }

  /** From here on lines have this format, which no line says. */
  pushFormat(columns: Columns): void {
    if (this.#restLength > 0 || this.#overlong) this.#endRest();
    this.#flush();
    if (this.#undecided.length > 0) this.#decideLate();
    this.#setColumns(columns, 'names');
  }

  /** What stands in the place of a line and is no record: it counts as a line. */
  pushRejection(reason: RejectionReason, text: string): void {
    if (this.#restLength > 0 || this.#overlong) this.#endRest();
    this.#rejectWhole({ field: null, reason }, text);
  }

  #rejectWhole(fault: Pick<Rejection, 'field' | 'reason'>, text: string): void {
    this.#lineNumber++;
    const quoted = text.slice(0, QUOTED_CHARACTERS);
    this.#events.onRejection({ source: this.#source, lineNumber: this.#lineNumber, ...fault, text: quoted });
  }

  /** Takes whole lines through the kernel while it has a say in their format. Gives where the rest begins. */
  #takeInKernel(kernel: ScanKernel, bytes: Uint8Array, start: number): number {
    let from = start;
    while (this.#fast !== undefined) {
      const to = bytes.lastIndexOf(LINE_FEED, from + kernel.text.length - 1) + 1;
      if (to <= from) break;
      this.#flush();
      kernel.text.set(bytes.subarray(from, to));
      this.#takeText(kernel, to - from);
      from = to;
    }
    return from;
  }

  /** Takes the lines that lie in the kernel's memory, by the kernel or one by one. */
  #takeText(kernel: ScanKernel, length: number): void {
    const { text, batch } = kernel;
    let at = 0;
    while (at < length) {
      if (this.#fast !== undefined) {
        if (batch.count === 0) this.#begin(batch, text, this.#lineNumber + 1);
        const before = batch.count;
        at = kernel.scan(at, length, this.#lineNumber + 1 - batch.firstLineNumber);
        this.#lineNumber += batch.count - before;
        if (batch.count === BATCH_CAPACITY) {
          this.#flush();
          continue;
        }
        if (at === length) return;
      }
      const end = text.indexOf(LINE_FEED, at);
      this.#takeLine(text, at, end);
      at = end + 1;
    }
  }

  /**
   * The source has ended, or nothing more is wanted of it: what was read before {@link push} threw is handed on.
   * @throws FormatError (format-unknown) when lines were met whose format nothing tells.
   */
  end(): void {
    this.#chooseFormat();
    if (this.#restLength > 0 || this.#overlong) this.#endRest();
    if (this.#undecided.length > 0) this.#decideLate();
    this.#flush();
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    if (this.#overlong) return;
    const length = this.#restLength + to - from;
    if (length > LONGEST_LINE) {
      const room = Math.max(0, QUOTED_CHARACTERS - this.#restLength);
      this.#append(bytes, from, Math.min(to, from + room));
      this.#overlong = true;
      return;
    }
    this.#append(bytes, from, to);
  }

  #append(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#restLength + to - from;
    if (length > this.#rest.length) {
      const larger = new Uint8Array(Math.max(length, this.#rest.length * 2));
      larger.set(this.#rest.subarray(0, this.#restLength));
      this.#rest = larger;
    }
    this.#rest.set(bytes.subarray(from, to), this.#restLength);
    this.#restLength = length;
  }

  #endRest(): void {
    const length = this.#restLength;
    this.#restLength = 0;
    if (this.#overlong) {
      this.#overlong = false;
      this.#lineNumber++;
      this.#rejectOverlong(this.#rest.subarray(0, Math.min(length, QUOTED_CHARACTERS)));
      return;
    }
    this.#takeLine(this.#rest, 0, length);
    this.#flush();
  }

  #rejectOverlong(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes);
    if (looksLikeHeader(text)) {
      this.#flush();
      const place = `${escapeControls(this.#source)}:${this.#lineNumber}`;
      throw new FormatError(
        'format-invalid',
        `${place}: a header of more than ${LONGEST_LINE} bytes is not read.`,
      );
    }
    this.#events.onRejection({
      source: this.#source,
      lineNumber: this.#lineNumber,
      field: null,
      reason: 'line-too-long',
      text,
    });
  }

  #takeLine(bytes: Uint8Array, lineFrom: number, lineTo: number): void {
    this.#lineNumber++;
    if (lineTo - lineFrom > LONGEST_LINE) {
      this.#rejectOverlong(bytes.subarray(lineFrom, lineFrom + QUOTED_CHARACTERS));
      return;
    }
    let from = lineFrom;
    let to = lineTo;
    // A byte-order mark: not only at the start, since files that were joined bring one each.
    if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3;
    if (bytes[to - 1] === 13) to--;
    while (from < to && (bytes[from] === 32 || bytes[from] === 9)) from++;
    if (from === to || bytes[from] === 35) {
      this.#events.onComment();
      return;
    }
    if (mayBeginHeader(bytes[from] as number) && this.#takeHeader(bytes, from, to)) return;
    if (this.#scanner === undefined) this.#decide(bytes, from, to);
    else this.#scan(bytes, from, to, this.#lineNumber);
  }

  #scan(bytes: Uint8Array, from: number, to: number, lineNumber: number): void {
    const scanner = this.#scanner as LineScanner;
    const batch = this.#batch as RecordBatch;
    if (batch.count === 0) this.#begin(batch, bytes, lineNumber);
    batch.lineOffset[batch.count] = lineNumber - batch.firstLineNumber;
    const rejection = scanner.scanLine(bytes, from, to, batch, { source: this.#source, lineNumber });
    if (rejection !== undefined) {
      if (this.#takeMixed(bytes, from, to, lineNumber) || this.#takeLookalike(bytes, from, to)) return;
      this.#events.onRejection(
        this.#mixed === undefined ? rejection : this.#judge(rejection, bytes, from, to),
      );
    } else if (batch.count === BATCH_CAPACITY) this.#flush();
  }

  /** A line of the other of two orders that stand mixed: from here on lines have that one. The line alone decides. */
  #takeMixed(bytes: Uint8Array, from: number, to: number, lineNumber: number): boolean {
    if (this.#mixed === undefined) return false;
    const { own, other } = this.#mixed;
    const next = this.#scanner === own ? other : own;
    if (isRejection(parseLine(this.#decoder.decode(bytes.subarray(from, to)), next.columns))) return false;
    this.#useScanner(next, provenBy(next.columns));
    this.#scan(bytes, from, to, lineNumber);
    return true;
  }

  /** Why a line is a record of neither order: by the one it was meant in, else by the source's own, whichever is at hand. */
  #judge(rejection: Rejection, bytes: Uint8Array, from: number, to: number): Rejection {
    const { own } = this.#mixed as { readonly own: LineScanner };
    const text = this.#decoder.decode(bytes.subarray(from, to));
    const read = parseLine(text, meantOrder(text) ?? own.columns, rejection);
    return isRejection(read) ? read : rejection;
  }

  #begin(batch: RecordBatch, bytes: Uint8Array, lineNumber: number): void {
    batch.columns = (this.#scanner as LineScanner).columns;
    batch.text = bytes;
    batch.firstLineNumber = lineNumber;
  }

  /** Before anything goes into the batch: the kernel may be shared with readers of other formats. */
  #chooseFormat(): void {
    const columns = this.#scanner?.columns;
    this.#fast = columns !== undefined && this.#kernel?.choose(columns) === true ? this.#kernel : undefined;
  }

  #takeHeader(bytes: Uint8Array, from: number, to: number): boolean {
    const line = this.#headerIn(bytes, from, to);
    if (!isHeader(line)) return false;
    this.#beginHeader(line);
    return true;
  }

  /** A line that is no record and was meant as a header: it stops the source unless it can be read as one. */
  #takeLookalike(bytes: Uint8Array, from: number, to: number): boolean {
    const line = this.#headerIn(bytes, from, to);
    if (!looksLikeHeader(line)) return false;
    this.#beginHeader(line);
    return true;
  }

  /** The text of a line as far as it may be a header: a comment behind it is none of it. */
  #headerIn(bytes: Uint8Array, from: number, to: number): string {
    return tokensOf(this.#decoder.decode(bytes.subarray(from, to))).join(' ');
  }

  #beginHeader(header: string): void {
    // Also when it stops the source: the batch may be shared with the next one's reader.
    this.#flush();
    if (this.#undecided.length > 0) this.#decideLate();
    this.#beginFormat(this.#columnsOf(header));
  }

  #beginFormat(columns: Columns): void {
    this.#flush();
    if (this.#undecided.length > 0) this.#decideLate();
    this.#events.onHeader();
    this.#setColumns(columns, 'header');
  }

  /** A header that cannot be one stops the source: lines behind it would be read with columns they do not have. */
  #columnsOf(header: string): Columns {
    try {
      return parseColumns(header);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      const place = `${escapeControls(this.#source)}:${this.#lineNumber}`;
      throw new FormatError(error.code, `${place}: ${error.message}`, { cause: error });
    }
  }

  #setColumns(columns: Columns, learnedFrom: LearnedFrom): void {
    const own = new LineScanner(columns, this.#dictionaries);
    const other = mayBeMixed(columns, learnedFrom) ? mixedWith(columns) : undefined;
    this.#mixed =
      other === undefined ? undefined : { own, other: new LineScanner(other, this.#dictionaries) };
    this.#useScanner(own, learnedFrom);
  }

  #useScanner(scanner: LineScanner, learnedFrom: LearnedFrom): void {
    const { columns } = scanner;
    this.#flush();
    this.#scanner = scanner;
    this.#batch ??= this.#kernel?.batch ?? new RecordBatch(columns);
    this.#chooseFormat();
    this.#events.onFormat(columns, learnedFrom);
  }

  /** A line before any format is known: the first that proves one decides, also for those that wait. */
  #decide(bytes: Uint8Array, from: number, to: number): void {
    if (this.#takeLookalike(bytes, from, to)) return;
    this.#undecided.push({ bytes: bytes.slice(from, to), lineNumber: this.#lineNumber });
    const known = detectColumns(this.#decoder.decode(bytes.subarray(from, to)));
    if (known === undefined) {
      if (this.#undecided.length >= MOST_UNDECIDED) this.#decideLate();
      return;
    }
    this.#settle(known);
  }

  /** No line proves a whole order: one may prove the default one with more behind it, or nothing is known. */
  #decideLate(): void {
    for (const { bytes } of this.#undecided) {
      const known = carryingColumns(this.#decoder.decode(bytes));
      if (known !== undefined) {
        this.#settle(known);
        return;
      }
    }
    this.#refuseFormat();
  }

  /** The format of the lines that wait is known. */
  #settle(known: Columns): void {
    this.#setColumns(known, provenBy(known));
    const waiting = this.#undecided;
    this.#undecided = [];
    for (const line of waiting) {
      this.#scan(line.bytes, 0, line.bytes.length, line.lineNumber);
      this.#flush();
    }
  }

  #refuseFormat(): never {
    const first = this.#undecided[0] as { readonly bytes: Uint8Array; readonly lineNumber: number };
    const text = this.#decoder.decode(first.bytes);
    const count = tokensOf(text).length;
    this.#undecided = [];
    if (isOtherTable(text))
      throw new FormatError(
        'format-unknown',
        `${escapeControls(this.#source)}:${first.lineNumber}: this is CSV, and none of its columns is srcaddr or dstaddr: ` +
          `"${escapeControls(text.slice(0, QUOTED_CHARACTERS))}". Name a flow log, or CSV with the fields of one.`,
      );
    throw new FormatError(
      'format-unknown',
      `${escapeControls(this.#source)}:${first.lineNumber}: no header, and this line of ${count} ` +
        `${count === 1 ? 'field' : 'fields'} does not prove a known field order: ` +
        `"${escapeControls(text.slice(0, QUOTED_CHARACTERS))}". ` +
        `Say the order with --fields; by their looks the fields are ${escapeControls(suggestFields(text))}.`,
    );
  }

  #flush(): void {
    const batch = this.#batch;
    if (batch === undefined || batch.count === 0) return;
    try {
      this.#events.onBatch(batch);
    } finally {
      // Whoever takes records may throw; they are not handed over twice.
      batch.count = 0;
    }
  }
}
