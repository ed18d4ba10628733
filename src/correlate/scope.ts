/**
 * Equal private addresses of unrelated networks must not become one connection. Records of a key are parted
 * into groups by scope; the default joins what one VPC saw, and two VPCs only when each sees the other end
 * through a gateway (the transit gateway case) or when the addresses themselves are unique in the world.
 */
import type { Interner } from '../record/interner.ts';
import type { KeyRecord } from './key-records.ts';
import type { Observer, Observers } from './observers.ts';

export const SCOPES = ['auto', 'interface', 'vpc', 'account', 'all'] as const;
/** How far apart equal 5-tuples are kept. */
export type Scope = (typeof SCOPES)[number];

export interface ScopeGroup {
  /** Names the group in the connection's uid: by what its own records say, not by what others taught. */
  readonly name: string;
  readonly records: KeyRecord[];
}

/** Which VPC an interface is in, learned from all records of the run: formats without vpc-id profit. */
export class VpcOfVantage {
  readonly #strings: Interner;
  /** By vantage: its VPC as interned, 0 for none. */
  readonly #vpcs: Uint32Array;

  /** @param taught VPCs of vantages that are known from before, both as interned */
  constructor(observers: Observers, taught: Iterable<readonly [vantage: number, vpc: number]> = []) {
    const { strings } = observers;
    this.#strings = strings;
    this.#vpcs = new Uint32Array(strings.size);
    for (const [vantage, vpc] of taught) this.#vpcs[vantage] = vpc;
    for (let id = 0; id < observers.size; id++) {
      const vpc = observers.vpcOf(id);
      const vantage = observers.vantageOf(id);
      if (vpc === 0 || vantage === 0) continue;
      const known = this.#vpcs[vantage] as number;
      // An interface never changes its VPC; should a log say otherwise, the choice must not depend on order.
      if (known === 0 || (known !== vpc && strings.text(vpc) < strings.text(known)))
        this.#vpcs[vantage] = vpc;
    }
  }

  of(observer: Observer, vantage: number): string | null {
    return observer.vpcId ?? this.at(vantage);
  }

  /** The VPC of a vantage, or null. */
  at(vantage: number): string | null {
    const vpc = this.idAt(vantage);
    return vpc === 0 ? null : this.#strings.text(vpc);
  }

  /** The same as interned; 0 for none. */
  idAt(vantage: number): number {
    return this.#vpcs[vantage] ?? 0;
  }
}

/** What an observer calls the network that its records belong to, in the terms of a scope. */
export const scopeName = (scope: Scope, observer: Observer, vpc: string | null): string => {
  switch (scope) {
    case 'interface':
      return observer.interfaceId ?? observer.resourceId ?? '-';
    case 'account':
      return observer.accountId ?? '-';
    case 'all':
      return '*';
    default:
      return vpc ?? `account:${observer.accountId ?? '-'}`;
  }
};

/** The ends that a record shows through a gateway, which is no instance: the low end 1, the high end 2. */
const foreignEnds = (record: KeyRecord, observer: Observer): number => {
  if (observer.instanceId !== null) return 0; // an instance: pods or secondary addresses
  return (
    (record.srcRewritten ? 1 << record.direction : 0) |
    (record.dstRewritten ? 1 << (1 - record.direction) : 0)
  );
};

/** A network that records of a key belong to. */
export interface Network {
  /** What it is called by what the run has learned. */
  readonly name: string;
  /** What its own records call it. */
  readonly own: string;
  /** The ends that it sees through a gateway: the low end 1, the high end 2. */
  readonly foreign: number;
}

/** Networks, by their places in a list, that may be of one connection, and the name of all together. */
export interface JoinedNetworks {
  readonly name: string;
  readonly members: readonly number[];
}

/** Whether a network is called by its VPC. */
export const isVpc = (name: string): boolean => !name.startsWith('account:');

interface Group {
  readonly name: string;
  readonly members: number[];
}

const allOf = (groups: readonly Group[]): readonly number[] => groups.flatMap(({ members }) => members);

