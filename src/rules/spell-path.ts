/** The path of a line of columns: what its interfaces are called, along the way. It may be long, so others have their turn meanwhile. */
import { look } from './answers.ts';
import { ASKS_QUOTES, FIXED, TEXT_SIZE } from './layout.ts';
import { byteAt, wordAt } from './port.ts';
import {
  asksQuotes,
  BETWEEN_LABELS,
  beginText,
  END_OF_PATH,
  endText,
  NO_PATH,
  PATH,
  ROLE,
  ROLE_ASKS_QUOTES,
} from './spell-cells.ts';
import { putFixed } from './spell-parts.ts';
import { putBytes } from './spell-values.ts';
import { observerAt, roleAt } from './view-rows.ts';
import { onTheWay, seenViews } from './views.ts';

/** The role of an interface that is neither end's, nor a gateway: nothing stands behind its name. */
const NO_ROLE: u32 = 2;
/** Bytes of a role on a path, and of what stands between two. */
export const LONGEST_ROLE: u32 = 32;

/** The place on the way of the view that the path tells next, whether the path is quoted, and whether it has no name yet. */
let inPath: u32 = 0;
let isQuoted: bool = false;
let isEmpty: bool = true;

export function beginPath(): void {
  inPath = 0;
  isQuoted = isPathQuoted();
  isEmpty = true;
}

/** Whether the path asks for quotes: by any of its names, by what stands behind one, or by how it begins or ends. */
function isPathQuoted(): bool {
  let first: u32 = 0;
  let last: u32 = 0;
  let count: u32 = 0;
  let isBare = false;
  for (let i: u32 = 0; i < seenViews; i++) {
    const view = onTheWay(i);
    if (wordAt(observerAt(view) + 20) === 0) continue;
    last = wordAt(observerAt(view) + 28);
    if (count === 0) first = last;
    count++;
    if (
      (last & ASKS_QUOTES) !== 0 ||
      byteAt(FIXED + (ROLE_ASKS_QUOTES + roleAt(view)) * TEXT_SIZE + 127) !== 0
    )
      return true;
    isBare = roleAt(view) === NO_ROLE;
  }
  return count > 0 && asksQuotes(first, last, isBare);
}

/** Goes on with the path; true where it is time to rest. */
export function putPath(): bool {
  while (inPath < seenViews) {
    putOnPath(onTheWay(inPath));
    inPath++;
    if (look(1) && inPath < seenViews) return true;
  }
  endText(isQuoted);
  putFixed(isEmpty ? NO_PATH : END_OF_PATH);
  return false;
}

function putOnPath(view: usize): void {
  const length = wordAt(observerAt(view) + 20);
  if (length === 0) return;
  putFixed(isEmpty ? PATH : BETWEEN_LABELS);
  if (isEmpty) beginText(isQuoted, wordAt(observerAt(view) + 28));
  putBytes(wordAt(observerAt(view) + 16), length);
  putFixed(ROLE + roleAt(view));
  isEmpty = false;
}
