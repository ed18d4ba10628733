/**
 * How it went and ended, read off what the two sides have shown. First how it was opened, then, for each
 * way of opening, how it ended; beside our word stands Zeek's conn_state (scripts/base/protocols/conn in
 * Zeek, function conn_state).
 */
import type { ConnectionState, Side } from '../model/connection.ts';
import { SIDE_STATES, type SideState, STATES } from './transitions.ts';

type Began = (typeof STATES)[SideState]['began'];
type Ended = (typeof STATES)[SideState]['ended'];

/** attempt: nobody answered · answered: the whole handshake, or what proves it · noSyn: SYN-ACK only · midstream */
export type Opening = 'attempt' | 'answered' | 'noSyn' | 'midstream';

// biome-ignore format: a table
export const OPENINGS = {
  // initiator:      responder: silent       talking      syn         synAck
  silent:  { silent: 'midstream', talking: 'midstream', syn: 'attempt',  synAck: 'noSyn'    },
  talking: { silent: 'midstream', talking: 'midstream', syn: 'answered', synAck: 'noSyn'    },
  syn:     { silent: 'attempt',   talking: 'answered',  syn: 'answered', synAck: 'answered' },
  synAck:  { silent: 'noSyn',     talking: 'noSyn',     syn: 'answered', synAck: 'answered' },
} as const satisfies Record<Began, Record<Began, Opening>>;

/** `state conn_state`; finRst is a FIN, then a RST. A side without any part of a handshake is partial for Zeek until it closes. */
type Ending = `${ConnectionState} ${string}`;

// biome-ignore format: a table
export const ENDINGS = {
  // initiator ended:  responder ended: open           fin                  rst               finRst
  attempt: {
    open:   { open: 'attempted S0',     fin: 'half-closed S3', rst: 'refused REJ',     finRst: 'reset RSTR'      },
    fin:    { open: 'abandoned SH',     fin: 'closed SF',      rst: 'refused RSTR',    finRst: 'closed SF'       },
    rst:    { open: 'abandoned RSTOS0', fin: 'reset RSTO',     rst: 'refused REJ',     finRst: 'reset RSTR'      },
    finRst: { open: 'abandoned OTH',    fin: 'closed SF',      rst: 'refused REJ',     finRst: 'closed SF'       },
  },
  answered: {
    open:   { open: 'established S1',   fin: 'half-closed S3', rst: 'reset RSTR',      finRst: 'reset RSTR'      },
    fin:    { open: 'half-closed S2',   fin: 'closed SF',      rst: 'reset RSTR',      finRst: 'closed SF'       },
    rst:    { open: 'reset RSTO',       fin: 'reset RSTO',     rst: 'reset RSTR',      finRst: 'reset RSTR'      },
    finRst: { open: 'reset RSTO',       fin: 'closed SF',      rst: 'reset RSTR',      finRst: 'closed SF'       },
  },
  noSyn: {
    open:   { open: 'answered S1',      fin: 'answered S3',    rst: 'answered RSTR',   finRst: 'answered RSTR'   },
    fin:    { open: 'answered S2',      fin: 'answered SF',    rst: 'answered RSTR',   finRst: 'answered SF'     },
    rst:    { open: 'answered RSTO',    fin: 'answered RSTO',  rst: 'answered RSTR',   finRst: 'answered RSTR'   },
    finRst: { open: 'answered RSTO',    fin: 'answered SF',    rst: 'answered RSTR',   finRst: 'answered SF'     },
  },
  midstream: {
    open:   { open: 'midstream OTH',    fin: 'midstream SHR',  rst: 'midstream RSTRH', finRst: 'midstream RSTRH' },
    fin:    { open: 'midstream SH',     fin: 'midstream SF',   rst: 'midstream RSTR',  finRst: 'midstream SF'    },
    rst:    { open: 'midstream OTH',    fin: 'midstream RSTO', rst: 'midstream RSTR',  finRst: 'midstream RSTR'  },
    finRst: { open: 'midstream OTH',    fin: 'midstream SF',   rst: 'midstream RSTR',  finRst: 'midstream SF'    },
  },
} as const satisfies Record<Opening, Record<Ended, Record<Ended, Ending>>>;

const RST_AFTER_BOTH = 'FIN from both is a normal end for Zeek, whatever RST came after';
const BOTH_RESET =
  'both reset, and Zeek looks at the responder first; without payload it says REJ, which flow logs cannot prove';
const RESET_FIRST = "one side's RST counts for more than the other's FIN";

