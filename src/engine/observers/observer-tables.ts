/**
 * What the judges of plain keys need to know of observers, as numbers: made once, when the input has been read
 * and what observers are called and how they are ordered is settled.
 */

import { STEP, type Steps, sortInSteps } from '../../model/in-steps.ts';
import { grown } from '../../record/grown.ts';
import type { Observers } from './observers.ts';
import { type Scope, scopeName, type VpcOfVantage } from './scope.ts';
import { Tuples } from './tuples.ts';

/** What the run has learned to call a network, and what its own records do. */
export interface NetworkNames {
  readonly name: string;
  readonly own: string;
}

/** Equal texts have equal ranks. */
function* ranksOf(texts: readonly string[]): Steps<Uint32Array> {
  const order = Array.from(texts, (_, place) => place);
  yield* sortInSteps(order, (a, b) => {
    const [one, other] = [texts[a] as string, texts[b] as string];
    return one < other ? -1 : one > other ? 1 : 0;
  });
  const ranks = new Uint32Array(texts.length);
  let rank = 0;
  for (const [i, place] of order.entries()) {
    if (i > 0 && texts[place] !== texts[order[i - 1] as number]) rank++;
    ranks[place] = rank;
  }
  return ranks;
}

export class ObserverTables {
  /** The place of each observer in the order of Observers. */
  readonly ranks: Uint32Array;
  /** Two observers belong together when they are in one scope by what was learned and by their own words. */
  readonly groups: Uint32Array;
  readonly observers: Observers;
  readonly #scope: Scope;
  readonly #vpcs: VpcOfVantage;
  /** The first observer of each group. */
  #firsts = new Uint32Array(64);
  #count = 0;

  constructor(observers: Observers, scope: Scope, vpcs: VpcOfVantage) {
    this.observers = observers;
    this.#scope = scope;
    this.#vpcs = vpcs;
    this.ranks = observers.places();
    this.groups = this.#groupAll();
  }

  /** How many groups there are. */
  get groupCount(): number {
    return this.#count;
  }

  /** The VPC of a vantage, as interned; 0 for none. */
  vpcOf(vantage: number): number {
    return this.#vpcs.idAt(vantage);
  }

  /** What a group's network is called. */
  network(group: number): NetworkNames {
    const observer = this.#firsts[group] as number;
    const read = this.observers.read(observer);
    const vpc = this.#vpcs.of(read, this.observers.vantageOf(observer));
    return { name: scopeName(this.#scope, read, vpc), own: scopeName(this.#scope, read, read.vpcId) };
  }

  /** Whether networks that are called differently may belong together. */
  get mayJoin(): boolean {
    return this.#scope === 'auto';
  }

  /** Whether networks that are called alike may call themselves differently: by VPCs, which others may have taught. */
  get namesMayMeet(): boolean {
    return this.#scope === 'auto' || this.#scope === 'vpc';
  }

  /** By group: the rank of what its network is called, and of what its own records call it. */
  *nameRanks(): Steps<{ readonly name: Uint32Array; readonly own: Uint32Array }> {
    const names: string[] = [];
    const ownNames: string[] = [];
    for (let group = 0; group < this.#count; group++) {
      if (group % STEP === STEP - 1) yield;
      const { name, own } = this.network(group);
      names.push(name);
      ownNames.push(own);
    }
    return { name: yield* ranksOf(names), own: yield* ranksOf(ownNames) };
  }

  /** By what {@link scopeName} names: ranks stand for texts, and equal texts have equal ranks. */
  #groupAll(): Uint32Array {
    const observers = this.observers;
    const ranks = observers.strings.ranks();
    const tuples = new Tuples(3);
    const groups = new Uint32Array(observers.size);
    const rankOf = (interned: number): number => (interned === 0 ? 0 : (ranks[interned] as number) + 1);
    for (let observer = 0; observer < groups.length; observer++) {
      const account = rankOf(observers.accountOf(observer));
      const vantage = observers.vantageOf(observer);
      const own = rankOf(observers.vpcOf(observer));
      const learned = own === 0 ? rankOf(this.#vpcs.idAt(vantage)) : own;
      let group = 0;
      if (this.#scope === 'interface') group = tuples.of(rankOf(vantage), 0, 0);
      else if (this.#scope === 'account') group = tuples.of(account, 0, 0);
      else if (this.#scope === 'all') group = tuples.of(0, 0, 0);
      // An account names what no VPC does.
      else group = tuples.of(learned, own, own === 0 ? account : 0);
      if (group === this.#count) this.#begin(observer);
      groups[observer] = group;
    }
    return groups;
  }

  #begin(observer: number): void {
    if (this.#count === this.#firsts.length) this.#firsts = grown(this.#firsts, this.#count * 2);
    this.#firsts[this.#count++] = observer;
  }
}
