/**
 * An instance as it was when it began, but for what it was taught: for runs of few records, one after the other, of which none
 * is worth a memory of its own. What the memory has grown by is kept.
 */
import { forgetCounts } from './count-rows.ts';
import { forgetKeys } from './evaluate.ts';
import { forgetFiled } from './file-rows.ts';
import { forgetServices } from './services.ts';
import { setLearns } from './weigh.ts';

/** Forgets the run. For one instance alone. */
export function beginAnew(): void {
  forgetFiled();
  forgetServices();
  setLearns(true);
  forgetKeys();
  forgetCounts();
}
