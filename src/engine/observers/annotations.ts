/**
 * What AWS tells of connections beside their packets: kept for each record that says something while records are filed, and looked up by
 * key and seconds when a connection is made. The rules know nothing of it, and nothing is kept where nobody asks.
 */
import type { EcsTask, TrafficPaths } from '../../model/annotations.ts';
import { hasPorts } from '../../model/protocols.ts';
import { HAS, IS_V6, KIND, type RecordBatch } from '../../model/record-batch.ts';
import type { Annotation, AnnotationTexts } from '../../record/annotations.ts';
import { grown } from '../../record/grown.ts';
import { Words } from '../../record/words.ts';

/** Words of an entry. */
const [LOW, HIGH, PORTS, KIND_OF, VANTAGE, ANNOTATION, FIRST, LAST, NEXT] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
] as const;
const ENTRY = 9;
/** Of {@link KIND_OF}, beside the protocol: the ends are IPv6, and the higher one sends. */
const [V6, BY_HIGHER] = [256, 512];

/** Seconds behind all others, for records without times. */
const FOR_EVER = 0xffffffff;

/** A key, the lower of its ends first. */
export interface AnnotatedKey {
  readonly protocol: number;
  readonly isV6: boolean;
  readonly addresses: readonly [number, number];
  readonly ports: readonly [number, number];
}

/** What is told of a connection. */
export interface ToldOf {
  /** The services of the addresses, in the order in which the ends were given. */
  readonly services: readonly [string | null, string | null];
  /** By the interned id of a vantage. */
  readonly vantages: ReadonlyMap<
    number,
    { readonly ecs: EcsTask | null; readonly paths: TrafficPaths | null }
  >;
}

interface Found {
  readonly byFirst: boolean;
  readonly vantage: number;
  readonly annotation: Annotation;
}

const mix = (hash: number, value: number): number => {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
};

/** Slots of open addressing that hold numbers from 1 on; 0 is none. */
class Slots {
  #slots = new Uint32Array(1024);
  #count = 0;
  readonly #hashOf: (number: number) => number;

  /** @param hashOf the hash of what a number stands for */
  constructor(hashOf: (number: number) => number) {
    this.#hashOf = hashOf;
  }

  /** The slot of what is meant, or the empty one where it would be. */
  find(hash: number, isMeant: (number: number) => boolean): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const number = this.#slots[slot] as number;
      if (number === 0 || isMeant(number)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  at(slot: number): number {
    return this.#slots[slot] as number;
  }

  put(slot: number, number: number): void {
    if (this.#slots[slot] === 0) this.#count++;
    this.#slots[slot] = number;
    if (this.#count * 2 > this.#slots.length) this.#grow();
  }

  #grow(): void {
    const old = this.#slots;
    const slots = grown(new Uint32Array(0), old.length * 2);
    const mask = slots.length - 1;
    for (const number of old) {
      if (number === 0) continue;
      let slot = this.#hashOf(number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.#slots = slots;
  }
}

/** An entry of the key at hand. */
interface Entry {
  readonly first: number;
  readonly last: number;
  readonly number: number;
}

/** All entries of a key. */
interface Asked {
  readonly newest: number;
  readonly entries: readonly Entry[];
  readonly latest: readonly number[];
}
const NEVER_ASKED: Asked = { newest: 0, entries: [], latest: [] };

export class Annotations {
  readonly #texts: AnnotationTexts;
  /** Entries, one a record, numbered from 1 on, {@link ENTRY} words each. */
  readonly #entries = new Words();
  #count = 0;
  /** The entry that came last of each key; the others hang on it. */
  readonly #byKey = new Slots((number) => this.#hash(number));
  /** The entries of the key that was asked for last, by their first seconds, and the latest second of those before and with each. */
  #asked = NEVER_ASKED;

  constructor(texts: AnnotationTexts) {
    this.#texts = texts;
  }

  /** Takes what the batch says. */
  add(batch: RecordBatch): void {
    const { annotations, count } = batch;
    if (annotations === null) return;
    this.#asked = NEVER_ASKED;
    for (let row = 0; row < count; row++)
      if (annotations[row] !== 0 && batch.kind[row] === KIND.flow)
        this.#take(batch, row, annotations[row] as number);
  }

  #take(batch: RecordBatch, row: number, annotation: number): void {
    const protocol = batch.protocol[row] as number;
    const withPorts = hasPorts(protocol);
    const number = this.#putKey(
      protocol,
      ((batch.families[row] as number) & IS_V6.from) !== 0,
      batch.fromAddr[row] as number,
      withPorts ? (batch.srcPort[row] as number) : 0,
      batch.toAddr[row] as number,
      withPorts ? (batch.dstPort[row] as number) : 0,
    );
    this.#put(number, VANTAGE, (batch.interfaceId[row] as number) || (batch.resourceId[row] as number));
    this.#put(number, ANNOTATION, annotation);
    const present = batch.present[row] as number;
    const hasTimes = (present & (HAS.start | HAS.end)) !== 0;
    const start = (present & HAS.start) === 0 ? (batch.end[row] as number) : (batch.start[row] as number);
    const end = (present & HAS.end) === 0 ? start : (batch.end[row] as number);
    this.#put(number, FIRST, hasTimes ? start : 0);
    this.#put(number, LAST, hasTimes ? end : FOR_EVER);
    const slot = this.#slotOf(number);
    this.#put(number, NEXT, this.#byKey.at(slot));
    this.#byKey.put(slot, number);
    this.#count = number;
  }

  /** Where the entries of a key are named. */
  #slotOf(number: number): number {
    return this.#byKey.find(this.#hash(number), (other) => this.#isOfKey(other, number));
  }

