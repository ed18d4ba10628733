/** What writing the rows of keys takes. */
import type { Tally } from '../tally.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { KnownEnds } from './known-ends.ts';
import type { CountRows } from './line-speller.ts';

export interface LineSetting {
  /** Holds keys in order, and all that judging them takes. */
  readonly memory: KernelMemory;
  /** Where reservePieces made room. */
  readonly pieces: number;
  readonly ends: KnownEnds;
  readonly count: CountRows;
  /** Is told of copies that were taken out. */
  readonly tally: Pick<Tally, 'duplicates' | 'duplicateExchanges'>;
}
