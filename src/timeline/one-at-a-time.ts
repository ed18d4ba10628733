/**
 * Of the connections of one 5-tuple at one interface no two are open at once, though the bounds of two may hold the same
 * moment: around the redial of its ports, or in a silence that may belong to either. Counts take such a moment once.
 */
import { type Outline, type OutlineParty, vantageOf } from '../model/outline.ts';

/** From a place to another, that one not included. */
type Span = readonly [from: number, to: number];

/** Spans of a key that are remembered: more only where many lives of one key have room between them. */
const MOST_SPANS = 8;

/** A 5-tuple at one interface, by whoever opened. */
interface Key {
  readonly initiator: string | number;
  readonly initiatorPort: number | null;
  readonly responder: string | number;
  readonly responderPort: number | null;
  readonly protocol: string;
  readonly vantage: string | null;
}

/** As it is compared: no text is made of an address that is at hand as a number. */
const addressOf = (party: OutlineParty): string | number => party.ipv4 ?? party.address;

const keyOf = (outline: Outline): Key => ({
  initiator: addressOf(outline.initiator),
  initiatorPort: outline.initiator.port,
  responder: addressOf(outline.responder),
  responderPort: outline.responder.port,
  protocol: outline.protocol,
  vantage: vantageOf(outline),
});

const isSame = (a: Key, b: Key): boolean =>
  a.protocol === b.protocol &&
  a.vantage === b.vantage &&
  ((a.initiatorPort === b.initiatorPort &&
    a.responderPort === b.responderPort &&
    a.initiator === b.initiator &&
    a.responder === b.responder) ||
    (a.initiatorPort === b.responderPort &&
      a.responderPort === b.initiatorPort &&
      a.initiator === b.responder &&
      a.responder === b.initiator));

/** Takes the lives of connections, those of a key one behind the other, as a reconstruction gives them. */
export class OneAtATime {
  #key: Key | undefined;
  #spans: Span[] = [];

  /**
   * What of a life the lives of the same key before it have already: to be counted once.
   * @param from the first place of it
   * @param to the place behind it
   */
  add(outline: Outline, from: number, to: number): readonly Span[] {
    const key = keyOf(outline);
    if (this.#key === undefined || !isSame(this.#key, key)) {
      this.#key = key;
      this.#spans = [[from, to]];
      return [];
    }
    const shared: Span[] = [];
    let joined: Span = [from, to];
    const apart: Span[] = [];
    for (const span of this.#spans) {
      const [begin, end] = [Math.max(from, span[0]), Math.min(to, span[1])];
      if (begin < end) shared.push([begin, end]);
      if (begin <= end) joined = [Math.min(joined[0], span[0]), Math.max(joined[1], span[1])];
      else apart.push(span);
    }
    this.#spans = [...apart, joined].slice(-MOST_SPANS);
    return shared;
  }
}
