/**
 * Where on the way an interface stands: at the initiator's end, at the responder's, or between them as a gateway that
 * shows its own address where the packet has another.
 */
import type { Set as Addresses, List } from 'immutable';
import type { VantageRole } from '../../src/model/connection.ts';
import { type End, isPrivateIPv4, type Key, otherEnd } from './ends.ts';
import type { Sighting } from './sighting.ts';
import { standsInFor, type View } from './views.ts';

/** What the whole input says of vantages. */
export interface Place {
  /** As far as they are known. */
  readonly ownAddresses: (vantage: string) => Addresses<string>;
  readonly vpcOf: (vantage: string) => string | null;
}

/** An instance that shows another address than its own has pods or secondary addresses behind it: no gateway. */
export const isGateway = (view: View): boolean =>
  (standsInFor(view, 'low') || standsInFor(view, 'high')) &&
  view.sightings.every(({ observer }) => observer.instanceId === null);

/**
 * What leaves an interface was sent by its own end; what enters it is for its own end. What enters a transit gateway was
 * sent from the side of the attachment where it enters; what leaves it is for that side.
 */
const endByDirection = ({ flowDirection, byGateway, sender }: Sighting): End | null => {
  if (flowDirection === null) return null;
  const sentFromHere = byGateway ? 'ingress' : 'egress';
  return flowDirection === sentFromHere ? sender : otherEnd(sender);
};

const ENDS: readonly End[] = ['low', 'high'];

const onlyOne = (ends: readonly End[]): End | null => (ends.length === 1 ? (ends[0] ?? null) : null);

const endByOwnAddress = (key: Key, ownAddresses: Addresses<string>): End | null =>
  onlyOne(ENDS.filter((end) => ownAddresses.has(key[end].address)));

/**
 * An instance that shows its own address in the place of one end's has that end behind it, a pod or a secondary address,
 * which are private. What it shows in the place of a public address it forwards to, or a balancer keeps in view.
 */
const endBehindInstance = (view: View, key: Key): End | null => {
  if (view.sightings.every(({ observer }) => observer.instanceId === null)) return null;
  const end = onlyOne(ENDS.filter((each) => standsInFor(view, each)));
  return end !== null && isPrivateIPv4(key[end].address) ? end : null;
};

/** AWS writes an interface's private address, never its public one ("Available fields", srcaddr). */
const endByPrivateAddress = ({ low, high }: Key): End | null => {
  const lowIsPrivate = isPrivateIPv4(low.address);
  if (lowIsPrivate === isPrivateIPv4(high.address)) return null;
  return lowIsPrivate ? 'low' : 'high';
};

/**
 * Beside a gateway that stands in for one end, an interface that shows true addresses belongs to the other. That holds
 * within one VPC: what is far from the gateway's may be near in another.
 */
const endBesideGateways = (view: View, gateways: List<View>, place: Place): End | null => {
  const home = place.vpcOf(view.vantage);
  if (gateways.some(({ vantage }) => place.vpcOf(vantage) !== home)) return null;
  return onlyOne(ENDS.filter((end) => !gateways.some((gateway) => standsInFor(gateway, end))));
};

const endOf = (view: View, gateways: List<View>, place: Place): End | null => {
  const told = view.sightings.map(endByDirection).find((end) => end !== null);
  if (told !== undefined) return told;
  const key = view.sightings.first()?.key;
  // Attachments show addresses of hosts, never one of their own.
  if (key === undefined || view.sightings.some(({ byGateway }) => byGateway)) return null;
  return (
    endByOwnAddress(key, place.ownAddresses(view.vantage)) ??
    endBehindInstance(view, key) ??
    (gateways.isEmpty() ? endByPrivateAddress(key) : endBesideGateways(view, gateways, place))
  );
};

/** @param views all views of the connection */
export const roleOf = (view: View, views: List<View>, initiator: End, place: Place): VantageRole => {
  if (isGateway(view)) return 'gateway';
  const end = endOf(view, views.filter(isGateway), place);
  if (end === null) return 'unknown';
  return end === initiator ? 'initiator' : 'responder';
};
