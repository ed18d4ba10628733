/**
 * At which interfaces a second flow log tells again what the first tells, and a reader cannot know it. For sure it shows where
 * every record of the second holds just the records of the first that are made of its packets, and some hold several.
 */
import { List } from 'immutable';
import type { FieldName } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import type { LoggedRecord } from './aggregate.ts';

/** What a reader must see to add anything up. */
const NEEDED: readonly FieldName[] = ['interface-id', 'packets', 'bytes', 'start', 'end', 'action'];
/** A log whose longest record is no longer may be one log of this interval. */
const FIRST_INTERVAL = 60;
/** Keys with more records are not asked. */
const MOST_RECORDS = 1024;

/** As the format shows it: who sent to whom, and what became of it. */
const nameOf = (record: FlowRecord, fields: readonly FieldName[]): string => {
  const source = fields.includes('pkt-srcaddr') ? record.pktSrcAddr : record.srcAddr;
  const target = fields.includes('pkt-dstaddr') ? record.pktDstAddr : record.dstAddr;
  return [source, record.srcPort, target, record.dstPort, record.protocol, record.action].join(' ');
};

const lengthOf = ({ start, end }: FlowRecord): number => (end ?? 0) - (start ?? 0);

const isWithin = (inner: FlowRecord, outer: FlowRecord): boolean =>
  (inner.start ?? 0) >= (outer.start ?? 0) &&
  (inner.end ?? 0) <= (outer.end ?? 0) &&
  lengthOf(inner) < lengthOf(outer);
const isOneInterval = (a: FlowRecord, b: FlowRecord): boolean => a.start === b.start && a.end === b.end;
const overlap = (a: FlowRecord, b: FlowRecord): boolean =>
  (a.start ?? 0) < (b.end ?? 0) && (b.start ?? 0) < (a.end ?? 0);

/** Records of one direction whose times tell what is made of what, and which follow one another otherwise. */
const isClean = (records: readonly LoggedRecord[]): boolean => {
  const firsts = records.filter(({ isSecond }) => !isSecond);
  const seconds = records.filter(({ isSecond }) => isSecond);
  const follow = (all: readonly LoggedRecord[]): boolean =>
    all.every((one, i) =>
      all
        .slice(i + 1)
        .every(
          ({ record }) =>
            !overlap(one.record, record) &&
            !isWithin(one.record, record) &&
            !isWithin(record, one.record) &&
            !isOneInterval(one.record, record),
        ),
    );
  const isMadeOf = (second: LoggedRecord, first: LoggedRecord): boolean =>
    first.sightings.every((sighting) => second.sightings.includes(sighting));
  return (
    follow(firsts) &&
    follow(seconds) &&
    seconds.every((second) =>
      firsts.every((first) =>
        isMadeOf(second, first)
          ? isWithin(first.record, second.record) || isOneInterval(first.record, second.record)
          : !isWithin(first.record, second.record) &&
            !isWithin(second.record, first.record) &&
            !isOneInterval(first.record, second.record) &&
            !overlap(first.record, second.record),
      ),
    )
  );
};

/** Whether the records of one interface show it for sure. */
const isPlain = (records: readonly LoggedRecord[], fields: readonly FieldName[]): boolean => {
  if (!NEEDED.every((name) => fields.includes(name))) return false;
  if (records.some(({ fate }) => fate !== 'written')) return false;
  const families = [
    ...List(records)
      .groupBy(({ record }) => nameOf(record, fields))
      .map((family) => family.toArray())
      .values(),
  ];
  const holdsSeveral = (family: readonly LoggedRecord[], second: LoggedRecord): boolean =>
    second.isSecond &&
    family.filter(({ isSecond, record }) => !isSecond && isWithin(record, second.record)).length > 1;
  return (
    records.length <= MOST_RECORDS &&
    records.some(({ record }) => lengthOf(record) > FIRST_INTERVAL) &&
    families.every(isClean) &&
    families.some((family) => family.some((second) => holdsSeveral(family, second)))
  );
};

/** @param records all there were, those that were lost too */
export const doubledAt = (
  records: readonly LoggedRecord[],
  fields: readonly FieldName[],
): ReadonlySet<string> => {
  const flows = records.filter(({ sightings }) => sightings.length > 0);
  const interfaces = List(flows).groupBy(({ record }) => record.interfaceId ?? '');
  return new Set(
    interfaces
      .filter((here) => here.some(({ isSecond }) => isSecond) && !isPlain(here.toArray(), fields))
      .keys(),
  );
};
