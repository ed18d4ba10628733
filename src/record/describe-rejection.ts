/** A line that was not understood, as a sentence. */
import { escapeControls } from '../model/escape.ts';
import { REJECTION_REASONS, type Rejection } from '../model/flow-record.ts';

/** A rejection as one sentence, safe to print. */
export const describeRejection = (rejection: Rejection): string => {
  const { source, lineNumber, field, reason, text } = rejection;
  const where = `${escapeControls(source)}:${lineNumber}`;
  return `${where}: ${field === null ? '' : `${escapeControls(field)}: `}${REJECTION_REASONS[reason]} (${reason}): "${escapeControls(text)}"`;
};
