/** Names for a report's page: those of the addresses that stand in it, and of their networks, which the matrix shows. */
import type { NameOf } from '../model/name-of.ts';
import { networkOf } from './network-of.ts';

/** Gathers the names of a page. */
export class PageNames {
  readonly #names: NameOf;
  readonly #known = new Map<string, string>();
  readonly #asked = new Set<string>();

  constructor(names: NameOf) {
    this.#names = names;
  }

  /** Notes what an address, or a network, and the network that it stands in are called. */
  add(address: string): void {
    for (const each of [address, networkOf(address)]) {
      if (this.#asked.has(each)) continue;
      this.#asked.add(each);
      const name = this.#names(each);
      if (name !== null) this.#known.set(each, name);
    }
  }

  /** By address or network. */
  get known(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#known);
  }
}

/** What the page asks for names; undefined where it was given none. */
export const namesOfPage = (known: Readonly<Record<string, string>> | undefined): NameOf | undefined => {
  if (known === undefined) return undefined;
  const names = new Map(Object.entries(known));
  return (address) => names.get(address) ?? null;
};
