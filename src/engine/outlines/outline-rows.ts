/** Rows of outlines, all of one size, as writeOutline in rules/outline-row.ts writes them. The offsets are those of rules/layout.ts. */
import { CONNECTION_STATES, type ConnectionState, INITIATOR_BASES } from '../../model/connection.ts';

/** Bytes of a row, and where in it things lie. */
export const OUTLINE = {
  OUTLINE_SIZE: 288,
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
  OUTLINE_REJECTED_FROM: 256,
  OUTLINE_REJECTED_AT: 264,
  OUTLINE_REJECTED_SIDES: 268,
  OUTLINE_LOST_BECAUSE: 269,
  OUTLINE_LOST: 272,
  OUTLINE_LOST_AT: 280,
  OUTLINE_VANTAGE: 284,
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
