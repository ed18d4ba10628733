/**
 * What most questions need of a connection: no list of interfaces, no texts that nobody asked for. A million of them
 * cost little, because one object stands for each in turn.
 */
import type { Connection, Party } from './connection.ts';

export interface OutlineParty extends Party {
  /** The address as a number of 32 bits with a sign, where it is IPv4 and such a number is at hand. */
  readonly ipv4?: number | undefined;
}

type Told = Omit<
  Connection,
  'communityId' | 'connState' | 'history' | 'path' | 'vantages' | 'windowDetails' | 'initiator' | 'responder'
>;

/** What an outline tells; every connection tells it too. */
export interface Outline extends Told {
  readonly initiator: OutlineParty;
  readonly responder: OutlineParty;
  /** What the primary vantage is called; a connection has it in its vantages. */
  readonly vantage?: string | null;
  /** Writes the uid, which is 18 letters of ASCII, without making a text of it. */
  copyUid?(into: Uint8Array, at: number): void;
}

/** One connection of many, until the next is asked for: what is to be kept is copied, or taken as a whole. */
export interface ConnectionOutline extends Outline {
  /** The connection itself, which may be kept: the same for whoever asks again. It is judged once more: ask for few. */
  whole(): Connection;
  /** The connection for whoever cannot know yet whether it will be wanted. */
  later(): LaterConnection;
}

/** A connection that can be asked for later, also behind the last outline. Holding it costs little. */
export interface LaterConnection {
  /** Several are asked for in the order of their outlines: else much is judged again and again. */
  whole(): Connection;
  /** It will not be asked for. */
  forget(): void;
}

/** The same of what may be an outline or the connection itself. */
export const laterOf = (connection: Connection | ConnectionOutline): LaterConnection =>
  'later' in connection ? connection.later() : { whole: () => connection, forget() {} };

/** What the primary vantage of an outline or a connection is called: its interface-id, else its resource-id. */
export const vantageOf = (outline: Outline & Partial<Pick<Connection, 'vantages'>>): string | null => {
  if (outline.vantages === undefined) return outline.vantage ?? null;
  const [primary] = outline.vantages;
  return primary?.interfaceId ?? primary?.resourceId ?? null;
};
