/** Whole logs of every kind there is a generator for, so that a law may be tried on all of them alike. */
import fc, { type Arbitrary } from 'fast-check';
import { anyHostileLog, printSections } from '../model/any-hostile-log.ts';
import { simulate } from '../network/simulate.ts';
import { anyCrowd, CROWD_HEADER } from './any-crowd.ts';
import { anyReuse } from './any-reuse.ts';
import { anyScenario } from './any-scenario.ts';
import { anySoup, SOUP_HEADER } from './any-soup.ts';
import { anyToldTwice, TOLD_TWICE_FIELDS } from './any-told-twice.ts';

export interface Log {
  /** In pieces, cut anywhere, so that what takes them gets several batches. */
  readonly pieces: readonly string[];
  /** The order of fields where no header tells it. */
  readonly fields?: string;
}

/** What a run may be asked for besides. */
export interface LogOptions {
  readonly scope: 'auto' | 'interface' | 'vpc' | 'account' | 'all';
  readonly observedOnly: boolean;
  readonly idleSeconds: number;
}

export const anyLogOptions: Arbitrary<LogOptions> = fc.record({
  scope: fc.constantFrom('auto', 'interface', 'vpc', 'account', 'all'),
  observedOnly: fc.boolean(),
  idleSeconds: fc.constantFrom(180, 600, 3600, 432_000),
});

const cutIntoPieces = (text: string, cuts: readonly number[]): string[] => {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return places.slice(1).map((to, i) => text.slice(places[i], to));
};

const inPieces = (logs: Arbitrary<{ readonly text: string; readonly fields?: string }>): Arbitrary<Log> =>
  fc
    .tuple(logs, fc.array(fc.nat(), { maxLength: 3 }))
    .map(([{ text, ...rest }, cuts]) => ({ ...rest, pieces: cutIntoPieces(text, cuts) }));

const withHeader = (header: string, lines: Arbitrary<readonly string[]>): Arbitrary<Log> =>
  inPieces(lines.map((all) => ({ text: `${header}\n${all.join('\n')}\n` })));

/** By kind: what a network writes, what none need write, what nobody should, and what is hard to tell apart. */
export const LOGS = {
  'simulated networks': inPieces(
    fc.tuple(anyScenario(), fc.nat(0xffff)).map(([scenario, seed]) => {
      const { lines, fields } = simulate(scenario, seed);
      return { text: `${lines.join('\n')}\n`, fields: fields.join(' ') };
    }),
  ),
  soups: withHeader(SOUP_HEADER, anySoup()),
  'hostile logs': inPieces(anyHostileLog().map((sections) => ({ text: printSections(sections) }))),
  'keys that very many saw': withHeader(CROWD_HEADER, anyCrowd()),
  'interfaces that two flow logs tell of': withHeader(TOLD_TWICE_FIELDS.join(' '), anyToldTwice()),
  'ports that are used again': withHeader(SOUP_HEADER, anyReuse()),
} as const satisfies Readonly<Record<string, Arbitrary<Log>>>;

export type LogKind = keyof typeof LOGS;
export const LOG_KINDS = Object.keys(LOGS) as LogKind[];
