/**
 * Where the pieces of a source come in. Most sources are plain lines, which go straight on; what knows containers is loaded for the
 * first piece that may be one.
 */
import type { Columns } from '../../model/fields.ts';
import type { Whole } from '../parquet/whole.ts';
import type { Piece } from '../pieces-of.ts';
import { beginsPlain } from './begins-plain.ts';
import type { Container, Door, DoorRequest, LineSink } from './container.ts';

/** Lines as they are. */
class PlainLines implements Door {
  readonly #onContainer: DoorRequest['onContainer'];
  readonly #sink: LineSink;

  constructor({ onContainer }: DoorRequest, sink: LineSink) {
    this.#onContainer = onContainer;
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    this.#sink.push(bytes);
  }

  beginLines(containers: readonly Container[], columns: Columns | null): void {
    for (const container of containers) this.#onContainer(container);
    if (columns !== null) this.#sink.pushFormat(columns);
  }

  settle(): void {}

  end(): void {}
}

/** The door of a source that is known to be plain. */
export const plainDoor = (request: DoorRequest, sink: LineSink): Door => {
  request.onContainer('plain');
  return new PlainLines(request, sink);
};

/** Whether a source with this beginning, of enough bytes or all there are, holds plain lines. */
export const holdsPlainLines = async (head: Uint8Array, declared: Columns | undefined): Promise<boolean> => {
  if (beginsPlain(head)) return true;
  const { sniff } = await import('./sniff.ts');
  return sniff(head, declared) === undefined;
};

/** The door of a source that begins with a piece. */
export const openDoor = async (first: Piece | Whole, request: DoorRequest, sink: LineSink): Promise<Door> => {
  // Rows of Parquet are lines when they come here.
  if ('read' in first) return new PlainLines(request, sink);
  if (first instanceof Uint8Array && beginsPlain(first)) return plainDoor(request, sink);
  const { Unwrapper } = await import('./unwrapper.ts');
  return new Unwrapper(request, sink);
};
