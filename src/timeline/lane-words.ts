/** The words of a lane: who with whom, what happened in its windows, how it opened and closed. Safe to show. */

import type { Connection, ConnectionWindow, Side, WindowSide } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import type { NameOf } from '../model/name-of.ts';
import { spellEndpoint, spellSize } from '../model/spell-values.ts';
import { describeSideFlags, FIN, hasRst } from '../model/tcp-flags.ts';

/**
 * `10.0.0.9:40000 → 10.0.0.5:443`; a question mark where nothing tells who opened it.
 * @param spell how an end is spelt, where there is no room for all of it
 */
export const nameOfLane = (
  { initiator, responder, initiatorBasis }: Connection,
  names?: NameOf,
  spell = spellEndpoint,
): string =>
  `${spell(initiator.address, initiator.port, names)} ${initiatorBasis === 'none' ? '?' : '→'} ${spell(responder.address, responder.port, names)}`;

/** The state, or what kind of exchange it is. */
export const stateWord = ({ state, protocol }: Connection): string =>
  state ?? `${escapeControls(protocol)} exchange`;

/** The interface that speaks for it, else the host that opened it. */
export const vantageName = ({ vantages: [primary], initiator }: Connection): string =>
  escapeControls(primary?.interfaceId ?? primary?.resourceId ?? initiator.address);

/** What showed its opening; null when nothing did. */
export const openingWord = ({ openedAt, initiatorBasis }: Connection): string | null => {
  if (openedAt === null) return null;
  if (initiatorBasis === 'handshake' || initiatorBasis === 'simultaneous') return 'handshake';
  return initiatorBasis === 'syn-ack' ? 'SYN-ACK' : 'SYN';
};

/** What closed it, and who; null when nothing did. */
export const closeWord = ({ closedAt, closedBy, initiator, responder }: Connection): string | null => {
  if (closedAt === null) return null;
  const flags = (initiator.flags ?? 0) | (responder.flags ?? 0);
  const how = hasRst(flags) ? 'RST' : (flags & FIN) === 0 ? 'close' : 'FIN';
  return closedBy === null ? how : `${how} by ${closedBy}`;
};

const sideWord = (side: Side, sent: WindowSide): string => {
  const flags = sent.flags === null || sent.flags === 0 ? '' : ` ${describeSideFlags(sent.flags, side)}`;
  const action = sent.action === 'reject' || sent.action === 'mixed' ? ` ${sent.action.toUpperCase()}` : '';
  return `${side === 'initiator' ? '→' : '←'} ${spellSize(sent.bytes)}${flags}${action}`;
};

/** `→ 568 B SYN, ← 376 B SYN-ACK`. */
export const windowWord = ({ initiator, responder }: ConnectionWindow): string =>
  [
    initiator === null ? '' : sideWord('initiator', initiator),
    responder === null ? '' : sideWord('responder', responder),
  ]
    .filter((part) => part !== '')
    .join(', ');

/** Whether a security group or network ACL stopped anything in it. */
export const isRejected = ({ initiator, responder }: ConnectionWindow): boolean =>
  [initiator, responder].some((sent) => sent?.action === 'reject' || sent?.action === 'mixed');
