/**
 * ENDPOINT of `who`: an address, a CIDR range, a port, or a range and a port. IPv6 with a port needs
 * brackets, because 2001:db8::1:443 is an address.
 */
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { type AddressRange, readAddressRange } from './address-range.ts';

/** What to look for: either may be left open, not both. */
export interface EndpointPattern {
  /** As typed, safe to print. */
  readonly text: string;
  readonly range: AddressRange | null;
  /** The address or range as typed; null for a port alone. */
  readonly address: string | null;
  readonly port: number | null;
}

const MOST_PORT = 65535;

/** `[range]:port`, `[range]`, `range/bits:port`, `v4:port` or `:port` cut into range and port. */
const FORMS = [
  /^\[(?<range>[^\]]+)\](?::(?<port>\d{1,5}))?$/,
  /^(?<range>[^/]+\/\d{1,3}):(?<port>\d{1,5})$/,
  /^(?<range>[\d.]+):(?<port>\d{1,5})$/,
  /^:(?<port>\d{1,5})$/,
  /^(?<range>.+)$/,
] as const;

const invalid = (text: string): OptionError =>
  new OptionError(
    'option-invalid',
    `ENDPOINT is "${escapeControls(text)}"; expected an address (10.0.0.62), a range (10.0.0.0/16), a port (:5001) or both (10.0.0.62:5001, [2001:db8::1]:443).`,
  );

/**
 * The pattern that the text names.
 * @throws OptionError
 */
export const parseEndpoint = (text: string): EndpointPattern => {
  const trimmed = text.trim();
  for (const form of FORMS) {
    const groups = form.exec(trimmed)?.groups;
    if (groups === undefined) continue;
    const range = groups['range'] === undefined ? null : readAddressRange(groups['range']);
    const port = groups['port'] === undefined ? null : Number(groups['port']);
    if (range === undefined || (port !== null && port > MOST_PORT)) throw invalid(text);
    return { text: escapeControls(trimmed), range, address: groups['range'] ?? null, port };
  }
  throw invalid(text);
};

/** Whether an end of a connection is the one that was asked for. */
export const matchesEndpoint = (
  pattern: EndpointPattern,
  end: { readonly address: string; readonly port: number | null },
): boolean =>
  (pattern.port === null || pattern.port === end.port) &&
  (pattern.range === null || pattern.range(end.address));
