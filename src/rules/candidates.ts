/**
 * Which of very many connections a SYN or SYN-ACK belongs to, without looking at each: a tree over them, by their numbers, of
 * when they opened and when they were last seen. It knows what a connection is to a direction of a vantage that has not
 * spoken in it yet; what the same direction has said before is asked elsewhere (divide.ts).
 */
import { doubleAt, putDouble } from './port.ts';
import { take } from './room.ts';

// A node: the latest opening of the connections below it that may still take one 0, the earliest last second of all 8. The
// first node is 1, those below node n are 2n and 2n + 1, and the lowest are the connections.
const NODE: u32 = 16;
const FIRST_LEAVES: u32 = 64;
/** No opening: there is no such connection, or it takes none. */
const NEVER: f64 = -1;
/** None of the connections. */
export const NONE_OF_THEM: u32 = 0xffffffff;

let tree: usize = 0;
let leaves: u32 = 0;
let count: u32 = 0;

/** Begins with other connections. */
export function forgetCandidates(): void {
  tree = 0;
  leaves = 0;
  count = 0;
}

/** Whether there is a tree: it is worth it where connections are many. */
export function hasCandidates(): bool {
  return tree !== 0;
}

function openingAt(node: u32): f64 {
  return doubleAt(tree + node * NODE);
}
function lastAt(node: u32): f64 {
  return doubleAt(tree + node * NODE + 8);
}

/**
 * Notes what there is to know of a connection, new or changed: the next number is a new one's.
 * @returns false where there is no memory for it
 */
export function noteCandidate(number: u32, opening: f64, last: f64): bool {
  if (number >= leaves && !grow()) return false;
  if (number >= count) count = number + 1;
  putNode(leaves + number, opening, last);
  raise(leaves + number);
  return true;
}

/** A connection takes no opening that comes from now on, unless it is noted again. */
export function closeCandidate(number: u32): void {
  putNode(leaves + number, NEVER, lastAt(leaves + number));
  raise(leaves + number);
}

function putNode(node: u32, opening: f64, last: f64): void {
  putDouble(tree + node * NODE, opening);
  putDouble(tree + node * NODE + 8, last);
}

/** Brings what a node says to those above it. */
function raise(node: u32): void {
  for (let above = node >>> 1; above > 0; above = above >>> 1) sumUp(above);
}

function sumUp(node: u32): void {
  const left = node << 1;
  const right = left + 1;
  putNode(node, Math.max(openingAt(left), openingAt(right)), Math.min(lastAt(left), lastAt(right)));
}

function grow(): bool {
  const before = leaves;
  const old = tree;
  leaves = before === 0 ? FIRST_LEAVES : before << 1;
  tree = take((leaves << 1) * NODE);
  if (tree === 0) return false;
  for (let leaf: u32 = 0; leaf < leaves; leaf++) {
    const from = old + (before + leaf) * NODE;
    if (leaf < before) putNode(leaves + leaf, doubleAt(from), doubleAt(from + 8));
    else putNode(leaves + leaf, NEVER, Infinity);
  }
  for (let node = leaves - 1; node > 0; node--) sumUp(node);
  return true;
}

/** The first of the connections [from, …) that opened latest; NONE_OF_THEM where none of them takes an opening. */
export function latestFrom(from: u32): u32 {
  let left = leaves + from;
  let right = leaves + count;
  let best: u32 = 0;
  let latest = NEVER;
  // Of those found from the right, each lies before the one found last.
  let bestOfRight: u32 = 0;
  let latestOfRight = NEVER;
  while (left < right) {
    if ((left & 1) !== 0) {
      if (openingAt(left) > latest) {
        best = left;
        latest = openingAt(left);
      }
      left++;
    }
    if ((right & 1) !== 0) {
      right--;
      if (openingAt(right) !== NEVER && openingAt(right) >= latestOfRight) {
        bestOfRight = right;
        latestOfRight = openingAt(right);
      }
    }
    left = left >>> 1;
    right = right >>> 1;
  }
  if (latestOfRight > latest) best = bestOfRight;
  if (best === 0) return NONE_OF_THEM;
  while (best < leaves) {
    const below = best << 1;
    best = openingAt(below) === openingAt(best) ? below : below + 1;
  }
  return best - leaves;
}

/** The last of the connections [0, until) that were last seen before a second; NONE_OF_THEM for none. */
export function lastSeenBefore(seconds: f64, until: u32): u32 {
  let node = leaves + until;
  while (node > 1) {
    if ((node & 1) !== 0 && lastAt(node - 1) < seconds) {
      node--;
      while (node < leaves) {
        const right = (node << 1) + 1;
        node = lastAt(right) < seconds ? right : right - 1;
      }
      return node - leaves;
    }
    node = node >>> 1;
  }
  return NONE_OF_THEM;
}
