/** Results as JSON that other languages read unaided: snake_case names, maps as objects, in pieces of text. */
import { jsonTree } from '../export/json-tree.ts';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The value indented, with a line end. */
export function* plainJson(value: object): Generator<string> {
  yield* jsonTree(value, { indent: 2, nameOf: snake });
  yield '\n';
}
