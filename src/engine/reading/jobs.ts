/**
 * What reading threads are given, one at a time: sources, many small files at once, and of large files of plain text parts,
 * so that several threads can read one. A part is read in the format that its file begins with; whether that holds, its reader's neighbour tells.
 */
import { open } from 'node:fs/promises';
import { holdsPlainLines } from '../../input/containers/door.ts';
import type { Part } from '../../input/read-part.ts';
import { SMALL } from '../../input/read-small.ts';
import { looksLikeText } from '../../input/read-source.ts';
import type { Source } from '../../input/source.ts';
import type { Columns } from '../../model/fields.ts';
import type { LearnedFrom } from '../../model/report.ts';
import { AddressBook } from '../../record/address-book.ts';
import { columnsOf } from '../../record/columns.ts';
import { Interner } from '../../record/interner.ts';
import { mayBeMixed, RecordReader } from '../../record/read-records.ts';

/** Bytes of a part: some packets. */
export const PART_BYTES = 8 * 2 ** 20;
/** Enough to know the format of what follows. */
const HEAD_BYTES = 64 * 1024;

/** Small files are one job up to so many of them and so many bytes: handing over a job takes longer than reading one. */
const MOST_TOGETHER = 64;
const MOST_BYTES_TOGETHER = 2 ** 20;

/** The format of the lines at some place of a source. */
export interface FormatThere {
  readonly names: readonly string[];
  readonly learnedFrom: LearnedFrom;
}

export interface Job {
  /** Which of the run's sources, the first of those that are read as a whole. */
  readonly source: number;
  /** How many sources. */
  readonly count: number;
  /** Null for all of it. */
  readonly part: Part | null;
  /** The format of the lines that the part begins with; null where the source begins. */
  readonly format: FormatThere | null;
  /** What the file's other parts are read with. */
  readonly assumed: FormatThere | null;
}

/** From where on there is something to do: a source, a byte of it, and the format there. */
export interface Beginning {
  readonly source: number;
  readonly at: number;
  readonly format: FormatThere | null;
}

/** Whether lines of two orders may stand mixed there: each of them tells its own. */
export const isMixed = ({ names, learnedFrom }: FormatThere): boolean =>
  mayBeMixed(columnsOf(names), learnedFrom);

/** Whether lines behind a place are read alike in both formats. */
export const areAlike = (one: FormatThere, other: FormatThere): boolean =>
  isMixed(one) === isMixed(other) && (isMixed(one) || one.names.join(' ') === other.names.join(' '));

const readHead = async (path: string): Promise<Uint8Array> => {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, (await file.read(head, 0, HEAD_BYTES, 0)).bytesRead);
  } finally {
    await file.close();
  }
};

/** The format behind a head, where orders stand mixed the source's own; null when that does not tell. */
const formatBehind = (head: Uint8Array, declared: Columns | undefined): FormatThere | null => {
  let own = null as FormatThere | null;
  const ignore = (): void => {};
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const events = {
    onBatch: ignore,
    onRejection: ignore,
    onHeader: ignore,
    onComment: ignore,
    onFormat: ({ names }: Columns, learnedFrom: LearnedFrom) => {
      const met = { names, learnedFrom };
      if (own === null || !isMixed(own) || !isMixed(met)) own = met;
    },
  };
  try {
    const reader = new RecordReader('', dictionaries, events, declared, null);
    reader.push(head.subarray(0, head.lastIndexOf(10) + 1));
    return own;
  } catch {
    return null; // said by the thread that reads it
  }
};

/** The format that parts of a source may be read with; null when it is to be read as a whole. */
const formatOfParts = async (
  { path, size }: Source,
  partBytes: number,
  declared: Columns | undefined,
): Promise<FormatThere | null> => {
  if (path === null || size === null || size < 2 * partBytes) return null;
  try {
    const head = await readHead(path);
    const isPlain = looksLikeText(head) && (await holdsPlainLines(head, declared));
    return isPlain ? formatBehind(head, declared) : null;
  } catch {
    return null; // said by the thread that reads it
  }
};

/** How many sources from one on are small enough to be one job; 1 where that one is not. */
const countTogether = (sources: readonly Source[], first: number, partBytes: number): number => {
  const most = Math.min(SMALL, 2 * partBytes - 1);
  let bytes = 0;
  let count = 0;
  for (; count < MOST_TOGETHER; count++) {
    const size = sources[first + count]?.size ?? null;
    if (size === null || size > most || bytes + size > MOST_BYTES_TOGETHER) break;
    bytes += size;
  }
  return Math.max(1, count);
};

/** All that is to be read from a beginning on, in order. */
export async function* jobsFrom(
  sources: readonly Source[],
  { source: first, at, format }: Beginning,
  partBytes: number,
  declared: Columns | undefined,
): AsyncGenerator<Job> {
  let count = 1;
  for (let source = first; source < sources.length; source += count) {
    const of = sources[source] as Source;
    const isRest = source === first && at > 0;
    count = isRest ? 1 : countTogether(sources, source, partBytes);
    const assumed = isRest ? format : await formatOfParts(of, partBytes, declared);
    if (assumed === null) {
      yield { source, count, part: null, format: null, assumed };
      continue;
    }
    const size = of.size ?? 0;
    for (let from = isRest ? at : 0; from < size; from += partBytes) {
      const part = { from, to: Math.min(from + partBytes, size) };
      yield { source, count, part, format: from === 0 ? null : assumed, assumed };
    }
  }
}
