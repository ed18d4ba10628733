/**
 * The windows of one vantage in the words of the output: what each side sent in each interval. Pairing is
 * correlate's; nothing is divided or decided here.
 */
import type { Direction, KeyRecord } from '../correlate/key-records.ts';
import { windowEnd } from '../correlate/windows.ts';
import type { ConnectionWindow, WindowSide } from '../model/connection.ts';
import type { View } from './vantages.ts';

const plus = (sum: number | null, value: number | null): number | null =>
  sum === null || value === null ? null : sum + value;

const actionOf = ({ accept, reject }: KeyRecord): WindowSide['action'] =>
  accept ? (reject ? 'mixed' : 'accept') : reject ? 'reject' : null;

const actionsTogether = (a: WindowSide['action'], b: WindowSide['action']): WindowSide['action'] =>
  a === null || b === null || a === b ? (a ?? b) : 'mixed';

/** One record more in a side: an interval may have one that was accepted and one that was rejected. */
const withRecord = (side: WindowSide | null, record: KeyRecord): WindowSide => {
  const { packets, bytes, flags } = record;
  if (side === null) return { packets, bytes, flags, action: actionOf(record) };
  return {
    packets: plus(side.packets, packets),
    bytes: plus(side.bytes, bytes),
    flags: side.flags === null || flags === null ? (side.flags ?? flags) : side.flags | flags,
    action: actionsTogether(side.action, actionOf(record)),
  };
};

const describeWindow = (
  records: readonly KeyRecord[],
  from: number,
  to: number,
  initiator: Direction,
): ConnectionWindow => {
  let start: number | null = null;
  let end: number | null = null;
  let mine: WindowSide | null = null;
  let theirs: WindowSide | null = null;
  for (let i = from; i < to; i++) {
    const record = records[i] as KeyRecord;
    if (record.start !== null && (start === null || record.start < start)) start = record.start;
    if (record.end !== null && (end === null || record.end > end)) end = record.end;
    if (record.direction === initiator) mine = withRecord(mine, record);
    else theirs = withRecord(theirs, record);
  }
  return { start, end, initiator: mine, responder: theirs };
};

/** The windows of a view, in their order: as many as countWindows counts. */
export const describeWindows = ({ records }: View, initiator: Direction): ConnectionWindow[] => {
  const windows: ConnectionWindow[] = [];
  for (let from = 0; from < records.length; ) {
    const to = windowEnd(records, from);
    windows.push(describeWindow(records, from, to, initiator));
    from = to;
  }
  return windows;
};
