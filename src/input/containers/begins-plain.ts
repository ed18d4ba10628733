/** Plain lines as AWS writes them, known by their beginning: most inputs are, and need nothing that knows containers. */

/** Bytes that are enough to know what they are the beginning of. */
export const ENOUGH = 4096;

/** A record of the default format, or a header. */
const PLAIN = /^(\d{1,2} |[a-z][a-z-]+( [a-z][a-z0-9-]+)+$)/;

/** A line of the beginning without what says nothing of it; empty for a comment. */
export const bareLine = (line: string): string => {
  const bare = line.replace(/^\ufeff/, '').trim();
  return bare.startsWith('#') ? '' : bare;
};

/** Whether a bare line tells at once that it and all others are plain. */
export const isPlainLine = (bare: string): boolean => PLAIN.test(bare);

/** The beginning as text, of no more bytes than are enough. */
export const beginningOf = (head: Uint8Array): string =>
  Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, ENOUGH)).toString('utf8');

/** Whether the first line that is no comment is whole and plain, however few bytes there are yet. */
export const beginsPlain = (head: Uint8Array): boolean => {
  const lines = beginningOf(head).split('\n').slice(0, -1);
  const first = lines.map(bareLine).find((bare) => bare !== '');
  return first !== undefined && isPlainLine(first);
};
