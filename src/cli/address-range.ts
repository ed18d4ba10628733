/**
 * Addresses and CIDR ranges as options name them. A bare address is the range of one; host bits are
 * allowed (10.1.2.3/8 is 10.0.0.0/8). Reading is as strict as for logs: no shortened IPv4, no zones.
 */
import { createRequire } from 'node:module';
import type ipaddr from 'ipaddr.js';
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { canonicalAddress, writeAddress } from '../record/address.ts';
import { readPrefix } from '../record/prefix.ts';

/** Says whether an address of a log lies inside. */
export type AddressRange = (address: string) => boolean;

type Parsed = ipaddr.IPv4 | ipaddr.IPv6;

/** Loaded when an option names an address: importing it makes Node.js look for its exports, a tenth of what 100,000 connections take. */
const loadParser = (): typeof ipaddr => createRequire(import.meta.url)('ipaddr.js');
let parser: typeof ipaddr | undefined;

/** By the reader of logs: ipaddr.js takes more for addresses, and ::10.0.0.1 for IPv4-mapped. */
const parseAddress = (text: string): Parsed | undefined => {
  const canonical = canonicalAddress(text);
  if (canonical === undefined) return undefined;
  parser ??= loadParser();
  return parser.parse(canonical);
};

/** Addresses repeat in logs; reading one costs more than looking it up. */
const MOST_REMEMBERED = 1 << 16;

const remember = (range: AddressRange): AddressRange => {
  let known = new Map<string, boolean>();
  return (address) => {
    const before = known.get(address);
    if (before !== undefined) return before;
    if (known.size >= MOST_REMEMBERED) known = new Map();
    const inside = range(address);
    known.set(address, inside);
    return inside;
  };
};

/** The range, or undefined when the text is neither an address nor a CIDR range. */
export const readAddressRange = (text: string): AddressRange | undefined => {
  const prefix = readPrefix(text);
  if (prefix === undefined) return undefined;
  const { length } = prefix;
  const base = parseAddress(writeAddress(prefix.bytes)) as Parsed;
  return remember((candidate) => {
    const parsed = parseAddress(candidate);
    if (parsed === undefined || parsed.kind() !== base.kind()) return false;
    // The overloads of match() want to know the family; kind() has just said it.
    return (parsed as ipaddr.IPv6).match(base as ipaddr.IPv6, length);
  });
};

/**
 * The range that an option names.
 * @throws OptionError
 */
export const parseAddressRange = (text: string, option: string): AddressRange => {
  const range = readAddressRange(text.trim());
  if (range === undefined) {
    throw new OptionError(
      'option-invalid',
      `${option} is "${escapeControls(text)}"; expected an address or CIDR range such as 10.0.0.0/8 or 2001:db8::/32.`,
    );
  }
  return range;
};
