/**
 * Numbers that spread keys, ends and writers over tables. They name places in memory alone: nothing that is handed out
 * depends on them.
 */
import { times32, turn32 } from './port.ts';

/** Takes one more word into a hash: every word changes it, and no two values of a word alike. */
export function withWord(hash: u32, word: u32): u32 {
  return times32(turn32(hash, 15) ^ word, 0x9e3779b1);
}

/** Spreads what the last words changed over all bits: the finish of MurmurHash3. */
export function spread(hash: u32): u32 {
  const half = times32(hash ^ (hash >>> 16), 0x85ebca6b);
  const most = times32(half ^ (half >>> 13), 0xc2b2ae35);
  return (most ^ (most >>> 16)) >>> 0;
}
