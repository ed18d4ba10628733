/**
 * JSON (RFC 8259) as it comes, cut anywhere: told value by value, so that nothing is held but the text at hand. Values may follow
 * each other with nothing, blanks or commas between them, as pages and Firehose objects do.
 */
import { grown } from '../../record/grown.ts';

/** What is told of JSON. Texts lie in {@link JsonLexer.text} until the next byte is taken. */
export interface JsonEvents {
  /** An object or an array begins. */
  onOpen(isObject: boolean): void;
  onClose(): void;
  /** The name of the next value of an object. Gives how much of that value's text is kept. */
  onName(): number;
  /** A string, or a number or word as it is written; null is none. */
  onValue(kind: 'string' | 'other' | 'null'): void;
}

/** Nothing that holds flow logs nests deeper. */
const MOST_DEPTH = 64;
/** Bytes of a name, and of a number or a word. */
const LONGEST_NAME = 1024;

const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const LINE_FEED = 10;

const EXPECTS = { value: 0, valueOrEnd: 1, name: 2, nameOrEnd: 3, colon: 4, commaOrEnd: 5 } as const;
type Expects = (typeof EXPECTS)[keyof typeof EXPECTS];

const INSIDE = { nothing: 0, string: 1, escape: 2, unicode: 3, word: 4 } as const;
type Inside = (typeof INSIDE)[keyof typeof INSIDE];

/** What stands behind a backslash: " \ / b f n r t. */
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [34, 34],
  [92, 92],
  [47, 47],
  [98, 8],
  [102, 12],
  [110, 10],
  [114, 13],
  [116, 9],
]);

const isBlank = (byte: number): boolean =>
  byte === 32 || (byte >= 9 && byte <= 13 && byte !== 11 && byte !== 12);
const WORD = /^(-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|true|false|null)$/;

const encoder = new TextEncoder();

export class JsonLexer {
  /** The bytes of the string, number or word at hand, in UTF-8: as far as they are kept. */
  text = new Uint8Array(1 << 10);
  length = 0;
  /** Objects and arrays that are open. */
  depth = 0;
  readonly #events: JsonEvents;
  readonly #usual: number;
  readonly #isObject = new Uint8Array(MOST_DEPTH + 1);
  #expects: Expects = EXPECTS.value;
  #inside: Inside = INSIDE.nothing;
  #isName = false;
  #kept: number;
  /** The digits of \uXXXX so far, and the half of a character that came before. */
  #digits = '';
  #half = '';
  #lineNumber = 1;

  /** @param usual bytes that are kept of a text, where nobody says otherwise */
  constructor(events: JsonEvents, usual: number) {
    this.#events = events;
    this.#usual = usual;
    this.#kept = usual;
  }

  /** @returns what is wrong, and in which line; undefined when nothing is */
  push(bytes: Uint8Array): string | undefined {
    for (let i = 0; i < bytes.length; i++) {
      let byte = bytes[i] as number;
      if (this.#inside === INSIDE.string) {
        const begin = i;
        while (byte !== QUOTE && byte !== BACKSLASH && byte >= 32) {
          if (++i === bytes.length) break;
          byte = bytes[i] as number;
        }
        this.#append(bytes, begin, i);
        if (i === bytes.length) return undefined;
        if (byte === BACKSLASH) this.#inside = INSIDE.escape;
        else if (byte === QUOTE) this.#endString();
        else return this.#wrong('a string holds a control character');
      } else {
        // Most of what people print is indents.
        if (this.#inside === INSIDE.nothing) {
          while (byte === SPACE && i + 1 < bytes.length) byte = bytes[++i] as number;
        }
        const wrong = this.#take(byte);
        if (wrong !== undefined) return this.#wrong(wrong);
      }
    }
    return undefined;
  }

  /** @returns what is wrong with where it ends */
  end(): string | undefined {
    if (this.#inside === INSIDE.word) {
      const wrong = this.#endWord();
      if (wrong !== undefined) return this.#wrong(wrong);
    }
    return this.depth > 0 || this.#inside !== INSIDE.nothing
      ? this.#wrong('it ends in the middle')
      : undefined;
  }

