/** Endpoints as people write them: `10.0.0.62:5001`, `[2001:db8::1]:443`, a bare address without a port. */
import { escapeControls } from '../model/escape.ts';
import type { OutlineParty } from '../model/outline.ts';
import { textWidth } from './text-width.ts';

/** An address and its port, safe to print. */
export const formatEndpoint = (address: string, port: number | null): string => {
  const visible = escapeControls(address);
  if (port === null) return visible;
  return visible.includes(':') ? `[${visible}]:${port}` : `${visible}:${port}`;
};

/** How many digits a whole number below 100,000 has. */
const digitsOf = (value: number): number =>
  value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : value < 10_000 ? 4 : 5;

/** Columns that {@link formatEndpoint} of a party takes, without making a text of it. */
export const endpointWidth = (party: OutlineParty): number => {
  const { ipv4, port } = party;
  if (ipv4 === undefined) return textWidth(formatEndpoint(party.address, port));
  const octets =
    digitsOf(ipv4 >>> 24) +
    digitsOf((ipv4 >>> 16) & 255) +
    digitsOf((ipv4 >>> 8) & 255) +
    digitsOf(ipv4 & 255);
  return octets + 3 + (port === null ? 0 : 1 + digitsOf(port));
};
