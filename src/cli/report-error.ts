/** Errors as one line for people and a number for scripts. Stacks are for bugs, and only when asked for. */
import { tooLittleMemory } from '../engine/too-little-memory.ts';
import { isConntrailError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { EXIT_CODES, exitCodeOf } from './exit-codes.ts';
import { Interrupted } from './interruption.ts';

/** The message of an error on one line, safe to print. */
export const describeError = (error: unknown): string =>
  escapeControls(error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ' ') : String(error));

export interface Failure {
  readonly exitCode: number;
  /** What goes to standard error. */
  readonly text: string;
}

/** What V8 says where the system has no more memory for bytes. */
const NO_MEMORY = /^Array buffer allocation failed/;

const fault = (error: unknown, debug: boolean): Failure => {
  const advice = debug ? '' : ' Run it again with CONNTRAIL_DEBUG=1 for the details to report.';
  const stack =
    debug && error instanceof Error
      ? `\n${(error.stack ?? '').split('\n').map(escapeControls).join('\n')}`
      : '';
  return {
    exitCode: EXIT_CODES.fault.code,
    text: `conntrail: This is a fault of conntrail, please report it: ${describeError(error)}.${advice}${stack}\n`,
  };
};

/** How a run ends that threw. */
export const explainFailure = (error: unknown, debug: boolean): Failure => {
  if (error instanceof Interrupted)
    return { exitCode: error.exitCode, text: `conntrail: ${error.message}\n` };
  if (error instanceof RangeError && NO_MEMORY.test(error.message))
    return explainFailure(tooLittleMemory(), debug);
  if (isConntrailError(error))
    return { exitCode: exitCodeOf(error.code), text: `conntrail: ${describeError(error)}\n` };
  return fault(error, debug);
};
