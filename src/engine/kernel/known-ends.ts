/**
 * What is known of the ends of a key where no SYN tells who opened: learned from all keys of the input, or brought along from
 * before. The rules ask for it when they need it (ASKS_ENDS in rules/answers.ts), which many logs never do.
 */
import { writeIPv4 } from '../../model/ipv4.ts';
import type { AddressBook } from '../../record/address-book.ts';
import type { Lessons } from '../observers/lessons.ts';
import type { Spill } from '../spill/spill.ts';
import { tooLittleMemory } from '../too-little-memory.ts';
import type { KernelMemory } from './kernel-memory.ts';

export interface KnownEnds {
  /**
   * Lets the rules know of the ends of the key at a place.
   * @param memory of the instance that asks
   * @throws InputError (input-too-large) where there is no memory to learn of them
   */
  tell(place: number, memory: KernelMemory): void;
  /** Learns of the ends of every key at once, for those who will ask for many. */
  learnAll(): void;
}

/** Of keys that are all filed: one instance learns for all that share its memory. */
export const endsOfInput = ({ exports }: KernelMemory): KnownEnds => ({
  tell(place) {
    if (exports.learnOf(place) === 0) throw tooLittleMemory();
  },
  learnAll() {
    if (exports.learnServices() === 0) throw tooLittleMemory();
  },
});

/** Of keys that are filed a portion at a time: for each portion it is learned anew what all keys show of its ends. */
export const endsOfFiles = (spill: Spill): KnownEnds => {
  let hasLearned = false;
  return {
    tell(place) {
      spill.teachEnds(hasLearned ? null : place);
      hasLearned = true;
    },
    learnAll() {
      spill.teachEnds(null);
      hasLearned = true;
    },
  };
};

/** Of keys whose records are not what teaches: as others have learned it. */
export const endsOfLessons = (lessons: Lessons, addresses: AddressBook): KnownEnds => ({
  tell(place, memory) {
    const { exports } = memory;
    const key = exports.keyAt(exports.keyIn(place) >>> 0) >>> 0;
    const [low = 0, high = 0, ports = 0, kind = 0] = memory.words(key, 4);
    const isV6 = (kind & memory.value('KEY_V6')) !== 0;
    const text = (address: number): string => (isV6 ? addresses.text(address) : writeIPv4(address));
    const ofLow = lessons.end(text(low), ports >>> 16, kind & 0xff);
    const ofHigh = lessons.end(text(high), ports & 0xffff, kind & 0xff);
    exports.answerEnds(place, Number(ofLow.answers), ofLow.peers, Number(ofHigh.answers), ofHigh.peers);
  },
  learnAll() {},
});
