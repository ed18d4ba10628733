/**
 * The one file that knows two worlds. Compiled by asc, an access is one instruction on linear memory; run by Node, it is
 * an element of a view of the same bytes. The branch is settled when compiling, by either compiler. Addresses and
 * numbers of 32 bits are unsigned in both.
 */
let U8!: Uint8Array;
let U16!: Uint16Array;
let U32!: Uint32Array;
let F64!: Float64Array;

/** Node only: the memory, how it grows, and how many bytes of it are in view. */
let attached!: ArrayBuffer;
let growAttached!: (pages: u32) => bool;
let inView: f64 = 0;

/**
 * Node only: the bytes that the functions below look at, which may be a SharedArrayBuffer's (asc knows no such type).
 * @param grow adds pages of 64 KiB to them; false when there are none
 */
export function attach(buffer: ArrayBuffer, grow: (pages: u32) => bool): void {
  attached = buffer;
  growAttached = grow;
  inView = 0;
  lookAgain();
}

/** Node only: what the memory has grown by comes into view. Views of a fixed length are the fast ones. */
function lookAgain(): void {
  const bytes = attached.byteLength;
  if (bytes === inView) return;
  inView = bytes;
  U8 = new Uint8Array(attached, 0, bytes);
  U16 = new Uint16Array(attached, 0, bytes >>> 1);
  U32 = new Uint32Array(attached, 0, bytes >>> 2);
  F64 = new Float64Array(attached, 0, bytes >>> 3);
}

/** To be called before another instance's words are followed to where they lead: it may have made the memory grow. */
export function keepUp(): void {
  if (ASC_TARGET === 0) lookAgain();
}

export function byteAt(at: usize): u32 {
  if (ASC_TARGET !== 0) return load<u8>(at);
  return U8[at] as u32;
}
export function halfAt(at: usize): u32 {
  if (ASC_TARGET !== 0) return load<u16>(at);
  return U16[at >>> 1] as u32;
}
export function wordAt(at: usize): u32 {
  if (ASC_TARGET !== 0) return load<u32>(at);
  return U32[at >>> 2] as u32;
}
export function doubleAt(at: usize): f64 {
  if (ASC_TARGET !== 0) return load<f64>(at);
  return F64[at >>> 3] as f64;
}
export function putByte(at: usize, value: u32): void {
  if (ASC_TARGET !== 0) store<u8>(at, value);
  else U8[at] = value;
}
export function putWord(at: usize, value: u32): void {
  if (ASC_TARGET !== 0) store<u32>(at, value);
  else U32[at >>> 2] = value;
}
export function putDouble(at: usize, value: f64): void {
  if (ASC_TARGET !== 0) store<f64>(at, value);
  else F64[at >>> 3] = value;
}

/** Copies bytes; the places may overlap. */
export function copyBytes(to: usize, from: usize, bytes: usize): void {
  if (ASC_TARGET !== 0) memory.copy(to, from, bytes);
  else U8.copyWithin(to, from, from + bytes);
}
export function fillBytes(at: usize, value: u32, bytes: usize): void {
  if (ASC_TARGET !== 0) memory.fill(at, value as u8, bytes);
  else U8.fill(value, at, at + bytes);
}

/** Zeroes a row, whose size is a multiple of sixteen: for so few bytes the instruction that fills is slower than stores. */
export function clearRow(at: usize, bytes: usize): void {
  if (ASC_TARGET !== 0) {
    const zero = i32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) v128.store(at + i, zero);
  } else U32.fill(0, at >>> 2, (at + bytes) >>> 2);
}

/** Copies sixteen bytes from and to addresses that are multiples of four. */
export function copySixteen(to: usize, from: usize): void {
  if (ASC_TARGET !== 0) v128.store(to, v128.load(from));
  else {
    U32[to >>> 2] = U32[from >>> 2] as u32;
    U32[(to >>> 2) + 1] = U32[(from >>> 2) + 1] as u32;
    U32[(to >>> 2) + 2] = U32[(from >>> 2) + 2] as u32;
    U32[(to >>> 2) + 3] = U32[(from >>> 2) + 3] as u32;
  }
}

/** A word whose highest byte comes first, as in the bytes of an address. */
export function networkWordAt(at: usize): u32 {
  const word = wordAt(at);
  if (ASC_TARGET !== 0) return bswap<u32>(word);
  return ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word & 0xff00) << 8) | (word << 24)) >>> 0;
}

/** A word that other instances write too: seen whole, and with all that was written before it. */
export function sharedWordAt(at: usize): u32 {
  if (ASC_TARGET !== 0) return atomic.load<u32>(at);
  return Atomics.load(U32, at >>> 2) as u32;
}
export function putSharedWord(at: usize, value: u32): void {
  if (ASC_TARGET !== 0) atomic.store<u32>(at, value);
  else Atomics.store(U32, at >>> 2, value);
}
/** Puts a value where the expected one stands; gives what stood there. */
export function exchangeWord(at: usize, expected: u32, value: u32): u32 {
  if (ASC_TARGET !== 0) return atomic.cmpxchg<u32>(at, expected, value);
  return Atomics.compareExchange(U32, at >>> 2, expected, value) as u32;
}

/** Products and sums of 32 bits, as hashes need them. */
export function times32(a: u32, b: u32): u32 {
  if (ASC_TARGET !== 0) return a * b;
  return Math.imul(a, b) >>> 0;
}
export function turn32(value: u32, by: u32): u32 {
  if (ASC_TARGET !== 0) return rotl<u32>(value, by);
  return ((value << by) | (value >>> (32 - by))) >>> 0;
}

/** Pages of 64 KiB that the memory has. */
export function memoryPages(): u32 {
  if (ASC_TARGET !== 0) return memory.size() as u32;
  lookAgain();
  return attached.byteLength >>> 16;
}

/** Adds pages; false when there are none. */
export function growMemory(pages: u32): bool {
  if (ASC_TARGET !== 0) return memory.grow(pages as i32) >= 0;
  if (!growAttached(pages)) return false;
  lookAgain();
  return true;
}
