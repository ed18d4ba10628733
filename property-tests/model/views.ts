/**
 * A view is what one vantage saw of a connection. Counts are kept by view and never added up across views: the same
 * packets pass every interface on the way.
 */
import { List } from 'immutable';
import type { Vantage } from '../../src/model/connection.ts';
import type { End } from './ends.ts';
import { compareObservers, compareText, Observer } from './observer.ts';
import { ownAddress, type Sighting, standsFor, vantage } from './sighting.ts';

export interface View {
  readonly vantage: string;
  /** In order. */
  readonly sightings: List<Sighting>;
}

export const viewsOf = (sightings: List<Sighting>): List<View> =>
  List(
    sightings
      .groupBy(vantage)
      .map((seen, name): View => ({ vantage: name, sightings: List(seen) }))
      .values(),
  );

export const sees = ({ sightings }: View, end: End): boolean =>
  sightings.some(({ sender }) => sender === end);

export const whatItSees = (view: View, initiator: End): Vantage['sees'] => {
  if (sees(view, 'low') && sees(view, 'high')) return 'both';
  return sees(view, initiator) ? 'initiator' : 'responder';
};

/**
 * Packets or bytes that one end sent. Null when a record of it carries none; a format without counts says nothing of
 * the direction that was not seen either, any other says zero.
 */
export const countOf = ({ sightings }: View, end: End, what: 'packets' | 'bytes'): number | null => {
  if (sightings.every((sighting) => sighting[what] === null)) return null;
  return sightings
    .filter(({ sender }) => sender === end)
    .reduce<number | null>((sum, sighting) => {
      const count = sighting[what];
      return sum === null || count === null ? null : sum + count;
    }, 0);
};

const allPackets = (view: View): number =>
  (countOf(view, 'low', 'packets') ?? 0) + (countOf(view, 'high', 'packets') ?? 0);

const seesBoth = (view: View): number => Number(sees(view, 'low') && sees(view, 'high'));

/** Who speaks for the connection: who saw both directions, then who saw most packets, then the first by name. */
export const byRank = (views: List<View>): List<View> =>
  List(
    views.sort(
      (a, b) =>
        seesBoth(b) - seesBoth(a) || allPackets(b) - allPackets(a) || compareText(a.vantage, b.vantage),
    ),
  );

/** The best view of a direction: the primary's or, where that never saw it, the next that did. */
export const bestViewOf = (ranked: List<View>, end: End): View | undefined =>
  ranked.find((view) => sees(view, end)) ?? ranked.first();

const completedBy = (known: Observer, other: Observer): Observer =>
  Observer({
    interfaceId: known.interfaceId ?? other.interfaceId,
    resourceId: known.resourceId ?? other.resourceId,
    vpcId: known.vpcId ?? other.vpcId,
    subnetId: known.subnetId ?? other.subnetId,
    instanceId: known.instanceId ?? other.instanceId,
    accountId: known.accountId ?? other.accountId,
  });

/** What the records call their writer; where formats differ, one fills in what another lacks. */
export const identify = ({ sightings }: View): Observer =>
  sightings
    .map(({ observer }) => observer)
    .sort((a, b) => compareObservers(b, a))
    .reduce(completedBy, Observer());

/** Whether a view shows an end through another address than the packet's. */
export const standsInFor = ({ sightings }: View, end: End): boolean =>
  sightings.some((sighting) => standsFor(sighting, end) !== null);

/** The interface's own address, from the first record that shows one in place of the packet's. */
export const rewritesOf = ({ sightings }: View): string | null =>
  sightings.map(ownAddress).find((address) => address !== null) ?? null;

/** Packets that a transit gateway lost, by reason; null where a view tells of none. */
export const lossesOf = ({ sightings }: View): List<number> | null =>
  sightings
    .map(({ lost }) => lost)
    .filter((lost) => lost !== null)
    .reduce<List<number> | null>(
      (sum, lost) => (sum === null ? lost : sum.zip(lost).map(([one, other]) => one + other)),
      null,
    );
