/** Pairs gathered by what they share. */
import type { Pair } from './ledger.ts';

/** Groups of one or more pairs. */
export type PairGroup = readonly [Pair, ...Pair[]];

export const groupPairs = (pairs: readonly Pair[], by: 'initiatorId' | 'serviceId'): PairGroup[] => {
  const groups = new Map<number, [Pair, ...Pair[]]>();
  for (const pair of pairs) {
    const group = groups.get(pair[by]);
    if (group === undefined) groups.set(pair[by], [pair]);
    else group.push(pair);
  }
  return [...groups.values()];
};
