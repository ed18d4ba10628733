/**
 * Fuzzes every reader: `npm run fuzz -- --minutes 10`, with `--target NAME` for one of them and `--seed N` to draw the
 * same changes again. Inputs that reach new text of src are kept and changed further. A find is made small, written to
 * test/corpus/<target>/ and ends the run with exit code 1; `npm test` holds the cases from then on.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { keepCase } from './corpus-folder.ts';
import { Executor, HEAP_MEBIBYTES } from './executor.ts';
import type { InputsRan } from './messages.ts';
import { anyPlan, carryOut } from './mutate.ts';
import { seedsOf } from './seeds.ts';
import { shrink } from './shrink.ts';
import { isTargetName, TARGET_NAMES, TARGETS, type TargetName } from './targets.ts';

/** An input that takes longer alone hangs. */
const LONGEST_MILLISECONDS = 2000;
/** A whole batch may take longer, since new text makes it run twice. */
const BATCH_MILLISECONDS = 60_000;
/** The process as a whole, code and both kernels included. */
const MOST_MEBIBYTES = HEAP_MEBIBYTES + 256;
const BATCH = 50;
/** What making a find small may take. */
const SHRINK_MILLISECONDS = 30_000;

interface Corpus {
  readonly target: TargetName;
  readonly inputs: Buffer[];
  readonly seeds: number;
  executions: number;
  milliseconds: number;
}

/** What was wrong with one input. */
interface Find {
  readonly signature: string;
  readonly text: string;
}

class Fuzzing {
  readonly #executor = new Executor();
  readonly #seed: number;
  readonly #known = new Set<string>();
  #batches = 0;
  #reached = 0;
  peakMebibytes = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  get finds(): number {
    return this.#known.size;
  }

  get reached(): number {
    return this.#reached;
  }

  /** The first inputs as they are: what they reach is where the search begins. */
  async begin(target: TargetName): Promise<Corpus> {
    const inputs = seedsOf(target).map((seed) => seed.subarray(0, TARGETS[target].mostBytes));
    const corpus = { target, inputs, seeds: inputs.length, executions: 0, milliseconds: 0 };
    await this.#runAll(corpus, inputs);
    return corpus;
  }

  /** One batch of changed inputs; those that reach new text join the corpus. */
  async goOn(corpus: Corpus): Promise<void> {
    const { target, inputs } = corpus;
    const plans = fc.sample(anyPlan(target === 'gzip'), {
      seed: this.#seed + this.#batches++,
      numRuns: BATCH,
    });
    const { mostBytes } = TARGETS[target];
    const changed = plans.map((plan) => carryOut(plan, inputs, mostBytes));
    for (const index of await this.#runAll(corpus, changed)) inputs.push(changed[index] as Buffer);
  }

  stop(): Promise<void> {
    return this.#executor.stop();
  }

  async #runAll(corpus: Corpus, inputs: readonly Buffer[]): Promise<readonly number[]> {
    const { target } = corpus;
    const before = performance.now();
    const ran = await this.#executor.run({ target, inputs, guided: true }, BATCH_MILLISECONDS);
    corpus.executions += inputs.length;
    if (typeof ran === 'string' || this.#isOutOfBounds(ran)) await this.#runEach(target, inputs);
    corpus.milliseconds += performance.now() - before;
    if (typeof ran === 'string') return [];
    for (const { index, ...fault } of ran.faults) await this.#keep(target, inputs[index] as Buffer, fault);
    this.#reached = Math.max(this.#reached, ran.reached);
    return ran.fresh;
  }

  #isOutOfBounds({ slowest, peakMebibytes }: InputsRan): boolean {
    if (peakMebibytes <= MOST_MEBIBYTES) this.peakMebibytes = Math.max(this.peakMebibytes, peakMebibytes);
    return slowest.milliseconds > LONGEST_MILLISECONDS || peakMebibytes > MOST_MEBIBYTES;
  }

  /** Which of the inputs hangs, kills or takes too much? Each is asked alone, the last suspect in a new process. */
  async #runEach(target: TargetName, inputs: readonly Buffer[]): Promise<void> {
    await this.#executor.stop();
    for (const input of inputs) {
      const suspect = await this.#findIn(target, input);
      if (suspect === undefined || this.#known.has(`${target}: ${suspect.signature}`)) continue;
      await this.#executor.stop();
      const find = await this.#findIn(target, input);
      if (find !== undefined) await this.#keep(target, input, find);
    }
  }

  /** One input alone. */
  async #findIn(target: TargetName, input: Buffer): Promise<Find | undefined> {
    // Twice the time: the rest is for starting, sending and a busy machine.
    const ran = await this.#executor.run(
      { target, inputs: [input], guided: false },
      2 * LONGEST_MILLISECONDS + 1000,
    );
    const text = this.#executor.lastWords;
    if (ran === 'hung') return { signature: 'hangs', text };
    if (ran === 'died') return { signature: 'dies', text };
    const { slowest, peakMebibytes, faults } = ran;
    if (slowest.milliseconds > LONGEST_MILLISECONDS)
      return { signature: 'is slow', text: `${Math.round(slowest.milliseconds)} ms` };
    if (peakMebibytes > MOST_MEBIBYTES)
      return { signature: 'takes memory', text: `${Math.round(peakMebibytes)} MiB` };
    return faults[0];
  }

  async #keep(target: TargetName, input: Buffer, find: Find): Promise<void> {
    const known = `${target}: ${find.signature}`;
    if (this.#known.has(known)) return;
    this.#known.add(known);
    const small = await shrink(
      input,
      async (bytes) => (await this.#findIn(target, bytes))?.signature === find.signature,
      SHRINK_MILLISECONDS,
    );
    const hash = createHash('sha256').update(small).digest('hex').slice(0, 8);
    const path = keepCase(target, `${find.signature.replaceAll(/[^A-Za-z0-9]+/g, '-')}-${hash}.bin`, small);
    console.log(`\nfound: ${known}\n${find.text}\n${small.length} bytes in ${path}\n`);
  }
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    target: { type: 'string', multiple: true, default: [...TARGET_NAMES] },
  },
});
const odd = values.target.find((name) => !isTargetName(name));
if (odd !== undefined || !(Number(values.minutes) > 0) || !Number.isInteger(Number(values.seed))) {
  console.error(`--target is one of ${TARGET_NAMES.join(', ')}; --minutes and --seed are numbers.`);
  process.exit(2);
}
const targets = values.target.filter(isTargetName);
const until = performance.now() + Number(values.minutes) * 60_000;
console.log(`Fuzzing for ${values.minutes} min; replay with --seed ${values.seed}`);
for (const name of targets) console.log(`  ${name.padEnd(8)} ${TARGETS[name].about}`);

const fuzzing = new Fuzzing(Number(values.seed));
const corpora: Corpus[] = [];
for (const target of targets) corpora.push(await fuzzing.begin(target));
while (performance.now() < until) {
  // All targets get the same time.
  await fuzzing.goOn(
    corpora.reduce((least, each) => (each.milliseconds < least.milliseconds ? each : least)),
  );
}
await fuzzing.stop();

for (const { target, executions, inputs, seeds } of corpora)
  console.log(`${target.padEnd(8)} ${executions} executions, corpus ${seeds} → ${inputs.length}`);
console.log(
  `${fuzzing.reached} characters of src reached; at most ${Math.round(fuzzing.peakMebibytes)} MiB; ${fuzzing.finds} finds`,
);
process.exitCode = fuzzing.finds > 0 ? 1 : 0;
