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
/** Regions that were given back by themselves, linked: the next 0, its size 4. */
let free: usize = 0;

/** A region of zeroed memory, aligned to 64 bytes; 0 when there is none left. */
export function allocate(size: usize): usize {
  const taken = takeFree((size + 63) & ~63);
  if (taken != 0) return taken;
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

/** So many bytes, a multiple of 64, from the first free region that has them; 0 where none has. */
function takeFree(size: usize): usize {
  let before: usize = 0;
  for (let region = free; region != 0; region = <usize>load<u32>(region)) {
    const has = <usize>load<u32>(region, 4);
    if (has >= size) {
      let next = <usize>load<u32>(region);
      if (has > size) {
        const rest = region + size;
        store<u32>(rest, <u32>next);
        store<u32>(rest, <u32>(has - size), 4);
        next = rest;
      }
      if (before == 0) free = next;
      else store<u32>(before, <u32>next);
      memory.fill(region, 0, size);
      return region;
    }
    before = region;
  }
  return 0;
}

/** Takes one region back, of the size that was asked for: it is handed out again in whole or in part. */
export function release(region: usize, size: usize): void {
  // The bytes up to a multiple of 64 may be another region's, where that was not aligned to it.
  const whole = size & ~63;
  if (region == 0 || whole == 0) return;
  store<u32>(region, <u32>free);
  store<u32>(region, <u32>whole, 4);
  free = region;
}

/** Takes every region back: what is handed out next is zeroed as at first. */
export function forgetAll(): void {
  memory.fill(FIXED_END, 0, used - FIXED_END);
  used = FIXED_END;
  free = 0;
}
