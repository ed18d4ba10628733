/**
 * Which connection is meant: a uid as every output prints it, or the two ends of the connection in either order,
 * the way the table shows them.
 */
import type { Connection, Party } from '../model/connection.ts';
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { canonicalAddress } from '../record/address.ts';

/** One end: its address, and its port unless any will do. */
export interface SelectedEnd {
  readonly address: string;
  readonly port: number | null;
}

export type Selector = { readonly uid: string } | { readonly ends: readonly [SelectedEnd, SelectedEnd] };

const UID = /^C[\w-]{17}$/;
/** Between two ends: blanks, a comma, or an arrow of the table. */
const BETWEEN = /\s*(?:[\s,]|->|<->|[→←⇄⇢⇥⇤?])\s*/u;
const FORMS = [/^\[([^\]]+)\](?::(\d{1,5}))?$/, /^([\d.]+)(?::(\d{1,5}))?$/, /^([\da-fA-F:.]+)$/] as const;

const readEnd = (text: string): SelectedEnd | undefined => {
  for (const form of FORMS) {
    const match = form.exec(text);
    if (match === null) continue;
    const address = canonicalAddress(match[1] as string);
    const port = match[2] === undefined ? null : Number(match[2]);
    return address === undefined || (port !== null && port > 65535) ? undefined : { address, port };
  }
  return undefined;
};

/**
 * Reads a selector.
 * @throws OptionError when the text is neither a uid nor two ends
 * @example parseSelector('10.0.0.62:5001 52.213.180.42:43416')
 */
export const parseSelector = (text: string): Selector => {
  const trimmed = text.trim();
  if (UID.test(trimmed)) return { uid: trimmed };
  const ends = trimmed
    .split(BETWEEN)
    .filter((part) => part !== '')
    .map(readEnd);
  const [a, b] = ends;
  if (ends.length !== 2 || a === undefined || b === undefined) {
    throw new OptionError(
      'option-invalid',
      `"${escapeControls(text)}" names no connection; expected a uid as the output prints it (C and 17 letters), or both ends in one argument: '10.0.0.62:5001 52.213.180.42:43416' or '[2001:db8::1]:443 [2001:db8::2]:50000'.`,
    );
  }
  return { ends: [a, b] };
};

const isAt = (end: SelectedEnd, { address, port }: Party): boolean =>
  (end.port === null || end.port === port) && end.address === address;

/** What tells whether a connection is meant: of an outline, nothing is read that is not asked for. */
type Told = Pick<Connection, 'uid' | 'initiator' | 'responder'>;

/** Whether a connection is the one that is meant, or one of them. */
export const isSelected = (selector: Selector, told: Told): boolean => {
  if ('uid' in selector) return told.uid === selector.uid;
  const { initiator, responder } = told;
  const [a, b] = selector.ends;
  return (isAt(a, initiator) && isAt(b, responder)) || (isAt(b, initiator) && isAt(a, responder));
};
