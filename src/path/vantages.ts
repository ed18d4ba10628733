/**
 * Many views of one connection: what each vantage saw, which of them speaks for it, and the way the packets
 * took. Counts are kept per vantage and never added up across them: the same packets pass every interface.
 */
import type { Direction, KeyRecord } from '../correlate/key-records.ts';
import type { Observer, Observers } from '../correlate/observers.ts';
import { countWindows } from '../correlate/windows.ts';
import type { Vantage, VantageRole } from '../model/connection.ts';
import { isPrivateIPv4 } from '../record/address.ts';

/** What deciding about vantages needs to know of the run. */
export interface VantageContext {
  readonly observers: Observers;
  /** The interface's own address as a number, when all its records agree on one. */
  readonly ownAddress: (vantage: number) => { readonly address: number; readonly isV6: boolean } | null;
  /** The text of an address number. */
  readonly addressText: (address: number, isV6: boolean) => string;
  /** The two ends of the key, low and high. */
  readonly addresses: readonly [number, number];
  readonly isV6: boolean;
}

/** What one vantage saw. */
export interface View {
  readonly vantage: number;
  readonly records: readonly KeyRecord[];
  /** Packets and bytes by direction; null when a record carries none. */
  readonly packets: [number | null, number | null];
  readonly bytes: [number | null, number | null];
  readonly sees: [boolean, boolean];
  /** It shows another address than the packet's somewhere. */
  rewrites: boolean;
  role: VantageRole;
}

const plus = (sum: number | null, value: number | null): number | null =>
  sum === null || value === null ? null : sum + value;

const viewOf = (vantage: number, records: readonly KeyRecord[]): View => {
  const view: View = {
    vantage,
    records,
    packets: [0, 0],
    bytes: [0, 0],
    sees: [false, false],
    rewrites: false,
    role: 'unknown',
  };
  let hasPackets = false;
  let hasBytes = false;
  for (const record of records) {
    view.packets[record.direction] = plus(view.packets[record.direction], record.packets);
    view.bytes[record.direction] = plus(view.bytes[record.direction], record.bytes);
    view.sees[record.direction] = true;
    hasPackets ||= record.packets !== null;
    hasBytes ||= record.bytes !== null;
    if (record.srcRewritten || record.dstRewritten) view.rewrites = true;
  }
  // A format without counts says nothing of the direction that was not seen either.
  if (!hasPackets) view.packets[0] = view.packets[1] = null;
  if (!hasBytes) view.bytes[0] = view.bytes[1] = null;
  return view;
};

const viewsOf = (records: readonly KeyRecord[]): View[] => {
  const first = (records[0] as KeyRecord).vantage;
  if (records.every((record) => record.vantage === first)) return [viewOf(first, records)];
  const groups = new Map<number, KeyRecord[]>();
  for (const record of records) {
    const group = groups.get(record.vantage);
    if (group === undefined) groups.set(record.vantage, [record]);
    else group.push(record);
  }
  return [...groups].map(([vantage, members]) => viewOf(vantage, members));
};

/** Which ends a vantage shows through its own address: [low, high]. */
const standsInFor = (view: View): readonly [boolean, boolean] => {
  const ends: [boolean, boolean] = [false, false];
  for (const record of view.records) {
    if (record.srcRewritten) ends[record.direction] = true;
    if (record.dstRewritten) ends[record.direction === 0 ? 1 : 0] = true;
  }
  return ends;
};

const isGateway = (view: View, context: VantageContext): boolean => {
  const [low, high] = standsInFor(view);
  if (!low && !high) return false;
  // An instance that shows another address than its own has pods or secondary addresses behind it.
  return view.records.every((record) => context.observers.read(record.observer).instanceId === null);
};

const endOfOwnAddress = (vantage: number, context: VantageContext): Direction | null => {
  const [low, high] = context.addresses;
  const own = context.ownAddress(vantage);
  if (own === null || own.isV6 !== context.isV6 || low === high) return null;
  return own.address === low ? 0 : own.address === high ? 1 : null;
};

/**
 * At which end an interface stands that shows true addresses; null when nothing tells.
 * @param vantage its number
 */
