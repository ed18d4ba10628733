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
}

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
let suite: Suite = { name: '', parent: null, before: [], isReady: true };

/** Hooks of each suite run before its first test, those of the suites around it first. */
const makeReady = async (each: Suite): Promise<void> => {
  if (each.parent !== null) await makeReady(each.parent);
  if (each.isReady) return;
  for (const work of each.before) await work();
  each.isReady = true;
};

const addTest = (name: string, work: Work, given: readonly unknown[] = []): void => {
  const within = suite;
  const names = [name];
  for (let each: Suite | null = within; each !== null; each = each.parent) names.unshift(each.name);
  const full = names.filter((part) => part !== '').join(' > ');
  const alike = tests.filter((test) => test.file === file && test.name.startsWith(full)).length;
  tests.push({
    id: `${file}#${full}${alike === 0 ? '' : ` (${alike + 1})`}`,
    name: full,
    file,
    run: async () => {
      await makeReady(within);
      await (work as (...values: readonly unknown[]) => unknown)(...given);
    },
  });
};

const addSuite = (name: string, work: Work, given: readonly unknown[] = []): void => {
  const around = suite;
  suite = { name, parent: around, before: [], isReady: false };
  try {
    (work as (...values: readonly unknown[]) => unknown)(...given);
  } finally {
    suite = around;
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
export const describe = withEach(addSuite);
export const beforeAll = (work: Work): void => {
  suite.before.push(work);
  suite.isReady = false;
};
export const afterAll = (work: Work): void => {
  afterwards.push(work);
};

/** Loads a file of tests and gives what it holds. @param path relative to the root, as it is named in reports */
export const gather = async (path: string, load: () => Promise<unknown>): Promise<Test[]> => {
  const from = tests.length;
  file = path;
  suite = { name: '', parent: null, before: [], isReady: true };
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
