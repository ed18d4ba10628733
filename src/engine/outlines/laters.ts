/** Connections of which nobody knows yet whether they will be wanted: held by the places of their keys, as long as these stay. */
import type { Connection } from '../../model/connection.ts';
import type { Steps } from '../../model/in-steps.ts';
import type { LaterConnection } from '../../model/outline.ts';

/** Judges the connection anew that is so many behind the first of the key at a place. */
export type JudgeAgain = (place: number, number: number) => Connection;

/** Connections that are made between two places where work may rest: some milliseconds. */
const MADE_AT_ONCE = 512;

class Held implements LaterConnection {
  readonly #laters: Laters;
  readonly #place: number;
  readonly #number: number;
  #made: Connection | undefined;

  constructor(laters: Laters, place: number, number: number) {
    this.#laters = laters;
    this.#place = place;
    this.#number = number;
  }

  whole(): Connection {
    return this.#made ?? this.#laters.again(this.#place, this.#number);
  }

  forget(): void {
    this.#laters.forget(this);
  }

  make(): void {
    this.#made = this.whole();
  }
}

export class Laters {
  readonly again: JudgeAgain;
  readonly #keysStay: () => boolean;
  /** Those whose keys will not stay, in the order of their coming. */
  readonly #passing = new Set<Held>();

  /** @param keysStay whether all keys are there to the end */
  constructor(again: JudgeAgain, keysStay: () => boolean) {
    this.again = again;
    this.#keysStay = keysStay;
  }

  at(place: number, number: number): LaterConnection {
    const held = new Held(this, place, number);
    if (!this.#keysStay()) this.#passing.add(held);
    return held;
  }

  forget(held: Held): void {
    this.#passing.delete(held);
  }

  /** To be gone through before the keys give way to others: what is still wanted is made. */
  *make(): Steps<void> {
    let made = 0;
    for (const held of this.#passing) {
      held.make();
      if (++made % MADE_AT_ONCE === 0) yield;
    }
    this.#passing.clear();
  }
}
