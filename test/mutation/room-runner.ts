/**
 * A Stryker plugin that shows the mutants of one room (rooms.ts) to its tests in one process, which costs milliseconds a mutant
 * where a new Vitest costs seconds. What one mutant leaves behind must not count for the next: a test that kills must
 * pass again without the mutant, and a mutant survives only among modules that have seen no other. Else all modules are
 * loaded anew and the mutant is asked again.
 */
import { globSync, readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { MutantCoverage } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  TestStatus,
} from '@stryker-mutator/api/test-runner';
import type { Test } from './harness.ts';
import { ROOMS, type Room } from './rooms.ts';

/** What instrumented code reads and writes (Stryker's INSTRUMENTER_CONSTANTS). */
interface Instruments {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: MutantCoverage;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}
const IN_THREADS = '__STRYKER_ACTIVE_MUTANT__';

const instruments = (): Instruments => {
  const all = globalThis as { __stryker__?: Instruments };
  all.__stryker__ ??= {};
  return all.__stryker__;
};

const activate = (id: string | undefined): void => {
  instruments().activeMutant = id;
  if (id === undefined) delete process.env[IN_THREADS];
  else process.env[IN_THREADS] = id;
};

/** Of a file of the sandbox. */
const urlOf = (file: string): string => pathToFileURL(join(process.cwd(), file)).href;

/** Modules of the sandbox that were loaded together, and their tests. */
class World {
  readonly #room: Room;
  readonly #files: readonly string[];
  #tests: readonly Test[] | null = null;
  #clear = async (): Promise<void> => {};
  /** Whether a mutant was active in it, or the run without any took place in it. */
  isUsed = false;

  constructor(room: Room, files: readonly string[]) {
    this.#room = room;
    this.#files = files;
  }

  /** All tests of the room, in order; loads them the first time. */
  async tests(): Promise<readonly Test[]> {
    this.#tests ??= await this.#load();
    return this.#tests;
  }

  /** Takes away what its tests have left. */
  clear(): Promise<void> {
    return this.#clear();
  }