/** Groups are in the order of their names. */
const joinGateways = (groups: readonly Group[], networks: readonly Network[]): (readonly number[])[] => {
  const vpcs = groups.filter((group) => isVpc(group.name));
  const rest = groups.filter((group) => !isVpc(group.name));
  const seen = vpcs.map(({ members }) =>
    members.reduce((ends, i) => ends | (networks[i] as Network).foreign, 0),
  );
  const joins = seen.some((ends) => (ends & 1) !== 0) && seen.some((ends) => (ends & 2) !== 0);
  const isJoined = vpcs.map((_, i) => joins && seen[i] !== 0);
  const result = vpcs.filter((_, i) => isJoined[i] !== true).map(({ members }): readonly number[] => members);
  if (joins) result.push(allOf(vpcs.filter((_, i) => isJoined[i] === true)));
  // Interfaces whose VPC nobody names: theirs is the one VPC that also saw the key, if there is only one.
  const [only] = result;
  if (only !== undefined && result.length === 1) return [[...only, ...allOf(rest)]];
  return [...result, ...rest.map(({ members }) => members)];
};

const joinGroups = (
  groups: readonly Group[],
  networks: readonly Network[],
  scope: Scope,
  areUnique: boolean,
): readonly (readonly number[])[] => {
  if (scope !== 'auto' || groups.length === 1) return groups.map(({ members }) => members);
  return areUnique ? [allOf(groups)] : joinGateways(groups, networks);
};

/**
 * Which networks that saw one key saw the same connections.
 * @param areUnique both ends have globally unique addresses (IPv6 global unicast): no two networks share them
 */
export const joinNetworks = (
  networks: readonly Network[],
  scope: Scope,
  areUnique: boolean,
): readonly JoinedNetworks[] => {
  const groups = new Map<string, number[]>();
  for (const [i, { name }] of networks.entries()) {
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [i]);
    else members.push(i);
  }
  const sorted = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]): Group => ({ name, members }));
  return joinGroups(sorted, networks, scope, areUnique).map((members) => ({
    name: nameTogether(members.map((i) => (networks[i] as Network).own)),
    members,
  }));
};

const nameTogether = (names: readonly string[]): string => {
  const different = [...new Set(names)];
  const vpcs = different.filter(isVpc);
  return (vpcs.length > 0 ? vpcs : different).sort().join('+');
};

/**
 * Parts the records of one key into groups that may belong together; order within a group is kept.
 * @param vpcs what the run has learned about interfaces
 * @param areUnique both ends have globally unique addresses (IPv6 global unicast): no two networks share them
 */
export const partByScope = (
  records: readonly KeyRecord[],
  scope: Scope,
  observers: Observers,
  vpcs: VpcOfVantage,
  areUnique: boolean,
): readonly ScopeGroup[] => {
  const first = records[0];
  if (first === undefined) return [];
  const own = (observer: Observer): string => scopeName(scope, observer, observer.vpcId);
  if (records.every((record) => record.observer === first.observer)) {
    return [{ name: own(observers.read(first.observer)), records: records as KeyRecord[] }];
  }
  /** The place of each observer's network. */
  const places = new Map<number, number>();
  const networks: { name: string; own: string; foreign: number }[] = [];
  for (const record of records) {
    const observer = observers.read(record.observer);
    let place = places.get(record.observer);
    if (place === undefined) {
      place = networks.length;
      places.set(record.observer, place);
      const name = scopeName(scope, observer, vpcs.of(observer, record.vantage));
      networks.push({ name, own: own(observer), foreign: 0 });
    }
    (networks[place] as { foreign: number }).foreign |= foreignEnds(record, observer);
  }
  const joined = joinNetworks(networks, scope, areUnique);
  if (joined.length === 1) return joined.map(({ name }) => ({ name, records: records as KeyRecord[] }));
  const groups = joined.map(({ name }) => ({ name, records: [] as KeyRecord[] }));
  /** By the place of a network: the records of its group. */
  const filedIn: KeyRecord[][] = [];
  for (const [i, { members }] of joined.entries())
    for (const place of members) filedIn[place] = (groups[i] as { records: KeyRecord[] }).records;
  for (const record of records) filedIn[places.get(record.observer) as number]?.push(record);
  return groups;
};
