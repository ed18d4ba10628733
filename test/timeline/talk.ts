/** A connection of which all bounds are known, for tests that move some of them. */
import { connection } from '../export/connection.ts';

export type Given = NonNullable<Parameters<typeof connection>[0]>;

/** From second 1000 to 1500; opened in [1000, 1060], closed in [1440, 1500]. */
export const talk = (given: Given = {}) =>
  connection({
    ...{ firstSeen: 1000, lastSeen: 1500, openedAt: 1000, openedBy: 1060, closedAfter: 1440, closedAt: 1500 },
    durationMin: null,
    ...given,
  });
