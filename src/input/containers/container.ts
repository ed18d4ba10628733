/** What flow log lines are wrapped in on their way from AWS to a file, and what becomes of it: plain lines for a reader. */
import type { Columns } from '../../model/fields.ts';
import type { RejectionReason } from '../../model/flow-record.ts';
import type { Container } from '../../model/report.ts';

export type { Container };

/** Who takes the lines that were in a container. */
export interface LineSink {
  /** Lines, each with its end, cut anywhere; the bytes may be reused afterwards. */
  push(bytes: Uint8Array): void;
  /** A header: counts as a line of its own. */
  pushHeader(columns: Columns): void;
  /** From here on lines have these fields, and no line of the source says so. */
  pushFormat(columns: Columns): void;
  /** What stands in the place of a line and is no record. */
  pushRejection(reason: RejectionReason, text: string): void;
}

/** Takes the bytes of a source in pieces, and gives what they hold to a sink. */
export interface Unwrapping {
  /** @throws InputError input-corrupt where the container is damaged */
  push(bytes: Uint8Array): void;
  /** @throws InputError input-corrupt when the container has no end */
  end(): void;
}
