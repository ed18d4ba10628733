/** What the kernel asks while it judges: what is known of the ends of a key, where its own records do not teach all there is. */
import type { EndKnowledge } from '../../lifecycle/lessons.ts';
import { writeIPv4 } from '../../record/address.ts';
import type { LineSetting } from './line-setting.ts';

export class Answers {
  #setting: LineSetting;
  readonly #asksEnds: number;

  constructor(setting: LineSetting) {
    this.#setting = setting;
    this.#asksEnds = setting.memory.value('ASKS_ENDS');
  }

  /** Goes on with other keys in the same memory. */
  goOn(setting: LineSetting): void {
    this.#setting = setting;
  }

  /** Tells what the kernel stopped for at a place; false when that is nothing that can be told. */
  give(answer: number, place: number): boolean {
    if (answer !== this.#asksEnds) return false;
    const [low, high] = this.#endsAt(place);
    const { exports } = this.#setting.memory;
    exports.answerEnds(place, Number(low.answers), low.peers, Number(high.answers), high.peers);
    return true;
  }

  /** What is known of the low and the high end of a key, as they are stored. */
  #endsAt(place: number): readonly [EndKnowledge, EndKnowledge] {
    const { memory, context, lessons, plain } = this.#setting;
    const index = memory.exports.keyIn(place) >>> 0;
    if (lessons === null) return plain.ends(index, false);
    const [low = 0, high = 0, ports = 0, kind = 0] = memory.words(memory.exports.keyAt(index) >>> 0, 4);
    const isV6 = (kind & memory.value('KEY_V6')) !== 0;
    const text = (address: number): string => (isV6 ? context.addresses.text(address) : writeIPv4(address));
    const protocol = kind & 0xff;
    return [
      lessons.end(text(low), ports >>> 16, protocol),
      lessons.end(text(high), ports & 0xffff, protocol),
    ];
  }
}
