/**
 * Snappy (format_description.txt of google/snappy). Ours, since the one in hyparquet never comes to an end on some damaged
 * bytes: a literal of a length below zero takes it back to where it was.
 */
import { ParquetFault } from './fault.ts';

const broken = (): ParquetFault => new ParquetFault('is damaged: its snappy data do not unpack');

/** @throws ParquetFault for what does not unpack to that many bytes */
export const unsnappy = (packed: Uint8Array, length: number): Uint8Array => {
  const out = new Uint8Array(length);
  const end = packed.length;
  let at = 0;
  let told = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = packed[at++];
    if (byte === undefined || at > 5) throw broken();
    told += (byte & 127) * scale;
    if (byte < 128) break;
  }
  if (told !== length) throw broken();
  let to = 0;
  while (at < end) {
    const tag = packed[at++] as number;
    if ((tag & 3) === 0) {
      let count = (tag >> 2) + 1;
      if (count > 60) {
        const bytes = count - 60;
        count = 1;
        for (let i = 0; i < bytes; i++) count += (packed[at + i] ?? 0) * 256 ** i;
        at += bytes;
      }
      if (count > end - at || count > length - to) throw broken();
      if (count < 32) for (let i = 0; i < count; i++) out[to + i] = packed[at + i] as number;
      else out.set(packed.subarray(at, at + count), to);
      at += count;
      to += count;
      continue;
    }
    const bytes = tag & 3 ? ([0, 1, 2, 4][tag & 3] as number) : 0;
    const count = bytes === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    let back = bytes === 1 ? (tag >> 5) * 256 : 0;
    for (let i = 0; i < bytes; i++) back += (packed[at + i] ?? 0) * 256 ** i;
    at += bytes;
    if (at > end || back === 0 || back > to || count > length - to) throw broken();
    // What is copied may be what is being written.
    for (let i = 0; i < count; i++) out[to + i] = out[to + i - back] as number;
    to += count;
  }
  if (to !== length) throw broken();
  return out;
};
