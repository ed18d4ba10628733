/**
 * Outlines as rows of bytes, all of one size: what the kernel writes (writeOutline in rules/outline-row.ts) and what
 * is written here of connections that it leaves to the plain path. The offsets are those of rules/layout.ts.
 */
import { CONNECTION_STATES, type ConnectionState, INITIATOR_BASES } from '../../model/connection.ts';
import type { FlatRow } from '../../model/flat-row.ts';
import { PROTOCOL_NAMES } from '../judge.ts';
import { TextlessSpeller } from '../kernel/line-speller.ts';
import { CLOSERS, VERDICTS } from '../kernel/meaning-tables.ts';

/** Bytes of a row, and where in it things lie. */
export const OUTLINE = {
  OUTLINE_SIZE: 256,
  OUTLINE_UID: 0,
  OUTLINE_PLACE: 24,
  OUTLINE_NUMBER: 28,
  OUTLINE_ADDRESSES: 32,
  OUTLINE_PORTS: 40,
  OUTLINE_FLAGS: 48,
  OUTLINE_WINDOWS: 56,
  OUTLINE_RECORDS: 60,
  OUTLINE_TIMES: 64,
  OUTLINE_COUNTS: 128,
  OUTLINE_CONFIDENCE: 160,
  OUTLINE_WORDS: 168,
} as const;

/** The marks of a row, as rules/layout.ts has them. */
export const MARK = {
  MIDSTREAM: 1,
  ENDS_OPEN: 2,
  ONE_SIDED: 4,
  HIDES_REUSE: 8,
  CONTRADICTED: 16,
  NO_BEGINNING: 32,
  NO_ENDING: 64,
  HAS_GAP: 128,
} as const;

/** Words by the numbers that rows have for them. Exchanges have a number that is no state's. */
export const STATES = Object.keys(CONNECTION_STATES) as ConnectionState[];
export const BASES = Object.keys(INITIATOR_BASES) as (keyof typeof INITIATOR_BASES)[];

const marksOf = (row: FlatRow): number =>
  (row.startsMidstream === null ? MARK.NO_BEGINNING : row.startsMidstream ? MARK.MIDSTREAM : 0) |
  (row.endsOpen === null ? MARK.NO_ENDING : row.endsOpen ? MARK.ENDS_OPEN : 0) |
  (row.oneSided ? MARK.ONE_SIDED : 0) |
  (row.mayHideReuse ? MARK.HIDES_REUSE : 0) |
  (row.contradicted ? MARK.CONTRADICTED : 0) |
  (row.hasGap ? MARK.HAS_GAP : 0);

/** A number, or -1 for none. */
const orNone = (value: number | null): number => value ?? -1;

/** Writes rows in the place of lines. */
export class OutlineSpeller extends TextlessSpeller {
  readonly form = 'OUTLINES';
  readonly #bytes = new Uint8Array(OUTLINE.OUTLINE_SIZE);
  readonly #view = new DataView(this.#bytes.buffer);

  line(row: FlatRow, place: number, number: number): Uint8Array {
    const bytes = this.#bytes;
    const view = this.#view;
    const int = (at: number, value: number): void => view.setInt32(at, value, true);
    const double = (at: number, value: number | null): void => view.setFloat64(at, orNone(value), true);
    bytes.set(row.uid, OUTLINE.OUTLINE_UID);
    int(OUTLINE.OUTLINE_PLACE, place);
    int(OUTLINE.OUTLINE_NUMBER, number);
    int(OUTLINE.OUTLINE_ADDRESSES, row.initiatorAddress);
    int(OUTLINE.OUTLINE_ADDRESSES + 4, row.responderAddress);
    int(OUTLINE.OUTLINE_PORTS, orNone(row.initiatorPort));
    int(OUTLINE.OUTLINE_PORTS + 4, orNone(row.responderPort));
    int(OUTLINE.OUTLINE_FLAGS, orNone(row.initiatorFlags));
    int(OUTLINE.OUTLINE_FLAGS + 4, orNone(row.responderFlags));
    int(OUTLINE.OUTLINE_WINDOWS, row.windows);
    int(OUTLINE.OUTLINE_RECORDS, row.records);
    const times = [row.firstSeen, row.lastSeen, row.openedAt, row.openedBy, row.closedAfter, row.closedAt];
    for (const [i, time] of [...times, row.durationMin, row.durationMax].entries())
      double(OUTLINE.OUTLINE_TIMES + 8 * i, time);
    const counts = [row.initiatorPackets, row.initiatorBytes, row.responderPackets, row.responderBytes];
    for (const [i, count] of counts.entries()) double(OUTLINE.OUTLINE_COUNTS + 8 * i, count);
    double(OUTLINE.OUTLINE_CONFIDENCE, row.initiatorConfidence);
    bytes.set(
      [
        BASES.indexOf(row.initiatorBasis),
        row.state === null ? STATES.length : STATES.indexOf(row.state),
        CLOSERS.indexOf(row.closedBy),
        VERDICTS.indexOf(row.verdict),
        marksOf(row),
        PROTOCOL_NAMES.indexOf(row.protocol),
        Number(row.isV6),
      ],
      OUTLINE.OUTLINE_WORDS,
    );
    return bytes;
  }
}
