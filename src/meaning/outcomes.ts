/**
 * How it went and ended, read off what the two sides have shown. First how it was opened, then, for each
 * way of opening, how it ended; beside our word stands Zeek's conn_state (scripts/base/protocols/conn in
 * Zeek, function conn_state).
 */
import type { ConnectionState } from '../model/connection.ts';
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

/** `state conn_state`; FR is FIN, then RST. */
type Ending = `${ConnectionState} ${string}`;

// biome-ignore format: a table
export const ENDINGS = {
  // initiator ended:  responder ended: open           fin                  rst               finRst
  attempt: {
    open:   { open: 'attempted S0',     fin: 'half-closed S3', rst: 'refused REJ',    finRst: 'reset RSTR'     },
    fin:    { open: 'abandoned SH',     fin: 'closed SF',      rst: 'refused REJ',    finRst: 'closed SF'      },
    rst:    { open: 'abandoned RSTOS0', fin: 'reset RSTO',     rst: 'refused REJ',    finRst: 'reset RSTO'     },
    finRst: { open: 'abandoned RSTOS0', fin: 'closed SF',      rst: 'refused REJ',    finRst: 'closed SF'      },
  },
  answered: {
    open:   { open: 'established S1',   fin: 'half-closed S3', rst: 'reset RSTR',     finRst: 'reset RSTR'     },
    fin:    { open: 'half-closed S2',   fin: 'closed SF',      rst: 'reset RSTR',     finRst: 'closed SF'      },
    rst:    { open: 'reset RSTO',       fin: 'reset RSTO',     rst: 'reset RSTO',     finRst: 'reset RSTO'     },
    finRst: { open: 'reset RSTO',       fin: 'closed SF',      rst: 'reset RSTR',     finRst: 'closed SF'      },
  },
  noSyn: {
    open:   { open: 'answered S1',      fin: 'answered S3',    rst: 'answered RSTR',  finRst: 'answered RSTR'  },
    fin:    { open: 'answered S2',      fin: 'answered SF',    rst: 'answered RSTR',  finRst: 'answered SF'    },
    rst:    { open: 'answered RSTO',    fin: 'answered RSTO',  rst: 'answered RSTO',  finRst: 'answered RSTO'  },
    finRst: { open: 'answered RSTO',    fin: 'answered SF',    rst: 'answered RSTR',  finRst: 'answered SF'    },
  },
  midstream: {
    open:   { open: 'midstream OTH',    fin: 'midstream OTH',  rst: 'midstream OTH',  finRst: 'midstream OTH'  },
    fin:    { open: 'midstream OTH',    fin: 'midstream OTH',  rst: 'midstream OTH',  finRst: 'midstream OTH'  },
    rst:    { open: 'midstream OTH',    fin: 'midstream OTH',  rst: 'midstream OTH',  finRst: 'midstream OTH'  },
    finRst: { open: 'midstream OTH',    fin: 'midstream OTH',  rst: 'midstream OTH',  finRst: 'midstream OTH'  },
  },
} as const satisfies Record<Opening, Record<Ended, Record<Ended, Ending>>>;

/** When only the answerer was seen, Zeek says so: SHR, RSTRH, or OTH while nothing has ended. */
const ANSWERER_ALONE: Readonly<Record<Ended, string>> = {
  open: 'OTH',
  fin: 'SHR',
  rst: 'RSTRH',
  finRst: 'RSTRH',
};

export interface Outcome {
  readonly opening: Opening;
  readonly state: ConnectionState;
  readonly connState: string;
}

const readTables = (initiator: SideState, responder: SideState): Outcome => {
  const mine = STATES[initiator];
  const theirs = STATES[responder];
  const opening = OPENINGS[mine.began][theirs.began];
  const [state, connState] = ENDINGS[opening][mine.ended][theirs.ended].split(' ') as [
    ConnectionState,
    string,
  ];
  const alone = opening === 'noSyn' && mine.began === 'silent' && mine.ended === 'open';
  return { opening, state, connState: alone ? ANSWERER_ALONE[theirs.ended] : connState };
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
