/** Who opened what at one endpoint: one sentence over all its connections, and one word for each. */
import { type Connection, INITIATOR_BASES } from '../model/connection.ts';
import type { Outline } from '../model/outline.ts';
import type { RunReport } from '../model/report.ts';
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

/** Counts over all connections of an endpoint. */
export class EndpointTally {
  readonly #peers = new Set<string>();
  #byPeers = { observed: 0, inferred: 0, unknown: 0 };
  #byItself = { observed: 0, inferred: 0, unknown: 0 };
  #unknown = 0;

  get size(): number {
    return this.#byPeerCount + this.#byItselfCount + this.#unknown;
  }

  get #byPeerCount(): number {
    return this.#byPeers.observed + this.#byPeers.inferred;
  }

  get #byItselfCount(): number {
    return this.#byItself.observed + this.#byItself.inferred;
  }

  add(connection: Connection, view: EndpointView): void {
    const { kind } = INITIATOR_BASES[connection.initiatorBasis];
    if (view.openedByEndpoint === null) this.#unknown++;
    else if (view.openedByEndpoint) this.#byItself[kind]++;
    else {
      this.#byPeers[kind]++;
      this.#peers.add(view.peer);
    }
  }

  /** The sentence over the table. */
  headline(endpoint: EndpointPattern): string {
    const split = ({ observed, inferred }: { observed: number; inferred: number }): string =>
      `${formatNumber(observed)} observed, ${formatNumber(inferred)} inferred`;
    const peers =
      this.#byPeerCount === 0
        ? 'nobody opened a connection to it'
        : `${formatCount(this.#peers.size, 'peer')} opened ${formatCount(this.#byPeerCount, 'connection')} to it (${split(this.#byPeers)})`;
    const itself =
      this.#byItselfCount === 0
        ? 'it opened none itself'
        : `it opened ${formatNumber(this.#byItselfCount)} itself (${split(this.#byItself)})`;
    const unknown =
      this.#unknown === 0 ? '' : `; nothing tells who opened ${formatNumber(this.#unknown)} more`;
    return `${endpoint.text}: ${peers}; ${itself}${unknown}.`;
  }
}

/** The sentence for an endpoint that took part in nothing. */
export const describeNoMatch = (
  endpoint: EndpointPattern,
  { report, tally }: { readonly report: RunReport; readonly tally: Tally },
): string => {
  const nothing = explainNothing(report, tally);
  if (nothing !== null) return `${endpoint.text}: ${nothing.charAt(0).toLowerCase()}${nothing.slice(1)}`;
  return tally.shown === 1
    ? `${endpoint.text}: the one connection that was rebuilt and passed the filters does not have it at either end.`
    : `${endpoint.text}: none of the ${formatNumber(tally.shown)} connections that were rebuilt and passed the filters has it at either end.`;
};
