/**
 * What is found of one connection: who opened it, the verdict, how it went, and what was seen where. The rules of each are
 * in files of their own; here they are asked in their order, since a verdict needs to know who opened, and a life the
 * verdict. Lines, outlines and whole rows are written from what stands here.
 */
import { infer } from './clues.ts';
import { evidenceOf, isContradicted, mayHideReuse, spokeOf } from './drafts.ts';
import { CONTRADICTED, HIDES_REUSE, LONGEST_REST, ONE_SIDED, OPENERS } from './layout.ts';
import { findLife, lifeMarks } from './life.ts';
import { byteAt, wordAt } from './port.ts';
import { observerAt } from './records.ts';
import { findVerdict } from './verdict.ts';
import {
  bytesBack,
  bytesOut,
  onTheWay,
  packetsBack,
  packetsOut,
  primary,
  seenViews,
  takeViews,
  weighViews,
} from './views.ts';

/** The end that opened: 0 the low one, which it is too when nobody knows. */
export let opener: u32 = 0;
/** How sure that is and why: see FINDINGS. */
export let finding: u32 = 0;
export let verdict: u32 = 0;
export let marks: u32 = 0;
/** Bytes that the lines of the key's connections weighed so far may take. */
export let needed: usize = 0;
/** Whether the last connection was left because nobody has told yet who opened it. */
export let asksOpener: bool = false;

/** Whether this instance may learn of ends: see services.ts. Only one of those that share a memory. */
let learns: bool = true;

export function setLearns(may: bool): void {
  learns = may;
}

/** Larger counts are spelt by TypeScript. */
const LARGEST_COUNT: f64 = 9007199254740991;

/** Bytes of a role on a path, and of what stands between two. */
const LONGEST_ROLE: u32 = 32;

/** Begins with another key. */
export function beginKey(): void {
  needed = 0;
}

/** Judges a connection; false when it is not plain, or something has to be told first. */
export function weigh(key: usize, draft: usize): bool {
  takeViews(draft);
  asksOpener = !findOpener(key, draft);
  if (asksOpener) return false;
  verdict = findVerdict(opener);
  findLife(draft, opener, verdict);
  marks = lifeMarks;
  if (spokeOf(draft) !== 3) marks |= ONE_SIDED;
  if (mayHideReuse(draft)) marks |= HIDES_REUSE;
  if (isContradicted(draft)) marks |= CONTRADICTED;
  weighViews(draft, opener);
  if (Math.max(Math.max(packetsOut, bytesOut), Math.max(packetsBack, bytesBack)) > LARGEST_COUNT)
    return false;
  needed += longestLine();
  return true;
}

function findOpener(key: usize, draft: usize): bool {
  finding = evidenceOf(draft);
  opener = byteAt(OPENERS + finding);
  if (opener !== 2) return true;
  const inferred = infer(key, draft, learns);
  if (inferred === 0) return false;
  finding = inferred & 127;
  opener = inferred >>> 7;
  return true;
}

/** More than the line of the connection takes. */
function longestLine(): usize {
  let bytes: usize = LONGEST_REST + wordAt(observerAt(primary) + 20) + wordAt(observerAt(primary) + 36);
  for (let i: u32 = 0; i < seenViews; i++) bytes += wordAt(observerAt(onTheWay(i)) + 20) + LONGEST_ROLE;
  return bytes;
}
