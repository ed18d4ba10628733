/** Ranges of addresses in CIDR notation. A bare address is the range of one; host bits are allowed (10.1.2.3/8 is 10.0.0.0/8). */
import { addressBytes } from './address.ts';

export interface Prefix {
  /** Four or sixteen, host bits as they were written. */
  readonly bytes: Uint8Array;
  /** How many bits an address has in common with it, 0 to 32 or 128. */
  readonly length: number;
}

/** The range, or undefined for text that is neither an address nor a range; as strict as the reader of logs. */
export const readPrefix = (text: string): Prefix | undefined => {
  const [address = '', bits, ...more] = text.split('/');
  const bytes = addressBytes(address);
  if (bytes === undefined || more.length > 0) return undefined;
  const most = bytes.length * 8;
  const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  return length <= most ? { bytes, length } : undefined;
};
