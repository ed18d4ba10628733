/**
 * The machine, whole. It says what ONE SIDE of a connection has shown so far; the two sides are stepped
 * apart, so no role has to be known and the two directions of an interval can be taken in either order.
 * What a pair of sides means is read off a second table, outcomes.ts. Reasons: notes.ts.
 */
import type { TcpEvent } from './events.ts';

/** What a side has shown: how it began, then how it ended. */
export const STATES = {
  NS: { name: 'SILENT', began: 'silent', ended: 'open', says: 'nothing seen from this side' },
  TK: {
    name: 'TALKING',
    began: 'talking',
    ended: 'open',
    says: 'data or ACKs, its handshake is not in the log',
  },
  SS: { name: 'SYN-SENT', began: 'syn', ended: 'open', says: 'it sent a SYN: it opens' },
  SR: { name: 'SYN-RECEIVED', began: 'synAck', ended: 'open', says: 'it sent a SYN-ACK: it answers' },
  TF: { name: 'TALKING FIN', began: 'talking', ended: 'fin', says: 'a talking side that sent its FIN' },
  SF: { name: 'SYN-SENT FIN', began: 'syn', ended: 'fin', says: 'an opener that sent its FIN' },
  RF: { name: 'SYN-RECEIVED FIN', began: 'synAck', ended: 'fin', says: 'an answerer that sent its FIN' },
  NX: {
    name: 'RST ONLY',
    began: 'silent',
    ended: 'rst',
    says: 'a RST and nothing before: a refusal, or a stray answer',
  },
  TX: { name: 'TALKING RST', began: 'talking', ended: 'rst', says: 'a talking side that sent RST' },
  SX: { name: 'SYN-SENT RST', began: 'syn', ended: 'rst', says: 'an opener that sent RST' },
  RX: { name: 'SYN-RECEIVED RST', began: 'synAck', ended: 'rst', says: 'an answerer that sent RST' },
  TZ: { name: 'TALKING FIN RST', began: 'talking', ended: 'finRst', says: 'a talking side: FIN, then RST' },
  SZ: { name: 'SYN-SENT FIN RST', began: 'syn', ended: 'finRst', says: 'an opener: FIN, then RST' },
  RZ: { name: 'SYN-RECEIVED FIN RST', began: 'synAck', ended: 'finRst', says: 'an answerer: FIN, then RST' },
} as const;

/** State of one side, by its two letters. */
export type SideState = keyof typeof STATES;
export const SIDE_STATES = Object.keys(STATES) as readonly SideState[];

/** `__`: nothing new. `XX`: contradicts what this side showed before: the state stays, the connection is flagged. */
export type Cell = SideState | '__' | 'XX';
type Row = readonly [Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell];

const { __, XX, TK, SS, SR, TF, SF, RF, NX, TX, SX, RX, TZ, SZ, RZ } = cells();

// The columns are the point, so the formatter stays out.
// biome-ignore format: a table
export const TRANSITIONS = {
  //        NS  TK  SS  SR   TF  SF  RF   NX  TX  SX  RX   TZ  SZ  RZ
  syn:    [ SS, SS, __, XX,  SF, __, XX,  SX, SX, __, XX,  SZ, __, XX ],
  synAck: [ SR, SR, SR, __,  RF, RF, __,  RX, RX, RX, __,  RZ, RZ, __ ],
  data:   [ TK, __, __, __,  __, __, __,  __, __, __, __,  __, __, __ ],
  fin:    [ TF, TF, SF, RF,  __, __, __,  TZ, TZ, SZ, RZ,  __, __, __ ],
  rst:    [ NX, TX, SX, RX,  TZ, SZ, RZ,  __, __, __, __,  __, __, __ ],
} as const satisfies Record<TcpEvent, Row>;

function cells() {
  return {
    __: '__',
    XX: 'XX',
    NS: 'NS',
    TK: 'TK',
    SS: 'SS',
    SR: 'SR',
    TF: 'TF',
    SF: 'SF',
    RF: 'RF',
    NX: 'NX',
    TX: 'TX',
    SX: 'SX',
    RX: 'RX',
    TZ: 'TZ',
    SZ: 'SZ',
    RZ: 'RZ',
  } as const;
}
