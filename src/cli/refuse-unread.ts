/**
 * A run in which no line was understood has nothing to show, and that is no clean end: its input is another kind of text
 * than it was taken for. The sentence names the first line, what is wrong with it and what to do.
 */
import { InputError } from '../model/errors.ts';
import type { Rejection } from '../model/flow-record.ts';
import type { LinesRead, RunReport } from '../model/report.ts';
import { describeRejectedLine } from './describe-rejections.ts';
import { formatCount } from './format-count.ts';

export const linesReadOf = ({ placement, firstRejections }: RunReport): LinesRead => ({
  records: placement.records,
  rejected: placement.rejected,
  firstRejected: firstRejections[0],
});

/** What stands between fields in tables that are no flow logs, and how a sentence calls it. */
const SEPARATORS = [
  { sign: ',', name: 'commas' },
  { sign: ';', name: 'semicolons' },
  { sign: '|', name: 'bars' },
] as const;

const adviceFor = ({ reason, text }: Rejection): string => {
  const isUncut = reason === 'too-few-fields';
  const blanks = text.trim().split(/\s+/).length;
  const separator = SEPARATORS.find(({ sign }) => isUncut && text.split(sign).length > Math.max(2, blanks));
  if (separator !== undefined)
    return `Its fields are separated by ${separator.name}, and conntrail reads fields separated by blanks: turn the ${separator.name} into blanks, as tr '${separator.sign}' ' ' does.`;
  return isUncut || reason === 'too-many-fields'
    ? 'See that the header, or --fields where there is none, names the fields that the lines have.'
    : 'conntrail check tells how often each reason was met.';
};

/** @throws InputError (input-rejected) when there were lines and none of them was understood */
export const refuseUnread = ({ records, rejected, firstRejected }: LinesRead): void => {
  if (firstRejected === undefined || rejected < records) return;
  const all = rejected === 1 ? 'the only one was' : `all ${formatCount(rejected, 'line', 'lines')} were`;
  throw new InputError(
    'input-rejected',
    `No line could be read: ${all} rejected, first ${describeRejectedLine(firstRejected)}. ${adviceFor(firstRejected)}`,
  );
};
