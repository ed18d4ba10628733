/**
 * What security groups and network ACLs did. A verdict belongs to an observation point, so each vantage is
 * judged alone and then they are put together; rejects that come after a close are teardown noise and are
 * left out before this is asked.
 */
import type { Direction, KeyRecord } from '../correlate/key-records.ts';
import type { Verdict } from '../model/connection.ts';

interface Actions {
  requestAccepted: boolean;
  requestRejected: boolean;
  replyAccepted: boolean;
  replyRejected: boolean;
}

/** One vantage's word; a vantage that rejected nothing objects to nothing, whether it accepted or says nothing. */
const judge = (seen: Actions): Verdict => {
  const { requestAccepted, requestRejected, replyAccepted, replyRejected } = seen;
  if (!requestRejected && !replyRejected) return 'accepted';
  if (!requestAccepted && !replyAccepted) return 'rejected';
  if (!requestRejected && !replyAccepted) return 'reply-rejected';
  return 'mixed';
};

/** Where nothing was rejected: everything was accepted, or nobody says. */
const verdictWithoutRejects = (records: readonly KeyRecord[]): Verdict | undefined => {
  let accepted = false;
  for (const { accept, reject } of records) {
    if (reject) return undefined;
    accepted ||= accept;
  }
  return accepted ? 'accepted' : 'unknown';
};

/**
 * The verdict over all vantages.
 * @param records without teardown noise
 */
export const verdictOf = (records: readonly KeyRecord[], initiator: Direction): Verdict => {
  const simple = verdictWithoutRejects(records);
  if (simple !== undefined) return simple;
  const byVantage = new Map<number, Actions>();
  let replyAccepted = false;
  for (const record of records) {
    let seen = byVantage.get(record.vantage);
    if (seen === undefined) {
      seen = { requestAccepted: false, requestRejected: false, replyAccepted: false, replyRejected: false };
      byVantage.set(record.vantage, seen);
    }
    if (record.direction === initiator) {
      seen.requestAccepted ||= record.accept;
      seen.requestRejected ||= record.reject;
    } else {
      seen.replyAccepted ||= record.accept;
      seen.replyRejected ||= record.reject;
      replyAccepted ||= record.accept;
    }
  }
  const verdicts = new Set([...byVantage.values()].map(judge));
  if (verdicts.has('mixed')) return 'mixed';
  if (!verdicts.has('rejected')) return 'reply-rejected';
  // The sender's interface let it out, the receiver's did not let it in: it did not get through.
  return replyAccepted ? 'mixed' : 'rejected';
};
