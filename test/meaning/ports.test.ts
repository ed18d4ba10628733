/** What ports say, by rules a network engineer can check: IANA's ranges and registry, the table of odds. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isService, KNOWN_SERVICES, PORT_ODDS, portOdds, rankOf } from '../../src/meaning/ports.ts';
import { REGISTERED_PORTS } from '../../src/meaning/registered-ports.ts';
import { REGISTERED_PORTS_FILE, registeredPortsFile } from './write-registered-ports.ts';

describe('the rank of a port', () => {
  it('follows the ranges of IANA and of Linux', () => {
    expect([0, 80, 443, 511].map(rankOf)).toEqual([0, 0, 0, 0]);
    // ip_local_port_range: 32768 to 60999.
    expect([32_768, 49_152, 60_999].map(rankOf)).toEqual([7, 7, 7]);
    expect([61_000, 65_535].map(rankOf)).toEqual([5, 5]);
  });

  it('knows services of registered ports, also where the port is in the range of Linux for clients', () => {
    // PostgreSQL, RDP, Redis, Kafka, MongoDB, NFS, gRPC by custom.
    expect([5432, 3389, 6379, 9092, 27_017, 2049, 50_051].map(rankOf)).toEqual([2, 2, 2, 2, 2, 2, 2]);
  });

  it('tells services among reserved ports from those that clients of NFS and rsh bind', () => {
    // rsh, LDAPS, rsync, IMAPS; and what nobody serves today.
    expect([514, 636, 873, 993].map(rankOf)).toEqual([1, 1, 1, 1]);
    expect([512 + 10, 665, 903, 1023].map(rankOf)).toEqual([6, 6, 6, 6]);
  });

  it('goes by the registry from 1024 on', () => {
    // Lotus Notes and med-ltp; 1028, 20500 and 29998 were given to nobody.
    expect([1352, 24_000].map(rankOf)).toEqual([3, 3]);
    expect([1028, 20_500, 29_998].map(rankOf)).toEqual([4, 4, 4]);
  });

  it('takes the node ports of Kubernetes for registered ones: 30000 to 32767', () => {
    expect([30_000, 31_111, 32_767].map(rankOf)).toEqual([3, 3, 3]);
  });

  it('makes services of well-known ports and of known ones', () => {
    expect([22, 993, 5432, 50_051, 1023, 1024, 20_000, 32_768].map(isService)).toEqual([
      ...[true, true, true, true, false, false, false, false],
    ]);
  });

  it('has services where well-known ports end', () => {
    expect([...KNOWN_SERVICES].every((port) => port >= 1024 && port <= 65_535)).toBe(true);
  });
});

describe('the registry', () => {
  it('is that of the package that carries it: npm run ports writes the file anew', () => {
    expect(readFileSync(REGISTERED_PORTS_FILE, 'utf8')).toBe(registeredPortsFile());
    expect(REGISTERED_PORTS.size).toBeGreaterThan(5000);
  });
});

describe('the odds of two ports', () => {
  it('are for the end of the later rank, whichever is named first', () => {
    // One port a rank.
    const ports = [443, 993, 5432, 1352, 20_500, 62_000, 903, 50_000] as const;
    for (const [rank, one] of ports.entries())
      for (const [otherRank, other] of ports.entries()) {
        const odds = PORT_ODDS[Math.min(rank, otherRank)]?.[Math.max(rank, otherRank)] ?? Number.NaN;
        const forLow = odds === 0 ? 0 : rank > otherRank ? odds : -odds;
        expect(portOdds(one, other)).toBe(forLow);
      }
    expect(PORT_ODDS.every((row, low) => row.every((value, high) => high > low || value === 0))).toBe(true);
  });

  it('say that a service is not the client of NFS, and nothing where a reserved port may be either', () => {
    expect(portOdds(903, 2049)).toBeGreaterThan(0);
    expect([portOdds(993, 2049), portOdds(1015, 49_152), portOdds(1015, 50_000)]).toEqual([0, 0, 0]);
  });
});
