/**
 * Address-level paths: what can still be said when a format has no ports or no protocol. Legs that share
 * packet addresses are put together; an interface that shows its own address where the packet has another
 * stands between. No connection is made of this, and nothing is invented.
 */
import type { AddressLeg, AddressPath } from '../model/report.ts';

/** The fields that a connection needs beyond the addresses. */
const NEEDED = [
  'srcport',
  'dstport',
  'protocol',
  'start',
  'end',
  'packets',
  'bytes',
  'tcp-flags',
  'action',
] as const;

const from = (leg: AddressLeg): string => leg.pktSrcAddr ?? leg.srcAddr;
const to = (leg: AddressLeg): string => leg.pktDstAddr ?? leg.dstAddr;

interface Gateway {
  readonly vantage: string | null;
  readonly address: string;
  /** The two hosts whose packets it hands on. */
  readonly near: string;
  readonly far: string;
  /** Packets leave under its own address. */
  readonly translates: boolean;
}

/** Legs by the two addresses of their packets, in the order they were given. */
class LegsByEnds {
  readonly #legs = new Map<string, Map<string, AddressLeg[]>>();

  constructor(legs: readonly AddressLeg[]) {
    for (const leg of legs) {
      const byTo = this.#legs.get(from(leg)) ?? new Map<string, AddressLeg[]>();
      this.#legs.set(from(leg), byTo);
      const alike = byTo.get(to(leg));
      if (alike === undefined) byTo.set(to(leg), [leg]);
      else alike.push(leg);
    }
  }

  of(a: string, b: string): readonly AddressLeg[] {
    return this.#legs.get(a)?.get(b) ?? [];
  }
}

/** A leg whose destination is the gateway's own address although the packet goes on to another. */
const gatewayOf = (leg: AddressLeg, legs: LegsByEnds): Gateway | undefined => {
  if (leg.instanceId !== null || leg.dstAddr === to(leg)) return undefined;
  const near = from(leg);
  const far = to(leg);
  const address = leg.dstAddr;
  const translates = legs
    .of(address, far)
    .some((next) => next.vantage === leg.vantage && next.srcAddr === address);
  return { vantage: leg.vantage, address, near, far, translates };
};

/** What tells connections between two addresses apart. */
const KEY_FIELDS = ['srcport', 'dstport', 'protocol'] as const;

/** What a format lacks; of one that has all that tells connections apart, what its records hold nothing in. */
const missingOf = (fields: readonly string[], lacked: ReadonlySet<string>): string[] => {
  const inRecords = KEY_FIELDS.filter((name) => lacked.has(name));
  const isInFormat = KEY_FIELDS.every((name) => fields.includes(name));
  return isInFormat && inRecords.length > 0 ? inRecords : NEEDED.filter((name) => !fields.includes(name));
};

/**
 * Legs in the order in which a packet passes them.
 * @param way the addresses it passes
 * @param hostIsFirst whether the host whose interface shows the whole way stands at its beginning
 */
const along = (legs: readonly AddressLeg[], way: readonly string[], hostIsFirst: boolean): AddressLeg[] => {
  const gateway = way[1];
  const rank = (leg: AddressLeg): number => {
    const isHosts = leg.srcAddr !== gateway && leg.dstAddr !== gateway;
    if (isHosts) return hostIsFirst ? -1 : way.length;
    return way.indexOf(leg.srcAddr);
  };
  return [...legs].sort((a, b) => rank(a) - rank(b) || ((a.vantage ?? '') < (b.vantage ?? '') ? -1 : 1));
};

/**
 * Paths from legs.
 * @param legs distinct legs, in a stable order
 * @param fields AWS names of all fields that the formats of these legs have
 * @param lacked those of them that some of the records hold nothing in
 */
export const findAddressPaths = (
  legs: readonly AddressLeg[],
  fields: readonly string[],
  lacked: ReadonlySet<string> = new Set(),
): AddressPath[] => {
  const missingFields = missingOf(fields, lacked);
  const byEnds = new LegsByEnds(legs);
  const placeOf = new Map(legs.map((leg, i) => [leg, i] as const));
  const between = (...pairs: readonly (readonly [string, string])[]): AddressLeg[] =>
    [...new Set(pairs.flatMap(([a, b]) => byEnds.of(a, b)))].sort(
      (a, b) => (placeOf.get(a) as number) - (placeOf.get(b) as number),
    );
  const gateways = legs.map((leg) => gatewayOf(leg, byEnds)).filter((gateway) => gateway !== undefined);
  const used = new Set<AddressLeg>();
  const paths: AddressPath[] = [];
  const seen = new Set<string>();
  for (const gateway of gateways) {
    const { near, far, address } = gateway;
    const name = JSON.stringify([gateway.vantage, address, [near, far].sort()]);
    if (seen.has(name)) continue;
    seen.add(name);
    const forward = between([near, far], [near, address], [address, far]);
    const back = between([far, near], [far, address], [address, near]);
    for (const leg of [...forward, ...back]) used.add(leg);
    paths.push({
      hops: [
        { address: near, kind: 'host' },
        { address, kind: gateway.translates ? 'nat-gateway' : 'gateway' },
        { address: far, kind: 'host' },
      ],
      forward: along(forward, [near, address, far], true),
      back: along(back, [far, address, near], false),
      missingFields,
    });
  }
  for (const leg of legs) {
    // Legs of the same two ends are used all together, here and above, so none of these is.
    if (used.has(leg)) continue;
    const forward = between([from(leg), to(leg)]);
    const back = between([to(leg), from(leg)]);
    for (const member of [...forward, ...back]) used.add(member);
    paths.push({
      hops: [
        { address: from(leg), kind: 'host' },
        { address: to(leg), kind: 'host' },
      ],
      forward,
      back: from(leg) === to(leg) ? [] : back,
      missingFields,
    });
  }
  return paths;
};

/** Two equal legs; of records with and without packet addresses those with them tell more. */
const together = (one: AddressLeg, other: AddressLeg): AddressLeg => ({
  ...one,
  pktSrcAddr: one.pktSrcAddr ?? other.pktSrcAddr,
  pktDstAddr: one.pktDstAddr ?? other.pktDstAddr,
  records: one.records + other.records,
});

/** More distinct legs than people can read. */
export const MOST_LEGS = 4096;

/**
 * Distinct legs, each with the number of its records: the first ones by their names, however many there are and in which
 * order they come. Of one that is left out so many come before it that it is never wanted again.
 */
export class AddressLegs {
  readonly #most: number;
  #legs = new Map<string, AddressLeg>();
  /** The last name that is kept, once others have been left out. */
  #last: string | null = null;

  /** @param most distinct legs that are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** Adds a leg, or its records to an equal one. */
  add(leg: AddressLeg): void {
    const name = JSON.stringify([leg.vantage, leg.instanceId, leg.srcAddr, leg.dstAddr, from(leg), to(leg)]);
    if (this.#last !== null && name > this.#last) return;
    const known = this.#legs.get(name);
    this.#legs.set(name, known === undefined ? leg : together(known, leg));
    if (this.#legs.size === this.#most * 2) this.#leaveOut();
  }

  /** In an order that does not depend on arrival. */
  inOrder(): AddressLeg[] {
    this.#leaveOut();
    return [...this.#legs.values()];
  }

  #leaveOut(): void {
    const sorted = [...this.#legs].sort(([a], [b]) => (a < b ? -1 : 1));
    if (sorted.length > this.#most) {
      sorted.length = this.#most;
      this.#last = sorted[this.#most - 1]?.[0] ?? null;
    }
    this.#legs = new Map(sorted);
  }
}
