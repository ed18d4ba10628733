/** IPv4 addresses as unsigned numbers of 32 bits, and as dotted decimals. */

/** Dotted decimals; a number with a sign will do too. */
export const writeIPv4 = (value: number): string =>
  `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;

/** The number, with a sign, of a text that {@link writeIPv4} gives; else undefined. */
export const ipv4Of = (text: string): number | undefined => {
  const value = text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0) | 0;
  return writeIPv4(value) === text ? value : undefined;
};
