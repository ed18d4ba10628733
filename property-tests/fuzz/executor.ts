/**
 * Runs inputs in a process of their own with bounds on time and memory, and a new one when the old is gone. It says what
 * happened and judges nothing.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { InputsRan, RunInputs } from './messages.ts';

/** The heap that Node gives the process, in MiB: an input that needs more kills it. */
export const HEAP_MEBIBYTES = 512;

/** Compiling both kernels takes seconds, on a busy machine many. */
const START_MILLISECONDS = 120_000;

export type Ended = InputsRan | 'hung' | 'died';

export class Executor {
  #child: ChildProcess | undefined;
  /** What the process said last before it died. */
  #lastWords = '';

  get lastWords(): string {
    return this.#lastWords;
  }

  /** Runs inputs; `hung` when they are not done in time, `died` when the process is no more. */
  async run(request: RunInputs, milliseconds: number): Promise<Ended> {
    const child = this.#child ?? (await this.#start());
    const answer = new Promise<Ended>((resolve) => {
      const timer = setTimeout(() => resolve('hung'), milliseconds);
      const settle = (ended: Ended): void => {
        clearTimeout(timer);
        child.off('message', settle).off('exit', died);
        resolve(ended);
      };
      const died = (): void => settle('died');
      child.on('message', settle).on('exit', died);
    });
    child.send(request);
    const ended = await answer;
    if (typeof ended === 'string') await this.stop();
    return ended;
  }

  /** Ends the process, if there is one; the next run starts another. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.removeAllListeners('message');
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, 'execute-inputs.ts'), [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${HEAP_MEBIBYTES}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#lastWords = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-4000);
    });
    const signal = AbortSignal.timeout(START_MILLISECONDS);
    const left = once(child, 'exit', { signal }).then(() => {
      throw new Error(`The process that runs inputs does not start:\n${this.#lastWords}`);
    });
    left.catch(() => {});
    await Promise.race([once(child, 'message', { signal }), left]);
    this.#child = child;
    return child;
  }
}
