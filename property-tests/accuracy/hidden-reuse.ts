/**
 * What one record hides: connections on the same ports whose packets lie in one record of a direction. Read off the packets that each
 * record was made of, and so the truth; whether the log holds anything by which a reader may suspect it is told beside it.
 */
import { hasPlainSyn, hasSynAck, RST, SYN } from '../../src/model/tcp-flags.ts';
import type { LoggedRecord } from '../network/aggregate.ts';
import { connectionIdOf, type Sighting } from '../network/sighting.ts';

export interface HiddenReuse {
  /** Ids of the connections of which one record holds packets. */
  readonly ids: ReadonlySet<string>;
  /**
   * The log shows more than that record: a SYN of another of them in a record of its own and an answer, payload of both sides in later records
   * without SYN and RST, or the same ports used again within no more time than that record covers.
   */
  readonly leavesEvidence: boolean;
}

const TCP = 6;

const idsOf = (sightings: readonly Sighting[]): ReadonlySet<string> => new Set(sightings.map(connectionIdOf));

const startOf = ({ record }: LoggedRecord): number => record.start ?? 0;
const endOf = ({ record }: LoggedRecord): number => record.end ?? 0;
const flagsOf = ({ record }: LoggedRecord): number => record.tcpFlags ?? 0;

/** The packet's ends, the same from both sides. */
const endsOf = ({ record }: LoggedRecord): string =>
  [`${record.pktSrcAddr} ${record.srcPort}`, `${record.pktDstAddr} ${record.dstPort}`].sort().join(' | ');

/** Whether one interface wrote both in the same direction. */
const isSameView = (one: LoggedRecord, other: LoggedRecord): boolean =>
  one.record.interfaceId === other.record.interfaceId && one.record.srcPort === other.record.srcPort;

/** IP and TCP headers with options: what is larger carries payload. */
const carriesPayload = ({ record, sightings }: LoggedRecord): boolean =>
  (record.bytes ?? 0) > (record.packets ?? 0) * (sightings[0]?.family === 4 ? 80 : 100);

const hasEvidence = (
  hiding: LoggedRecord,
  written: readonly LoggedRecord[],
  ids: ReadonlySet<string>,
): boolean => {
  const others = written.filter((each) => each !== hiding && endsOf(each) === endsOf(hiding));
  const isOurs = (each: LoggedRecord): boolean => each.sightings.some((one) => ids.has(connectionIdOf(one)));
  const isAnswered = written.some((each) => isOurs(each) && hasSynAck(flagsOf(each)));
  const dialsElsewhere =
    isAnswered &&
    others.some(
      (each) =>
        isSameView(each, hiding) &&
        isOurs(each) &&
        hasPlainSyn(flagsOf(each)) &&
        hasPlainSyn(flagsOf(hiding)),
    );
  const later = others.filter(
    (each) =>
      isOurs(each) &&
      each.record.interfaceId === hiding.record.interfaceId &&
      startOf(each) >= endOf(hiding) &&
      (flagsOf(each) & (SYN | RST)) === 0 &&
      carriesPayload(each),
  );
  const talksOn = new Set(later.map(({ record }) => record.srcPort)).size === 2;
  const covers = endOf(hiding) - startOf(hiding);
  const usedSoon = others.some(
    (each) =>
      !isOurs(each) && startOf(each) - endOf(hiding) <= covers && startOf(hiding) - endOf(each) <= covers,
  );
  return dialsElsewhere || talksOn || usedSoon;
};

/** @param logged the records of one talk, whose connections share their ports */
export const hiddenReuseOf = (logged: readonly LoggedRecord[]): readonly HiddenReuse[] => {
  const written = logged.filter(
    ({ copies, record, sightings }) => copies > 0 && record.protocol === TCP && sightings.length > 0,
  );
  const found = new Map<string, HiddenReuse>();
  for (const each of written) {
    const ids = idsOf(each.sightings);
    if (ids.size < 2) continue;
    const name = [...ids].sort().join(' ');
    const leavesEvidence = (found.get(name)?.leavesEvidence ?? false) || hasEvidence(each, written, ids);
    found.set(name, { ids, leavesEvidence });
  }
  return [...found.values()];
};
