/** From work that hands things on to somebody who asks for them: work is told when it is too fast, and ends when nobody asks any more. */
import type { OtherWork } from '../model/pauses.ts';

const NOTHING = (): void => {};

export class Channel<T> implements OtherWork {
  #waiting: T[] = [];
  /** Tells who asks that something is there, or that nothing more will be. */
  #wake = NOTHING;
  /** Tells the work that everything has been taken. */
  #taken = NOTHING;
  #isLeft = false;

  /** Nobody is there for it when whoever asked has left. */
  put(item: T): void {
    if (this.#isLeft) return;
    this.#waiting.push(item);
    this.#wake();
  }

  get isBehind(): boolean {
    return this.#waiting.length > 0;
  }

  async wait(): Promise<void> {
    while (this.isBehind)
      await new Promise<void>((resolve) => {
        this.#taken = resolve;
      });
  }

  /**
   * What is put, until the work ends.
   * @param onLeave ends the work, when whoever asked has left before
   * @throws what the work throws
   */
  async *items(work: Promise<unknown>, onLeave = NOTHING): AsyncGenerator<T> {
    let isOver = false;
    const end = work.then(NOTHING, NOTHING).then(() => {
      isOver = true;
      this.#wake();
    });
    try {
      while (!isOver || this.#waiting.length > 0) {
        const items = this.#waiting;
        this.#waiting = [];
        yield* items;
        if (this.#waiting.length > 0) continue;
        this.#taken();
        if (!isOver)
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
      await work;
    } finally {
      this.#isLeft = true;
      this.#waiting = [];
      this.#taken();
      if (!isOver) onLeave();
      await end;
    }
  }
}
