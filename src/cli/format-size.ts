/** Byte counts for people: decimal units and three significant digits, as network tools print them. */

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** What a table shows where the records say nothing. */
export const UNKNOWN = '–';

/** Below it, numbers that {@link standIn} gives read as those that they stand for. */
const LARGE = 1e12;

/** Of the sizes of a kilobyte and more that read alike, the one without digits that are not shown, so that texts are made once for each. */
const standIn = (bytes: number): number => {
  let step = 10;
  while (bytes >= 1000 * step) step *= 10;
  // Halfway between two: which of them it is, depends on how it is divided.
  return (bytes % step) * 2 === step ? bytes : Math.round(bytes / step) * step;
};

/** By stand-ins: some thousands at most. */
const known = new Map<number, string>();

/**
 * A number of bytes, or a dash for null.
 * @example formatSize(23395289) // '23.4 MB'
 */
export const formatSize = (bytes: number | null): string => {
  if (bytes === null) return UNKNOWN;
  if (bytes < 1000 || bytes >= LARGE) return describeSize(bytes);
  const key = standIn(bytes);
  let text = known.get(key);
  if (text === undefined) {
    text = describeSize(key);
    known.set(key, text);
  }
  return text;
};

const describeSize = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  for (const unit of UNITS) {
    value /= 1000;
    const digits = value.toPrecision(3);
    // 999 950 B must not read "1.00e+3 kB".
    if (Number(digits) < 1000) return `${digits} ${unit}`;
  }
  return `${value.toPrecision(3)} ${UNITS.at(-1)}`;
};

/** Columns that {@link formatSize} takes, mostly without making a text. */
export const sizeWidth = (bytes: number | null): number => {
  if (bytes === null) return 1;
  if (bytes < 10) return 3;
  if (bytes < 100) return 4;
  if (bytes < 1000) return 5;
  return formatSize(bytes).length;
};
