/**
 * How much address space this process may still take (`ulimit -v`), and how it is shared out. V8 ends the process when a
 * thread finds none, and nothing can catch that, so it is looked at before. It decides how a run goes, never what it gives.
 */
import { readFileSync } from 'node:fs';

/** What a thread takes of it: 0.6 to 0.93 GB in Node.js 20 to 26, most of which V8 reserves and never uses. */
const THREAD_BYTES = 2 ** 30;
/** What this thread needs for itself while others work. */
const OWN_BYTES = 2 ** 29;
/** A kernel may take a quarter of what is left, and its records half of that: putting them in order takes the rest. */
const KERNEL_SHARE = 4;
const RECORDS_SHARE = 8;

type ReadText = (path: string) => string;

const readText: ReadText = (path) => readFileSync(path, 'utf8');

/**
 * Bytes of address space that are left.
 * @returns infinity where there is no limit, and where the system does not tell: only Linux both sets one and tells
 */
export const addressSpaceLeft = (read: ReadText = readText): number => {
  try {
    const limit = /^Max address space +(\d+)/m.exec(read('/proc/self/limits'))?.[1];
    if (limit === undefined) return Number.POSITIVE_INFINITY;
    const taken = /^VmSize:\s+(\d+) kB/m.exec(read('/proc/self/status'))?.[1];
    return taken === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Number(limit) - Number(taken) * 1024);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

/** How many of so many threads may work, this one among them: those for which there is address space. */
export const threadsThatFit = (threads: number, left: number = addressSpaceLeft()): number =>
  Math.min(threads, 1 + Math.max(0, Math.floor((left - OWN_BYTES) / THREAD_BYTES)));

/** The most bytes that a kernel's memory should reserve. */
export const kernelBytesThatFit = (left: number = addressSpaceLeft()): number => left / KERNEL_SHARE;

/** The most bytes of records and keys that should be kept in memory when nobody says how many. */
export const recordBytesThatFit = (left: number = addressSpaceLeft()): number => left / RECORDS_SHARE;
