/**
 * Which text of src has been run, from V8's precise block coverage: a character is reached when the innermost block
 * around it was entered. Inputs that reach new text are worth keeping. What the kernels run V8 does not tell.
 */
import { type Profiler, Session } from 'node:inspector/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const SRC = pathToFileURL(`${resolve(import.meta.dirname, '../../src')}/`).href;

/** 1 where a block was entered; blocks come outermost first, so inner ones overrule. */
const paint = ({ functions }: Profiler.ScriptCoverage): Uint8Array => {
  const ranges = functions.flatMap((each) => each.ranges);
  const painted = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
  for (const { startOffset, endOffset, count } of ranges)
    painted.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return painted;
};

export class Reached {
  readonly #session = new Session();
  readonly #reached = new Map<string, Uint8Array>();

  /** Before src is imported: modules that were compiled earlier are told of all the same, but not as finely. */
  async begin(): Promise<void> {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  }

  /**
   * What has run since the last look.
   * @param keep whether it counts as reached from now on
   * @returns characters that were not reached before
   */
  async look(keep: boolean): Promise<number> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    let fresh = 0;
    for (const script of result) if (script.url.startsWith(SRC)) fresh += this.#add(script, keep);
    return fresh;
  }

  /** All characters reached so far. */
  get size(): number {
    let size = 0;
    for (const script of this.#reached.values()) for (const mark of script) size += mark;
    return size;
  }

  #add(script: Profiler.ScriptCoverage, keep: boolean): number {
    const painted = paint(script);
    const before = this.#reached.get(script.url);
    const known = new Uint8Array(Math.max(painted.length, before?.length ?? 0));
    if (before !== undefined) known.set(before);
    let fresh = 0;
    for (let i = 0; i < painted.length; i++) {
      if (painted[i] === 0 || known[i] === 1) continue;
      fresh++;
      known[i] = 1;
    }
    if (keep) this.#reached.set(script.url, known);
    return fresh;
  }
}
