/** The command line as it is understood, without anything behind it: what is typed is read, and nothing runs. */
import { buildProgram } from '../../src/cli/program.ts';

export const NEVER = (): Promise<number> => Promise.reject(new Error('nothing is to be run'));

export const idleProgram = (): ReturnType<typeof buildProgram> =>
  buildProgram(
    {
      connections: NEVER,
      who: NEVER,
      at: NEVER,
      timeline: NEVER,
      check: NEVER,
      explain: NEVER,
      report: NEVER,
      audit: NEVER,
      blocked: NEVER,
      split: NEVER,
      learn: NEVER,
      states: NEVER,
      'spark-bundle': NEVER,
    },
    () => {},
  );
