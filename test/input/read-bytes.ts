/** A source as bytes, also one that is handed on as a whole. */
import type { ReadOptions } from '../../src/input/read-part.ts';
import { readSource } from '../../src/input/read-source.ts';
import type { Source } from '../../src/input/source.ts';

export async function* readBytes(source: Source, options?: ReadOptions): AsyncGenerator<Uint8Array> {
  for await (const piece of readSource(source, options))
    yield piece instanceof Uint8Array ? piece : await piece.read(0, piece.size);
}
