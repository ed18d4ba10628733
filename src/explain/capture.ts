/**
 * What is held of a connection when the engine has judged it: the judgement, and copies of everything it was made
 * from. The engine reads its records anew with the next key, so nothing of its own may be kept.
 */
import type { Direction, Key, KeyRecord } from '../correlate/key-records.ts';
import { describeConnection } from '../engine/describe.ts';
import type { Judge } from '../engine/judge.ts';
import type { InitiatorEvidence } from '../lifecycle/initiator.ts';
import type { Connection } from '../model/connection.ts';
import type { SideState } from '../tcp/transitions.ts';

export interface Captured {
  readonly connection: Connection;
  readonly key: Key;
  /** The network that its records belong to, as the uid has it. */
  readonly scopeName: string;
  /** In the engine's order, duplicates taken out. */
  readonly records: readonly KeyRecord[];
  /** Those that came after the close and were rejected. */
  readonly stragglers: ReadonlySet<KeyRecord>;
  /** What naming the initiator went by. */
  readonly evidence: InitiatorEvidence;
  /** The end that is reported as initiator. */
  readonly initiator: Direction;
  /** What the low and the high end have shown in the end. */
  readonly ended: readonly [SideState, SideState];
  readonly hasFlags: boolean;
  /** The own address of each vantage that has one. */
  readonly ownAddresses: ReadonlyMap<number, string>;
}

const ownAddressesOf = ({ vantages }: Judge, records: readonly KeyRecord[]): Map<number, string> => {
  const found = new Map<number, string>();
  for (const { vantage } of records) {
    const own = found.has(vantage) ? null : vantages.ownAddress(vantage);
    if (own !== null) found.set(vantage, vantages.addressText(own.address, own.isV6));
  }
  return found;
};

/** Copies what the judge has just decided, and on what. */
export const capture = (judge: Judge): Captured => {
  const { built, survey } = judge;
  const { draft, key } = built;
  const copies = new Map(draft.records.map((record) => [record, { ...record }] as const));
  const records = [...copies.values()];
  const judged = new Set(draft.judged);
  const evidence = judge.evidenceOf(built);
  const ends = evidence.ends();
  return {
    connection: describeConnection(judge),
    key,
    scopeName: built.scopeName,
    records,
    stragglers: new Set([...copies].filter(([record]) => !judged.has(record)).map(([, copy]) => copy)),
    evidence: { ...evidence, records, ends: () => ends },
    initiator: survey.initiator,
    ended: [draft.side(0), draft.side(1)],
    hasFlags: draft.hasFlags,
    ownAddresses: ownAddressesOf(judge, records),
  };
};
