/** The network an address stands in where single addresses would be too many to show: /24 of IPv4, /64 of IPv6. */

import { writeIPv4 } from '../model/ipv4.ts';
import { readIPv4, readIPv6, writeIPv6 } from '../record/address.ts';

/** The same of IPv4 addresses as numbers of 32 bits, with a sign. */
export const networkOfIPv4 = (ipv4: number): number => ipv4 & ~255;

const encoder = new TextEncoder();
/** More than the longest spelling of an address. */
const letters = new Uint8Array(64);

/** The network in CIDR notation, or the text itself when it is no address. */
export const networkOf = (address: string): string => {
  const { read, written } = encoder.encodeInto(address, letters);
  if (read < address.length) return address;
  const v4 = readIPv4(letters, 0, written);
  if (v4 >= 0) return `${writeIPv4(networkOfIPv4(v4))}/24`;
  const v6 = new Uint8Array(16);
  return readIPv6(letters, 0, written, v6) ? `${writeIPv6(v6.fill(0, 8))}/64` : address;
};
