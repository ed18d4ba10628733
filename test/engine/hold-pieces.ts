/** Keeps to the contract of pieces, and checks it: each is the caller's until the next but one with bytes is asked for. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Held {
  /** The pieces one behind the other, as they were when they came. */
  readonly bytes: Buffer;
  readonly pieces: number;
  /** How many were no longer what they had been when the next had come. */
  readonly changed: number;
}

/**
 * Takes pieces as somebody does who writes one while he asks for the next.
 * @param pauseMilliseconds before a piece is looked at again: time for others to write over it, if they may
 */
export const holdPieces = async (
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  pauseMilliseconds = 0,
): Promise<Held> => {
  const copies: Buffer[] = [];
  let changed = 0;
  let before: Uint8Array | undefined;
  for await (const piece of pieces) {
    // A place to rest takes nothing from whoever holds a piece.
    if (piece.length === 0) continue;
    if (pauseMilliseconds > 0) await delay(pauseMilliseconds);
    if (before !== undefined && copies.at(-1)?.equals(before) !== true) changed++;
    copies.push(Buffer.from(piece));
    before = piece;
  }
  return { bytes: Buffer.concat(copies), pieces: copies.length, changed };
};
