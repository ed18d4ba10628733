/**
 * When silence is an answer that did not come: what an attempt can be, and at which interfaces the log would have shown the
 * answer. An interface that sees only one half of connections, as one of a transit gateway or on an asymmetric path, tells
 * nothing by the other half's absence.
 */

import type { Outline } from '../model/outline.ts';
import { provesPayload } from './events.ts';

/** The most packets of an attempt: a SYN and its retries (Linux: tcp_syn_retries 6). */
export const MOST_ATTEMPT_PACKETS = 7;

/**
 * Of so many connections that an interface shows in both directions it may show one by one half only: records at the edges of a
 * log and answers to noise from the internet leave some everywhere, and where paths are asymmetric there are many.
 */
export const BOTH_WAYS_PER_HALF = 100;

/**
 * Whether an interface's log shows answers, so that one which is missing did not come.
 * @param bothWays talks that it shows in both directions
 * @param halves connections of which it shows one half only
 */
export const showsAnswers = (bothWays: number, halves: number): boolean =>
  bothWays > 0 && halves * BOTH_WAYS_PER_HALF <= bothWays;

/**
 * Whether nothing tells that a connection came of it: one end sent so little that it may have been an attempt, no flags tell, and
 * the log shows no answers there.
 */
export const isSeenOneWay = (connection: Outline): boolean => {
  const { state, oneSided, verdict, initiator } = connection;
  if ((state !== 'flagless' && state !== 'midstream') || !oneSided || verdict !== 'accepted') return false;
  const { packets, bytes, flags, address } = initiator;
  return (
    flags === null &&
    packets !== null &&
    packets > 0 &&
    packets <= MOST_ATTEMPT_PACKETS &&
    (bytes === null || !provesPayload(packets, bytes, address.includes(':')))
  );
};

/** What to look at where no answer came. */
export const whereToLook = ({ responder }: Pick<Outline, 'responder'>): string => {
  const port = responder.port === null ? '' : ` on port ${responder.port}`;
  return `Check the route tables in both directions, whether the host is up and anything listens${port}, its own firewall, and filters that flow logs do not show`;
};
