/** Rows of late packets alone: what came after a close that the log does not show. Nothing of them was ever open. */
import type { Connection } from './connection.ts';

type Told = Pick<Connection, 'verdict' | 'openedAt' | 'firstSeen' | 'rejectedFrom'>;

/** Whether there is nothing of a connection in the log but late packets: already the first of its records was rejected. */
export const isNothingButLate = ({ verdict, openedAt, firstSeen, rejectedFrom }: Told): boolean =>
  verdict === 'late' &&
  openedAt === null &&
  (rejectedFrom === null || firstSeen === null || rejectedFrom <= firstSeen);