  #wrong(what: string): string {
    return `${what} (line ${this.#lineNumber})`;
  }

  #take(byte: number): string | undefined {
    switch (this.#inside) {
      case INSIDE.escape:
        return this.#takeEscape(byte);
      case INSIDE.unicode:
        return this.#takeDigit(byte);
      case INSIDE.word: {
        const isEnd = isBlank(byte) || byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT;
        if (!isEnd) {
          if (this.length >= LONGEST_NAME) return 'a number or word is too long';
          this.#appendByte(byte);
          return undefined;
        }
        return this.#endWord() ?? this.#takeOutside(byte);
      }
      default:
        return this.#takeOutside(byte);
    }
  }

  #takeOutside(byte: number): string | undefined {
    if (isBlank(byte)) {
      if (byte === LINE_FEED) this.#lineNumber++;
      return undefined;
    }
    switch (this.#expects) {
      case EXPECTS.colon:
        if (byte !== COLON) return 'a colon is missing';
        this.#expects = EXPECTS.value;
        return undefined;
      case EXPECTS.commaOrEnd:
        if (byte !== COMMA) return this.#close(byte);
        this.#expects = this.#isObject[this.depth] === 1 ? EXPECTS.name : EXPECTS.value;
        return undefined;
      case EXPECTS.name:
      case EXPECTS.nameOrEnd:
        if (byte === QUOTE) {
          this.#begin(INSIDE.string, true);
          return undefined;
        }
        return this.#expects === EXPECTS.nameOrEnd ? this.#close(byte) : 'a name is missing';
      default:
        return this.#takeValue(byte);
    }
  }

  #takeValue(byte: number): string | undefined {
    if (byte === QUOTE) this.#begin(INSIDE.string, false);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return this.#open(byte === OPEN_OBJECT);
    else if (byte === CLOSE_ARRAY && this.#expects === EXPECTS.valueOrEnd) return this.#close(byte);
    // Between values that follow each other.
    else if (byte === COMMA && this.depth === 0) return undefined;
    else if (byte === 45 || (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 122)) {
      this.#begin(INSIDE.word, false);
      this.#appendByte(byte);
    } else return 'a value is missing';
    return undefined;
  }

  #open(isObject: boolean): string | undefined {
    if (this.depth === MOST_DEPTH) return `it is nested deeper than ${MOST_DEPTH}`;
    this.depth++;
    this.#isObject[this.depth] = isObject ? 1 : 0;
    this.#expects = isObject ? EXPECTS.nameOrEnd : EXPECTS.valueOrEnd;
    this.#kept = this.#usual;
    this.#events.onOpen(isObject);
    return undefined;
  }

  #close(byte: number): string | undefined {
    if (this.depth === 0 || byte !== (this.#isObject[this.depth] === 1 ? CLOSE_OBJECT : CLOSE_ARRAY))
      return 'a comma or an end is missing';
    this.#events.onClose();
    this.depth--;
    this.#endValue();
    return undefined;
  }

  #endValue(): void {
    this.#kept = this.#usual;
    this.#expects = this.depth === 0 ? EXPECTS.value : EXPECTS.commaOrEnd;
  }

  #begin(inside: Inside, isName: boolean): void {
    this.#inside = inside;
    this.#isName = isName;
    this.length = 0;
  }

  #endString(): void {
    this.#endHalf();
    this.#inside = INSIDE.nothing;
    if (this.#isName) {
      this.#kept = this.#events.onName();
      this.#expects = EXPECTS.colon;
    } else {
      this.#events.onValue('string');
      this.#endValue();
    }
  }

  #endWord(): string | undefined {
    this.#inside = INSIDE.nothing;
    const isNull = this.text[0] === 110;
    // Most are numbers, and their digits need no text.
    if (!this.#isCount() && !WORD.test(Buffer.from(this.text.buffer, 0, this.length).toString('latin1')))
      return 'a value is neither text nor number';
    this.#events.onValue(isNull ? 'null' : 'other');
    this.#endValue();
    return undefined;
  }

  #isCount(): boolean {
    for (let i = 0; i < this.length; i++) {
      const byte = this.text[i] as number;
      if (byte < 48 || byte > 57) return false;
    }
    return this.length === 1 || this.text[0] !== 48;
  }

  #takeEscape(byte: number): string | undefined {
    if (byte === 117) {
      this.#inside = INSIDE.unicode;
      this.#digits = '';
      return undefined;
    }
    const meant = ESCAPES.get(byte);
    if (meant === undefined) return 'a string has a backslash that means nothing';
    this.#endHalf();
    this.#appendByte(meant);
    this.#inside = INSIDE.string;
    return undefined;
  }

  #takeDigit(byte: number): string | undefined {
    this.#digits += String.fromCharCode(byte);
    if (!/^[0-9a-fA-F]+$/.test(this.#digits)) return 'a string has a backslash that means nothing';
    if (this.#digits.length < 4) return undefined;
    this.#inside = INSIDE.string;
    const unit = String.fromCharCode(Number.parseInt(this.#digits, 16));
    if (/[\ud800-\udbff]/.test(unit)) {
      this.#endHalf();
      this.#half = unit;
      return undefined;
    }
    const bytes = encoder.encode(this.#half + unit);
    this.#half = '';
    this.#append(bytes, 0, bytes.length);
    return undefined;
  }

  /** Half a character without the other is U+FFFD. */
  #endHalf(): void {
    if (this.#half === '') return;
    const bytes = encoder.encode(this.#half);
    this.#half = '';
    this.#append(bytes, 0, bytes.length);
  }

  #append(bytes: Uint8Array, from: number, to: number): void {
    if (to === from) return;
    if (this.#half !== '') this.#endHalf();
    const most = this.#isName ? LONGEST_NAME : this.#kept;
    const length = Math.min(most, this.length + to - from);
    this.#grow(length);
    const { text } = this;
    for (let at = this.length, i = from; at < length; at++, i++) text[at] = bytes[i] as number;
    this.length = length;
  }

  #appendByte(byte: number): void {
    if (this.length >= (this.#isName ? LONGEST_NAME : this.#kept)) return;
    this.#grow(this.length + 1);
    this.text[this.length++] = byte;
  }

  #grow(length: number): void {
    if (length > this.text.length) this.text = grown(this.text, Math.max(length, this.text.length * 2));
  }
}
