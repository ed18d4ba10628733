/** Runs once before the tests in Spark: says why they are skipped, or makes what they need. */
import type { TestProject } from 'vitest/node';
import { prepare, whyNot } from './environment.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why there is no Spark here; empty where there is. */
    readonly whyNoSpark: string;
  }
}

export default ({ provide }: TestProject): void => {
  const reason = whyNot();
  provide('whyNoSpark', reason ?? '');
  if (reason === null) prepare();
  else process.stdout.write(`Skipped, for ${reason}.\n`);
};
