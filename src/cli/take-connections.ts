/**
 * One run of the engine as every command makes it: progress while reading, each connection counted and
 * filtered, damaged sources told, signals heeded. What is done with a connection is the command's business.
 */
import type { LineSpeller } from '../engine/kernel/line-speller.ts';
import type { Connection } from '../model/connection.ts';
import type { Lent } from '../model/lent.ts';
import type { ConnectionOutline } from '../model/outline.ts';
import type { RunReport, VantageCoverage } from '../model/report.ts';
import { type Reconstruction, reconstruct } from '../reconstruct.ts';
import { buildFilter, type ConnectionFilter, filtersAnything, filtersByTime } from './filters.ts';
import { keepHeapSmall } from './keep-heap-small.ts';
import { type CommonFlags, engineOptions, filterOptions } from './options.ts';
import { linesReadOf, refuseUnread } from './refuse-unread.ts';
import type { Surroundings } from './surroundings.ts';
import { Tally } from './tally.ts';
import { watchReading } from './watch-reading.ts';

export interface Taken {
  readonly report: RunReport;
  readonly tally: Tally;
  /** Sources left out or broken off under --keep-going. */
  readonly skippedSources: number;
}

export interface TakeRequest {
  readonly paths: readonly string[];
  readonly flags: CommonFlags;
  readonly surroundings: Surroundings;
  /** False where results would be drawn over the bar. */
  readonly showProgress: boolean;
  /** A filter beside those of the flags. */
  readonly only?: ConnectionFilter;
  /** Connections carry their windows one by one. */
  readonly windows?: boolean;
  /** Told, before the first outline, what each vantage covers. */
  readonly onCoverage?: (coverage: readonly VantageCoverage[]) => void;
  /** Connections carry what AWS tells beside packets. */
  readonly annotations?: boolean;
  /** Lines that were not understood are what is asked for: none that was is told behind the result, not instead of it. */
  readonly showsUnread?: boolean;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs `work` over a reconstruction, with progress and damage shown around it. */
const withReconstruction = async (
  {
    paths,
    flags,
    surroundings,
    showProgress,
    windows = false,
    annotations = false,
    showsUnread = false,
  }: TakeRequest,
  work: (reconstruction: Reconstruction, tally: Tally) => Promise<void>,
): Promise<Taken> => {
  const tally = new Tally();
  return watchReading({ flags, surroundings, showProgress }, async (watch, damage) => {
    const reconstruction = reconstruct(paths, { ...engineOptions(flags), windows, annotations, ...watch });
    await work(reconstruction, tally);
    surroundings.signal.throwIfAborted();
    const { report } = reconstruction;
    if (!showsUnread) refuseUnread(linesReadOf(report));
    return { report, tally, skippedSources: damage.length };
  });
};

/**
 * Rebuilds and hands over what passes the filters.
 * @param take may return a promise to be waited for
 */
export const takeConnections = (
  request: TakeRequest,
  take: (connection: Connection) => Promise<void> | undefined,
): Promise<Taken> => {
  // Where something is left out, what is left out need not be made.
  if (request.only !== undefined || filtersAnything(filterOptions(request.flags)))
    return takeOutlines(request, (outline) => take(outline.whole()));
  return withReconstruction(request, async (reconstruction, tally) => {
    for await (const connection of reconstruction) {
      tally.add(connection);
      const busy = take(connection);
      if (busy !== undefined) await busy;
    }
  });
};

/**
 * The same as outlines, each of which holds until the next is handed over.
 * @param take may return a promise to be waited for
 */
export const takeOutlines = (
  request: TakeRequest,
  take: (outline: ConnectionOutline) => Promise<void> | undefined,
): Promise<Taken> => {
  const filters = filterOptions(request.flags);
  const passes = buildFilter(filters);
  const { only = () => true } = request;
  const isAll = request.only === undefined && !filtersAnything(filters);
  const byTime = filtersByTime(filters);
  const { signal } = request.surroundings;
  return withReconstruction(request, async (reconstruction, tally) => {
    // Where nothing is left out they are counted by the many.
    const count = isAll ? tally.addAlike.bind(tally) : undefined;
    let isFirst = true;
    for await (const outlines of reconstruction.outlines(count)) {
      if (isFirst) request.onCoverage?.(reconstruction.coverage);
      isFirst = false;
      for (const outline of outlines) {
        if (isAll || (passes(outline) && only(outline))) {
          if (!isAll) tally.add(outline);
          const busy = take(outline);
          if (busy !== undefined) await busy;
        } else tally.hide(outline, byTime);
      }
      await nextTurn();
      signal.throwIfAborted();
    }
  });
};

/** Rebuilds and hands over everything as bytes of lines: the fast lane, for when nothing is filtered. */
export const takeLines = (
  request: TakeRequest,
  speller: LineSpeller,
  write: (piece: Lent) => Promise<void>,
): Promise<Taken> => {
  keepHeapSmall();
  return withReconstruction(request, async (reconstruction, tally) => {
    let written = Promise.resolve();
    for await (const piece of reconstruction.lines(speller, (row, times) => tally.addAlike(row, times))) {
      if (piece.length > 0) {
        // The last piece is on its way while this one was made.
        await written;
        written = write(piece);
        written.catch(() => {}); // said when it is waited for
      }
      await nextTurn();
      request.surroundings.signal.throwIfAborted();
    }
    await written;
  });
};
