/**
 * Stands in for `vitest` where mutants of one room are shown to its tests (room-runner.ts): it gathers tests under the same
 * names, so that they can be run again and again in one process, one mutant after the other. Expectations are Vitest's own.
 * What is built before tests is built once; what is taken away after them goes with the process.
 */
import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { chai, expect } from 'vitest';

export { chai, createExpect, expect, vi } from 'vitest';

type Work = (...given: never[]) => unknown;

interface Suite {
  readonly name: string;
  readonly parent: Suite | null;
  readonly before: Work[];
  isReady: boolean;
  readonly beforeEach: Work[];
  readonly afterEach: Work[];
}

const newSuite = (name: string, parent: Suite | null): Suite => ({
  ...{ name, parent, before: [], isReady: parent === null },
  ...{ beforeEach: [], afterEach: [] },
});

export interface Test {
  /** The file and the names around it; the same in every process. */
  readonly id: string;
  readonly name: string;
  readonly file: string;
  run(): Promise<void>;
}

const tests: Test[] = [];
const afterwards: Work[] = [];
let file = '';
let suite = newSuite('', null);

/** Hooks of each suite run before its first test, those of the suites around it first. */
const makeReady = async (each: Suite): Promise<void> => {
  if (each.parent !== null) await makeReady(each.parent);
  if (each.isReady) return;
  for (const work of each.before) await work();
  each.isReady = true;
};

/** A suite and those around it, the outermost first. */
const around = (each: Suite): Suite[] => (each.parent === null ? [each] : [...around(each.parent), each]);

const addTest = (name: string, work: Work, given: readonly unknown[] = []): void => {
  const within = suite;
  const names = [...around(within).map((each) => each.name), name];
  const full = names.filter((part) => part !== '').join(' > ');
  const alike = tests.filter((test) => test.file === file && test.name.startsWith(full)).length;
  tests.push({
    id: `${file}#${full}${alike === 0 ? '' : ` (${alike + 1})`}`,
    name: full,
    file,
    run: async () => {
      await makeReady(within);
      const suites = around(within);
      try {
        for (const each of suites) for (const hook of each.beforeEach) await hook();
        await (work as (...values: readonly unknown[]) => unknown)(...given);
      } finally {
        for (const each of suites.toReversed()) for (const hook of each.afterEach) await hook();
      }
    },
  });
};

const addSuite = (name: string, work: Work, given: readonly unknown[] = []): void => {
  const outer = suite;
  suite = newSuite(name, outer);
  try {
    (work as (...values: readonly unknown[]) => unknown)(...given);
  } finally {
    suite = outer;
  }
};

/** Options and limits of time are left out: Stryker has a limit of its own. */
const workOf = (rest: readonly unknown[]): Work =>
  rest.find((each): each is Work => typeof each === 'function') ?? (() => {});

const nameFor = (name: string, values: readonly unknown[]): string => {
  const [first] = values;
  const named = name.replaceAll(/\$(\w+)/g, (whole, key: string) =>
    typeof first === 'object' && first !== null && key in first
      ? String((first as Record<string, unknown>)[key])
      : whole,
  );
  const places = named.match(/%[a-z]/g)?.length ?? 0;
  return format(named, ...values.slice(0, places));
};

const withEach = (add: typeof addTest) =>
  Object.assign((name: string, ...rest: unknown[]) => add(name, workOf(rest)), {
    each:
      (table: readonly unknown[]) =>
      (name: string, ...rest: unknown[]) => {
        for (const row of table) {
          const values: readonly unknown[] = Array.isArray(row) ? row : [row];
          add(nameFor(name, values), workOf(rest), values);
        }
      },
  });

export const it = withEach(addTest);
export const test = it;
const skipped = withEach(() => {});
export const describe = Object.assign(withEach(addSuite), {
  skipIf: (isSkipped: boolean) => (isSkipped ? skipped : withEach(addSuite)),
});
export const beforeAll = (work: Work): void => {
  suite.before.push(work);
  suite.isReady = false;
};
export const beforeEach = (work: Work): void => {
  suite.beforeEach.push(work);
};
export const afterEach = (work: Work): void => {
  suite.afterEach.push(work);
};
export const afterAll = (work: Work): void => {
  afterwards.push(work);
};

/** Loads a file of tests and gives what it holds. @param path relative to the root, as it is named in reports */
export const gather = async (path: string, load: () => Promise<unknown>): Promise<Test[]> => {
  const from = tests.length;
  file = path;
  suite = newSuite('', null);
  await load();
  return tests.slice(from);
};

/** Takes away what tests have left. */
export const clear = async (): Promise<void> => {
  for (const work of afterwards.splice(0)) await work();
};

chai.use((_, { addMethod }) => {
  addMethod(
    chai.Assertion.prototype,
    'toMatchFileSnapshot',
    function (this: { _obj: unknown }, path: string) {
      expect(this._obj).toBe(readFileSync(path, 'utf8'));
    },
  );
});
