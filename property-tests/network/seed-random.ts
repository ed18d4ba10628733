/**
 * The only source of chance in the truth lab and in the benchmark: the same seed gives the same draws on every
 * machine. Not for anything that must be hard to guess.
 */

/** Draws from 0 (included) to 1 (excluded); mulberry32, 32 bits of state. */
export const seedRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** A number from 0 to 1 that belongs to a name: the same for the same seed, whatever was drawn before. */
export const drawFor = (seed: number, name: string): number => {
  // FNV-1a spreads the name over 32 bits before it becomes a seed.
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return seedRandom(hash)();
};