/** Why Zeek has that word, where it is not the plain one. A note for a cell that does not exist does not compile. */
export const ZEEK_NOTES: Readonly<Partial<Record<`${Opening}.${Ended}.${Ended}`, string>>> = {
  'attempt.fin.rst':
    "Zeek's REJ is a RST while the initiator has sent nothing but its SYN; here came a FIN too",
  'attempt.rst.rst': 'both reset, and without an answer nobody sent payload: REJ',
  'attempt.finRst.open':
    "Zeek's RSTOS0 asks its history for a SYN, then a RST and no FIN between; with one it says OTH",
  'attempt.finRst.rst': 'both reset, and without an answer nobody sent payload: REJ',
  'answered.fin.rst': RESET_FIRST,
  'answered.fin.finRst': RST_AFTER_BOTH,
  'answered.rst.fin': RESET_FIRST,
  'answered.rst.rst': BOTH_RESET,
  'answered.rst.finRst': BOTH_RESET,
  'answered.finRst.fin': RST_AFTER_BOTH,
  'answered.finRst.rst': BOTH_RESET,
  'answered.finRst.finRst': RST_AFTER_BOTH,
  'noSyn.open.open':
    "the initiator's packets after a SYN-ACK make it established for Zeek, its SYN seen or not",
  'noSyn.fin.rst': RESET_FIRST,
  'noSyn.fin.finRst': RST_AFTER_BOTH,
  'noSyn.rst.open': 'the SYN-ACK has established the responder, and the initiator reset it',
  'noSyn.rst.fin': RESET_FIRST,
  'noSyn.rst.rst': BOTH_RESET,
  'noSyn.rst.finRst': BOTH_RESET,
  'noSyn.finRst.fin': RST_AFTER_BOTH,
  'noSyn.finRst.rst': BOTH_RESET,
  'noSyn.finRst.finRst': RST_AFTER_BOTH,
  'midstream.open.open': 'no handshake and no close: both sides are partial for Zeek',
  'midstream.open.fin': 'the responder closed, and of the initiator Zeek has seen no opening and no close',
  'midstream.open.rst': 'the responder reset, and of the initiator Zeek has seen no opening and no close',
  'midstream.open.finRst': 'its RST after its own FIN counts, as long as the initiator has not closed',
  'midstream.fin.open': 'the initiator closed, and of the responder Zeek has seen no answer and no close',
  'midstream.fin.fin': 'FIN from both is a normal end for Zeek, however it began',
  'midstream.fin.rst':
    'the responder reset a connection whose initiator had closed, so that it is partial no more',
  'midstream.fin.finRst': RST_AFTER_BOTH,
  'midstream.rst.open':
    "the initiator reset, and of the responder Zeek has seen no answer and no close; RSTOS0 needs a SYN in Zeek's history",
  'midstream.rst.fin':
    'the initiator reset a connection whose responder had closed, so that it is partial no more',
  'midstream.rst.rst': BOTH_RESET,
  'midstream.rst.finRst': BOTH_RESET,
  'midstream.finRst.open':
    "its RST after its own FIN counts, as long as the responder has not closed; RSTOS0 needs a SYN in Zeek's history",
  'midstream.finRst.fin': RST_AFTER_BOTH,
  'midstream.finRst.rst': BOTH_RESET,
  'midstream.finRst.finRst': RST_AFTER_BOTH,
};

/** Zeek's words when nobody was seen but the side that sent the SYN-ACK. */
export const ZEEK_ALONE = {
  responder: { open: 'OTH', fin: 'SHR', rst: 'RSTRH', finRst: 'RSTRH' },
  initiator: { open: 'OTH', fin: 'SH', rst: 'OTH', finRst: 'OTH' },
} as const satisfies Record<Side, Record<Ended, string>>;

export interface Outcome {
  readonly opening: Opening;
  readonly state: ConnectionState;
  readonly connState: string;
}

/** The only side that was seen at all, of a connection of which nothing but a SYN-ACK shows the opening. */
const aloneSide = (initiator: SideState, responder: SideState): Side | null => {
  if (STATES[initiator].began === 'synAck' && responder === 'NS') return 'initiator';
  return STATES[responder].began === 'synAck' && initiator === 'NS' ? 'responder' : null;
};

const readTables = (initiator: SideState, responder: SideState): Outcome => {
  const mine = STATES[initiator];
  const theirs = STATES[responder];
  const opening = OPENINGS[mine.began][theirs.began];
  const [state, connState] = ENDINGS[opening][mine.ended][theirs.ended].split(' ') as [
    ConnectionState,
    string,
  ];
  const alone = aloneSide(initiator, responder);
  if (alone === null) return { opening, state, connState };
  const { ended } = alone === 'initiator' ? mine : theirs;
  return { opening, state, connState: ZEEK_ALONE[alone][ended] };
};

/** The tables read once for every pair of sides. */
const OUTCOMES = Object.fromEntries(
  SIDE_STATES.map((initiator) => [
    initiator,
    Object.fromEntries(SIDE_STATES.map((responder) => [responder, readTables(initiator, responder)])),
  ]),
) as Readonly<Record<SideState, Readonly<Record<SideState, Outcome>>>>;

/** One look at the two tables: what the two sides have shown, in words. */
export const outcomeOf = (initiator: SideState, responder: SideState): Outcome =>
  OUTCOMES[initiator][responder];

/** Why Zeek has that word for them; null where it is the plain one. */
export const zeekNoteOf = (initiator: SideState, responder: SideState): string | null => {
  const alone = aloneSide(initiator, responder);
  if (alone !== null) return `Zeek has seen nothing but the ${alone}, which sent the SYN-ACK`;
  const { opening } = outcomeOf(initiator, responder);
  return ZEEK_NOTES[`${opening}.${STATES[initiator].ended}.${STATES[responder].ended}`] ?? null;
};

/**
 * Zeek's word where a filter stopped the attempt or its answer: Zeek knows no filter, so that the packets say it. A SYN-ACK that
 * was stopped is one thing more than they say: it proves the SYN that the log does not hold.
 */
export const connStateOfBlocked = (initiator: SideState, responder: SideState): string => {
  const { connState } = outcomeOf(initiator, responder);
  const isLoneAnswer = aloneSide(initiator, responder) === 'responder';
  return isLoneAnswer && STATES[responder].ended === 'open' ? 'S1' : connState;
};
