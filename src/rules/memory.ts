/**
 * Memory that grows: a region is handed out behind the last one, and all are given back at once or none. What is known of
 * it stands in the memory itself, so that any instance may ask, also while others judge. Where the memory can grow no
 * further nothing is handed out, and the caller says so.
 */
import { ALLOCATION, FIXED_END, MOST_PAGES } from './layout.ts';
import { exchangeWord, fillBytes, growMemory, memoryPages, putSharedWord, putWord, wordAt } from './port.ts';

const LOCK: usize = ALLOCATION;
/** Bytes handed out behind what is fixed. */
const USED: usize = ALLOCATION + 4;
/** Regions that were given back by themselves, linked: the next 0, its size 4. */
const FREE: usize = ALLOCATION + 8;

/** The pages that 32 bits can address, but one. */
const ALL_PAGES: u32 = 65535;
/** Bytes in a page, and pages that are grown beyond what is wanted: growing costs a call to the system. */
const PAGE: f64 = 65536;
const GENEROUS: u32 = 256;

/** The most pages the memory may have. */
function mostPages(): u32 {
  const most = wordAt(MOST_PAGES);
  return most === 0 || most > ALL_PAGES ? ALL_PAGES : most;
}

/** Others hold it for as long as a few words take, and for a call to the system when the memory grows. */
function lock(): void {
  while (exchangeWord(LOCK, 0, 1) !== 0) {}
}

function unlock(): void {
  putSharedWord(LOCK, 0);
}

/** A region of zeroed memory, aligned to 64 bytes; 0 when there is none left. */
export function allocate(size: usize): usize {
  return allocateWithin(size, mostPages());
}

/** Of what there may be, an eighth is left by those who file: records that nobody has room to put in order are worth nothing. */
const LEFT_SHIFT: u32 = 3;

/** The same for those who file. */
export function allocateToFile(size: usize): usize {
  const most = mostPages();
  return allocateWithin(size, most - (most >>> LEFT_SHIFT));
}

function allocateWithin(size: usize, most: u32): usize {
  const whole: usize = ((size + 63) & ~63) >>> 0;
  lock();
  const taken = takeFree(whole);
  const fresh = taken === 0 ? takeNew(size, most) : 0;
  unlock();
  if (taken === 0) return fresh;
  fillBytes(taken, 0, whole);
  return taken;
}

/** Whether so many bytes more could be handed out, as far as is known without asking the system for them. */
export function hasRoom(bytes: f64): bool {
  return (FIXED_END as f64) + (wordAt(USED) as f64) + bytes <= (mostPages() as f64) * PAGE;
}

/** So many bytes behind all that was handed out; 0 where the memory can grow no further, or would have more pages than it may. */
function takeNew(size: usize, most: u32): usize {
  const from: usize = ((FIXED_END + wordAt(USED) + 63) & ~63) >>> 0;
  const end: f64 = (from as f64) + (size as f64);
  const wanted = Math.ceil(end / PAGE) as u32;
  const pages = memoryPages();
  if (wanted > pages) {
    if (wanted > most) return 0;
    let generous = pages + GENEROUS;
    if (generous < wanted) generous = wanted;
    if (generous > most) generous = most;
    if (!growMemory(generous - pages) && !growMemory(wanted - pages)) return 0;
  }
  putWord(USED, (end - (FIXED_END as f64)) as u32);
  return from;
}

/** So many bytes, a multiple of 64, from the first free region that has them; 0 where none has. */
function takeFree(size: usize): usize {
  let before: usize = FREE;
  for (let region: usize = wordAt(FREE); region !== 0; region = wordAt(region)) {
    const has = wordAt(region + 4);
    if (has >= size) {
      let next = wordAt(region);
      if (has > size) {
        const rest = region + size;
        putWord(rest, next);
        putWord(rest + 4, has - size);
        next = rest;
      }
      putWord(before, next);
      return region;
    }
    before = region;
  }
  return 0;
}

/** Takes one region back, of the size that was asked for: it is handed out again in whole or in part. */
export function release(region: usize, size: usize): void {
  // The bytes up to a multiple of 64 may be another region's, where that was not aligned to it.
  const whole: usize = (size & ~63) >>> 0;
  if (region === 0 || whole === 0) return;
  lock();
  putWord(region, wordAt(FREE));
  putWord(region + 4, whole);
  putWord(FREE, region);
  unlock();
}

/** Takes every region back: what is handed out next is zeroed as at first. For one instance alone. */
export function forgetAll(): void {
  fillBytes(FIXED_END, 0, wordAt(USED));
  putWord(USED, 0);
  putWord(FREE, 0);
}
