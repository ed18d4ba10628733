/** What judging stops with: a name for the reason, and what is asked for where it is a question. */
import { MOST_LOOKS } from './layout.ts';
import { wordAt } from './port.ts';

/** It goes on; in the end, all is done. */
export const GOES_ON: u32 = 0;
/** The region for what is written has no room for the next row: another is to be given. */
export const FULL: u32 = 1;
/** Nor has an empty one of its size: one of so many bytes as are asked for is to be given. */
export const WIDER: u32 = 2;
/** Others may have their turn. */
export const RESTING: u32 = 3;
/** What is known of the ends of the key is to be told. */
export const ASKS_ENDS: u32 = 4;
/** There is no memory for the key. */
export const NO_MEMORY: u32 = 5;

/** What is asked for. */
export let asked: u32 = 0;

/** An answer that asks for something. */
export function ask(answer: u32, what: u32): u32 {
  asked = what;
  return answer;
}

/** Records that are looked at between two places where others may have their turn: some milliseconds of work. */
const MANY_LOOKS: u32 = 65536;
let mostLooks: u32 = MANY_LOOKS;
let looks: u32 = 0;

/** Begins to count looks anew. */
export function rested(): void {
  const most = wordAt(MOST_LOOKS);
  mostLooks = most === 0 ? MANY_LOOKS : most;
  looks = 0;
}

/** Notes so many looks; true when it is time to rest. */
export function look(times: u32): bool {
  looks += times;
  return looks > mostLooks;
}
