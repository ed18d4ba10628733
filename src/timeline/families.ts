/** Families of states: five colours that are told apart without seeing red or green, each with its meaning. */
import type { Outline } from '../model/outline.ts';
import { upshotOf } from '../model/upshots.ts';

export type Family = 'whole' | 'failed' | 'reset' | 'partial' | 'exchange';

export const FAMILIES: Readonly<Record<Family, string>> = {
  whole: 'answered: established, half-closed, closed',
  failed: 'led to nothing: attempted, blocked, refused, abandoned, late',
  reset: 'answered, then reset',
  partial: 'not fully in the log: answered, midstream, flagless',
  exchange: 'other protocols than TCP',
};

const OF_STATE: Readonly<Record<string, Family>> = {
  established: 'whole',
  'half-closed': 'whole',
  closed: 'whole',
  attempted: 'failed',
  blocked: 'failed',
  refused: 'failed',
  abandoned: 'failed',
  reset: 'reset',
  answered: 'partial',
  midstream: 'partial',
  flagless: 'partial',
};

/** The family of a state, or of another protocol, whatever became of one connection. */
export const familyOfState = (state: string): Family => OF_STATE[state] ?? 'exchange';

export const familyOf = (connection: Outline): Family => {
  const { state } = connection;
  if (state === null) return 'exchange';
  const upshot = upshotOf(connection);
  return upshot === 'late' || upshot === 'unanswered' ? 'failed' : familyOfState(state);
};

/** The colours of families: Okabe and Ito's, a little darker on light grounds and lighter on dark ones. */
export const FAMILY_COLOURS: Readonly<Record<'light' | 'dark', Readonly<Record<Family, string>>>> = {
  light: { whole: '#0072b2', failed: '#d55e00', reset: '#b0508f', partial: '#77828d', exchange: '#00805e' },
  dark: { whole: '#56b4e9', failed: '#f08a3c', reset: '#d68ab5', partial: '#8d99a5', exchange: '#35c79c' },
};
