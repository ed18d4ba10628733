/** Connections of which an outline was handed out, judged once more. */
import type { Connection } from '../../model/connection.ts';

/**
 * Whoever goes through outlines asks for connections in their order: the key that was asked for last is not begun again
 * for the next of its connections, so that a key with very many costs no more than judging each of them.
 */
export class Wholes {
  readonly #judgesOf: (place: number) => Iterable<Connection | undefined>;
  #place = -1;
  #judged: Iterator<Connection | undefined> | undefined;
  /** The connection of that key that was judged last. */
  #number = -1;
  #last: Connection | undefined;

  /** @param judgesOf the connections of the key at a place, one after the other, with places to rest among them */
  constructor(judgesOf: (place: number) => Iterable<Connection | undefined>) {
    this.#judgesOf = judgesOf;
  }

  /** The connection that is so many behind the first of the key at a place. */
  of(place: number, number: number): Connection {
    if (place !== this.#place || number < this.#number || this.#judged === undefined) {
      this.#place = place;
      this.#number = -1;
      this.#judged = this.#judgesOf(place)[Symbol.iterator]();
    }
    while (this.#number < number) {
      const next = this.#judged.next();
      if (next.done === true) throw new RangeError(`The key at ${place} has no connection ${number}.`);
      if (next.value === undefined) continue;
      this.#last = next.value;
      this.#number++;
    }
    return this.#last as Connection;
  }
}
