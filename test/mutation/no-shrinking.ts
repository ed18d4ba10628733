/**
 * Properties under mutation: the same few values every time, and a mutant is dead at the first counterexample, since
 * making it small would cost a hundred times as much.
 */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 7, numRuns: 25, endOnFailure: true });
