/**
 * A Stryker plugin that shows the mutants of one room (rooms.ts) to its tests in one process, which costs milliseconds a mutant
 * where a new Vitest costs seconds. What one mutant leaves behind must not count for the next: a test that kills must
 * pass again without the mutant; else the answer is refused, and Stryker asks a new process. What was remembered before a
 * mutant may hide it, which lowers the score; with --again, what survives is asked once more in a new process.
 */
import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
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
import { ROOMS } from './rooms.ts';

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

const asksAgain = (): boolean => process.env['CONNTRAIL_AGAIN'] === '1';

class RoomRunner implements TestRunner {
  readonly #roomName: string;
  /** Of the files that are loaded. */
  readonly #tests = new Map<string, readonly Test[]>();
  /** How many mutants this process has seen, the run without any included. */
  #seen = 0;
  #isSpoilt = false;
  /** What was thrown where nobody waited for it. */
  #stray: unknown;

  constructor(roomName: string) {
    this.#roomName = roomName;
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init(): Promise<void> {
    const own = (name: string): string => pathToFileURL(join(process.cwd(), 'test/mutation', name)).href;
    const [harness, inProcess] = [own('harness.ts'), own('run-in-process.ts')];
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier === 'vitest' && context.parentURL !== harness)
          return { url: harness, shortCircuit: true };
        if (specifier.endsWith('/run-command.ts')) return { url: inProcess, shortCircuit: true };
        return next(specifier, context);
      },
    });
    const stray = (error: unknown): void => {
      this.#stray ??= error;
    };
    process.on('unhandledRejection', stray).on('uncaughtException', stray);
  }

  async dryRun(): Promise<DryRunResult> {
    this.#seen++;
    const results: TestResult[] = [];
    for (const test of await this.#load()) {
      instruments().currentTestId = test.id;
      const begin = performance.now();
      const failure = await this.#failureOf(test);
      instruments().currentTestId = undefined;
      const told = { id: test.id, name: test.name, fileName: join(process.cwd(), test.file) };
      const timeSpentMs = performance.now() - begin;
      results.push(
        failure === null
          ? { ...told, timeSpentMs, status: TestStatus.Success }
          : { ...told, timeSpentMs, status: TestStatus.Failed, failureMessage: failure },
      );
    }
    const { mutantCoverage = { static: {}, perTest: {} } } = instruments();
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    if (this.#isSpoilt) throw new Error('An earlier mutant has left something behind.');
    const isFirst = this.#seen++ === 0;
    const { id } = options.activeMutant;
    const isStatic = options.mutantActivation === 'static';
    if (isStatic) activate(id);
    const tests = await this.#load().catch((error: unknown) => {
      if (isStatic) return String(error);
      throw error;
    });
    // A mutant that keeps the room from being loaded is seen by everybody.
    if (typeof tests === 'string')
      return {
        status: MutantRunStatus.Killed,
        killedBy: [],
        failureMessage: tests,
        nrOfTests: 0,
      };
    const wanted = options.testFilter === undefined ? null : new Set(options.testFilter);
    instruments().hitCount = 0;
    instruments().hitLimit = options.hitLimit;
    activate(id);
    let nrOfTests = 0;
    for (const test of tests) {
      if (wanted?.has(test.id) === false) continue;
      nrOfTests++;
      const failureMessage = await this.#failureOf(test);
      const tooOften = determineHitLimitReached(instruments().hitCount, options.hitLimit);
      if (tooOften !== undefined) {
        this.#isSpoilt = true;
        activate(undefined);
        return { status: MutantRunStatus.Timeout, reason: tooOften.reason ?? 'hit too often' };
      }
      if (failureMessage === null) continue;
      activate(undefined);
      if (!isStatic && (await this.#failureOf(test)) !== null) {
        this.#isSpoilt = true;
        if (!isFirst) throw new Error('The test fails without the mutant too, after others.');
      }
      return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage, nrOfTests };
    }
    activate(undefined);
    if (!isFirst && asksAgain()) throw new Error('What survives is asked once more in a new process.');
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  async dispose(): Promise<void> {
    const harness = await this.#harness();
    await harness.clear();
  }

  async #harness(): Promise<typeof import('./harness.ts')> {
    return import(pathToFileURL(join(process.cwd(), 'test/mutation/harness.ts')).href);
  }

  /** All tests of the room, in order; loads them the first time. */
  async #load(): Promise<Test[]> {
    const room = ROOMS[this.#roomName];
    if (room === undefined) throw new Error(`There is no room ${this.#roomName}.`);
    const { gather } = await this.#harness();
    if (this.#tests.size === 0) {
      // Vitest's own counterpart of these is in vitest.config.ts.
      await import(pathToFileURL(join(process.cwd(), 'test/mutation/no-shrinking.ts')).href);
      // What is loaded while a test runs would seem to be that test's alone.
      for (const file of globSync(`src/${this.#roomName}/**/*.ts`).sort())
        if (room.without?.some((name) => file.endsWith(`/${name}`)) !== true)
          await import(pathToFileURL(join(process.cwd(), file)).href);
    }
    for (const file of globSync([...room.tests]).sort()) {
      if (this.#tests.has(file)) continue;
      const url = pathToFileURL(join(process.cwd(), file)).href;
      this.#tests.set(file, await gather(file, () => import(url)));
    }
    return [...this.#tests.values()].flat();
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
