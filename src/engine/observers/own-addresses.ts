/**
 * Which addresses may be an interface's own, those of one family: each of its records shows one of them, so they are a set of
 * addresses of which every record has one. The rules keep such sets while records are filed (rules/own-addresses.ts), a
 * stream keeps them from one record to the next; which of them is believed is decided here, for both.
 */

/** All smallest sets of up to {@link MOST_OWN} addresses of which every record so far shows one: none a part of another. */
export type OwnSets<Address extends string | number = string> = readonly (readonly Address[])[];

/** An interface's own addresses of a family that are told apart; of one with more none is known. */
export const MOST_OWN = 3;

/** Before the first record no address is needed. */
export const NO_RECORD_YET: OwnSets<never> = [[]];

/** What is left of sets when a record shows one of these addresses. */
export const narrowSets = <Address extends string | number>(
  sets: OwnSets<Address>,
  shown: readonly Address[],
): OwnSets<Address> => {
  const kept = sets.filter((set) => set.some((address) => shown.includes(address)));
  if (kept.length === sets.length) return sets;
  const larger = sets
    .filter((set) => set.length < MOST_OWN && !kept.includes(set))
    .flatMap((set) => [...new Set(shown)].map((address) => [...set, address]))
    .filter((set) => !kept.some((part) => part.every((address) => set.includes(address))));
  return [...kept, ...larger];
};

/**
 * The addresses that are an interface's own for all that is known: those in every set of the fewest addresses. An interface
 * has few; that all its peers share an address of theirs is no better a story only where it needs no more of them.
 */
export const believedOf = <Address extends string | number>(sets: OwnSets<Address>): readonly Address[] => {
  const fewest = Math.min(...sets.map((set) => set.length));
  const [first = [], ...others] = sets.filter((set) => set.length === fewest);
  return first.filter((address) => others.every((set) => set.includes(address)));
};
