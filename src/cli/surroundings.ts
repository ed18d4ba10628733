/** The process as the commands see it: streams, environment, signals. Tests hand in their own. */
import { type ColourQuestion, choosePaint, type Paint } from './colours.ts';

export interface Surroundings {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: ColourQuestion['env'];
  readonly signal: AbortSignal;
}

type Side = 'stdout' | 'stderr';

/** The paint for one of the streams. */
export const paintFor = ({ env, ...streams }: Surroundings, side: Side, color: boolean | undefined): Paint =>
  choosePaint({ isTerminal: streams[side].isTTY === true, env, refused: color === false });

/** Columns of the terminal behind a stream; COLUMNS where it is none, else no limit. */
export const widthOf = ({ env, ...streams }: Surroundings, side: Side): number => {
  const stream = streams[side];
  if (stream.isTTY === true && stream.columns > 0) return stream.columns;
  const columns = Number(env['COLUMNS']);
  return Number.isInteger(columns) && columns > 0 ? columns : Number.POSITIVE_INFINITY;
};

/** Sentences on standard error are wrapped even where no terminal says how wide it is. */
const READABLE = 100;
export const readableWidth = (surroundings: Surroundings, side: Side): number =>
  Math.min(widthOf(surroundings, side), side === 'stderr' ? READABLE : Number.POSITIVE_INFINITY);
