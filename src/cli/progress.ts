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

/** What is done while everything is read, and behind it. */
const READING = 'reading';
/** The last connections are put together when everything has been read. */
const REBUILDING = 'rebuilding';

export class Progress {
  readonly #stream: NodeJS.WriteStream;
  #enabled: boolean;
  readonly #last: string;
  readonly #startedAt = performance.now();
  #bar: SingleBar | undefined;
  #loading: Promise<void> | undefined;
  #bytes = 0;

  /** @param last what is done when everything has been read, in a word of ten letters at most */
  constructor(stream: NodeJS.WriteStream, enabled: boolean, last = REBUILDING) {
    this.#stream = stream;
    this.#last = last;
    this.#enabled = enabled && stream.isTTY === true;
  }

  /** @param total null where nobody knows it (standard input, pipes) */
  update(bytes: number, total: number | null): void {
    if (!this.#enabled || performance.now() - this.#startedAt < PATIENCE_MS) return;
    this.#bytes = bytes;
    if (this.#bar === undefined) this.#load(total);
    else this.#bar.update(bytes, this.#shownOf(bytes, total));
  }

  /** Removes the bar; later updates draw nothing. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#enabled = false;
  }

  #shownOf(bytes: number, total: number | null) {
    const phase = total !== null && bytes >= total ? this.#last : READING;
    return { read: formatSize(bytes), size: formatSize(total), phase: phase.padEnd(REBUILDING.length) };
  }

  /** Most runs end before a bar is due: it is loaded only now, and drawn as soon as it is there. */
  #load(total: number | null): void {
    this.#loading ??= import('cli-progress').then(({ default: { Presets, SingleBar } }) => {
      if (!this.#enabled) return;
      this.#bar = new SingleBar(this.#look(total), Presets.shades_classic);
      this.#bar.start(total ?? 0, this.#bytes, this.#shownOf(this.#bytes, total));
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