const endOfHost = (vantage: number, context: VantageContext): Direction | null => {
  const own = endOfOwnAddress(vantage, context);
  if (own !== null) return own;
  const [low, high] = context.addresses;
  // AWS writes an interface's private address, never its public one ("Available fields", srcaddr).
  if (context.isV6) return null;
  const lowIsPrivate = isPrivateIPv4(low);
  if (lowIsPrivate === isPrivateIPv4(high)) return null;
  return lowIsPrivate ? 0 : 1;
};

/** At which end, by flow-direction: what leaves an interface was sent by its own end. */
export const endByDirection = (flowDirection: number, direction: Direction): Direction | null => {
  if (flowDirection === 2) return direction;
  return flowDirection === 1 ? (direction === 0 ? 1 : 0) : null;
};

/** The gateways among the views of a connection, and where an interface beside them stands that nothing else tells of. */
interface Gateways {
  readonly views: ReadonlySet<View>;
  readonly endBeside: Direction | null;
}

const NO_GATEWAYS: Gateways = { views: new Set(), endBeside: null };

const gatewaysOf = (views: readonly View[], context: VantageContext): Gateways => {
  if (!views.some(({ rewrites }) => rewrites)) return NO_GATEWAYS;
  const gateways = views.filter((view) => isGateway(view, context));
  // Beside a gateway that stands in for one end, an interface that shows true addresses belongs to the other.
  const foreign = gateways.map(standsInFor);
  const low = foreign.some((ends) => ends[0]);
  const high = foreign.some((ends) => ends[1]);
  return { views: new Set(gateways), endBeside: low === high ? null : low ? 1 : 0 };
};

const endOf = (view: View, gateways: Gateways, context: VantageContext): Direction | null => {
  for (const record of view.records) {
    const end = endByDirection(record.flowDirection, record.direction);
    if (end !== null) return end;
  }
  if (gateways.views.size === 0) return endOfHost(view.vantage, context);
  return endOfOwnAddress(view.vantage, context) ?? gateways.endBeside;
};

const roleOf = (
  view: View,
  initiator: Direction,
  gateways: Gateways,
  context: VantageContext,
): VantageRole => {
  if (gateways.views.has(view)) return 'gateway';
  const end = endOf(view, gateways, context);
  if (end === null) return 'unknown';
  return end === initiator ? 'initiator' : 'responder';
};

const total = (view: View): number => (view.packets[0] ?? 0) + (view.packets[1] ?? 0);

/** What paths call an observer. */
export const nameOfObserver = ({ interfaceId, resourceId }: Observer): string =>
  interfaceId ?? resourceId ?? '';

const nameOf = (view: View, observers: Observers): string =>
  nameOfObserver(observers.read((view.records[0] as KeyRecord).observer));

/**
 * The rule for the primary vantage: one that saw both directions before one that saw one, then the one with
 * most packets, then the first by name.
 */
const byRank =
  (observers: Observers) =>
  (a: View, b: View): number =>
    Number(b.sees[0] && b.sees[1]) - Number(a.sees[0] && a.sees[1]) ||
    total(b) - total(a) ||
    (nameOf(a, observers) < nameOf(b, observers) ? -1 : 1);

/** The identifiers of a view; a later observer fills in what an earlier one's format lacks. */
export const identify = (view: View, observers: Observers): Observer => {
  const first = (view.records[0] as KeyRecord).observer;
  if (view.records.every((record) => record.observer === first)) return observers.read(first);
  const ids = [...new Set(view.records.map((record) => record.observer))]
    .sort((a, b) => observers.compare(b, a))
    .map((id) => observers.read(id));
  const pick = (name: 'interfaceId' | 'resourceId' | 'vpcId' | 'subnetId' | 'instanceId' | 'accountId') =>
    ids.find((observer) => observer[name] !== null)?.[name] ?? null;
  return {
    interfaceId: pick('interfaceId'),
    resourceId: pick('resourceId'),
    vpcId: pick('vpcId'),
    subnetId: pick('subnetId'),
    instanceId: pick('instanceId'),
    accountId: pick('accountId'),
  };
};

