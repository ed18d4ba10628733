/** What the records of one connection leave open, in sentences: each is a way in which the truth may differ from what is told. */
import type { Traced } from '../engine/outlines/traces.ts';
import type { Connection } from '../model/connection.ts';
import { SLACK_SECONDS } from '../model/idle-limits.ts';

const ofTcp = ({ connection, hasFlags, reuse }: Traced): string[] => {
  const open: string[] = [];
  if (!hasFlags)
    open.push(
      'Its records carry no tcp-flags: how it was opened and how it ended cannot be told, and two connections that used its ports close together count as one.',
    );
  if (connection.startsMidstream === true)
    open.push(
      'No handshake is in the log: it began before the log, at an interface that is not in it, or in an interval that was lost.',
    );
  if (connection.endsOpen === true)
    open.push(
      'No end is in the log: it may have gone on after the last record, or ended in silence, which flow logs do not show.',
    );
  if (reuse.dialledAgain)
    open.push(
      'A SYN came again after it had been answered: a second connection may have used the same ports, and the close between them is not in the log.',
    );
  if (reuse.talkedOn)
    open.push(
      'Both sides sent payload in an interval behind the close: a second connection used the same ports, and its SYN lies in the interval of the first.',
    );
  if (reuse.usedNearby)
    open.push(
      `One interval holds an opening and a close and packets enough for two connections, and the same ports were used again no longer before or after than that interval lasted: there may be two in it, which cannot be told apart.`,
    );
  if (connection.contradicted)
    open.push(
      'A record contradicts what was seen before it: see the steps marked with "contradicts". Two connections may be mixed, or records of one interval arrived out of order.',
    );
  return open;
};

const ofOneSide = ({ verdict }: Connection, showsAnswers: boolean): string => {
  if (verdict === 'unanswered')
    return 'An answer that took another way, past interfaces that are not in this log, would look the same.';
  return showsAnswers || verdict !== 'accepted'
    ? 'Only one direction is in the log: the other side was silent, its records are missing, or it answered by another way.'
    : 'It was seen one way only, and this log shows no answers to anybody: whether one came cannot be told.';
};

/**
 * The sentences; none when the records leave nothing open.
 * @param showsAnswers whether the log shows both directions of anything at all
 */
export const tellLeftOpen = (traced: Traced, showsAnswers: boolean): string[] => {
  const { connection } = traced;
  const open = connection.state !== null ? ofTcp(traced) : [];
  if (connection.oneSided) open.push(ofOneSide(connection, showsAnswers));
  if (connection.hasGap)
    open.push(
      'AWS lost records of one of its interfaces meanwhile (SKIPDATA): packets, and even an end and a new beginning, may be missing.',
    );
  if (connection.firstSeen === null)
    open.push('Its records carry no times: when it was, and in what order, cannot be told.');
  else
    open.push(
      `Times are those of aggregation intervals: a packet may lie up to ${SLACK_SECONDS} s before the start of its record.`,
    );
  return open;
};
