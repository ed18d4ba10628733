/** The order of the test files: quick examples first, since most mutants die there, exhaustive ones and laws last. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** From quick to slow, by what one file costs; what is not named stands in front. */
const SLOW = [
  'test/golden',
  'test/record/address.',
  'test/record/interner',
  'laws/parser',
  'laws/oracle',
  'test/record/scan-lines',
  'test/record/kernel',
] as const;

const rankOf = ({ moduleId }: TestSpecification): number =>
  SLOW.findIndex((name) => moduleId.includes(name)) + 1;

export class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => rankOf(a) - rankOf(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}
