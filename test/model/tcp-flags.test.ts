import { describe, expect, it } from 'vitest';
import {
  ACK,
  describeFlags,
  FIN,
  hasFin,
  hasPlainSyn,
  hasRst,
  hasSynAck,
  RST,
  SYN,
  SYN_ACK,
  VPC_FLAG_VALUES,
} from '../../src/model/tcp-flags.ts';

describe('tcp-flags', () => {
  it('has the values of the AWS page: FIN 1, SYN 2, RST 4, SYN-ACK 18', () => {
    expect([FIN, SYN, RST, ACK, SYN_ACK]).toEqual([1, 2, 4, 16, 18]);
  });

  it('is one of twelve values in VPC records (flow-log-format.md section 2.2)', () => {
    expect([...VPC_FLAG_VALUES]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 18, 19, 22, 23]);
  });

  it.each<[flags: number, words: string]>([
    [0, 'none'],
    [1, 'FIN'],
    [2, 'SYN'],
    [3, 'SYN FIN'],
    [4, 'RST'],
    [5, 'FIN RST'],
    [6, 'SYN RST'],
    [7, 'SYN FIN RST'],
    [18, 'SYN-ACK'],
    [19, 'SYN-ACK FIN'],
    [22, 'SYN-ACK RST'],
    [23, 'SYN-ACK FIN RST'],
    // ACK alone, PSH and URG are not among the supported flags.
    [16, 'none'],
    [24, 'none'],
    [32, 'none'],
    [17, 'FIN'],
    [255, 'SYN-ACK FIN RST'],
  ])('%i is %s', (flags, words) => {
    expect(describeFlags(flags)).toBe(words);
  });

  it('says SYN or SYN-ACK, never both, for every value of a byte', () => {
    for (let flags = 0; flags < 256; flags++) {
      const syn = Math.floor(flags / 2) % 2 === 1;
      const ack = Math.floor(flags / 16) % 2 === 1;
      expect([hasPlainSyn(flags), hasSynAck(flags)]).toEqual([syn && !ack, syn && ack]);
      expect([hasFin(flags), hasRst(flags)]).toEqual([flags % 2 === 1, Math.floor(flags / 4) % 2 === 1]);
    }
  });
});