const timesOf = (records: readonly KeyRecord[]): { first: number | null; last: number | null } => {
  let first: number | null = null;
  let last: number | null = null;
  for (const { start, end } of records) {
    if (start !== null && (first === null || start < first)) first = start;
    if (end !== null && (last === null || end > last)) last = end;
  }
  return { first, last };
};

/** A view in the words of the output. */
const describeView = (view: View, initiator: Direction, context: VantageContext): Vantage => {
  const responder: Direction = initiator === 0 ? 1 : 0;
  const own = view.rewrites
    ? view.records.find((record) => record.srcRewritten || record.dstRewritten)
    : undefined;
  const { first, last } = timesOf(view.records);
  const ids = identify(view, context.observers);
  return {
    interfaceId: ids.interfaceId,
    resourceId: ids.resourceId,
    vpcId: ids.vpcId,
    subnetId: ids.subnetId,
    instanceId: ids.instanceId,
    accountId: ids.accountId,
    role: view.role,
    rewrites: own === undefined ? null : context.addressText(own.own, own.ownIsV6),
    records: view.records.length,
    windows: countWindows(view.records),
    firstSeen: first,
    lastSeen: last,
    initiatorPackets: view.packets[initiator],
    initiatorBytes: view.bytes[initiator],
    responderPackets: view.packets[responder],
    responderBytes: view.bytes[responder],
    sees: seenBy(view, initiator),
  };
};

const seenBy = (view: View, initiator: Direction): Vantage['sees'] =>
  view.sees[0] && view.sees[1] ? 'both' : view.sees[initiator] ? 'initiator' : 'responder';

/** Along the request: the initiator's interface, gateways that carry it, others, the responder's, gateways of the reply. */
const place = (view: View, initiator: Direction): number => {
  if (view.role === 'initiator') return 0;
  if (view.role === 'gateway') return seenBy(view, initiator) === 'responder' ? 4 : 1;
  return view.role === 'responder' ? 3 : 2;
};

/** An interface with its role, as paths name it. */
export const labelOf = (name: string, role: VantageRole, sees: Vantage['sees']): string => {
  if (role === 'unknown') return name;
  if (role !== 'gateway' || sees === 'both') return `${name} (${role})`;
  return `${name} (gateway, ${sees === 'initiator' ? 'request' : 'reply'})`;
};

/** All views of one connection, each with its role. */
export interface Survey {
  readonly initiator: Direction;
  /** By rank: the first is the primary vantage. */
  readonly ranked: readonly View[];
  /** Along the path. */
  readonly way: readonly View[];
}

/** Puts the views of one connection together. */
export const surveyVantages = (
  records: readonly KeyRecord[],
  initiator: Direction,
  context: VantageContext,
): Survey => {
  const ranked = viewsOf(records);
  if (ranked.length > 1) ranked.sort(byRank(context.observers));
  const gateways = gatewaysOf(ranked, context);
  for (const view of ranked) view.role = roleOf(view, initiator, gateways, context);
  if (ranked.length === 1) return { initiator, ranked, way: ranked };
  const { observers } = context;
  const way = [...ranked].sort(
    (a, b) =>
      place(a, initiator) - place(b, initiator) || (nameOf(a, observers) < nameOf(b, observers) ? -1 : 1),
  );
  return { initiator, ranked, way };
};

/** Which view's counts speak for a direction: the primary's, or where it never saw that direction, the best that did. */
export const counterOf = (survey: Survey, direction: Direction): View =>
  survey.ranked.find((view) => view.sees[direction]) ?? (survey.ranked[0] as View);

/** Interfaces along the way as text; null when the format names none. */
export const pathOf = ({ way, initiator }: Survey, observers: Observers): string | null => {
  const path = way
    .filter((view) => nameOf(view, observers) !== '')
    .map((view) => labelOf(nameOf(view, observers), view.role, seenBy(view, initiator)))
    .join(' > ');
  return path === '' ? null : path;
};

/** The vantages in the words of the output: the primary first, then along the path. */
export const describeVantages = (survey: Survey, context: VantageContext): Vantage[] => {
  const primary = survey.ranked[0] as View;
  return [primary, ...survey.way.filter((view) => view !== primary)].map((view) =>
    describeView(view, survey.initiator, context),
  );
};
