/**
 * Whether no answer came: an attempt of one end, at an interface of which the whole input shows that answers are in its log.
 * More than an attempt can be, anywhere, and the answers came without being in the log. Each view is judged by what it
 * shows itself.
 */
import { ACCEPT, CLOSES, HAS_FLAGS, PLAIN_SYN, SHOWS_ANSWERS } from './layout.ts';
import { wordAt } from './port.ts';
import { directionOf, infoOf, nextOfView, payloadOf, traitsOf } from './records.ts';
import { attemptPackets } from './settings.ts';
import { bytesIn, firstRecordOf, observerAt, packetsIn, recordsOf, seenOf } from './view-rows.ts';
import { isGateway } from './views.ts';

/** All views that were added show no more than an attempt; and one of them would have shown an answer. */
export let isAttempt: bool = false;
export let isWitnessed: bool = false;

/** Begins with another connection. */
export function forgetAttempt(): void {
  isAttempt = true;
  isWitnessed = false;
}

/** Adds a view. */
export function addAttempt(view: usize): void {
  if (!isAttempt) return;
  isAttempt = showsAttempt(view);
  if (isAttempt && wouldShowAnswer(view)) isWitnessed = true;
}

/** Whether a view's interface shows the answers to others. One that stands in for an end may see only one half. */
export function wouldShowAnswer(view: usize): bool {
  return (wordAt(observerAt(view) + 28) & SHOWS_ANSWERS) !== 0 && !isGateway(view);
}

/** A few accepted packets of one end without payload; where there are flags, SYNs and nothing else. */
export function showsAttempt(view: usize): bool {
  if (seenOf(view) === 3) return false;
  const direction = directionOf(firstRecordOf(view));
  const packets = packetsIn(view, direction);
  if (packets < 0 || packets > attemptPackets || bytesIn(view, direction) < 0) return false;
  // Not many records either, which damage may have left without packets.
  if ((recordsOf(view) as f64) > attemptPackets) return false;
  for (let record = firstRecordOf(view); record !== 0; record = nextOfView(record))
    if (!isOfAttempt(record)) return false;
  return true;
}

function isOfAttempt(record: usize): bool {
  const info = infoOf(record);
  if ((info & ACCEPT) === 0 || payloadOf(record) !== 0) return false;
  return (info & HAS_FLAGS) === 0 || (traitsOf(record) & (PLAIN_SYN | CLOSES)) === PLAIN_SYN;
}
