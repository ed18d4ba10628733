/** Lines that were not understood, as people look them up: file:line, reason, and the start of the text. */
import { escapeControls } from '../model/escape.ts';
import { REJECTION_REASONS, type Rejection, type RejectionReason } from '../model/flow-record.ts';
import { formatNumber } from './format-count.ts';
import { cutText } from './text-width.ts';

/** Columns of the offending text that are shown. */
const TEXT_WIDTH = 60;

/** `flow.log:12: bytes: a numeric field holds something else: "2 1234 …"` */
export const describeRejectedLine = ({ source, lineNumber, field, reason, text }: Rejection): string => {
  const where = `${escapeControls(source)}:${lineNumber}`;
  const culprit = field === null ? '' : `${escapeControls(field)}: `;
  return `${where}: ${culprit}${REJECTION_REASONS[reason]}: "${cutText(escapeControls(text), TEXT_WIDTH)}"`;
};

/** Each reason with its count, the most frequent first. */
export const describeReasons = (rejections: ReadonlyMap<RejectionReason, number>): string[] =>
  [...rejections]
    .filter(([, count]) => count > 0)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([reason, count]) => `${formatNumber(count)} × ${REJECTION_REASONS[reason]} (${reason})`);
