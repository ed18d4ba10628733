/** The smaller input that still fails in the same way: whole runs of lines, then of bytes, are left out while it does. */

const LINE_FEED = 10;

const linesOf = (bytes: Buffer): Buffer[] => {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, from);
    const to = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
};

const bytesOf = (bytes: Buffer): Buffer[] => Array.from(bytes, (byte) => Buffer.of(byte));

/** Beyond it bytes are left out in runs of lines only. */
const MOST_SINGLE_BYTES = 20_000;

/**
 * @param fails whether an input fails in the same way
 * @param milliseconds after which what has been reached is good enough
 */
export const shrink = async (
  input: Buffer,
  fails: (bytes: Buffer) => Promise<boolean>,
  milliseconds: number,
): Promise<Buffer> => {
  const until = performance.now() + milliseconds;
  const without = async (parts: Buffer[]): Promise<Buffer[]> => {
    let left = parts;
    for (let length = Math.ceil(left.length / 2); length >= 1; length = Math.floor(length / 2)) {
      for (let from = 0; from < left.length && performance.now() < until; ) {
        const shorter = left.toSpliced(from, length);
        if (await fails(Buffer.concat(shorter))) left = shorter;
        else from += length;
      }
    }
    return left;
  };
  const fewer = Buffer.concat(await without(linesOf(input)));
  return fewer.length > MOST_SINGLE_BYTES ? fewer : Buffer.concat(await without(bytesOf(fewer)));
};
