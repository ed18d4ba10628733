/**
 * The terminal's colours: the sixteen every theme defines, chosen to stay apart for colour-blind eyes (no
 * green beside red) and never the only sign of anything. Nothing else in the project writes an escape sequence.
 */
import type { ConnectionState } from '../model/connection.ts';

// SGR codes to switch on and off (ECMA-48 §8.3.117).
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [91, 39],
  yellow: [33, 39],
  blue: [94, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const satisfies Record<string, readonly [on: number, off: number]>;

export type Style = keyof typeof STYLES;

/** Text in a style, or the text itself where colours are off. */
export type Paint = (text: string, style: Style | undefined) => string;

/** Leaves everything as it is. */
export const plain: Paint = (text) => text;

/** Writes escape sequences. */
export const colourful: Paint = (text, style) => {
  if (style === undefined || text === '') return text;
  const [on, off] = STYLES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};

/** Trouble is red, magenta and yellow; life is blue and cyan; what went well needs no colour. */
export const STATE_STYLES: Readonly<Record<ConnectionState, Style | undefined>> = {
  attempted: 'yellow',
  blocked: 'red',
  refused: 'magenta',
  abandoned: 'yellow',
  established: 'cyan',
  'half-closed': 'cyan',
  closed: undefined,
  reset: 'magenta',
  answered: 'blue',
  midstream: 'blue',
  flagless: 'dim',
};

/** What decides whether a stream gets colours. */
export interface ColourQuestion {
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--no-color` was given. */
  readonly refused: boolean;
}

/** --no-color, then NO_COLOR (https://no-color.org), then FORCE_COLOR, then whether it is a terminal that can. */
export const choosePaint = ({ isTerminal, env, refused }: ColourQuestion): Paint => {
  const noColor = env['NO_COLOR'];
  const force = env['FORCE_COLOR'];
  if (refused || (noColor !== undefined && noColor !== '')) return plain;
  if (force !== undefined && force !== '') return force === '0' || force === 'false' ? plain : colourful;
  return isTerminal && env['TERM'] !== 'dumb' ? colourful : plain;
};
