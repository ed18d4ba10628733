/** Around whatever reads logs: progress on a terminal, signals, and the sources that could not be read to their ends. */
import type { ReadingOptions } from '../engine/reading/read-input.ts';
import type { CommonFlags } from './options.ts';
import { Progress } from './progress.ts';
import { describeError } from './report-error.ts';
import type { Surroundings } from './surroundings.ts';

export interface WatchRequest {
  readonly flags: CommonFlags;
  readonly surroundings: Surroundings;
  /** False where results would be drawn over the bar. */
  readonly showProgress: boolean;
  /** What is done when everything has been read: see Progress. */
  readonly last?: string;
}

/** What reading is told, so that it is watched. */
export type Watch = Required<Pick<ReadingOptions, 'signal' | 'onProgress' | 'onDamage'>>;

/**
 * Does work that reads; sources that were left out or broken off are said when it is over, however it ends.
 * @param work is given the list that they are put into
 */
export const watchReading = async <T>(
  { flags, surroundings: { stderr, signal }, showProgress, last }: WatchRequest,
  work: (watch: Watch, damage: readonly Error[]) => Promise<T>,
): Promise<T> => {
  const progress = new Progress(stderr, showProgress && flags.quiet !== true, last);
  const damage: Error[] = [];
  const watch: Watch = {
    signal,
    onProgress: (bytes, total) => progress.update(bytes, total),
    onDamage: (error) => damage.push(error),
  };
  try {
    return await work(watch, damage);
  } finally {
    progress.stop();
    for (const error of damage) stderr.write(`conntrail: ${describeError(error)}\n`);
  }
};
