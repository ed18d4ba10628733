/** Endpoints as people write them: `10.0.0.62:5001`, `[2001:db8::1]:443`, a bare address without a port. */
import { escapeControls } from '../model/escape.ts';
import type { OutlineParty } from '../model/outline.ts';
import { digitsOf, type LineBytes } from './line-bytes.ts';
import { textWidth } from './text-width.ts';

/** An address and its port, safe to print. */
export const formatEndpoint = (address: string, port: number | null): string => {
  const visible = escapeControls(address);
  if (port === null) return visible;
  return visible.includes(':') ? `[${visible}]:${port}` : `${visible}:${port}`;
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
