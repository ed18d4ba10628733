/** What ports say, by rules a network engineer can check: IANA's ranges, the table of odds, FTP. */
import { describe, expect, it } from 'vitest';
import { isService, KNOWN_SERVICES, PORT_ODDS, portOdds, rankOf } from '../../src/meaning/ports.ts';

describe('the rank of a port', () => {
  it('follows the ranges of IANA and of Linux, with services of registered ports in between', () => {
    expect([0, 80, 1023].map(rankOf)).toEqual([0, 0, 0]);
    expect([1024, 1025, 32_767].map(rankOf)).toEqual([2, 2, 2]);
    expect([32_768, 49_152, 65_535].map(rankOf)).toEqual([3, 3, 3]);
    // PostgreSQL, RDP, Redis, Kafka, MongoDB, gRPC by custom: known even where the port is in Linux's ephemeral range.
    expect([5432, 3389, 6379, 9092, 27_017, 50_051].map(rankOf)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('makes services of well-known ports and of known ones', () => {
    expect([22, 1023, 5432, 50_051, 1024, 20_000, 32_768].map(isService)).toEqual([
      ...[true, true, true, true, false, false, false],
    ]);
  });

  it('has services where well-known ports end', () => {
    expect([...KNOWN_SERVICES].every((port) => port >= 1024 && port <= 65_535)).toBe(true);
  });
});

describe('the odds of two ports', () => {
  /** One port a rank. */
  const PORTS = [443, 5432, 20_000, 50_000] as const;

  it('are for the end with the higher rank, the stronger the further apart they are', () => {
    const odds = PORTS.map((low) => PORTS.map((high) => portOdds(low, high)));
    // Rows: the low end's rank. A positive number says that the low end opened.
    expect(odds).toEqual([
      [0, -1.5, -8, -8],
      [1.5, 0, -5, -8],
      [8, 5, 0, -3.6],
      [8, 8, 3.6, 0],
    ]);
    expect(PORT_ODDS.every((row, low) => row.every((value, high) => high > low || value === 0))).toBe(true);
  });

  it('are turned round for the data connections that an FTP server opens from port 20', () => {
    expect(portOdds(20, 50_000)).toBe(8);
    expect(portOdds(50_000, 20)).toBe(-8);
    expect(portOdds(21, 50_000)).toBe(-8);
    expect(portOdds(20, 5432)).toBe(1.5);
    expect(portOdds(20, 80)).toBe(0);
  });
});
