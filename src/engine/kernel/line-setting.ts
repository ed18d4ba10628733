/** What writing lines takes. */
import type { RecordStore } from '../../correlate/record-store.ts';
import type { Scope } from '../../correlate/scope.ts';
import type { Lessons } from '../../lifecycle/lessons.ts';
import type { JudgeContext } from '../judge.ts';
import type { ObserverTables } from '../observer-tables.ts';
import type { Duplicates, PlainJudge } from '../plain-judge.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { CountRows, LineSpeller } from './line-speller.ts';
import type { ObserverTexts } from './observer-texts.ts';

export interface LineSetting {
  readonly memory: KernelMemory;
  /** Where reservePieces made room. */
  readonly pieces: number;
  readonly store: RecordStore;
  readonly context: JudgeContext;
  readonly scope: Scope;
  readonly tables: ObserverTables;
  readonly observerTexts: ObserverTexts;
  readonly plain: PlainJudge;
  /** What is known of ends from before, in the place of what the records teach. */
  readonly lessons: Lessons | null;
  readonly speller: LineSpeller;
  readonly count: CountRows;
  /** Is told of copies that were taken out. */
  readonly tally: Duplicates;
}
