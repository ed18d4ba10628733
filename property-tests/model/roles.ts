/**
 * Where on the way an interface stands: at the initiator's end, at the responder's, or between them as a gateway that
 * shows its own address where the packet has another.
 */
import type { List } from 'immutable';
import type { VantageRole } from '../../src/model/connection.ts';
import { type End, isPrivateIPv4, type Key, otherEnd } from './ends.ts';
import type { Sighting } from './sighting.ts';
import { standsInFor, type View } from './views.ts';

/** An instance that shows another address than its own has pods or secondary addresses behind it: no gateway. */
export const isGateway = (view: View): boolean =>
  (standsInFor(view, 'low') || standsInFor(view, 'high')) &&
  view.sightings.every(({ observer }) => observer.instanceId === null);

/** What leaves an interface was sent by its own end; what enters it is for its own end. */
const endByDirection = ({ flowDirection, sender }: Sighting): End | null => {
  if (flowDirection === null) return null;
  return flowDirection === 'egress' ? sender : otherEnd(sender);
};

const endByOwnAddress = ({ low, high }: Key, ownAddress: string | null): End | null => {
  if (low.address === high.address) return null;
  return ownAddress === low.address ? 'low' : ownAddress === high.address ? 'high' : null;
};

/** AWS writes an interface's private address, never its public one ("Available fields", srcaddr). */
const endByPrivateAddress = ({ low, high }: Key): End | null => {
  const lowIsPrivate = isPrivateIPv4(low.address);
  if (lowIsPrivate === isPrivateIPv4(high.address)) return null;
  return lowIsPrivate ? 'low' : 'high';
};

/** Beside a gateway that stands in for one end, an interface that shows true addresses belongs to the other. */
const endBesideGateways = (gateways: List<View>): End | null => {
  const low = gateways.some((gateway) => standsInFor(gateway, 'low'));
  const high = gateways.some((gateway) => standsInFor(gateway, 'high'));
  return low === high ? null : low ? 'high' : 'low';
};

const endOf = (view: View, gateways: List<View>, ownAddress: string | null): End | null => {
  const told = view.sightings.map(endByDirection).find((end) => end !== null);
  if (told !== undefined) return told;
  const key = view.sightings.first()?.key;
  if (key === undefined) return null;
  const own = endByOwnAddress(key, ownAddress);
  if (own !== null) return own;
  return gateways.isEmpty() ? endByPrivateAddress(key) : endBesideGateways(gateways);
};

/**
 * @param views all views of the connection
 * @param ownAddress the vantage's own address, if all its records agree on one
 */
export const roleOf = (
  view: View,
  views: List<View>,
  initiator: End,
  ownAddress: string | null,
): VantageRole => {
  if (isGateway(view)) return 'gateway';
  const end = endOf(view, views.filter(isGateway), ownAddress);
  if (end === null) return 'unknown';
  return end === initiator ? 'initiator' : 'responder';
};
