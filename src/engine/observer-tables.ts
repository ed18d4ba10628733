/**
 * What the judges of plain keys need to know of observers, as numbers: made once, when the input has been read
 * and what observers are called and how they are ordered is settled.
 */
import type { Observers } from '../correlate/observers.ts';
import { type Scope, scopeName, type VpcOfVantage } from '../correlate/scope.ts';
import { nameOfObserver } from '../path/vantages.ts';

export class ObserverTables {
  /** The place of each observer in the order of Observers. */
  readonly ranks: Uint32Array;
  /** Two observers belong together when they are in one scope by what was learned and by their own words. */
  readonly groups: Uint32Array;
  /** Of each group: what the run has learned to call its network, and what its own records do. */
  readonly networks: readonly { readonly name: string; readonly own: string }[];
  /** What each calls the network of its records. */
  readonly scopeNames: readonly string[];
  /** What paths call each. */
  readonly names: readonly string[];

  constructor(observers: Observers, scope: Scope, vpcs: VpcOfVantage) {
    const all = Array.from({ length: observers.size }, (_, observer) => observer);
    this.ranks = ranksOf(all, (a, b) => observers.compare(a, b));
    this.names = all.map((observer) => nameOfObserver(observers.read(observer)));
    this.scopeNames = all.map((observer) => {
      const read = observers.read(observer);
      return scopeName(scope, read, read.vpcId);
    });
    const groups = new Map<string, number>();
    const networks: { name: string; own: string }[] = [];
    this.groups = Uint32Array.from(all, (observer) => {
      const read = observers.read(observer);
      const learned = scopeName(scope, read, vpcs.of(read, observers.vantages[observer] as number));
      const own = this.scopeNames[observer] as string;
      const name = JSON.stringify([learned, own]);
      const group = groups.get(name) ?? groups.size;
      if (group === networks.length) networks.push({ name: learned, own });
      groups.set(name, group);
      return group;
    });
    this.networks = networks;
  }

  /** The rank of each name among the names: equal names have equal ranks. */
  rankNames(): Uint32Array {
    const ranks = new Map([...new Set(this.names)].sort(byText).map((name, rank) => [name, rank] as const));
    return Uint32Array.from(this.names, (name) => ranks.get(name) as number);
  }
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const ranksOf = (all: readonly number[], compare: (a: number, b: number) => number): Uint32Array => {
  const ranks = new Uint32Array(all.length);
  for (const [rank, id] of [...all].sort(compare).entries()) ranks[id] = rank;
  return ranks;
};
