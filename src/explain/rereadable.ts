/**
 * Sources that can be read twice. Files are opened again; what can be read only once (standard input, pipes,
 * streams) is kept in memory as it comes, compressed if it came so, up to a limit.
 */
import { createReadStream } from 'node:fs';
import { findSources } from '../input/find-sources.ts';
import { type Piece, piecesOf } from '../input/pieces-of.ts';
import { readSource } from '../input/read-source.ts';
import type { Reading } from '../input/read-sources.ts';
import type { Source } from '../input/source.ts';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { LinesRead } from '../model/report.ts';
import type { ReconstructOptions, ReconstructSource } from '../reconstruct.ts';

/** Bytes of one source that are kept; more must come from a file. */
export const MOST_KEPT_BYTES = 256 * 1024 * 1024;

/** Reads everything once more, from the first byte. */
export type Rereadable = (onBytes: (bytes: number) => void) => AsyncIterable<Reading>;

/** A stream that hands out the same pieces again. */
class KeptStream<P extends Piece> {
  readonly #name: string;
  readonly #most: number;
  readonly #pieces: P[] = [];
  #open: (() => AsyncIterable<P>) | undefined;
  #length = 0;

  constructor(name: string, open: () => AsyncIterable<P>, most: number) {
    this.#name = name;
    this.#open = open;
    this.#most = most;
  }

  async *read(): AsyncGenerator<P> {
    const open = this.#open;
    if (open === undefined) {
      yield* this.#pieces;
      return;
    }
    this.#open = undefined;
    for await (const piece of open()) {
      this.#length += (piece instanceof Uint8Array ? piece : piece.bytes).length;
      if (this.#length > this.#most) {
        throw new InputError(
          'input-unsupported',
          `${escapeControls(this.#name)} can be read only once and holds more than ${this.#most / 1024 / 1024} MiB; explaining reads its input twice. Save it to a file and name that.`,
        );
      }
      this.#pieces.push(piece instanceof Uint8Array ? (piece.slice() as P) : piece);
      yield piece;
    }
  }
}

const isPaths = (source: ReconstructSource): source is string | readonly string[] =>
  typeof source === 'string' ||
  (Array.isArray(source) && source.length > 0 && source.every((item) => typeof item === 'string'));

/** What the two readings need beside the sources. */
export interface RereadOptions extends ReconstructOptions {
  /** Instead of the process's standard input, for `-`. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Bytes kept of a source that can be read only once. Default 256 MiB. */
  readonly keepBytes?: number | undefined;
  /** Told what the first reading met, before anything is explained; what it throws ends the run. */
  readonly onLines?: ((lines: LinesRead) => void) | undefined;
}

/**
 * Opens a source for being read twice.
 * @throws InputError as findSources does; while reading also when a stream is longer than is kept
 */
export const openRereadable = async (
  source: ReconstructSource,
  options: RereadOptions,
): Promise<{ readonly read: Rereadable; readonly totalBytes: number | null }> => {
  const { signal, keepBytes = MOST_KEPT_BYTES, stdin = process.stdin } = options;
  if (!isPaths(source)) {
    const kept = new KeptStream('The input', () => piecesOf(source), keepBytes);
    const read: Rereadable = async function* () {
      yield { name: '-', bytes: kept.read() };
    };
    return { read, totalBytes: null };
  }
  const { keepGoing, onDamage = () => {} } = options;
  const paths = typeof source === 'string' ? [source] : source;
  const sources = await findSources(paths, keepGoing === true ? onDamage : undefined);
  const kept = new Map<Source, KeptStream<Uint8Array>>();
  for (const each of sources) {
    if (each.size !== null) continue;
    const { path } = each;
    const open = (): AsyncIterable<Uint8Array> => (path === null ? stdin : createReadStream(path));
    kept.set(each, new KeptStream(path === null ? 'Standard input' : path, open, keepBytes));
  }
  const read: Rereadable = async function* (onBytes) {
    for (const each of sources) {
      const stream = kept.get(each);
      const bytes =
        stream === undefined
          ? readSource(each, { onBytes, signal })
          : readSource({ ...each, path: null }, { onBytes, signal, stdin: stream.read() });
      yield { name: each.name, bytes };
    }
  };
  const totalBytes = kept.size > 0 ? null : sources.reduce((sum, { size }) => sum + (size ?? 0), 0);
  return { read, totalBytes };
};
