/**
 * Of the connections of one 5-tuple at one interface no two are open at once, though the bounds of two may hold the same
 * moment: around the redial of its ports, or in a silence that may belong to either. Counts take such a moment once.
 */
import { type Outline, vantageOf } from '../model/outline.ts';

/** From a place to another, that one not included. */
type Span = readonly [from: number, to: number];

/** Spans of a key that are remembered: more only where many lives of one key have room between them. */
const MOST_SPANS = 8;

const isSameKey = (a: Outline, b: Outline): boolean => {
  const [one, other] =
    a.initiator.port === b.initiator.port && a.initiator.address === b.initiator.address
      ? [b.initiator, b.responder]
      : [b.responder, b.initiator];
  return (
    a.initiator.port === one.port &&
    a.responder.port === other.port &&
    a.protocol === b.protocol &&
    a.initiator.address === one.address &&
    a.responder.address === other.address &&
    vantageOf(a) === vantageOf(b)
  );
};

/** What of an outline tells its key, kept beyond the next outline. */
const keyOf = (outline: Outline): Outline => {
  const { initiator, responder, protocol } = outline;
  const end = ({ address, port }: Outline['initiator']) => ({ address, port });
  return {
    initiator: end(initiator),
    responder: end(responder),
    protocol,
    vantage: vantageOf(outline),
  } as Outline;
};

/** Takes the lives of connections, those of a key one behind the other, as a reconstruction gives them. */
export class OneAtATime {
  #key: Outline | undefined;
  #spans: Span[] = [];

  /**
   * What of a life the lives of the same key before it have already: to be counted once.
   * @param from the first place of it
   * @param to the place behind it
   */
  add(outline: Outline, from: number, to: number): readonly Span[] {
    if (this.#key === undefined || !isSameKey(this.#key, outline)) {
      this.#key = keyOf(outline);
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
