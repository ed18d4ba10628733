/**
 * Zeek's letters, as far as flow logs carry them: s SYN, h SYN-ACK, d payload proven by bytes, f FIN, r RST; upper case for
 * the initiator. Inside one window the log has no order: openings come first, then data, then closes, initiator first.
 */
import { hasFin, hasPlainSyn, hasRst, hasSynAck, hidesWhoOpened } from '../model/tcp-flags.ts';

/** Bit n is letter n: the order inside a window. */
const LETTERS = 'SsHhDdFfRr';

/**
 * The letters of one record's flags, as bits of the initiator's letters; the responder's are one to the left. Where a transit
 * gateway hides whether it is a SYN or a SYN-ACK, that letter is the role's.
 */
export const lettersOfRecord = (flags: number | null, payload: boolean, byGateway = false): number => {
  let bits = payload ? 1 << 4 : 0;
  if (flags === null) return bits;
  if (hasPlainSyn(flags)) bits |= 1 << 0;
  if (hasSynAck(flags) && !hidesWhoOpened(flags, byGateway)) bits |= 1 << 2;
  if (hasFin(flags)) bits |= 1 << 6;
  if (hasRst(flags)) bits |= 1 << 8;
  return bits;
};

/** Every set of letters as text. */
export const HISTORY_LETTERS: readonly string[] = Array.from({ length: 1 << LETTERS.length }, (_, bits) =>
  [...LETTERS].filter((_letter, n) => (bits & (1 << n)) !== 0).join(''),
);