  /** Puts the key of a record behind all entries; gives the number that it has there. */
  #putKey(
    protocol: number,
    isV6: boolean,
    from: number,
    srcPort: number,
    to: number,
    dstPort: number,
  ): number {
    const number = this.#count + 1;
    const isForth = from < to || (from === to && srcPort <= dstPort);
    this.#put(number, LOW, isForth ? from : to);
    this.#put(number, HIGH, isForth ? to : from);
    this.#put(number, PORTS, isForth ? (srcPort << 16) | dstPort : (dstPort << 16) | srcPort);
    this.#put(number, KIND_OF, protocol | (isV6 ? V6 : 0) | (isForth ? 0 : BY_HIGHER));
    return number;
  }

  /**
   * What is told of a connection between two ends, by records that are of its seconds; null where nothing is.
   * @param key the ends as the connection has them
   */
  of(key: AnnotatedKey, firstSeen: number | null, lastSeen: number | null): ToldOf | null {
    if (this.#count === 0) return null;
    const [a, b] = key.addresses;
    const [aPort, bPort] = hasPorts(key.protocol) ? key.ports : [0, 0];
    const number = this.#putKey(key.protocol, key.isV6, a, aPort, b, bPort);
    const side = this.#at(number, KIND_OF) & BY_HIGHER;
    const newest = this.#byKey.at(this.#slotOf(number));
    if (newest === 0) return null;
    const found = this.#between(newest, firstSeen ?? 0, lastSeen ?? FOR_EVER).map((entry) => ({
      byFirst: (this.#at(entry, KIND_OF) & BY_HIGHER) === side,
      vantage: this.#at(entry, VANTAGE),
      annotation: this.#texts.read(this.#at(entry, ANNOTATION)),
    }));
    return found.length === 0 ? null : toldBy(found);
  }

  /** Entries of a key whose seconds lie in these: first those that share the most of them. */
  #between(newest: number, from: number, to: number): number[] {
    const { entries, latest } = this.#entriesOf(newest);
    const found: { readonly number: number; readonly shared: number; readonly first: number }[] = [];
    let at = entries.length;
    let low = 0;
    // The first that begins too late.
    while (low < at) {
      const middle = (low + at) >>> 1;
      if ((entries[middle] as Entry).first > to) at = middle;
      else low = middle + 1;
    }
    for (let i = at - 1; i >= 0 && (latest[i] as number) >= from; i--) {
      const { first, last, number } = entries[i] as Entry;
      if (last >= from) found.push({ number, first, shared: Math.min(last, to) - Math.max(first, from) });
    }
    const compareTexts = (x: number, y: number): number => {
      const [one, other] = [x, y].map((number) => this.#texts.text(this.#at(number, ANNOTATION)));
      if (one === other) return this.#at(x, KIND_OF) - this.#at(y, KIND_OF);
      return (one as string) < (other as string) ? -1 : 1;
    };
    return found
      .sort((x, y) => y.shared - x.shared || x.first - y.first || compareTexts(x.number, y.number))
      .map(({ number }) => number);
  }

  #entriesOf(newest: number): Asked {
    if (this.#asked.newest === newest) return this.#asked;
    const entries: Entry[] = [];
    for (let number = newest; number !== 0; number = this.#at(number, NEXT))
      entries.push({ number, first: this.#at(number, FIRST), last: this.#at(number, LAST) });
    entries.sort((x, y) => x.first - y.first);
    let last = 0;
    const latest = entries.map((entry) => {
      last = Math.max(last, entry.last);
      return last;
    });
    this.#asked = { newest, entries, latest };
    return this.#asked;
  }

  #at(number: number, word: number): number {
    return this.#entries.at(number * ENTRY + word);
  }

  #put(number: number, word: number, value: number): void {
    this.#entries.put(number * ENTRY + word, value);
  }

  /** Of the words of its key, whoever sends. */
  #hash(number: number): number {
    let hash = mix(0x2f0b4a87, this.#at(number, KIND_OF) & ~BY_HIGHER);
    for (let word = LOW; word < KIND_OF; word++) hash = mix(hash, this.#at(number, word));
    return hash;
  }

  #isOfKey(one: number, other: number): boolean {
    for (let word = LOW; word < KIND_OF; word++)
      if (this.#at(one, word) !== this.#at(other, word)) return false;
    return ((this.#at(one, KIND_OF) ^ this.#at(other, KIND_OF)) & ~BY_HIGHER) === 0;
  }
}

/** The first that says something. */
const firstOf = <T>(found: readonly Found[], read: (of: Found) => T | null): T | null => {
  for (const each of found) {
    const said = read(each);
    if (said !== null) return said;
  }
  return null;
};

const ecsOf = (found: readonly Found[]): EcsTask | null => {
  // One task: what another one says of itself is not mixed in.
  const of = found.find(
    ({ annotation: { ecsCluster, ecsService, ecsTask, ecsContainer } }) =>
      (ecsCluster ?? ecsService ?? ecsTask ?? ecsContainer) !== null,
  );
  if (of === undefined) return null;
  const { ecsCluster, ecsService, ecsTask, ecsContainer } = of.annotation;
  return { cluster: ecsCluster, service: ecsService, task: ecsTask, container: ecsContainer };
};

const pathsOf = (found: readonly Found[]): TrafficPaths | null => {
  const pathOf = (isFirst: boolean): number | null =>
    firstOf(found, ({ byFirst, annotation: { trafficPath } }) =>
      byFirst === isFirst && trafficPath !== null ? Number(trafficPath) : null,
    );
  const paths = { initiator: pathOf(true), responder: pathOf(false) };
  return paths.initiator === null && paths.responder === null ? null : paths;
};

/** The end that was given first is the initiator. */
const toldBy = (found: readonly Found[]): ToldOf => {
  const serviceOf = (isFirst: boolean): string | null =>
    firstOf(found, ({ byFirst, annotation }) =>
      byFirst === isFirst ? annotation.srcService : annotation.dstService,
    );
  const vantages = new Map<number, Found[]>();
  for (const each of found) {
    const own = vantages.get(each.vantage);
    if (own === undefined) vantages.set(each.vantage, [each]);
    else own.push(each);
  }
  return {
    services: [serviceOf(true), serviceOf(false)],
    vantages: new Map(
      [...vantages].map(([vantage, own]) => [vantage, { ecs: ecsOf(own), paths: pathsOf(own) }]),
    ),
  };
};
