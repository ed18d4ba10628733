/**
 * That the database does an equal job: on connections that its SQL can tell, those of one vantage whose ports are its own
 * in both results, it gives the same ends, counts, times and openers.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { toRow } from '../../src/export/row.ts';
import { reconstruct } from '../../src/reconstruct.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'duckdb-test-'));
const ROOT = resolve(import.meta.dirname, '../..');
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const node = (...args: string[]): void => {
  execFileSync(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
};

interface SqlRow {
  readonly low: string;
  readonly high: string;
  readonly low_port: number;
  readonly high_port: number;
  readonly protocol: number;
  readonly initiator: string | null;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly low_packets: number | null;
  readonly low_bytes: number | null;
  readonly high_packets: number | null;
  readonly high_bytes: number | null;
  readonly records: number;
}

const sum = (value: unknown): number => Number(value ?? 0);

const keyOf = (protocol: unknown, ends: readonly (readonly [unknown, unknown])[]): string =>
  [protocol, ...ends.map((end) => end.join(' ')).sort()].join(' | ');

/** Rows whose key nobody else has. */
const lonely = <T>(rows: readonly T[], key: (row: T) => string): Map<string, T> => {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return new Map(rows.filter((row) => counts.get(key(row)) === 1).map((row) => [key(row), row]));
};

describe("the database's equal job", () => {
  it('gives the connections that it can tell as we do', async () => {
    node('property-tests/network/run-simulate.ts', '--connections', '3000', '--seed', '3', '-o', FOLDER);
    const log = join(FOLDER, 'flow.log');
    const output = join(FOLDER, 'duckdb.jsonl');
    node('test/bench/duckdb/run-job.ts', 'equal-job', log, output);
    const theirs = readFileSync(output, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as SqlRow);
    const ours = [];
    for await (const connection of reconstruct(log)) ours.push(toRow(connection));
    const bySql = lonely(theirs, ({ protocol, low, low_port, high, high_port }) =>
      keyOf(protocol, [
        [low, low_port],
        [high, high_port],
      ]),
    );
    const byUs = lonely(ours, (row) =>
      keyOf(row.protocol === 'tcp' ? 6 : row.protocol, [
        [row.initiator_address, row.initiator_port],
        [row.responder_address, row.responder_port],
      ]),
    );
    let compared = 0;
    for (const [key, row] of byUs) {
      const other = bySql.get(key);
      // Duplicates, several vantages and silences are not for SQL.
      if (row.protocol !== 'tcp' || row.vantages !== 1 || other === undefined) continue;
      if (other.records !== row.records) continue;
      compared++;
      const isLow = other.low === row.initiator_address && other.low_port === row.initiator_port;
      const [mine, back] = isLow
        ? [
            [other.low_packets, other.low_bytes],
            [other.high_packets, other.high_bytes],
          ]
        : [
            [other.high_packets, other.high_bytes],
            [other.low_packets, other.low_bytes],
          ];
      expect([key, sum(mine?.[0]), sum(mine?.[1]), sum(back?.[0]), sum(back?.[1])]).toEqual([
        key,
        sum(row.initiator_packets),
        sum(row.initiator_bytes),
        sum(row.responder_packets),
        sum(row.responder_bytes),
      ]);
      expect([other.first_seen, other.last_seen]).toEqual([row.first_seen, row.last_seen]);
      if (['handshake', 'syn', 'syn-ack'].includes(row.initiator_basis as string))
        expect([key, other.initiator]).toEqual([key, row.initiator_address]);
    }
    // The rest has several vantages, other protocols, or ports that were used again.
    expect(compared).toBeGreaterThan(1000);
  }, 60_000);
});
