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

/** What is asked of a source. */
export interface DoorRequest {
  /** The name shown in errors. */
  readonly source: string;
  readonly declared: Columns | undefined;
  /** Told what was recognised, outermost first; plain text too. */
  readonly onContainer: (container: Container) => void;
}

/** Takes the bytes of a source, whatever they are wrapped in. */
export interface Door extends Unwrapping {
  /** What comes from here on is lines that were unwrapped elsewhere, of these fields where that is known. */
  beginLines(containers: readonly Container[], columns: Columns | null): void;
  /** No more of the beginning will come before something else does: what is there decides. */
  settle(): void;
}
