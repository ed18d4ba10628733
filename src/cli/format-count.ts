/** Counts in sentences: thousands grouped, the noun in the right number. */

/** @example formatNumber(1234567) // '1,234,567' */
export const formatNumber = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/**
 * A count with its noun.
 * @example formatCount(1, 'connection') // '1 connection'
 * @example formatCount(3, 'address', 'addresses') // '3 addresses'
 */
export const formatCount = (value: number, one: string, many = `${one}s`): string =>
  `${formatNumber(value)} ${value === 1 ? one : many}`;
