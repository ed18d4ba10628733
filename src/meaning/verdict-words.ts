/** What a verdict says of one connection: more than of all that have it, since it depends on what of it is in the log. */
import { type Connection, VERDICTS } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import { describeReasons, readReasons } from '../model/losses.ts';
import { spellCounted, spellMoment } from '../model/spell-values.ts';

const describeLost = ({ packetsLost, lostBecause }: Connection): string =>
  `a transit gateway dropped ${spellCounted(packetsLost ?? 0, 'packet')} (${describeReasons(readReasons(lostBecause))}): routing, not filtering`;

/** A sentence without its end. */
export const describeVerdict = (connection: Connection): string => {
  const { verdict, initiator, responder } = connection;
  if (verdict === 'lost') return describeLost(connection);
  if (verdict === 'unanswered')
    return 'no answer came, nothing was rejected, and the interface shows answers to others';
  if (verdict !== 'reply-rejected') return VERDICTS[verdict];
  if ((initiator.packets ?? 1) > 0)
    return 'the request was accepted and the reply rejected: security groups let replies through, so only a network ACL does this';
  return responder.flags === null
    ? 'a reply or a late packet was rejected, as far as the ports tell: the log does not show the request'
    : 'an answer was rejected whose request the log does not show: by a network ACL, or it was an answer that nobody asked for (backscatter), which a security group stops too';
};

/** Where something was rejected, and since when, in a sentence that may be shown; null where nothing was. */
export const describeRejectedAt = ({
  rejectedAt,
  rejectedFrom,
}: Pick<Connection, 'rejectedAt' | 'rejectedFrom'>): string | null => {
  if (rejectedAt === null && rejectedFrom === null) return null;
  const where = rejectedAt === null ? '' : ` at ${escapeControls(rejectedAt)}`;
  const since = rejectedFrom === null ? '' : `, from ${spellMoment(rejectedFrom)} UTC on`;
  return `Rejected${where}${since}.`;
};
