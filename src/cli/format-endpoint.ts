/** Endpoints as people write them: `10.0.0.62:5001`, `[2001:db8::1]:443`, a bare address without a port. */
import type { OutlineParty } from '../model/outline.ts';
import { spellEndpoint as formatEndpoint } from '../model/spell-values.ts';
import { digitsOf, type LineBytes } from './line-bytes.ts';
import { cutText, textWidth } from './text-width.ts';

export { formatEndpoint };

/** The blank and the brackets of a name beside an address. */
const AROUND_NAME = 3;
/** Less of a name than this is no name. */
const LEAST_NAME = 4;

/** Columns that a name takes beside an address; none where there is none. */
export const nameWidth = (name: string): number => (name === '' ? 0 : textWidth(name) + AROUND_NAME);

/** ` (db-1)` in so many columns: cut where that is too long, nothing where too little of it would be left. */
export const fitName = (name: string, room: number): string => {
  if (name === '') return '';
  if (nameWidth(name) <= room) return ` (${name})`;
  return room < LEAST_NAME + AROUND_NAME ? '' : ` (${cutText(name, room - AROUND_NAME)})`;
};

const COLON = 0x3a;

const ipv4Width = (ipv4: number, port: number | null): number => {
  const octets =
    digitsOf(ipv4 >>> 24) +
    digitsOf((ipv4 >>> 16) & 255) +
    digitsOf((ipv4 >>> 8) & 255) +
    digitsOf(ipv4 & 255);
  return octets + 3 + (port === null ? 0 : 1 + digitsOf(port));
};

/** Columns that {@link formatEndpoint} of a party takes, without making a text of it. */
export const endpointWidth = (party: OutlineParty): number => {
  const { ipv4, port } = party;
  if (ipv4 === undefined) return textWidth(formatEndpoint(party.address, port));
  return ipv4Width(ipv4, port);
};

/** An endpoint of a row: the number of an IPv4 address, or the text of both. */
export type End = { readonly ipv4: number; readonly port: number | null } | string;

/** Columns that an end takes. */
export const endWidth = (end: End): number =>
  typeof end === 'string' ? textWidth(end) : ipv4Width(end.ipv4, end.port);

/** Puts an end as {@link formatEndpoint} writes it. */
export const putEnd = (end: End, out: LineBytes): void => {
  if (typeof end === 'string') {
    out.putText(end);
    return;
  }
  out.putIPv4(end.ipv4);
  if (end.port === null) return;
  out.putByte(COLON);
  out.putNumber(end.port);
};
