/**
 * Inferred evidence, clue by clue: each names the end that it holds for the opener and says how much it is worth.
 * They are added up in initiator.ts.
 */
import { List } from 'immutable';
import type { InitiatorBasis } from '../../src/model/connection.ts';
import { SLACK_SECONDS } from '../../src/model/idle-limits.ts';
import { type End, hasPorts, isTcp, type Key, otherEnd } from './ends.ts';
import { isServicePort, portClue } from './ports.ts';
import type { EndKnowledge } from './services.ts';
import { isAccepted, isRejected, type Sighting, vantage } from './sighting.ts';
import { firstEnd, firstStart } from './spans.ts';
import { CLUE_ODDS, CONFIDENCE, MANY_PEERS } from './weights.ts';

export interface Clue {
  /** It claims no more than that by itself. */
  readonly atMost?: number;
  readonly basis: InitiatorBasis;
  readonly opener: End;
  readonly odds: number;
}

/** What must be known beside the sightings themselves. */
export interface Setting {
  readonly knowledge: Readonly<Record<End, EndKnowledge>>;
  /** The first second that the log covers at a vantage; null when not known. */
  readonly coveredFrom: (vantage: string) => number | null;
}

/** What one vantage saw of the two directions. */
interface Views {
  readonly mine: List<Sighting>;
  readonly theirs: List<Sighting>;
  readonly coveredFrom: number | null;
}

const onlyAccepted = (sightings: List<Sighting>): boolean =>
  sightings.some(isAccepted) && !sightings.some(isRejected);
const onlyRejected = (sightings: List<Sighting>): boolean =>
  sightings.some(isRejected) && !sightings.some(isAccepted);

/** One way and rejected: the attempt was stopped here. */
const isStopped = ({ mine, theirs }: Views): boolean => theirs.isEmpty() && onlyRejected(mine);

/** The request was accepted and the reply rejected: a rejected request has no reply. */
const isReplyRejected = ({ mine, theirs }: Views): boolean => onlyAccepted(mine) && onlyRejected(theirs);

/** It had spoken, surely, before the other could begin, and the log covers the time before. */
const spokeFirst = ({ mine, theirs, coveredFrom }: Views): boolean => {
  const began = firstStart(mine);
  const hadSpokenBy = firstEnd(mine);
  const answered = firstStart(theirs);
  if (began === null || hadSpokenBy === null || answered === null || coveredFrom === null) return false;
  return answered - hadSpokenBy > SLACK_SECONDS && began - coveredFrom > SLACK_SECONDS;
};

/**
 * What filters and clocks say of the order. Each vantage is asked alone, since neither verdicts nor clocks of two can
 * be compared, and what one shows, no other takes back (law 4).
 */
const orderClues = (sightings: List<Sighting>, opener: End, setting: Setting): List<Clue> => {
  const views = viewsFor(sightings, opener, setting);
  if (views.some(isReplyRejected)) return List.of({ basis: 'order', opener, odds: CLUE_ODDS.replyRejected });
  return views.some(spokeFirst) ? List.of({ basis: 'order', opener, odds: CLUE_ODDS.spokeFirst }) : List();
};

const viewsFor = (sightings: List<Sighting>, opener: End, { coveredFrom }: Setting): List<Views> =>
  sightings
    .groupBy(vantage)
    .map((seen, name) => ({
      mine: List(seen).filter(({ sender }) => sender === opener),
      theirs: List(seen).filter(({ sender }) => sender !== opener),
      coveredFrom: coveredFrom(name),
    }))
    .toList();

const isFlagless = (sightings: List<Sighting>): boolean =>
  sightings.every(({ key, flags }) => isTcp(key.protocol) && flags === null);

const ENDS: readonly End[] = ['low', 'high'];

/** The ends of which some vantage rejected everything, in a format without flags, and saw no answer. */
const stoppedEnds = (sightings: List<Sighting>, setting: Setting): readonly End[] =>
  isFlagless(sightings) ? ENDS.filter((end) => viewsFor(sightings, end, setting).some(isStopped)) : [];

/** From a service it may be an answer; and ports that tell who serves may say that it is one. */
const mayBeReply = (key: Key, end: End): boolean =>
  isServicePort(key[end].port) || portClue(key.low.port, key.high.port)?.opener === otherEnd(end);

const areNoServices = (key: Key): boolean => ENDS.every((end) => !isServicePort(key[end].port));

const stoppedClues = (key: Key, stopped: readonly End[]): List<Clue> =>
  List(stopped.filter((end) => !mayBeReply(key, end))).map((opener) => ({
    basis: 'rejected',
    opener,
    odds: CLUE_ODDS.rejected,
    ...(areNoServices(key) ? { atMost: CONFIDENCE.stoppedAlone } : {}),
  }));

const serviceClues = (mine: EndKnowledge, theirs: EndKnowledge, opener: End): List<Clue> =>
  List<[boolean, number]>([
    [theirs.answers && !mine.answers, CLUE_ODDS.answersHandshakes],
    [theirs.peers >= MANY_PEERS && theirs.peers >= MANY_PEERS * mine.peers, CLUE_ODDS.manyPeers],
  ])
    .filter(([holds]) => holds)
    .map(([, odds]) => ({ basis: 'service', opener, odds }));

export const cluesOf = (sightings: List<Sighting>, setting: Setting): List<Clue> => {
  const { knowledge } = setting;
  const key = sightings.first()?.key;
  if (key === undefined) return List();
  const stopped = stoppedEnds(sightings, setting);
  const clues = stoppedClues(key, stopped).concat(
    ENDS.flatMap((end) =>
      orderClues(sightings, end, setting)
        .concat(serviceClues(knowledge[end], knowledge[otherEnd(end)], end))
        .toArray(),
    ),
  );
  // Between two ports without a service, of which only rejected packets are known, the numbers say no more.
  const isSilent = stopped.length > 0 && areNoServices(key);
  const ports = hasPorts(key.protocol) && !isSilent ? portClue(key.low.port, key.high.port) : undefined;
  return ports === undefined ? clues : clues.push({ basis: 'port', ...ports });
};
