/**
 * A value that came as JSON, read as what a disk, a queue or a hand may have made of it: every part is looked at before it is
 * used, and the first that is missing or wrong is named by its path.
 */
import { escapeControls } from './escape.ts';

const LONGEST_QUOTE = 60;

/** Lists and objects by their kind only: they may be deeper than anything that prints them. */
export const describeJson = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return escapeControls(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
};

/** One part of a value, and where it is. */
export class JsonPart {
  readonly #value: unknown;
  readonly #path: string;
  readonly #failure: (said: string) => Error;

  /**
   * @param path of the part; empty for the whole
   * @param failure makes the error, given what is wrong with which part
   */
  constructor(value: unknown, path: string, failure: (said: string) => Error) {
    this.#value = value;
    this.#path = path;
    this.#failure = failure;
  }

  fail(expected: string): never {
    throw this.#failure(`${this.#path} is ${describeJson(this.#value)}; expected ${expected}`);
  }

  #is<Value>(fits: (value: unknown) => value is Value, expected: string): Value {
    return fits(this.#value) ? this.#value : this.fail(expected);
  }

  of(name: string): JsonPart {
    const path = this.#path === '' ? name : `${this.#path}.${name}`;
    if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value))
      return this.fail('an object');
    const value = Object.hasOwn(this.#value, name) ? (this.#value as never)[name] : undefined;
    return new JsonPart(value, path, this.#failure);
  }

  /** Whether there is a part of this name. */
  has(name: string): boolean {
    return typeof this.#value === 'object' && this.#value !== null && Object.hasOwn(this.#value, name);
  }

  /** The parts of an object by their names. */
  entries(): (readonly [name: string, part: JsonPart])[] {
    if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value))
      return this.fail('an object');
    return Object.keys(this.#value).map((name) => [name, this.of(name)]);
  }

  /** The items of a list. @param length how many there must be */
  list(length?: number): JsonPart[] {
    const items = this.#value;
    const expected = length === undefined ? 'a list' : `a list of ${length}`;
    if (!Array.isArray(items) || (length !== undefined && items.length !== length))
      return this.fail(expected);
    return items.map((item, i) => new JsonPart(item, `${this.#path}[${i}]`, this.#failure));
  }

  /** The items of a list of no more than so many. */
  upTo(most: number): JsonPart[] {
    const items = this.list();
    return items.length > most ? this.fail(`a list of up to ${most}`) : items;
  }

  text(): string {
    return this.#is((value) => typeof value === 'string', 'a text');
  }

  flag(): boolean {
    return this.#is((value) => typeof value === 'boolean', 'true or false');
  }

  count(): number {
    return this.#is(
      (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
      'a whole number from 0',
    );
  }

  /** Any number from 0. */
  measure(): number {
    return this.#is(
      (value): value is number => Number.isFinite(value) && (value as number) >= 0,
      'a number from 0',
    );
  }

  /** A whole number from 0 to the given one. */
  number(most: number, expected: string): number {
    const number = this.#is((value): value is number => Number.isInteger(value), expected);
    return number >= 0 && number <= most ? number : this.fail(expected);
  }

  /** One of some words. */
  oneOf<Word extends string>(words: readonly Word[]): Word {
    return this.#is(
      (value): value is Word => words.some((word) => word === value),
      `one of ${words.join(', ')}`,
    );
  }

  /** @param value as it must be, since another part tells it */
  equal(value: string | number | boolean | null, because: string): void {
    if (this.#value !== value) this.fail(`${describeJson(value)}, ${because}`);
  }

  orNull<Value>(read: (part: JsonPart) => Value): Value | null {
    return this.#value === null ? null : read(this);
  }

  orMissing<Value>(read: (part: JsonPart) => Value): Value | undefined {
    return this.#value === undefined ? undefined : read(this);
  }
}
