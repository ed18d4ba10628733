/**
 * Turns of the event loop among long work: signals, timers and the caller's own work are heard, and an aborted signal ends
 * it. What cannot be interrupted between two pauses is kept to a fraction of a second (docs/engine.md).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Steps } from './in-steps.ts';

/** How long work goes on before others get their turn. */
const EVERY_MS = 40;

/** Other work that is to be waited for before this one goes on; undefined where there is none. */
export type Busy = () => Promise<void> | undefined;

const IDLE: Busy = () => undefined;

/** Rests of one piece of work on the event loop's thread. */
export class Pauses {
  readonly #signal: AbortSignal | undefined;
  readonly #busy: Busy;
  #next = performance.now() + EVERY_MS;

  /** @param signal heeded at each pause */
  constructor(signal?: AbortSignal, busy = IDLE) {
    this.#signal = signal;
    this.#busy = busy;
  }

  /** Whether others have waited long enough, or there is something to wait for. */
  get due(): boolean {
    return performance.now() >= this.#next || this.#busy() !== undefined;
  }

  /**
   * Gives the event loop a turn, and waits for what there is to wait for.
   * @throws the signal's reason when it was aborted
   */
  async take(): Promise<void> {
    await (this.#busy() ?? nextTurn());
    this.#signal?.throwIfAborted();
    this.#next = performance.now() + EVERY_MS;
  }

  /** Does work to its end, with pauses; gives its result. */
  async through<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (this.due) await this.take();
    }
  }
}
