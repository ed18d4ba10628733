/**
 * How a connection went and ended, read off what its two sides have shown, and who closed it. What two states amount to
 * stands in a table that is taught; here is decided which of its rows holds, and what no table can: what was blocked, what
 * carries no flags, and whose FIN surely came first.
 */
import {
  carriesFlags,
  dialledByOf,
  EITHER_OF_BOTH,
  EITHER_OF_LOW,
  evidenceOf,
  firstCloseOf,
  hasFlags,
  SYN_ACK_OF_LOW,
  sideOf,
  spokeOf,
} from './drafts.ts';
import {
  BEGAN_SYN,
  BLOCKED,
  BLOCKED_AT,
  CLOSER_AT,
  DASHES,
  ENDS_OPEN,
  EXCHANGE,
  FIRST_CLOSER,
  FLAGLESS,
  IS_BOUNDED,
  LIFE_AT,
  LIVES,
  MARKS_AT,
  MIDSTREAM,
  NEXT,
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

// Places in NEXT: flags of nothing but a SYN, and of nothing but a SYN-ACK.
const AT_SYN: u32 = 2 << 4;
const AT_SYN_ACK: u32 = 18 << 4;

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
  const mine = settledSide(draft, opener, opener);
  const theirs = settledSide(draft, 1 - opener, opener);
  const row: usize = LIVES + (((mine << 4) | theirs) << 3);
  const shown = byteAt(row + MARKS_AT);
  const answers = (SYN_ACK_OF_LOW << (1 - opener)) | EITHER_OF_BOTH;
  const hasAnswer = (evidenceOf(draft) & answers) !== 0;
  if (wasBlocked && (hasAnswer || (byteAt(SIDE_TRAITS + mine) & BEGAN_SYN) !== 0)) {
    life = byteAt(row + BLOCKED_AT);
    lifeMarks = shown & MIDSTREAM;
    return;
  }
  let closer = byteAt(row + CLOSER_AT);
  if (closer === FIRST_CLOSER) closer = firstCloser(draft, opener);
  life = byteAt(row + closer + LIFE_AT);
  // The next opening on its ports shows that it was over.
  const isDialledAgain = dialledByOf(draft) >= 0 && (shown & ENDS_OPEN) !== 0;
  lifeMarks = isDialledAgain || isNothingButLate(verdict) ? shown & ~ENDS_OPEN : shown;
  isBounded = ((byteAt(row + TRAITS_AT) & IS_BOUNDED) !== 0 || isDialledAgain) && !hasGap;
}

/**
 * What a side has shown, once it is known who opened. Where a transit gateway hides which of SYN and SYN-ACK a side sent, the
 * machine took no step: the opener's was a SYN, the other's a SYN-ACK; and the opener's ACK answers one.
 */
export function settledSide(draft: usize, direction: u32, opener: u32): u32 {
  const state: u32 = sideOf(draft, direction);
  const either = evidenceOf(draft) & EITHER_OF_BOTH;
  if (either === 0) return state;
  if (direction !== opener) return byteAt(NEXT + AT_SYN_ACK + state) & 0x7f;
  return (either & (EITHER_OF_LOW << direction)) === 0 ? state : byteAt(NEXT + AT_SYN + state) & 0x7f;
}

/** 1 when the initiator's first FIN or RST surely came before the responder's, 2 for the other way round, else 0. */
function firstCloser(draft: usize, opener: u32): u32 {
  const mineFrom = firstCloseOf(draft, opener, 0);
  const theirsFrom = firstCloseOf(draft, 1 - opener, 0);
  if (mineFrom < 0 || theirsFrom < 0) return 0;
  if (theirsFrom - firstCloseOf(draft, opener, 1) >= surelyLater) return 1;
  return mineFrom - firstCloseOf(draft, 1 - opener, 1) >= surelyLater ? 2 : 0;
}
