/**
 * Equal private addresses of unrelated networks must not become one connection. The sightings of a key are parted by
 * the network of their observers; the default parts by VPC and joins VPCs only where the records show the gateway on
 * both sides (AWS's transit gateway example), or where both addresses are unique in the world.
 */
import { List } from 'immutable';
import type { Scope } from '../../src/reconstruct.ts';
import { type End, isUniqueInTheWorld } from './ends.ts';
import type { Observer } from './observer.ts';
import { type Sighting, standsFor, vantage } from './sighting.ts';

/** The VPC of each vantage as far as any record of the input names it: formats without vpc-id profit. */
export type VpcOfVantage = (vantage: string) => string | null;

interface Network {
  readonly name: string;
  readonly isVpc: boolean;
  readonly sightings: List<Sighting>;
}

const accountOf = ({ accountId }: Observer): string => accountId ?? '-';

/** Within one VPC or, where nobody names it, within one account whose VPC is not known. */
const vpcName = (observer: Observer, vpc: string | null): string =>
  vpc === null ? `account ${accountOf(observer)}` : `vpc ${vpc}`;

export const networkOf = (scope: Scope, sighting: Sighting, vpcOf: VpcOfVantage): string => {
  const { observer } = sighting;
  switch (scope) {
    case 'interface':
      return vantage(sighting) === '' ? '-' : vantage(sighting);
    case 'account':
      return accountOf(observer);
    case 'all':
      return '*';
    case 'vpc':
    case 'auto':
      return vpcName(observer, observer.vpcId ?? vpcOf(vantage(sighting)));
    default:
      return scope satisfies never;
  }
};

/**
 * Whether a sighting shows an end through a gateway: another address stands for it. On an instance that is no
 * gateway; it has pods or secondary addresses.
 */
const isForeign = (sighting: Sighting, end: End): boolean =>
  sighting.observer.instanceId === null && standsFor(sighting, end) !== null;

const seesThroughGateway = ({ sightings }: Network, end: End): boolean =>
  sightings.some((sighting) => isForeign(sighting, end));

const merge = (networks: List<Network>): List<Network> => {
  const first = networks.first();
  if (first === undefined) return List();
  return List([{ ...first, sightings: networks.flatMap(({ sightings }) => sightings) }]);
};

/** One VPC sees the low end through its gateway and one the high end: those that see through one are joined. */
const joinThroughGateways = (vpcs: List<Network>): List<Network> => {
  const low = vpcs.filter((vpc) => seesThroughGateway(vpc, 'low'));
  const high = vpcs.filter((vpc) => seesThroughGateway(vpc, 'high'));
  if (low.isEmpty() || high.isEmpty()) return vpcs;
  const behind = (vpc: Network): boolean => low.includes(vpc) || high.includes(vpc);
  return vpcs.filterNot(behind).concat(merge(vpcs.filter(behind)));
};

/** Observers whose VPC nobody names belong to the one VPC that saw the key too, if there is only one. */
const takeIn = (vpcs: List<Network>, unnamed: List<Network>): List<Network> =>
  vpcs.size === 1 ? merge(vpcs.concat(unnamed)) : vpcs.concat(unnamed);

const joined = (networks: List<Network>): List<Network> => {
  const { low, high } = networks.first()?.sightings.first()?.key ?? { low: null, high: null };
  if (low !== null && isUniqueInTheWorld(low.address) && isUniqueInTheWorld(high.address))
    return merge(networks);
  const vpcs = networks.filter(({ isVpc }) => isVpc);
  return takeIn(
    joinThroughGateways(vpcs),
    networks.filterNot(({ isVpc }) => isVpc),
  );
};

/** Parts the sightings of one key; the order within each part is kept. */
export const partByScope = (
  sightings: List<Sighting>,
  scope: Scope,
  vpcOf: VpcOfVantage,
): List<List<Sighting>> => {
  const networks = List(
    sightings
      .groupBy((sighting) => networkOf(scope, sighting, vpcOf))
      .map((members, name): Network => ({ name, isVpc: name.startsWith('vpc '), sightings: List(members) }))
      .values(),
  );
  const parts = scope === 'auto' ? joined(networks) : networks;
  return parts.map((part) => {
    const members = part.sightings.toSet();
    return sightings.filter((sighting) => members.has(sighting));
  });
};
