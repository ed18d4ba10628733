/**
 * Which sightings of one key may belong to one connection, over any silence: those of one group of networks in one stretch go on in
 * the next with the group that one of its networks is in. Of two groups that could go on with the same chain, the one whose sighting
 * comes first does; the other begins anew.
 */
import { Map as ImmutableMap, List } from 'immutable';
import type { Sighting } from './sighting.ts';

type Sightings = List<Sighting>;

interface Chains {
  readonly chains: List<Sightings>;
  /** By the name of a network, the chain that it was last in. */
  readonly lastOf: ImmutableMap<string, number>;
}

type NameOf = (sighting: Sighting) => string;

const groupOf = (groups: List<Sightings>, sighting: Sighting): number =>
  groups.findIndex((group) => group.includes(sighting));

/** By group, the chain that it goes on with. */
const claims = (
  stretch: Sightings,
  groups: List<Sightings>,
  lastOf: ImmutableMap<string, number>,
  nameOf: NameOf,
): ImmutableMap<number, number> =>
  stretch.reduce((claimed, sighting) => {
    const chain = lastOf.get(nameOf(sighting));
    const group = groupOf(groups, sighting);
    const mayClaim = chain !== undefined && !claimed.has(group) && !claimed.includes(chain);
    return mayClaim ? claimed.set(group, chain) : claimed;
  }, ImmutableMap<number, number>());

const goOn = (known: Chains, stretch: Sightings, groups: List<Sightings>, nameOf: NameOf): Chains => {
  const claimed = claims(stretch, groups, known.lastOf, nameOf);
  return groups.reduce(({ chains, lastOf }, group, number) => {
    const chain = claimed.get(number) ?? chains.size;
    return {
      chains: chains.set(chain, chains.get(chain, List<Sighting>()).concat(group)),
      lastOf: lastOf.merge(group.toMap().mapEntries(([, sighting]) => [nameOf(sighting), chain])),
    };
  }, known);
};

/**
 * @param stretches of one key, in their order
 * @param groupsOf parts a stretch by who saw the same network
 * @param nameOf the name of a sighting's network
 */
export const chained = (
  stretches: List<Sightings>,
  groupsOf: (stretch: Sightings) => List<Sightings>,
  nameOf: NameOf,
): List<Sightings> =>
  stretches.reduce((known, stretch) => goOn(known, stretch, groupsOf(stretch), nameOf), {
    chains: List<Sightings>(),
    lastOf: ImmutableMap<string, number>(),
  } as Chains).chains;
