/**
 * Equal private addresses of unrelated networks must not become one connection. The networks that saw a key are listed here;
 * how they belong together is told once for each list and kept.
 */
import { HAS_INSTANCE, MOST_VIEWS, SCOPE_SIZE, SCOPES } from './layout.ts';
import { byteAt, putWord, sharedWordAt, times32, turn32, wordAt } from './port.ts';
import { at, high, isV6, low, NETWORKS, observerAt, standInsOf, viewOf } from './records.ts';
import { addresses, aside, groups, scopes } from './settings.ts';

/** Where the networks lie that are asked for. */
export function askedNetworks(): usize {
  return aside + NETWORKS;
}

/** Both ends have addresses that no two networks share: IPv6 global unicast. */
function areUnique(): bool {
  return (
    isV6 &&
    (byteAt(addresses + (low << 4)) & 0xe0) === 0x20 &&
    (byteAt(addresses + (high << 4)) & 0xe0) === 0x20
  );
}

function networkAt(i: u32): usize {
  return aside + NETWORKS + ((i + 1) << 2);
}

/**
 * Writes the networks of records to NETWORKS: how many they are and 256 where addresses are unique, then each one's
 * number times four and the ends it sees through a gateway, by number.
 */
export function noteNetworks(from: usize, until: usize): void {
  let networks: u32 = 0;
  for (let place = from; place < until; place++) {
    const record = at(place);
    const observer = observerAt(viewOf(record));
    const network = wordAt(observer + 4) << 2;
    const foreign = (wordAt(observer + 28) & HAS_INSTANCE) !== 0 ? 0 : standInsOf(record);
    let i: u32 = 0;
    while (i < networks && (wordAt(networkAt(i)) & ~3) !== network) i++;
    if (i === networks) {
      while (i > 0 && wordAt(networkAt(i - 1)) > network) {
        putWord(networkAt(i), wordAt(networkAt(i - 1)));
        i--;
      }
      putWord(networkAt(i), network);
      networks++;
    }
    putWord(networkAt(i), wordAt(networkAt(i)) | foreign);
  }
  putWord(aside + NETWORKS, networks | (areUnique() ? 256 : 0));
  for (let i = networks; i < MOST_VIEWS; i++) putWord(networkAt(i), 0);
}

/** The entry of the networks at NETWORKS: nine words, 1 at 36 when it is known, parts 40, the part of each 44, their scopes 56. */
export function findScope(): usize {
  let hash: u32 = 0;
  for (let i: usize = 0; i < 9; i++)
    hash = times32(turn32(hash, 5) ^ wordAt(aside + NETWORKS + (i << 2)), 0x9e3779b1);
  let slot = hash >>> 22;
  while (isKnown(scopeAt(slot)) && !isOfNetworks(scopeAt(slot))) slot = (slot + 1) & (SCOPES - 1);
  return scopeAt(slot);
}

/** Whether it has been told how they belong together. */
export function isKnown(entry: usize): bool {
  return sharedWordAt(entry + 36) !== 0;
}
export function partsOf(entry: usize): usize {
  return wordAt(entry + 40);
}
/** The two words that name a part. */
export function nameOfPart(entry: usize, part: usize): usize {
  return entry + 56 + (part << 3);
}
/** The two words that name a network. */
export function nameOf(network: u32): usize {
  return groups + (network << 3);
}

function scopeAt(slot: u32): usize {
  return scopes + slot * SCOPE_SIZE;
}

function isOfNetworks(entry: usize): bool {
  for (let at: usize = 0; at < 36; at += 4)
    if (wordAt(entry + at) !== wordAt(aside + NETWORKS + at)) return false;
  return true;
}

export function partOf(entry: usize, network: u32): usize {
  let i: u32 = 0;
  while (wordAt(networkAt(i)) >>> 2 !== network) i++;
  return byteAt(entry + i + 44);
}
