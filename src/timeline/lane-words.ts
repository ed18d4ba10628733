/** The words of a lane: who with whom, what happened in its windows, how it opened and closed. Safe to show. */

import type { Connection, ConnectionWindow, Party, Side, WindowSide } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import { besideAddress, type NameOf } from '../model/name-of.ts';
import { spellEndpoint, spellSize } from '../model/spell-values.ts';
import { describeSideFlags, FIN, hasRst } from '../model/tcp-flags.ts';

const joinEnds = (
  { initiator, responder, initiatorBasis }: Connection,
  spell: (end: Party) => string,
): string => `${spell(initiator)} ${initiatorBasis === 'none' ? '?' : '→'} ${spell(responder)}`;

/**
 * `10.0.0.9:40000 → 10.0.0.5:443`; a question mark where nothing tells who opened it.
 * @param spell how an end is spelt, where there is no room for all of it
 */
export const nameOfLane = (connection: Connection, names?: NameOf, spell = spellEndpoint): string =>
  joinEnds(connection, ({ address, port }) => spell(address, port, names));

/** ` (db-1)` in so many characters at most: a longer name is whole in the words of its lane. */
export const cutName = (name: string, most: number): string => {
  const letters = [...name];
  if (letters.length <= most) return name;
  return `${letters
    .slice(0, Math.max(0, most - 2))
    .join('')
    .trimEnd()}…)`;
};

/** Less of a name than this, with its blank and brackets, is no name. */
const LEAST_NAME = 8;

const fitName = (name: string, room: number): string =>
  [...name].length > room && room < LEAST_NAME ? '' : cutName(name, room);

/** Half of the room for each of two names, and what one leaves for the other. */
const shareRoom = (first: number, second: number, room: number): readonly [number, number] => {
  const half = Math.floor(room / 2);
  if (first <= half) return [first, room - first];
  return second <= half ? [room - second, second] : [half, half];
};

/** The same in so many characters, as far as names go: those are cut, and left out where nothing worth reading would be left. */
export const nameOfLaneWithin = (connection: Connection, names: NameOf | undefined, most: number): string => {
  const bare = nameOfLane(connection);
  const room = Math.max(0, most - [...bare].length);
  const { initiator, responder } = connection;
  const [from, to] = [besideAddress(initiator.address, names), besideAddress(responder.address, names)];
  const rooms = shareRoom([...from].length, [...to].length, room);
  const fitted = new Map([
    [initiator, fitName(from, rooms[0])],
    [responder, fitName(to, rooms[1])],
  ]);
  return joinEnds(connection, (end) => spellEndpoint(end.address, end.port) + fitted.get(end));
};

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
