/**
 * Any value as JSON in pieces, spelt as JSON.stringify spells it. A result may have more text than one string can hold
 * (512 MiB in V8), and nobody needs it in one; a value between two of its pieces is never cut.
 */
import { PIECE_LENGTH } from './in-pieces.ts';

export interface JsonTreeOptions {
  /** Blanks a level; 0, the default, writes everything on one line. */
  readonly indent?: number;
  /** How the name of a property is written; the keys of a map stay as they are. */
  readonly nameOf?: (name: string) => string;
}

type Entry = readonly [name: string, value: unknown];

/** Names in front of values; without one in a list. */
function* entriesOf(value: object, nameOf: (name: string) => string): Generator<Entry> {
  if (value instanceof Map) for (const [key, each] of value) yield [`${JSON.stringify(String(key))}:`, each];
  else if (Array.isArray(value)) for (const each of value) yield ['', each ?? null];
  else
    for (const [name, each] of Object.entries(value))
      if (each !== undefined) yield [`${JSON.stringify(nameOf(name))}:`, each];
}

/**
 * The text of `JSON.stringify(value, null, indent)` in pieces of about 64 KiB; a map is written as an object.
 * @param value of plain objects, lists, maps, texts, numbers, booleans and nulls
 */
export function* jsonTree(
  value: unknown,
  { indent = 0, nameOf = (name) => name }: JsonTreeOptions = {},
): Generator<string> {
  let piece = '';
  const step = ' '.repeat(indent);
  const afterName = indent === 0 ? '' : ' ';
  function* write(from: unknown, lineEnd: string): Generator<string> {
    if (typeof from !== 'object' || from === null) {
      piece += JSON.stringify(from);
      return;
    }
    const [opens, closes] = Array.isArray(from) ? '[]' : '{}';
    const begin = lineEnd + step;
    let comma = '';
    piece += opens;
    for (const [name, each] of entriesOf(from, nameOf)) {
      piece += `${comma}${begin}${name === '' ? '' : name + afterName}`;
      comma = ',';
      yield* write(each, begin);
      if (piece.length < PIECE_LENGTH) continue;
      yield piece;
      piece = '';
    }
    piece += comma === '' ? closes : lineEnd + closes;
  }
  yield* write(value, indent === 0 ? '' : '\n');
  yield piece;
}
