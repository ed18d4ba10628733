/**
 * One flow log record as people read it: one direction of one 5-tuple on one interface in one interval.
 * A property that is absent was not in the record's format; `null` is AWS's `-` (not applicable, or could
 * not be computed). Bulk work uses {@link RecordBatch} instead.
 */
import type { Field, ValueOfKind } from './fields.ts';

type KnownFields = {
  readonly [F in Field as F['property']]?: ValueOfKind[F['kind']] | null;
};

export interface FlowRecord extends KnownFields {
  /** Fields this version does not know, by the name the header gave them: carried, never interpreted. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** Why a line was not understood. The set is fixed: each reason is counted, none loses the file. */
export const REJECTION_REASONS = {
  'unknown-format': 'no header, no --fields, and the content does not prove a known field order',
  'too-few-fields': 'the line has fewer fields than its format',
  'too-many-fields': 'the line has more fields than its format',
  'bad-number': 'a numeric field holds something else',
  'out-of-range': 'a number is outside what its field can hold',
  'bad-address': 'an address is neither IPv4 nor IPv6',
  'mixed-families': 'one endpoint is IPv4 and the other IPv6',
  'bad-value': 'a field that knows few words holds another',
  'bad-text': 'a text is empty, begins with #, or holds a blank, a line end, a NUL or half a character',
  'bad-name': 'a field has a name that no header can give it, or the name of another field',
  'ends-before-start': 'the interval ends before it starts',
  'line-too-long': 'the line is longer than any flow log record can be',
  'binary-data': 'the line holds bytes that no text has',
  'other-event': 'an OCSF event of another class than Network Activity (4001)',
} as const;

export type RejectionReason = keyof typeof REJECTION_REASONS;

/** A line that was not understood: data, not an exception. */
export interface Rejection {
  /** The file, or `-` for standard input. */
  readonly source: string;
  /** Counted from 1, header lines included. */
  readonly lineNumber: number;
  /** AWS's name of the field at fault, or the name that a record gave it; null when it is the whole line. */
  readonly field: string | null;
  readonly reason: RejectionReason;
  /** The line itself, cut at 200 characters. Hostile: escape before showing. */
  readonly text: string;
}
