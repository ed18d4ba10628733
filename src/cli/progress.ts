/**
 * A progress bar on a terminal's standard error for work that takes over a second, gone without a trace
 * before results are shown. Where standard error is no terminal it does nothing.
 */
import type { Options, SingleBar } from 'cli-progress';
import { formatSize } from './format-size.ts';

/** Shorter work needs no bar. */
const PATIENCE_MS = 1000;
/** Columns of the bar, and of what stands beside it. */
const LONGEST_BAR = 30;
const BESIDE_BAR = 45;

/** The last connections are put together when everything has been read. */
const phaseOf = (bytes: number, total: number | null): string =>
  total !== null && bytes >= total ? 'rebuilding' : 'reading   ';

const shownOf = (bytes: number, total: number | null) => ({
  read: formatSize(bytes),
  size: formatSize(total),
  phase: phaseOf(bytes, total),
});

export class Progress {
  readonly #stream: NodeJS.WriteStream;
  #enabled: boolean;
  readonly #startedAt = performance.now();
  #bar: SingleBar | undefined;
  #loading: Promise<void> | undefined;
  #bytes = 0;

  constructor(stream: NodeJS.WriteStream, enabled: boolean) {
    this.#stream = stream;
    this.#enabled = enabled && stream.isTTY === true;
  }

  /** @param total null where nobody knows it (standard input, pipes) */
  update(bytes: number, total: number | null): void {
    if (!this.#enabled || performance.now() - this.#startedAt < PATIENCE_MS) return;
    this.#bytes = bytes;
    if (this.#bar === undefined) this.#load(total);
    else this.#bar.update(bytes, shownOf(bytes, total));
  }

  /** Removes the bar; later updates draw nothing. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#enabled = false;
  }

  /** Most runs end before a bar is due: it is loaded only now, and drawn as soon as it is there. */
  #load(total: number | null): void {
    this.#loading ??= import('cli-progress').then(({ default: { Presets, SingleBar } }) => {
      if (!this.#enabled) return;
      this.#bar = new SingleBar(this.#look(total), Presets.shades_classic);
      this.#bar.start(total ?? 0, this.#bytes, shownOf(this.#bytes, total));
    });
  }

  #look(total: number | null): Options {
    return {
      stream: this.#stream,
      format: total === null ? '  reading  {read}' : '  {phase}  {bar}  {percentage} %  {read} of {size}',
      barsize: Math.min(LONGEST_BAR, Math.max(1, (this.#stream.columns ?? 80) - BESIDE_BAR)),
      clearOnComplete: true,
      // The terminal's cursor and wrapping stay as they are: nothing to restore when a signal comes.
      hideCursor: null,
      linewrap: true,
      gracefulExit: false,
    };
  }
}
