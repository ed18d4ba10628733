/**
 * How a connection went and ended, read off what its two sides have shown, and who closed it. What two states amount to
 * stands in a table that is taught; here is decided which of its rows holds, and what no table can: what was blocked, what
 * carries no flags, and whose FIN surely came first.
 */
import { carriesFlags, evidenceOf, finOf, hasFlags, sideOf, spokeOf } from './drafts.ts';
import {
  BEGAN_SYN,
  BLOCKED,
  BLOCKED_ANSWER,
  BLOCKED_RESET,
  CLOSER_AT,
  CLOSER_BY_FIN,
  DASHES,
  ENDED_RST,
  ENDS_OPEN,
  EXCHANGE,
  FLAGLESS,
  IS_BOUNDED,
  LIFE_AT,
  LIVES,
  MARKS_AT,
  MIDSTREAM,
  NO_BEGINNING,
  NO_ENDING,
  SIDE_TRAITS,
  TCP,
  TRAITS_AT,
  UNANSWERED,
} from './layout.ts';
import { byteAt } from './port.ts';
import { transport } from './records.ts';
import { surelyLater } from './settings.ts';
import { isBlocked, isNothingButLate } from './verdict.ts';

/** Of evidenceOf in drafts.ts. */
const SYN_ACK_OF_LOW: u32 = 4;

/** The number of the life found last: see LIFE_TEXTS. */
export let life: u32 = 0;
/** What it says of beginning and end, as marks of a row. */
export let lifeMarks: u32 = 0;
/** Whether the log shows the opening and the end: only then there is a longest duration. */
export let isBounded: bool = false;

/**
 * @param actions of all views
 * @param hasGap AWS lost records meanwhile: then the longest duration is not known
 */
export function findLife(draft: usize, opener: u32, verdict: u32, actions: u32, hasGap: bool): void {
  isBounded = false;
  if (transport !== TCP) {
    life = EXCHANGE;
    lifeMarks = NO_BEGINNING | NO_ENDING;
    return;
  }
  const wasBlocked = isBlocked(actions, verdict);
  if (!hasFlags(draft)) {
    // A dash in every tcp-flags is a format with flags that says nothing: mid-stream, not flagless.
    // A reply alone says nothing of what became of the request.
    const died = wasBlocked && ((spokeOf(draft) >>> opener) & 1) !== 0;
    life = died ? BLOCKED : carriesFlags(draft) ? DASHES : FLAGLESS;
    // What was never answered is not open.
    lifeMarks = died || verdict === UNANSWERED ? NO_BEGINNING : NO_BEGINNING | NO_ENDING;
    return;
  }
  const mine = sideOf(draft, opener) as u32;
  const theirs = sideOf(draft, 1 - opener) as u32;
  const row: usize = LIVES + (((mine << 4) | theirs) << 3);
  const shown = byteAt(row + MARKS_AT);
  const hasAnswer = (evidenceOf(draft) & (SYN_ACK_OF_LOW << (1 - opener))) !== 0;
  if (wasBlocked && (hasAnswer || (byteAt(SIDE_TRAITS + mine) & BEGAN_SYN) !== 0)) {
    const isReset = (byteAt(SIDE_TRAITS + theirs) & ENDED_RST) !== 0;
    life = hasAnswer ? BLOCKED_ANSWER : isReset ? BLOCKED_RESET : BLOCKED;
    lifeMarks = shown & MIDSTREAM;
    return;
  }
  let closer = byteAt(row + CLOSER_AT);
  if (closer === CLOSER_BY_FIN) closer = closerByFin(draft, opener);
  life = byteAt(row + closer + LIFE_AT);
  lifeMarks = isNothingButLate(verdict) ? shown & ~ENDS_OPEN : shown;
  isBounded = (byteAt(row + TRAITS_AT) & IS_BOUNDED) !== 0 && !hasGap;
}

/** 1 when the initiator's first FIN surely came before the responder's, 2 for the other way round, else 0. */
function closerByFin(draft: usize, opener: u32): u32 {
  const mineFrom = finOf(draft, opener, 0);
  const theirsFrom = finOf(draft, 1 - opener, 0);
  if (mineFrom < 0 || theirsFrom < 0) return 0;
  if (theirsFrom - finOf(draft, opener, 1) >= surelyLater) return 1;
  return mineFrom - finOf(draft, 1 - opener, 1) >= surelyLater ? 2 : 0;
}
