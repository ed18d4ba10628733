/** Who opened what at one endpoint: one sentence over all its connections, and one word for each. */
import { isSeenOneWay } from '../meaning/unanswered.ts';
import { INITIATOR_BASES } from '../model/connection.ts';
import { besideAddress, type NameOf } from '../model/name-of.ts';
import type { Outline } from '../model/outline.ts';
import type { RunReport } from '../model/report.ts';
import { describeNotOpened, noUpshots, upshotOf } from '../model/upshots.ts';
import { explainNothing } from './explain-nothing.ts';
import { formatCount, formatNumber } from './format-count.ts';
import { type EndpointPattern, matchesEndpoint } from './parse-endpoint.ts';
import type { Tally } from './tally.ts';

/** Whether the asked endpoint opened it; null when nothing tells. */
export type OpenedByEndpoint = boolean | null;

export interface EndpointView {
  readonly openedByEndpoint: OpenedByEndpoint;
  /** The address at the other end. */
  readonly peer: string;
}

/** How a connection looks from the endpoint; null when it takes no part. */
export const viewFrom = (endpoint: EndpointPattern, connection: Outline): EndpointView | null => {
  const { initiator, responder, initiatorBasis } = connection;
  const isInitiator = matchesEndpoint(endpoint, initiator);
  const isResponder = matchesEndpoint(endpoint, responder);
  if (!isInitiator && !isResponder) return null;
  const peer = isInitiator ? responder.address : initiator.address;
  if (initiatorBasis === 'none') return { openedByEndpoint: null, peer };
  // Both ends asked for, or both opened: it did open it.
  return { openedByEndpoint: isInitiator || initiatorBasis === 'simultaneous', peer };
};

/** The first column of the table. */
export const describeOpener = (opened: OpenedByEndpoint): string =>
  opened === null ? 'unknown' : opened ? 'itself' : 'peer';

/** Connections that one side is told to have opened, or to have tried to. */
class Opened {
  readonly #peers = new Set<string>();
  readonly #kinds = { observed: 0, inferred: 0, unknown: 0 };
  readonly #upshots = noUpshots();

  get size(): number {
    return Object.values(this.#upshots).reduce((sum, count) => sum + count, 0);
  }

  /** How many connections were opened, and by how many peers. */
  get opened(): number {
    return this.#upshots.opened;
  }
  get peers(): number {
    return this.#peers.size;
  }

  add(connection: Outline, peer: string): void {
    const upshot = isSeenOneWay(connection) ? 'one-way' : upshotOf(connection);
    this.#upshots[upshot]++;
    if (upshot !== 'opened') return;
    this.#kinds[INITIATOR_BASES[connection.initiatorBasis].kind]++;
    this.#peers.add(peer);
  }

  /** Of those that were opened, on what evidence that is told. */
  get split(): string {
    const { observed, inferred } = this.#kinds;
    return `${formatNumber(observed)} observed, ${formatNumber(inferred)} inferred`;
  }

  /** The others, each behind a semicolon. */
  get rest(): string {
    return describeNotOpened(this.#upshots)
      .map((part) => `; ${part}`)
      .join('');
  }
}

/** What was asked for, as it was typed, and its name. */
const spellAsked = ({ text, address }: EndpointPattern, names: NameOf | undefined): string =>
  address === null ? text : text + besideAddress(address, names);

/** Counts over all connections of an endpoint. */
export class EndpointTally {
  readonly #byPeers = new Opened();
  readonly #byItself = new Opened();
  #unknown = 0;

  get size(): number {
    return this.#byPeers.size + this.#byItself.size + this.#unknown;
  }

  add(connection: Outline, view: EndpointView): void {
    if (view.openedByEndpoint === null) this.#unknown++;
    else (view.openedByEndpoint ? this.#byItself : this.#byPeers).add(connection, view.peer);
  }

  /** The sentences over the table: opened, tried and blocked are told apart. */
  headline(endpoint: EndpointPattern, names?: NameOf): string {
    const peers =
      this.#byPeers.opened === 0
        ? 'nobody opened a connection to it'
        : `${formatCount(this.#byPeers.peers, 'peer')} opened ${formatCount(this.#byPeers.opened, 'connection')} to it (${this.#byPeers.split})`;
    const itself =
      this.#byItself.opened === 0
        ? 'It opened none itself'
        : `It opened ${formatNumber(this.#byItself.opened)} itself (${this.#byItself.split})`;
    const unknown =
      this.#unknown === 0 ? '' : ` Nothing tells who opened ${formatNumber(this.#unknown)} more.`;
    return `${spellAsked(endpoint, names)}: ${peers}${this.#byPeers.rest}. ${itself}${this.#byItself.rest}.${unknown}`;
  }
}

/** The sentence for an endpoint that took part in nothing. */
export const describeNoMatch = (
  endpoint: EndpointPattern,
  { report, tally }: { readonly report: RunReport; readonly tally: Tally },
  names?: NameOf,
): string => {
  const asked = spellAsked(endpoint, names);
  const nothing = explainNothing(report, tally);
  if (nothing !== null) return `${asked}: ${nothing.charAt(0).toLowerCase()}${nothing.slice(1)}`;
  return tally.shown === 1
    ? `${asked}: the one connection that was rebuilt and passed the filters does not have it at either end.`
    : `${asked}: none of the ${formatNumber(tally.shown)} connections that were rebuilt and passed the filters has it at either end.`;
};
