/** The folders of test/golden, read: which inputs a scenario names, and what it says about them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../src/model/connection.ts';

const GOLDEN = join(import.meta.dirname, 'golden');

export type Row = Readonly<Record<string, unknown>>;

export interface Expected {
  readonly why: string;
  readonly inputs: readonly string[];
  readonly placement: Readonly<Record<string, number>>;
  readonly connections?: readonly Row[];
  readonly unionOf?: readonly string[];
  readonly addressPaths?: readonly Row[];
  readonly vantages?: readonly Row[];
}

export const SCENARIOS: readonly string[] = readdirSync(GOLDEN);

export const expectedOf = (scenario: string): Expected =>
  JSON.parse(readFileSync(join(GOLDEN, scenario, 'expected.json'), 'utf8')) as Expected;

/** An order for connections and for rows that are expected, so that the two lists can be compared. */
export const byEnds = (a: Row | Connection, b: Row | Connection): number => {
  const name = ({ initiator, firstSeen }: Row | Connection): string => {
    const { address, port } = initiator as Connection['initiator'];
    return `${address} ${port} ${firstSeen}`;
  };
  return name(a) < name(b) ? -1 : 1;
};

/** The connections that a scenario, or the scenarios it unites, expects. */
export const rowsOf = (expected: Expected): readonly Row[] =>
  expected.connections ?? (expected.unionOf ?? []).flatMap((part) => rowsOf(expectedOf(part)));
