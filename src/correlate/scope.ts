/**
 * Equal private addresses of unrelated networks must not become one connection. Records of a key are parted
 * into groups by scope; the default joins what one VPC saw, and two VPCs only when each sees the other end
 * through a gateway (the transit gateway case) or when the addresses themselves are unique in the world.
 */
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
  readonly #vpcs = new Map<number, string>();

  /** @param taught VPCs of vantages that are known from before */
  constructor(observers: Observers, taught: Iterable<readonly [vantage: number, vpcId: string]> = []) {
    for (const [vantage, vpcId] of taught) this.#vpcs.set(vantage, vpcId);
    for (let id = 0; id < observers.size; id++) {
      const { vpcId } = observers.read(id);
      const vantage = observers.vantages[id] as number;
      if (vpcId === null || vantage === 0) continue;
      const known = this.#vpcs.get(vantage);
      // An interface never changes its VPC; should a log say otherwise, the choice must not depend on order.
      if (known === undefined || vpcId < known) this.#vpcs.set(vantage, vpcId);
    }
  }

  of(observer: Observer, vantage: number): string | null {
    return observer.vpcId ?? this.#vpcs.get(vantage) ?? null;
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

/** Bit 1: the low end is seen through a gateway here, bit 2: the high end. */
const foreignEnds = (records: readonly KeyRecord[], observers: Observers): number => {
  let ends = 0;
  for (const record of records) {
    if (observers.read(record.observer).instanceId !== null) continue; // an instance: pods or secondary addresses
    if (record.srcRewritten) ends |= 1 << record.direction;
    if (record.dstRewritten) ends |= 1 << (1 - record.direction);
  }
  return ends;
};

const isVpc = (name: string): boolean => !name.startsWith('account:');

type Members = readonly KeyRecord[];

const allOf = (groups: readonly ScopeGroup[]): Members => groups.flatMap((group) => group.records);

/** Groups are in the order of their names. */
const joinGateways = (groups: readonly ScopeGroup[], observers: Observers): Members[] => {
  const vpcs = groups.filter((group) => isVpc(group.name));
  const rest = groups.filter((group) => !isVpc(group.name));
  const seen = vpcs.map((group) => foreignEnds(group.records, observers));
  const lowIsForeign = vpcs.filter((_, i) => ((seen[i] as number) & 1) !== 0);
  const highIsForeign = vpcs.filter((_, i) => ((seen[i] as number) & 2) !== 0);
  const joined = lowIsForeign.length > 0 && highIsForeign.length > 0;
  const members = joined ? vpcs.filter((_, i) => seen[i] !== 0) : [];
  const result = vpcs.filter((group) => !members.includes(group)).map((group): Members => group.records);
  if (members.length > 0) result.push(allOf(members));
  // Interfaces whose VPC nobody names: theirs is the one VPC that also saw the key, if there is only one.
  const [only] = result;
  if (only !== undefined && result.length === 1) return [[...only, ...allOf(rest)]];
  return [...result, ...rest.map((group) => group.records)];
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
  if (records.every((record) => record.observer === first.observer)) {
    const observer = observers.read(first.observer);
    return [{ name: scopeName(scope, observer, observer.vpcId), records: records as KeyRecord[] }];
  }
  const groups = new Map<string, KeyRecord[]>();
  for (const record of records) {
    const observer = observers.read(record.observer);
    const group = scopeName(scope, observer, vpcs.of(observer, record.vantage));
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [record]);
    else members.push(record);
  }
  const sorted = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) => ({ name, records: members }));
  return joinGroups(sorted, scope, observers, areUnique).map((group) => {
    const name = nameByRecords(group, scope, observers);
    if (group.length === records.length) return { name, records: records as KeyRecord[] };
    const members = new Set(group);
    return { name, records: records.filter((record) => members.has(record)) };
  });
};

const joinGroups = (
  groups: readonly ScopeGroup[],
  scope: Scope,
  observers: Observers,
  areUnique: boolean,
): readonly Members[] => {
  if (scope !== 'auto' || groups.length === 1) return groups.map((group) => group.records);
  if (areUnique) return [allOf(groups)];
  return joinGateways(groups, observers);
};

const nameByRecords = (records: Members, scope: Scope, observers: Observers): string => {
  const names = new Set(
    records.map(({ observer }) => {
      const read = observers.read(observer);
      return scopeName(scope, read, read.vpcId);
    }),
  );
  const vpcs = [...names].filter(isVpc);
  return (vpcs.length > 0 ? vpcs : [...names]).sort().join('+');
};
