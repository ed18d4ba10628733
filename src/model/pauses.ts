/**
 * Turns of the event loop among long work: signals, timers and the caller's own work are heard, and an aborted signal ends
 * it. What cannot be interrupted between two pauses is kept to a fraction of a second (docs/engine.md).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Steps } from './in-steps.ts';

/** How long work goes on before others get their turn. */
const EVERY_MS = 40;

/** Other work, for which this one may be too fast. */
export interface OtherWork {
  /** Whether it is to be waited for. */
  readonly isBehind: boolean;
  /** Until it has caught up; throws what it came to grief of. */
  wait(): Promise<void>;
}

/** Rests of one piece of work on the event loop's thread. */
export class Pauses {
  readonly #signal: AbortSignal | undefined;
  readonly #other: OtherWork | undefined;
  #next = performance.now() + EVERY_MS;

  /** @param signal heeded at each pause */
  constructor(signal?: AbortSignal, other?: OtherWork) {
    this.#signal = signal;
    this.#other = other;
  }

  /** Whether others have waited long enough, or other work is behind. */
  get due(): boolean {
    return performance.now() >= this.#next || this.#other?.isBehind === true;
  }

  /**
   * Gives the event loop a turn, and waits for other work that is behind.
   * @throws the signal's reason when it was aborted
   */
  async take(): Promise<void> {
    await nextTurn();
    if (this.#other?.isBehind === true) await this.#other.wait();
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
