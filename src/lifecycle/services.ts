/**
 * What the input teaches about its ends: who answers handshakes, and whom many peers talk to. Collected
 * from the whole input before the first connection is judged, so that it cannot depend on order (law 1).
 * Only ends that somebody needs to know about are kept.
 */
import { EVIDENCE, KEY, KEY_V6, type RecordStore } from '../correlate/record-store.ts';
import { MOST_PEERS } from './initiator.ts';
import type { EndKnowledge } from './lessons.ts';

const OBSERVED = EVIDENCE.lowSyn | EVIDENCE.highSyn | EVIDENCE.lowSynAck | EVIDENCE.highSynAck;

/** Told of a key: as stored. */
export type VisitKey = (low: number, high: number, ports: number, kind: number, evidence: number) => void;

/** Where all keys of the input are told from, as often as asked. */
export interface EvidenceOfKeys {
  eachKey(visit: VisitKey): void;
}

/** An end as two numbers: the address, and port with protocol and family. */
const tailOf = (port: number, kind: number): number => port | ((kind & 0xff) << 16) | ((kind & KEY_V6) << 16);

const hashEnd = (address: number, tail: number): number => {
  const hash = Math.imul(address ^ Math.imul(tail, 0x85ebca6b), 0x9e3779b1);
  return hash ^ (hash >>> 15);
};

/** Of a hash, the upper 14 bits name a word of the sieve and the five below them a bit of it. */
const SIEVE_SHIFT = 18;
const BIT_SHIFT = 13;

/** Ends that are looked for one by one: as many looks at all keys take as long as learning of all their ends. */
const MOST_SINGLES = 64;

export class Services {
  /** Bits of the ends that are kept: most others are told by them without a look at the table. */
  readonly #sieve = new Uint32Array(1 << (32 - SIEVE_SHIFT));
  #slots = new Uint32Array(1024);
  #ends = new Uint32Array(2 * 512);
  #answers = new Uint8Array(512);
  #peers = new Uint32Array(512);
  #count = 0;
  #singles = 0;
  #knowsAll = false;

  readonly #keys: EvidenceOfKeys;

  /** Learns from every key. */
  constructor(keys: EvidenceOfKeys) {
    this.#keys = keys;
    this.#learn((evidence) => (evidence & OBSERVED) === 0);
  }

  /** @param isAsked by a key's evidence, whether its ends will be asked for */
  #learn(isAsked: (evidence: number) => boolean): void {
    this.#keys.eachKey((low, high, ports, kind, evidence) => {
      if (!isAsked(evidence)) return;
      this.#add(low, tailOf(ports >>> 16, kind));
      this.#add(high, tailOf(ports & 0xffff, kind));
    });
    if (this.#count === 0) return;
    this.#peers.fill(0);
    this.#keys.eachKey((low, high, ports, kind, evidence) => {
      const one = this.#find(low, tailOf(ports >>> 16, kind));
      if (one >= 0) this.#note(one, evidence, EVIDENCE.lowSynAck);
      const other = this.#find(high, tailOf(ports & 0xffff, kind));
      if (other >= 0) this.#note(other, evidence, EVIDENCE.highSynAck);
    });
  }

  /** Learns of an end that nobody was thought to ask for; of many such, of all ends at once. */
  #learnLater(address: number, tail: number): void {
    if (this.#find(address, tail) >= 0) return;
    if (this.#singles++ === MOST_SINGLES) {
      this.#knowsAll = true;
      this.#learn(() => true);
      return;
    }
    const end = this.#count;
    this.#add(address, tail);
    this.#keys.eachKey((low, high, ports, kind, evidence) => {
      if (low === address && tailOf(ports >>> 16, kind) === tail)
        this.#note(end, evidence, EVIDENCE.lowSynAck);
      if (high === address && tailOf(ports & 0xffff, kind) === tail)
        this.#note(end, evidence, EVIDENCE.highSynAck);
    });
  }

  #note(end: number, evidence: number, synAck: number): void {
    if ((evidence & synAck) !== 0) this.#answers[end] = 1;
    // One-way traffic teaches nothing: a scanner with a fixed source port has many "peers" too.
    if ((evidence & 3) === 3) this.#peers[end] = (this.#peers[end] as number) + 1;
  }

  /** What the input showed of the low or high end of a key of the store, as stored (not flipped). */
  of(store: RecordStore, key: number, isHigh: boolean): EndKnowledge {
    const kind = store.key(key, KEY.kind);
    const ports = store.key(key, KEY.ports);
    const address = store.key(key, isHigh ? KEY.high : KEY.low);
    const tail = tailOf(isHigh ? ports & 0xffff : ports >>> 16, kind);
    // A key with a handshake is asked for only when its port was used again without one: seldom, if ever.
    if (!this.#knowsAll && (store.key(key, KEY.evidence) & OBSERVED) !== 0) this.#learnLater(address, tail);
    const end = this.#find(address, tail);
    return { answers: this.#answers[end] === 1, peers: Math.min(this.#peers[end] as number, MOST_PEERS) };
  }

  #slotOf(address: number, tail: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const at = this.#slots[slot] as number;
      if (at === 0 || (this.#ends[at * 2 - 2] === address && this.#ends[at * 2 - 1] === tail)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #find(address: number, tail: number): number {
    const hash = hashEnd(address, tail);
    if (((this.#sieve[hash >>> SIEVE_SHIFT] as number) & (1 << (hash >>> BIT_SHIFT))) === 0) return -1;
    return (this.#slots[this.#slotOf(address, tail, hash)] as number) - 1;
  }

  #add(address: number, tail: number): void {
    const hash = hashEnd(address, tail);
    const slot = this.#slotOf(address, tail, hash);
    if (this.#slots[slot] !== 0) return;
    if (this.#count === this.#answers.length) this.#grow();
    const end = this.#count++;
    this.#ends[end * 2] = address;
    this.#ends[end * 2 + 1] = tail;
    this.#slots[this.#slotOf(address, tail, hash)] = end + 1;
    this.#sieve[hash >>> SIEVE_SHIFT] =
      (this.#sieve[hash >>> SIEVE_SHIFT] as number) | (1 << (hash >>> BIT_SHIFT));
  }

  #grow(): void {
    const double = this.#answers.length * 2;
    const ends = new Uint32Array(double * 2);
    ends.set(this.#ends);
    this.#ends = ends;
    this.#answers = new Uint8Array(double);
    this.#peers = new Uint32Array(double);
    this.#slots = new Uint32Array(double * 2);
    for (let end = 0; end < this.#count; end++) {
      const [address, tail] = [ends[end * 2] as number, ends[end * 2 + 1] as number];
      this.#slots[this.#slotOf(address, tail, hashEnd(address, tail))] = end + 1;
    }
  }
}
