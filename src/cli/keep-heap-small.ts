/**
 * Tells V8 to rather collect garbage than grow its heap. Lines that the kernel writes need next to no objects, and V8
 * would still let what little there is pile up, the more the longer a run takes: 30 MB for ten times the input
 * (docs/performance.md). Not for commands that make an object of every connection: those take half as long again with it.
 *
 * Source: V8's flag-definitions.h, "optimize_for_size", "semi_space_growth_factor" and "max_semi_space_size" (MB; of threads
 * that begin later). Node's documentation warns that flags which are set late may not do what is expected: these decide
 * nothing but how far a heap grows before it is cleaned.
 */
import { setFlagsFromString } from 'node:v8';

/** The Node.js versions whose V8 is known to have the flags. One that has not would complain on standard error. */
const KNOWN = { from: 20, to: 26 };
const FLAGS = ['--optimize-for-size', '--semi-space-growth-factor=1', '--max-semi-space-size=1'];

export const keepHeapSmall = (version = process.versions.node, set = setFlagsFromString): void => {
  const major = Number.parseInt(version, 10);
  if (major >= KNOWN.from && major <= KNOWN.to) for (const flag of FLAGS) set(flag);
};
