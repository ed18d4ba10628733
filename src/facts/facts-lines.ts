/**
 * The lines of a file of facts, one after the other, and nothing of what they say but of what kind they are. A file is whole only
 * with its last line, which tells how many there are before it: whoever reads to the end has that checked.
 */
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { JsonPart } from '../model/json-part.ts';

const LINE_FEED = 10;
/** Bytes of a line: no interface has more to tell, and what has is no facts. */
const LONGEST_LINE = 2 ** 26;

export type LineKind = 'head' | 'rejection' | 'vantage' | 'end' | 'over';

/** What a line of each kind holds, and how it begins as it is written here; what holds none of it belongs to the head. */
const KINDS: readonly (readonly [LineKind, string, Uint8Array])[] = (
  [
    ['end', 'end'],
    ['vantage', 'vantage'],
    ['rejection', 'rejection'],
    ['over', 'end_of_facts'],
  ] as const
).map(([kind, name]) => [kind, name, new TextEncoder().encode(`{"${name}"`)]);
/** The lines in front of all others. */
const HEAD_LINES = 3;

/** Bytes in front of a name. */
const PLAIN_NAME = '{"vantage":"'.length;
const [QUOTE, BACKSLASH, LAST_ASCII] = [34, 92, 126] as const;

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to);

const decoder = new TextDecoder('utf-8', { fatal: true });

/** A file of facts is not what it must be. */
export const damagedFacts = (name: string, said: string): InputError =>
  new InputError('input-corrupt', `The facts in ${escapeControls(name)} are damaged: ${said}.`);

export class FactsLines {
  /** The file, as shown to people. */
  readonly name: string;
  readonly #pieces: AsyncIterator<Uint8Array>;
  /** Bytes that were read, and where the next line begins. */
  bytes: Uint8Array = new Uint8Array(0);
  #next = 0;
  /** Where in them the line at hand lies, without its line end. */
  from = 0;
  to = 0;
  /** Of the line at hand, counted from 1. */
  number = 0;
  /** Null before the first. */
  kind: LineKind | null = null;

  constructor(name: string, pieces: AsyncIterable<Uint8Array>) {
    this.name = name;
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /**
   * Goes on to the next line; behind the last one nothing may come.
   * @returns a promise to be waited for only where bytes have to be read, so that a line costs no turn
   * @throws InputError (input-corrupt) where the file is broken off, or goes on behind its last line
   */
  next(): Promise<void> | undefined {
    const end = this.bytes.indexOf(LINE_FEED, this.#next);
    if (end < 0) return this.#readOn();
    this.#take(end);
    return this.kind === 'over' ? this.#end() : undefined;
  }

  /** The line at hand as a value. */
  value(): JsonPart {
    const said = (what: string): InputError => damagedFacts(this.name, `line ${this.number}: ${what}`);
    let value: unknown;
    try {
      value = JSON.parse(decoder.decode(this.bytes.subarray(this.from, this.to)));
    } catch {
      throw said('it is no JSON');
    }
    return new JsonPart(value, '', said);
  }

  /** The name that a line of an interface begins with, where it is plain ASCII as it is written here; undefined for all other. */
  plainName(): string | undefined {
    const from = this.from + PLAIN_NAME;
    let to = from;
    while (to < this.to && this.bytes[to] !== QUOTE) {
      const byte = this.bytes[to] as number;
      if (byte === BACKSLASH || byte > LAST_ASCII) return undefined;
      to++;
    }
    return this.bytes[from - 1] === QUOTE ? latin1(this.bytes, from, to) : undefined;
  }

  /** What is wrong with the line at hand. */
  damage(said: string): InputError {
    return damagedFacts(this.name, `line ${this.number}: ${said}`);
  }

  /** Gives the file back, before its end too. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const rest = this.bytes.subarray(this.#next);
      if (rest.length > LONGEST_LINE) throw damagedFacts(this.name, `line ${this.number + 1} has no end`);
      const next = await this.#pieces.next();
      if (next.done === true)
        throw damagedFacts(
          this.name,
          `the file is broken off behind line ${this.number}; its last line, {"end_of_facts":true,…}, is missing`,
        );
      // Pieces are their reader's again when the next is asked for.
      this.bytes = Buffer.concat([rest, next.value]);
      this.#next = 0;
      const end = this.bytes.indexOf(LINE_FEED, rest.length);
      if (end < 0) continue;
      this.#take(end);
      return this.kind === 'over' ? this.#end() : undefined;
    }
  }

  #take(end: number): void {
    this.from = this.#next;
    this.to = end;
    this.#next = end + 1;
    this.number++;
    this.kind = this.#kindOfLine();
  }

  #kindOfLine(): LineKind {
    for (const [kind, , beginning] of KINDS) if (this.#begins(beginning)) return kind;
    if (this.number <= HEAD_LINES) return 'head';
    // As others write JSON, with blanks or in another order.
    const value = this.value();
    const other = KINDS.find(([, name]) => value.has(name));
    if (other === undefined) throw this.damage('it is none of the lines that facts have');
    return other[0];
  }

  #begins(beginning: Uint8Array): boolean {
    if (this.to - this.from < beginning.length) return false;
    for (let i = 0; i < beginning.length; i++) if (this.bytes[this.from + i] !== beginning[i]) return false;
    return true;
  }

  async #end(): Promise<void> {
    const before = this.number - 1;
    const lines = this.value().of('lines').count();
    if (lines !== before)
      throw damagedFacts(this.name, `there are ${before} lines before its last one, which tells of ${lines}`);
    const more = this.#next < this.bytes.length || !(await this.#isAtEnd());
    if (more) throw damagedFacts(this.name, 'there is more behind its last line');
  }

  async #isAtEnd(): Promise<boolean> {
    for (;;) {
      const next = await this.#pieces.next();
      if (next.done === true) return true;
      if (next.value.length > 0) return false;
    }
  }
}
