/**
 * Many views of one connection: what each vantage saw, which of them speaks for it, and the way the packets
 * took. Counts are kept per vantage and never added up across them: the same packets pass every interface.
 */
import type { Direction, KeyRecord } from '../correlate/key-records.ts';
import type { Observer, Observers } from '../correlate/observers.ts';
import { countWindows } from '../correlate/windows.ts';
import type { Vantage, VantageRole } from '../model/connection.ts';

/** What deciding about vantages needs to know of the run. */
export interface VantageContext {
  readonly observers: Observers;
  /** The interface's own address as a number, when all its records agree on one. */
  readonly ownAddress: (vantage: number) => number | null;
  /** The text of an address number. */
  readonly addressText: (address: number, isV6: boolean) => string;
  /** The two ends of the key, low and high. */
  readonly addresses: readonly [number, number];
}

interface View {
  readonly vantage: number;
  readonly records: KeyRecord[];
  /** Packets and bytes by direction; null when a record carries none. */
  packets: [number | null, number | null];
  bytes: [number | null, number | null];
  sees: [boolean, boolean];
  /** It shows another address than the packet's somewhere. */
  rewrites: boolean;
}

const plus = (sum: number | null, value: number | null): number | null =>
  sum === null || value === null ? null : sum + value;

const viewsOf = (records: readonly KeyRecord[]): View[] => {
  const views: View[] = [];
  for (const record of records) {
    let view = views.find((candidate) => candidate.vantage === record.vantage);
    if (view === undefined) {
      view = {
        vantage: record.vantage,
        records: [],
        packets: [0, 0],
        bytes: [0, 0],
        sees: [false, false],
        rewrites: false,
      };
      views.push(view);
    }
    view.records.push(record);
    view.packets[record.direction] = plus(view.packets[record.direction], record.packets);
    view.bytes[record.direction] = plus(view.bytes[record.direction], record.bytes);
    view.sees[record.direction] = true;
    if (record.srcRewritten || record.dstRewritten) view.rewrites = true;
  }
  for (const view of views) {
    // A format without counts says nothing of the direction that was not seen either.
    if (view.records.every((record) => record.packets === null)) view.packets = [null, null];
    if (view.records.every((record) => record.bytes === null)) view.bytes = [null, null];
  }
  return views;
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

const roleOf = (
  view: View,
  initiator: Direction,
  gateways: readonly View[],
  context: VantageContext,
): VantageRole => {
  if (gateways.includes(view)) return 'gateway';
  const side = (end: Direction): VantageRole => (end === initiator ? 'initiator' : 'responder');
  for (const record of view.records) {
    if (record.flowDirection === 2) return side(record.direction);
    if (record.flowDirection === 1) return side(record.direction === 0 ? 1 : 0);
  }
  const own = context.ownAddress(view.vantage);
  if (own !== null && context.addresses[0] !== context.addresses[1]) {
    if (own === context.addresses[0]) return side(0);
    if (own === context.addresses[1]) return side(1);
  }
  // Beside a gateway that stands in for one end, an interface that shows true addresses belongs to the other.
  const foreign = gateways.map(standsInFor);
  const low = foreign.some((ends) => ends[0]);
  const high = foreign.some((ends) => ends[1]);
  if (low !== high) return side(low ? 1 : 0);
  return 'unknown';
};

const total = (view: View): number => (view.packets[0] ?? 0) + (view.packets[1] ?? 0);

const nameOf = (view: View, observers: Observers): string => {
  const first = view.records[0] as KeyRecord;
  const observer = observers.read(first.observer);
  return observer.interfaceId ?? observer.resourceId ?? '';
};

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

/** Headline counts of one direction. */
export interface Counts {
  readonly packets: number | null;
  readonly bytes: number | null;
}

export interface VantageSummary {
  readonly vantages: readonly Vantage[];
  /** Windows at the primary vantage. */
  readonly windows: number;
  readonly initiator: Counts;
  readonly responder: Counts;
  readonly path: string | null;
}

/** The identifiers of a view; a later observer fills in what an earlier one's format lacks. */
const identify = (view: View, observers: Observers): Observer => {
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

const describeView = (
  view: View,
  initiator: Direction,
  role: VantageRole,
  context: VantageContext,
): Vantage => {
  const responder: Direction = initiator === 0 ? 1 : 0;
  const own = view.rewrites
    ? view.records.find((record) => record.srcRewritten || record.dstRewritten)
    : undefined;
  let firstSeen: number | null = null;
  let lastSeen: number | null = null;
  for (const { start, end } of view.records) {
    if (start !== null && (firstSeen === null || start < firstSeen)) firstSeen = start;
    if (end !== null && (lastSeen === null || end > lastSeen)) lastSeen = end;
  }
  const ids = identify(view, context.observers);
  return {
    interfaceId: ids.interfaceId,
    resourceId: ids.resourceId,
    vpcId: ids.vpcId,
    subnetId: ids.subnetId,
    instanceId: ids.instanceId,
    accountId: ids.accountId,
    role,
    rewrites: own === undefined ? null : context.addressText(own.own, own.ownIsV6),
    records: view.records.length,
    windows: countWindows(view.records),
    firstSeen,
    lastSeen,
    initiatorPackets: view.packets[initiator],
    initiatorBytes: view.bytes[initiator],
    responderPackets: view.packets[responder],
    responderBytes: view.bytes[responder],
    sees: view.sees[0] && view.sees[1] ? 'both' : view.sees[initiator] ? 'initiator' : 'responder',
  };
};

/** Along the request: the initiator's interface, gateways that carry it, others, the responder's, gateways of the reply. */
const place = (vantage: Vantage): number => {
  if (vantage.role === 'initiator') return 0;
  if (vantage.role === 'gateway') return vantage.sees === 'responder' ? 4 : 1;
  return vantage.role === 'responder' ? 3 : 2;
};

const idOf = (vantage: Vantage): string => vantage.interfaceId ?? vantage.resourceId ?? '';

const labelOf = (vantage: Vantage): string => {
  const words: string[] = vantage.role === 'unknown' ? [] : [vantage.role];
  if (vantage.role === 'gateway' && vantage.sees !== 'both') {
    words.push(vantage.sees === 'initiator' ? 'request' : 'reply');
  }
  return words.length === 0 ? idOf(vantage) : `${idOf(vantage)} (${words.join(', ')})`;
};

const alongThePath = (a: Vantage, b: Vantage): number => place(a) - place(b) || (idOf(a) < idOf(b) ? -1 : 1);

/** Counts of one direction: the primary's, or where it never saw that direction, the best view that did. */
const countsOf = (ranked: readonly View[], direction: Direction): Counts => {
  const view = ranked.find((candidate) => candidate.sees[direction]) ?? (ranked[0] as View);
  return { packets: view.packets[direction], bytes: view.bytes[direction] };
};

/** Puts the views of one connection together. */
export const summarizeVantages = (
  records: readonly KeyRecord[],
  initiator: Direction,
  context: VantageContext,
): VantageSummary => {
  const ranked = viewsOf(records);
  if (ranked.length > 1) ranked.sort(byRank(context.observers));
  const gateways = ranked.some(({ rewrites }) => rewrites)
    ? ranked.filter((view) => isGateway(view, context))
    : [];
  const described = ranked.map((view) =>
    describeView(view, initiator, roleOf(view, initiator, gateways, context), context),
  );
  const primary = described[0] as Vantage;
  const way = described.length === 1 ? described : [...described].sort(alongThePath);
  const path = way
    .filter((vantage) => idOf(vantage) !== '')
    .map(labelOf)
    .join(' > ');
  return {
    vantages: [primary, ...way.filter((vantage) => vantage !== primary)],
    windows: primary.windows,
    initiator: countsOf(ranked, initiator),
    responder: countsOf(ranked, initiator === 0 ? 1 : 0),
    path: path === '' ? null : path,
  };
};
