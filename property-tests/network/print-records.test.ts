import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FORMATS, printHeader, printRecord, printRecords, projectRecord } from './print-records.ts';

const RECORD = {
  accountId: '012345678910',
  interfaceId: 'eni-1',
  srcAddr: '10.0.0.1',
  dstAddr: '10.0.0.2',
  srcPort: 40_000,
  dstPort: 443,
  protocol: 6,
  packets: 3,
  bytes: 160,
  start: 1_760_000_000,
  end: 1_760_000_059,
  action: 'ACCEPT',
  logStatus: 'OK',
  tcpFlags: 0,
} as const;

const sample = (name: string): string =>
  readFileSync(new URL(`../../samples/${name}`, import.meta.url), 'utf8').split('\n')[0] ?? '';

describe('printing records', () => {
  it('writes the default format in the order of the documentation', () => {
    expect(printRecord(RECORD, FORMATS.v2)).toBe(
      '2 012345678910 eni-1 10.0.0.1 10.0.0.2 40000 443 6 3 160 1760000000 1760000059 ACCEPT OK',
    );
  });

  it('writes a dash for what is not there, and zero for zero', () => {
    expect(printRecord(RECORD, ['version', 'tcp-flags', 'vpc-id'])).toBe('3 0 -');
  });

  it('gives the highest version among the fields', () => {
    expect(projectRecord(RECORD, ['version', 'flow-direction', 'tcp-flags']).version).toBe(5);
  });

  it('has the orders of the examples of AWS', () => {
    expect(printHeader(FORMATS['aws-21'])).toBe(sample('tcp-flag-sequence.log'));
    expect(printHeader(FORMATS['no-times'])).toBe(sample('transit-gateway.log'));
    expect(
      [FORMATS.v2, FORMATS.v3, FORMATS['v5-alphabetical'], FORMATS.v5].map((fields) => fields.length),
    ).toEqual([14, 21, 29, 29]);
    expect([...FORMATS.v5].sort()).toEqual(FORMATS['v5-alphabetical']);
  });

  it('leaves the header out when told so', () => {
    expect(printRecords([RECORD], FORMATS.v2, false)).toHaveLength(1);
    expect(printRecords([RECORD], FORMATS.v2)).toHaveLength(2);
  });
});
