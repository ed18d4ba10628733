/**
 * Memory that grows: a region is handed out behind the last one, and all are given back at once or none. Where the memory
 * can grow no further nothing is handed out, and the caller goes on in TypeScript.
 */
import { FIXED_END } from './layout.ts';

/** The most pages of 64 KiB the memory may have; lower in tests. */
export let mostPages: u32 = 65535;

/**
 * How far behind the first instance's room to work (from WORK on) this instance's lies: instances that share the memory
 * judge side by side, each in a room of its own.
 */
export let aside: usize = 0;

export function setAside(bytes: usize): void {
  aside = bytes;
}

let used: usize = FIXED_END;

/** A region of zeroed memory, aligned to 64 bytes; 0 when there is none left. */
export function allocate(size: usize): usize {
  const from = (used + 63) & ~63;
  const end = <u64>from + <u64>size;
  const pages = <u64>memory.size();
  const wanted = (end + 0xffff) >> 16;
  if (wanted > pages) {
    if (wanted > <u64>mostPages) return 0;
    // Some more than is wanted: growing costs a call to the system.
    const generous = min<u64>(<u64>mostPages, max<u64>(wanted, pages + 256));
    if (memory.grow(<i32>(generous - pages)) < 0 && memory.grow(<i32>(wanted - pages)) < 0) return 0;
  }
  used = <usize>end;
  return from;
}

/** Takes every region back: what is handed out next is zeroed as at first. */
export function forgetAll(): void {
  memory.fill(FIXED_END, 0, used - FIXED_END);
  used = FIXED_END;
}
