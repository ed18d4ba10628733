/**
 * Inferred evidence, clue by clue: each names the end that it holds for the opener and says how much it is worth.
 * They are added up in initiator.ts.
 */
import { List } from 'immutable';
import type { InitiatorBasis } from '../../src/model/connection.ts';
import { SLACK_SECONDS } from '../../src/model/idle-limits.ts';
import { isAttempt, isWitness } from './answers.ts';
import { type End, hasPorts, isTcp, type Key, otherEnd } from './ends.ts';
import { FTP_DATA, isServicePort, portClue } from './ports.ts';
import type { EndKnowledge } from './services.ts';
import { isAccepted, isRejected, provesPayload, type Sighting, vantage } from './sighting.ts';
import { firstEnd, firstStart } from './spans.ts';
import { countOf, type View, viewsOf } from './views.ts';
import { CLUE_ODDS, CONFIDENCE, MANY_PEERS, PORTS_AGREE } from './weights.ts';

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
  /** Whether the log shows the answers that pass a vantage. */
  readonly showsAnswers: (vantage: string) => boolean;
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
  isServicePort(key[end].port) || portClue(key.low.port, key.high.port, false)?.opener === otherEnd(end);

const areNoServices = (key: Key): boolean => ENDS.every((end) => !isServicePort(key[end].port));

/** Between two ports that tell nothing it may be of a talk, unless the talk would be in the log. */
const isRequest = (key: Key, end: End, sightings: List<Sighting>, setting: Setting): boolean =>
  !mayBeReply(key, end) && (doPortsAgree(key, end) || isWitnessed(sightings, end, setting));

const doPortsAgree = (key: Key, end: End): boolean => {
  const clue = portClue(key.low.port, key.high.port, false);
  return clue !== undefined && clue.opener === end && clue.odds >= PORTS_AGREE;
};

/** An interface that shows answers saw nothing but what that end sent, and rejected it. */
const isWitnessed = (sightings: List<Sighting>, end: End, setting: Setting): boolean =>
  viewsOf(sightings).some(
    (view) =>
      view.sightings.every((each) => each.sender === end && isRejected(each)) &&
      isWitness(view, setting.showsAnswers),
  );

const stoppedClues = (
  key: Key,
  stopped: readonly End[],
  sightings: List<Sighting>,
  setting: Setting,
): List<Clue> =>
  List(stopped.filter((end) => isRequest(key, end, sightings, setting))).map((opener) => ({
    basis: 'rejected',
    opener,
    odds: CLUE_ODDS.rejected,
    ...(areNoServices(key) ? { atMost: CONFIDENCE.stoppedAlone } : {}),
  }));

/** The ends whose few packets got no answer, where one would have been seen. */
const triedEnds = (sightings: List<Sighting>, setting: Setting): readonly End[] =>
  isFlagless(sightings)
    ? ENDS.filter((end) =>
        viewsOf(sightings).some(
          (view) =>
            view.sightings.every(({ sender }) => sender === end) &&
            isAttempt(view) &&
            isWitness(view, setting.showsAnswers),
        ),
      )
    : [];

/** Not of a service, whose late packets look like that. */
const oneWayClues = (key: Key, tried: readonly End[], stopped: readonly End[]): List<Clue> =>
  List(tried.filter((end) => !stopped.includes(end) && !isServicePort(key[end].port))).map((opener) => ({
    basis: 'one-way',
    opener,
    odds: CLUE_ODDS.oneWay,
  }));

/** Only the port spoke from which FTP servers dial: it may have dialled, or have answered a probe. */
const isOfFtpAlone = (key: Key, sightings: List<Sighting>): boolean =>
  isTcp(key.protocol) &&
  ENDS.some((end) => key[end].port === FTP_DATA && sightings.every(({ sender }) => sender === end));

/** More from both ends than a probe, its answer and the RST behind that. */
const isMoreThanProbe = (view: View): boolean =>
  ENDS.every((end) => (countOf(view, end, 'packets') ?? 0) > 2);

const serviceClues = (mine: EndKnowledge, theirs: EndKnowledge, opener: End): List<Clue> =>
  List<[boolean, number]>([
    [theirs.answers && !mine.answers, CLUE_ODDS.answersHandshakes],
    [theirs.peers >= MANY_PEERS && mine.peers <= 1, CLUE_ODDS.manyPeers],
  ])
    .filter(([holds]) => holds)
    .map(([, odds]) => ({ basis: 'service', opener, odds }));

export const cluesOf = (sightings: List<Sighting>, setting: Setting): List<Clue> => {
  const { knowledge } = setting;
  const key = sightings.first()?.key;
  if (key === undefined) return List();
  const isTalk =
    isTcp(key.protocol) && (sightings.some(provesPayload) || viewsOf(sightings).some(isMoreThanProbe));
  if (!isTalk && isOfFtpAlone(key, sightings)) return List();
  const stopped = stoppedEnds(sightings, setting);
  const tried = triedEnds(sightings, setting);
  const clues = stoppedClues(key, stopped, sightings, setting).concat(
    oneWayClues(key, tried, stopped),
    ENDS.flatMap((end) =>
      // What was stopped, or got no answer, says all there is to say of the order.
      (stopped.includes(end) || tried.includes(end) ? List<Clue>() : orderClues(sightings, end, setting))
        .concat(serviceClues(knowledge[end], knowledge[otherEnd(end)], end))
        .toArray(),
    ),
  );
  // Where only rejected packets are known, or both meet several others, only the port of a service says anything.
  const peers = ENDS.map((end) => knowledge[end].peers);
  const meetMany = Math.max(...peers) >= MANY_PEERS && Math.min(...peers) > 1;
  const isSilent = (stopped.length > 0 || meetMany) && areNoServices(key);
  const ports =
    hasPorts(key.protocol) && !isSilent ? portClue(key.low.port, key.high.port, isTalk) : undefined;
  return ports === undefined ? clues : clues.push({ basis: 'port', ...ports });
};
