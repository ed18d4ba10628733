/**
 * SIGINT and SIGTERM as an abort signal with a reason, so that work ends in order: the partial file goes,
 * one sentence is said, the exit code tells which signal it was. Work that does not end soon is ended.
 */
import { EXIT_CODES } from './exit-codes.ts';

/** The work was ended by a signal. */
export class Interrupted extends Error {
  readonly exitCode: number;
  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(
      signal === 'SIGINT'
        ? 'Interrupted: nothing was kept of the unfinished result.'
        : 'Terminated: nothing was kept of the unfinished result.',
    );
    this.exitCode = signal === 'SIGINT' ? EXIT_CODES.interrupted.code : EXIT_CODES.terminated.code;
  }
}

/** How long the work may take to notice; reading from a silent pipe never would. */
const GRACE_MS = 300;

/**
 * Starts to listen.
 * @param onForce called when the work has not noticed; must end the process
 */
export const listenForSignals = (onForce: (interrupted: Interrupted) => void): AbortSignal => {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const interrupted = new Interrupted(signal);
      if (controller.signal.aborted) return onForce(interrupted);
      controller.abort(interrupted);
      setTimeout(onForce, GRACE_MS, interrupted).unref();
    });
  }
  return controller.signal;
};