  async #load(): Promise<readonly Test[]> {
    const { gather, clear } = (await import(
      urlOf('test/mutation/harness.ts')
    )) as typeof import('./harness.ts');
    this.#clear = clear;
    // Vitest's own counterpart of this is in vitest.config.ts.
    await import(urlOf('test/mutation/no-shrinking.ts'));
    // What is loaded while a test runs would seem to be that test's alone.
    for (const file of this.#files) await import(urlOf(file));
    const tests: Test[] = [];
    for (const file of globSync([...this.#room.tests]).sort())
      tests.push(...(await gather(file, () => import(urlOf(file)))));
    const { skip = [] } = this.#room;
    return tests.filter(({ name }) => !skip.some((begin) => name.startsWith(begin)));
  }
}

/** Enough to be quick, few enough for modules that nobody needs any more to have room. */
const MOST_WORLDS = 100;

class RoomRunner implements TestRunner {
  readonly #name: string;
  readonly #room: Room;
  #world: World;
  #worlds = 1;
  /** What was thrown where nobody waited for it. */
  #stray: unknown;

  constructor(name: string) {
    const room = ROOMS[name];
    if (room === undefined) throw new Error(`There is no room ${name}.`);
    this.#name = name;
    this.#room = room;
    this.#world = this.#newWorld();
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    const root = `${pathToFileURL(process.cwd()).href}/`;
    const sources = new Map<string, string>();
    registerHooks({
      resolve: (specifier, context, next) => {
        if (specifier === 'vitest' && !context.parentURL?.includes('/test/mutation/harness.ts'))
          return { url: this.#inWorld(urlOf('test/mutation/harness.ts')), shortCircuit: true };
        if (specifier.endsWith('/run-command.ts'))
          return { url: this.#inWorld(urlOf('test/mutation/run-in-process.ts')), shortCircuit: true };
        // The compiler would not take mutants: Node runs the rules.
        if (specifier.endsWith('/compile-engine-kernel.ts'))
          return { url: this.#inWorld(urlOf('test/mutation/rules-by-node.ts')), shortCircuit: true };
        const resolved = next(specifier, context);
        const isOurs = resolved.url.startsWith(root) && resolved.url.endsWith('.ts');
        return isOurs ? { ...resolved, url: this.#inWorld(resolved.url) } : resolved;
      },
      load: (url, context, next) => {
        const [plain = ''] = url.split('?');
        if (plain === url || !plain.endsWith('.ts')) return next(url, context);
        const source = sources.get(plain) ?? stripTypeScriptTypes(readFileSync(fileURLToPath(plain), 'utf8'));
        sources.set(plain, source);
        return { format: 'module', source, shortCircuit: true };
      },
    });
    const stray = (error: unknown): void => {
      this.#stray ??= error;
    };
    process.on('unhandledRejection', stray).on('uncaughtException', stray);
  }

  async dryRun(): Promise<DryRunResult> {
    this.#world.isUsed = true;
    const results: TestResult[] = [];
    for (const test of await this.#world.tests()) {
      instruments().currentTestId = test.id;
      const begin = performance.now();
      const failureMessage = await this.#failureOf(test);
      instruments().currentTestId = undefined;
      const told = { id: test.id, name: test.name, fileName: join(process.cwd(), test.file) };
      const timeSpentMs = performance.now() - begin;
      results.push(
        failureMessage === null
          ? { ...told, timeSpentMs, status: TestStatus.Success }
          : { ...told, timeSpentMs, status: TestStatus.Failed, failureMessage },
      );
    }
    const { mutantCoverage = { static: {}, perTest: {} } } = instruments();
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const isStatic = options.mutantActivation === 'static';
    if (isStatic) await this.#begin();
    const isFirst = !this.#world.isUsed;
    const result = await this.#show(options);
    if (isStatic) await this.#begin();
    if (result === 'spoilt' || (result.status === MutantRunStatus.Survived && !isFirst && !isStatic)) {
      await this.#begin();
      const again = await this.#show(options);
      if (again !== 'spoilt') return again;
      await this.#begin();
      return { status: MutantRunStatus.Error, errorMessage: 'Tests fail without the mutant.' };
    }
    if (result.status === MutantRunStatus.Timeout) await this.#begin();
    return result;
  }

  async dispose(): Promise<void> {
    await this.#world.clear();
  }

  /** Shows a mutant to the tests that reach it; `spoilt` when a test fails that may fail for what another has left behind. */
  async #show(options: MutantRunOptions): Promise<MutantRunResult | 'spoilt'> {
    const { activeMutant, testFilter, mutantActivation, hitLimit } = options;
    const isStatic = mutantActivation === 'static';
    const isFirst = !this.#world.isUsed;
    this.#world.isUsed = true;
    instruments().hitCount = 0;
    instruments().hitLimit = hitLimit;
    const wanted = testFilter === undefined ? null : new Set(testFilter);
    let nrOfTests = 0;
    const world = this.#world;
    try {
      if (isStatic) activate(activeMutant.id);
      const tests = await world.tests();
      activate(activeMutant.id);
      for (const test of tests) {
        if (wanted?.has(test.id) === false) continue;
        nrOfTests++;
        activate(activeMutant.id);
        const failureMessage = await this.#failureOf(test);
        const tooOften = determineHitLimitReached(instruments().hitCount, hitLimit);
        if (tooOften !== undefined)
          return { status: MutantRunStatus.Timeout, reason: tooOften.reason ?? 'hit too often' };
        if (failureMessage === null) continue;
        activate(undefined);
        const failsWithout = !isStatic && (await this.#failureOf(test)) !== null;
        if (failsWithout && !isFirst) return 'spoilt';
        if (failsWithout) await this.#begin();
        return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage, nrOfTests };
      }
      return { status: MutantRunStatus.Survived, nrOfTests };
    } catch (error) {
      // A mutant that keeps the room from being loaded is seen by everybody.
      if (!isStatic) throw error;
      return { status: MutantRunStatus.Killed, killedBy: [], failureMessage: String(error), nrOfTests };
    } finally {
      activate(undefined);
    }
  }

  #newWorld(): World {
    const { without = [] } = this.#room;
    const files = globSync(`src/${this.#name}/**/*.ts`).sort();
    return new World(
      this.#room,
      files.filter((file) => !without.some((name) => file.endsWith(`/${name}`))),
    );
  }

  /** Everything is loaded anew from here on. */
  async #begin(): Promise<void> {
    // Stryker asks a new process then.
    if (this.#worlds >= MOST_WORLDS) throw new Error('There are too many modules in this process.');
    this.#worlds++;
    await this.#world.clear();
    this.#world = this.#newWorld();
  }

  #inWorld(url: string): string {
    return `${url}?world=${this.#worlds}`;
  }

  /** Why a test fails; null when it passes. */
  async #failureOf(test: Test): Promise<string | null> {
    this.#stray = undefined;
    try {
      await test.run();
    } catch (error) {
      return String(error) || 'It fails without a word.';
    }
    return this.#stray === undefined ? null : String(this.#stray);
  }
}

const createRoomRunner = (): RoomRunner => new RoomRunner(process.env['CONNTRAIL_ROOM'] ?? '');

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'room', createRoomRunner)];
