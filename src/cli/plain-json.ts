/** Results as JSON that other languages read unaided: snake_case names, maps as objects, in pieces of text. */
import { jsonTree } from '../export/json-tree.ts';
import { snakeName } from '../model/snake-name.ts';

/** The value indented, with a line end. */
export function* plainJson(value: object): Generator<string> {
  yield* jsonTree(value, { indent: 2, nameOf: snakeName });
  yield '\n';
}
