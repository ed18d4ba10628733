/**
 * Bytes in memory that is used again. Pieces of a result go from the engine to the output without being copied: a type says
 * how long each holds, so that nobody keeps one by mistake.
 */
declare const term: unique symbol;

/**
 * Bytes that whoever takes them has until the next but one with bytes is asked for: one piece may be on its way while the next
 * is made. What is to be kept longer is copied. A piece without bytes is a place to rest, where others may get a turn: it
 * comes between others and takes nothing from them.
 */
export type Lent = Uint8Array & { readonly [term]: 'until the next but one with bytes is asked for' };

/** Whoever says so keeps to it. */
export const lend = (bytes: Uint8Array): Lent => bytes as Lent;

/** A place to rest. */
export const REST: Lent = lend(new Uint8Array(0));
