/**
 * A progress bar on a terminal's standard error for work that takes over a second, gone without a trace
 * before results are shown. Where standard error is no terminal it does nothing.
 */
import { Presets, SingleBar } from 'cli-progress';
import { formatSize } from './format-size.ts';

/** Shorter work needs no bar. */
const PATIENCE_MS = 1000;
/** Columns of the bar, and of what stands beside it. */
const LONGEST_BAR = 30;
const BESIDE_BAR = 45;

/** The last connections are put together when everything has been read. */
const phaseOf = (bytes: number, total: number | null): string =>
  total !== null && bytes >= total ? 'rebuilding' : 'reading   ';

export class Progress {
  readonly #stream: NodeJS.WriteStream;
  #enabled: boolean;
  readonly #startedAt = performance.now();
  #bar: SingleBar | undefined;

  constructor(stream: NodeJS.WriteStream, enabled: boolean) {
    this.#stream = stream;
    this.#enabled = enabled && stream.isTTY === true;
  }

  /** @param total null where nobody knows it (standard input, pipes) */
  update(bytes: number, total: number | null): void {
    if (!this.#enabled || performance.now() - this.#startedAt < PATIENCE_MS) return;
    const payload = { read: formatSize(bytes), size: formatSize(total), phase: phaseOf(bytes, total) };
    if (this.#bar === undefined) this.#bar = this.#start(total, payload);
    this.#bar.update(bytes, payload);
  }

  /** Removes the bar; later updates draw nothing. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#enabled = false;
  }

  #start(total: number | null, payload: object): SingleBar {
    const bar = new SingleBar(
      {
        stream: this.#stream,
        format: total === null ? '  reading  {read}' : '  {phase}  {bar}  {percentage} %  {read} of {size}',
        barsize: Math.min(LONGEST_BAR, Math.max(1, (this.#stream.columns ?? 80) - BESIDE_BAR)),
        clearOnComplete: true,
        // The terminal's cursor and wrapping stay as they are: nothing to restore when a signal comes.
        hideCursor: null,
        linewrap: true,
        gracefulExit: false,
      },
      Presets.shades_classic,
    );
    bar.start(total ?? 0, 0, payload);
    return bar;
  }
}
