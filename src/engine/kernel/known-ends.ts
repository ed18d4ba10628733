/**
 * What is known of the ends of a key where no SYN tells who opened: learned from all keys of the input, or brought along from
 * before. The rules ask for it when they need it (ASKS_ENDS in rules/answers.ts), which many logs never do.
 */
import type { EndKnowledge } from '../../meaning/initiator.ts';
import { writeIPv4 } from '../../model/ipv4.ts';
import type { AddressBook } from '../../record/address-book.ts';
import type { Elsewhere } from '../elsewhere.ts';
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

/** The ends of the key at a place, the low one first. */
const endsAt = (place: number, memory: KernelMemory, addresses: AddressBook): [EndAt, EndAt] => {
  const { exports } = memory;
  const key = exports.keyAt(exports.keyIn(place) >>> 0) >>> 0;
  const [low = 0, high = 0, ports = 0, kind = 0] = memory.words(key, 4);
  const isV6 = (kind & memory.value('KEY_V6')) !== 0;
  const end = (address: number, port: number): EndAt => ({
    address: isV6 ? addresses.text(address) : writeIPv4(address),
    port,
    protocol: kind & 0xff,
  });
  return [end(low, ports >>> 16), end(high, ports & 0xffff)];
};

interface EndAt {
  readonly address: string;
  readonly port: number;
  readonly protocol: number;
}

const spellEnd = ({ address, port, protocol }: EndAt): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port} (protocol ${protocol})`;

/** Of keys that are some of an input whose ends the rules were told when the keys were put in order. */
export const endsOfElsewhere = (elsewhere: Elsewhere, addresses: AddressBook): KnownEnds => ({
  tell(place, memory) {
    const [low, high] = endsAt(place, memory, addresses);
    throw elsewhere.missing(spellEnd(memory.exports.isTold(place, false) === 0 ? low : high));
  },
  learnAll() {},
});

/** Of keys whose records are not what teaches: as others have learned it. */
export const endsOfLessons = (lessons: Lessons, addresses: AddressBook): KnownEnds => ({
  tell(place, memory) {
    const [ofLow, ofHigh] = endsAt(place, memory, addresses).map(({ address, port, protocol }) =>
      lessons.end(address, port, protocol),
    ) as [EndKnowledge, EndKnowledge];
    memory.exports.answerEnds(
      place,
      Number(ofLow.answers),
      ofLow.peers,
      Number(ofHigh.answers),
      ofHigh.peers,
    );
  },
  learnAll() {},
});
