/**
 * What each room's mutants are shown when the room is measured by itself, and the score it may not fall below. A room's
 * own tests stand first; laws come along where they are the room's real net.
 */

export interface Room {
  /** Globs of test files, from the root of the repository. */
  readonly tests: readonly string[];
  /** The run fails below this many per cent; rooms without a floor are only measured. */
  readonly floor?: number;
  /** Whether a test asks for the scanner's kernel, which is then compiled once. */
  readonly wantsKernel?: boolean;
  /** Tests that change the folder or the streams of their process need one that is not a thread. */
  readonly pool?: 'threads' | 'forks';
}

const ownTests = (room: string): string => `test/${room}/**/*.test.ts`;
const law = (name: string): string => `property-tests/laws/${name}.test.ts`;

export const ROOMS: Readonly<Record<string, Room>> = {
  model: { tests: [ownTests('model')], floor: 90 },
  record: { tests: [ownTests('record'), law('parser')], floor: 90, wantsKernel: true },
  correlate: { tests: [ownTests('correlate'), 'test/golden.test.ts', law('oracle')], floor: 90 },
  tcp: { tests: [ownTests('tcp')], floor: 90 },
  lifecycle: { tests: [ownTests('lifecycle'), 'test/golden.test.ts', law('oracle')], floor: 90 },
  path: { tests: [ownTests('path'), 'test/golden.test.ts', law('oracle')], floor: 90 },
  export: { tests: [ownTests('export')], floor: 85 },
  stream: { tests: [ownTests('stream'), law('streaming')], floor: 85 },
  input: { tests: [ownTests('input')], floor: 85 },
  timeline: { tests: [ownTests('timeline')] },
  audit: { tests: [ownTests('audit'), law('audit')] },
  cli: { tests: [ownTests('cli')], pool: 'forks' },
};

/** The room that this run measures; undefined when the six rooms of `npm run mutation` are measured together. */
export const chosenRoom = (): Room | undefined => {
  const name = process.env['CONNTRAIL_ROOM'];
  return name === undefined ? undefined : ROOMS[name];
};
