/** How the state, the times and the verdict of a connection came, each by its own rule. */
import type { Traced, TracedRecord } from '../engine/outlines/traces.ts';
import { outcomeOf, zeekNoteOf } from '../meaning/outcomes.ts';
import { STATES } from '../meaning/transitions.ts';
import { whereToLook } from '../meaning/unanswered.ts';
import { describeVerdict } from '../meaning/verdict-words.ts';
import { CONNECTION_STATES, type Connection, type ConnectionState } from '../model/connection.ts';
import { SLACK_SECONDS } from '../model/idle-limits.ts';
import { LOSSES, type Losses, readReasons } from '../model/losses.ts';
import { hasFin, hasRst, SYN } from '../model/tcp-flags.ts';
import type { OutcomeStory, Place, Sides, TimeBound, VerdictStory } from './explanation.ts';

const OPENINGS = {
  attempt: 'a SYN and no answer to it',
  answered: 'answered: both sides took part after a SYN',
  noSyn: 'a SYN-ACK, but no SYN of the other side in the log',
  midstream: 'no handshake in the log',
} as const;

/** The state read off both sides; null for other protocols than TCP. */
export const tellOutcome = ({ connection, initiator, ended, hasFlags }: Traced): OutcomeStory | null => {
  const state = connection.state;
  if (state === null) return null;
  const sides: Sides = { initiator: ended[initiator], responder: ended[initiator === 0 ? 1 : 0] };
  const meaning = CONNECTION_STATES[state];
  if (!hasFlags) {
    const why = 'no record of it carries flags, so the machine saw nothing but packets';
    return { sides, opening: null, says: `${state} (${meaning}): ${why}` };
  }
  const { opening, state: read } = outcomeOf(sides.initiator, sides.responder);
  if (state === 'blocked' && read !== state) {
    const why = `the verdict is ${connection.verdict} and no answer was let through, so the attempt counts as blocked, not as ${read}`;
    return { sides, opening, says: `blocked: ${why}` };
  }
  if (read !== state)
    throw new Error('Both sides of a connection do not lead to the state that was reported.');
  return { sides, opening, says: describeOutcome(state, opening, sides, connection.connState) };
};

const describeOutcome = (
  state: ConnectionState,
  opening: keyof typeof OPENINGS,
  { initiator, responder }: Sides,
  connState: string | null,
): string => {
  const note = zeekNoteOf(initiator, responder);
  const zeek = `Zeek's ${connState ?? '-'}${note === null ? '' : `: ${note}`}`;
  return `initiator: ${STATES[initiator].says}; responder: ${STATES[responder].says}. Opened: ${OPENINGS[opening]}. Together: ${state} (${CONNECTION_STATES[state]}), ${zeek}`;
};

/** A record with a SYN or a SYN-ACK, and one with a FIN or a RST. */
const isOpening = ({ flags }: TracedRecord): boolean => flags !== null && (flags & SYN) !== 0;
const isClosing = ({ flags }: TracedRecord): boolean => flags !== null && (hasFin(flags) || hasRst(flags));

type PlaceOf = (record: TracedRecord) => Place;

/** The times of a connection as bounds, each with the record that gave it. */
export const tellTimes = ({ connection, records }: Traced, placeOf: PlaceOf): TimeBound[] => {
  if (connection.state === null) return [durationMin(connection)];
  const placed = (chosen: (record: TracedRecord) => boolean, at: 'start' | 'end', value: number | null) => {
    const record = value === null ? undefined : records.find((each) => chosen(each) && each[at] === value);
    return record === undefined ? null : placeOf(record);
  };
  const { openedAt, openedBy, closedAfter, closedAt } = connection;
  const none = (what: string): string => `no ${what} with a time is in the log`;
  const noClose = 'neither a FIN of both sides nor a RST with a time is in the log';
  return [
    {
      name: 'openedAt',
      value: openedAt,
      says:
        openedAt === null
          ? none('SYN or SYN-ACK')
          : `the first interval with a SYN or SYN-ACK begins; the packet may be up to ${SLACK_SECONDS} s older`,
      place: placed(isOpening, 'start', openedAt),
    },
    {
      name: 'openedBy',
      value: openedBy,
      says: openedBy === null ? none('SYN or SYN-ACK') : 'that interval ends: by then it was opened',
      place: placed(isOpening, 'end', openedBy),
    },
    {
      name: 'closedAfter',
      value: closedAfter,
      says:
        closedAfter === null
          ? noClose
          : `the interval with the second side's first FIN, or with the first RST, begins; the packet may be up to ${SLACK_SECONDS} s older`,
      place: placed(isClosing, 'start', closedAfter),
    },
    {
      name: 'closedAt',
      value: closedAt,
      says: closedAt === null ? noClose : 'that interval ends: by then it was closed',
      place: placed(isClosing, 'end', closedAt),
    },
    durationMin(connection),
    {
      name: 'durationMax',
      value: connection.durationMax,
      says: describeLongest(connection),
      place: null,
    },
  ];
};

const durationMin = ({ openedBy, closedAfter, durationMin: value }: Connection): TimeBound => {
  const from = openedBy === null ? 'the end of the first interval' : 'when it was surely opened';
  const to = closedAfter === null ? 'the start of the last interval' : 'the start of its close';
  const proven =
    value === 0
      ? `no least is proven: it is no more than the ${SLACK_SECONDS} s of slack from ${from} to ${to}`
      : `at least: from ${from} to ${to}, less ${SLACK_SECONDS} s of slack`;
  const says = value === null ? 'the records carry no times' : proven;
  return { name: 'durationMin', value, says, place: null };
};

const describeLongest = ({ durationMax, openedAt, closedAt, hasGap }: Connection): string => {
  if (durationMax !== null)
    return `at most: from the start of the opening to the end of the close, and ${SLACK_SECONDS} s of slack`;
  if (hasGap) return 'not bounded: AWS lost records meanwhile (SKIPDATA)';
  if (openedAt === null) return 'not bounded: the log does not show when it was opened';
  if (closedAt === null) return 'not bounded: the log does not show a close';
  return 'not bounded: the close that the log shows does not end it for sure';
};

/** What a vantage of that name lost. */
const lostAt = ({ vantages }: Connection, name: string | null): Losses | null =>
  vantages.find(({ interfaceId, resourceId }) => (interfaceId ?? resourceId) === name)?.lost ?? null;

/** The verdict, and what each vantage says alone. */
export const tellVerdict = (
  { connection, records, vantages }: Traced,
  nameOf: (observer: number) => string | null,
): VerdictStory => ({
  verdict: connection.verdict,
  says: describeVerdict(connection),
  rejectedAt: connection.rejectedAt,
  rejectedFrom: connection.rejectedFrom,
  vantages: vantages.map(({ observer, verdict }) => {
    const vantage = nameOf(observer);
    return { vantage, verdict, lost: lostAt(connection, vantage) };
  }),
  check: readReasons(connection.lostBecause).map((reason) => LOSSES[reason].check),
  stragglers: records.reduce((sum, { straggler }) => sum + Number(straggler), 0),
  whereToLook: connection.verdict === 'unanswered' ? whereToLook(connection) : null,
});
