/**
 * The process that runs inputs: it may hang, run out of memory or die, and whoever started it will know which input
 * did it. Run by executor.ts, not by hand.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Fault, InputsRan, RunInputs } from './messages.ts';
import { Reached } from './reached.ts';

const reached = new Reached();
await reached.begin();
const { TARGETS } = await import('./targets.ts');
const { engineKernel, scanKernel } = await import('./kernels.ts');
// Compiled now, so that no input pays for it.
scanKernel();
engineKernel();

const PLACE = /at (?:async )?(?:([\w.#]+) \()?.*\/(?:src|property-tests|test)\/([\w/.-]+):\d+/;
/** Frames of our own code that tell one fault from another; further out is whoever asked. */
const FRAMES = 3;

const signatureOf = (error: unknown): string => {
  if (!(error instanceof Error)) return `threw ${typeof error}`;
  const places = (error.stack ?? '').split('\n').flatMap((line) => {
    const [, name, file] = PLACE.exec(line) ?? [];
    return file === undefined ? [] : [name ?? file];
  });
  return `${error.name} at ${places.slice(0, FRAMES).join(' < ')}`;
};

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message).slice(0, 4000) : String(error);

const faultsOf = async ({ target, inputs }: RunInputs, took: number[]): Promise<Fault[]> => {
  const { check } = TARGETS[target];
  const faults: Fault[] = [];
  for (const [index, input] of inputs.entries()) {
    const before = process.cpuUsage();
    try {
      await check(input);
    } catch (error) {
      faults.push({ index, signature: signatureOf(error), text: textOf(error) });
    }
    const { user, system } = process.cpuUsage(before);
    took.push((user + system) / 1000);
  }
  // A promise that nobody waited for may have failed.
  await nextTurn();
  return faults;
};

/** Runs each input alone to learn which of them reached what. */
const freshAmong = async (request: RunInputs): Promise<number[]> => {
  if ((await reached.look(false)) === 0) return [];
  const fresh: number[] = [];
  for (const [index, input] of request.inputs.entries()) {
    await faultsOf({ ...request, inputs: [input] }, []);
    if ((await reached.look(true)) > 0) fresh.push(index);
  }
  return fresh;
};

const runInputs = async (request: RunInputs): Promise<InputsRan> => {
  const took: number[] = [];
  const faults = await faultsOf(request, took);
  const longest = Math.max(...took);
  return {
    fresh: request.guided ? await freshAmong(request) : [],
    faults,
    reached: reached.size,
    slowest: { index: took.indexOf(longest), milliseconds: longest },
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
  };
};

process.on('message', async (request: RunInputs) => {
  process.send?.(await runInputs(request));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
