/**
 * The rooms that are measured one by one (run-room.ts): the tests that each room's mutants are shown, its own and no others,
 * and the score it may not fall below.
 */

export interface Room {
  /** Globs of test files, from the root of the repository. */
  readonly tests: readonly string[];
  /** Files of the room that are not mutated, each with its reason beside it. */
  readonly without?: readonly string[];
  /** Beginnings of names of tests that mutants are not shown to. */
  readonly skip?: readonly string[];
  /** The run fails below this many per cent; rooms without a floor are only measured. */
  readonly floor?: number;
}

const ownTests = (room: string): string => `test/${room}/**/*.test.ts`;

export const ROOMS: Readonly<Record<string, Room>> = {
  export: { tests: [ownTests('export')], floor: 85 },
  stream: { tests: [ownTests('stream'), 'property-tests/laws/streaming.test.ts'], floor: 85 },
  input: {
    tests: [ownTests('input')],
    skip: [
      // Files of 40 MiB: seconds of every mutant that nothing kills.
      'a file that changes while',
      // Another user, who may not enter the folder that Stryker works in.
      'a folder that this user',
    ],
    floor: 85,
  },
  rules: {
    tests: [
      ownTests('rules'),
      'test/engine/kernel-rules.test.ts',
      'test/golden.test.ts',
      'property-tests/laws/oracle.test.ts',
      'property-tests/laws/lines.test.ts',
      'test/cases.test.ts',
    ],
    // Keys of very many records and connections: minutes of every mutant that nothing kills.
    skip: [
      ...['a key of very many >', 'a key > may have more records', 'a key > is told apart from all others'],
      'what many ends teach >',
    ],
    // What is compiled alone, where Node runs another branch.
    without: ['port.ts', 'port-bytes.ts', 'asc-ambient.d.ts'],
    floor: 85,
  },
  timeline: { tests: [ownTests('timeline')], floor: 90 },
  audit: {
    tests: [ownTests('audit')],
    // Many connections and numbers: seconds of every mutant that nothing kills.
    skip: [
      "port exhaustion > is AWS's 55,000",
      'counted numbers >',
      'numbers of pairs > are told apart when there are many',
    ],
  },
  cli: {
    tests: [ownTests('cli')],
    without: ['main.ts'],
    skip: [
      // The command as a process of its own, or one that ends at once.
      ...['a result that cannot be written', 'lines without end', 'a small heap', 'an interruption'],
      // The folder that Stryker works in has too long a name for it.
      'check > stays within 60 columns',
    ],
  },
};
