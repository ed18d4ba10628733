/** The order of the test files: those that take long first, so that no core waits for the last of them. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** From long to short, by what one file costs; what is not named stands behind. */
const LONG = [
  'test/package/',
  'laws/lines',
  'laws/resting',
  'laws/streaming',
  'laws/two-worlds',
  'engine/write-together',
  'engine/many-interfaces',
  'laws/',
  'test/cli/',
  'test/engine/',
  'test/input/',
  'test/browser/',
  'test/corpus',
  'test/readme',
  'record/scan-lines',
] as const;

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = LONG.findIndex((name) => moduleId.includes(name));
  return rank < 0 ? LONG.length : rank;
};

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => rankOf(a) - rankOf(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}
