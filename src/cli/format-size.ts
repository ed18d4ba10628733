/** Byte counts for people: decimal units and three significant digits, as network tools print them. */

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** What a table shows where the records say nothing. */
export const UNKNOWN = '–';

/**
 * A number of bytes, or a dash for null.
 * @example formatSize(23395289) // '23.4 MB'
 */
export const formatSize = (bytes: number | null): string => {
  if (bytes === null) return UNKNOWN;
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
