/** What the kernel asks while it judges: what is known of the ends of a key, where its own records do not teach all there is. */
import { readKey } from '../../correlate/key-records.ts';
import { cluesOf, type Shown } from '../../lifecycle/initiator.ts';
import type { LineSetting } from './line-setting.ts';

const NOTHING_SHOWN: Shown = { stopped: false, replyRejected: false, spokeFirst: false };

export class Answers {
  #setting: LineSetting;
  readonly #asksEnds: number;
  /** The bits of clues, the low end's. */
  readonly #bits: { readonly answers: number; readonly manyPeers: number };

  constructor(setting: LineSetting) {
    const { memory } = setting;
    this.#setting = setting;
    this.#asksEnds = memory.value('ASKS_ENDS');
    this.#bits = { answers: memory.value('ANSWERS'), manyPeers: memory.value('MANY_PEERS') };
  }

  /** Goes on with other keys in the same memory. */
  goOn(setting: LineSetting): void {
    this.#setting = setting;
  }

  /** Tells what the kernel stopped for at a place; false when that is nothing that can be told. */
  give(answer: number, place: number): boolean {
    if (answer !== this.#asksEnds) return false;
    this.#tellEnds(place);
    return true;
  }

  /** What is known of the ends of a key. */
  #tellEnds(place: number): void {
    const { memory, store, context, plain } = this.#setting;
    const { answers, manyPeers } = this.#bits;
    const index = memory.exports.keyIn(place) >>> 0;
    const { flipped } = readKey(store, index, context.addresses);
    let bits = 0;
    for (const [, opener, , shows] of cluesOf(
      [NOTHING_SHOWN, NOTHING_SHOWN],
      plain.ends(index, flipped),
      null,
    ))
      bits |= (shows === 'answers' ? answers : manyPeers) << opener;
    memory.exports.answerEnds(place, bits);
  }
}
