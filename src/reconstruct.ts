/** The story on one page: records → windows → connections. (Signature first; the body follows.) */
import type { Connection } from './model/connection.ts';
import type { FlowRecord } from './model/flow-record.ts';
import type { RunReport } from './model/report.ts';

/** How far apart equal 5-tuples are kept: see docs/path.md. */
export const SCOPES = ['auto', 'interface', 'vpc', 'account', 'all'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ReconstructOptions {
  /** Field order of lines without a header, in any of AWS's spellings. */
  readonly fields?: string;
  readonly scope?: Scope;
  /** Refuse inference: without observed evidence the initiator is `none`. */
  readonly observedOnly?: boolean;
  /** The first line that is not understood throws an InputError (code input-rejected). */
  readonly strict?: boolean;
  /** Skip sources that cannot be read (to the end) instead of throwing; each is handed to onDamage. */
  readonly keepGoing?: boolean;
  readonly onDamage?: (error: Error) => void;
  /** Seconds an open connection may be silent before its key starts a new one. */
  readonly idleSeconds?: number;
  /** Called now and then while reading: bytes read of the sources so far, and in all (null: not known). */
  readonly onProgress?: (bytes: number, totalBytes: number | null) => void;
  readonly signal?: AbortSignal;
}

/** Paths, text or bytes in pieces, or records. */
export type ReconstructSource =
  | string
  | readonly string[]
  | AsyncIterable<Uint8Array | string>
  | Iterable<FlowRecord>
  | AsyncIterable<FlowRecord>;

export interface Reconstruction extends AsyncIterable<Connection> {
  /** What the input held; complete when the connections have been taken. */
  readonly report: RunReport;
}

export const reconstruct = (
  _source: ReconstructSource,
  _options: ReconstructOptions = {},
): Reconstruction => {
  throw new Error('not wired yet');
};
