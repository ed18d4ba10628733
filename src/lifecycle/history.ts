/**
 * The whole life in one line of Zeek's letters, as far as flow logs carry them: s SYN, h SYN-ACK, d payload
 * proven by bytes, f FIN, r RST; upper case for the initiator. Each letter stands once a side, as in Zeek.
 * Inside one window the log has no order: openings come first, then data, then closes, initiator first.
 */
import { carriesPayload } from '../correlate/draft.ts';
import type { Direction, KeyRecord } from '../correlate/key-records.ts';
import { windowsOf } from '../correlate/windows.ts';
import { hasFin, hasPlainSyn, hasRst, hasSynAck } from '../model/tcp-flags.ts';

const LETTERS: readonly (readonly [letter: string, shows: (record: KeyRecord, isV6: boolean) => boolean])[] =
  [
    ['s', (record) => record.flags !== null && hasPlainSyn(record.flags)],
    ['h', (record) => record.flags !== null && hasSynAck(record.flags)],
    ['d', carriesPayload],
    ['f', (record) => record.flags !== null && hasFin(record.flags)],
    ['r', (record) => record.flags !== null && hasRst(record.flags)],
  ];

/** The history of records in time order. */
export const historyOf = (records: readonly KeyRecord[], initiator: Direction, isV6: boolean): string => {
  let history = '';
  for (const window of windowsOf(records)) {
    for (const [letter, shows] of LETTERS) {
      for (const role of [0, 1] as const) {
        const direction = role === 0 ? initiator : 1 - initiator;
        const written = role === 0 ? letter.toUpperCase() : letter;
        if (history.includes(written)) continue;
        if (window.some((record) => record.direction === direction && shows(record, isV6)))
          history += written;
      }
    }
  }
  return history;
};
