/** What connections came to: what was opened, tried in vain, blocked, or is known by late packets alone. */
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/model/connection.ts';
import { describeUpshots, noUpshots, upshotOf } from '../../src/model/upshots.ts';
import { connection } from '../export/connection.ts';

describe('what a connection came to', () => {
  it.each([
    ['opened', { state: 'established' }],
    ['opened', { state: 'midstream' }],
    ['opened', { state: 'flagless' }],
    ['opened', { state: null, protocol: 'udp' }],
    ['unanswered', { state: 'attempted' }],
    ['unanswered', { state: 'abandoned' }],
    ['refused', { state: 'refused' }],
    ['blocked', { state: 'blocked', verdict: 'rejected' }],
    ['blocked', { state: 'flagless', verdict: 'rejected' }],
    ['blocked', { state: null, verdict: 'rejected' }],
    // No answer to the attempt got through.
    ['blocked', { state: 'blocked', verdict: 'reply-rejected' }],
    // What became of the request is not known, only that the reply was rejected.
    ['reply-rejected', { state: null, verdict: 'reply-rejected' }],
    ['reply-rejected', { state: 'flagless', verdict: 'reply-rejected' }],
    // Rejected, and nothing tells which way; and a format without actions.
    ['either-rejected', { state: 'flagless', verdict: 'unknown', rejectedSide: 'initiator' }],
    ['opened', { state: 'closed', verdict: 'unknown' }],
    // Some of the answer got through: there was a handshake.
    ['opened', { state: 'established', verdict: 'reply-rejected' }],
    ['opened', { state: 'established', verdict: 'cut-off' }],
    ['opened', { state: 'closed', verdict: 'late' }],
    ['unanswered', { state: 'attempted', verdict: 'late' }],
    ['late', { state: 'midstream', verdict: 'late', openedAt: null }],
    ['late', { state: 'flagless', verdict: 'late', openedAt: null }],
    ['late', { state: null, verdict: 'late', openedAt: null }],
    // Its first records were accepted.
    ['opened', { state: 'midstream', verdict: 'late', openedAt: null, rejectedFrom: 1566848999 }],
  ] as const satisfies readonly (readonly [string, Partial<Connection>])[])(
    'is %s of %j',
    (upshot, given) => {
      expect(upshotOf(connection(given))).toBe(upshot);
    },
  );
});

describe('the words of what many came to', () => {
  it('tell them apart, one and several', () => {
    const counts = {
      opened: 1234,
      unanswered: 2,
      refused: 1,
      blocked: 1,
      'reply-rejected': 2,
      'either-rejected': 1,
      'one-way': 0,
      late: 1,
    };
    expect(describeUpshots(counts)).toBe(
      '1,234 opened; 2 tried, no answer; 1 was refused; 1 was blocked; 2 had their replies rejected; ' +
        '1 had its request or reply rejected; 1 is known by late packets alone',
    );
    expect(describeUpshots({ ...noUpshots(), refused: 2, blocked: 2, 'reply-rejected': 1, late: 2 })).toBe(
      '0 opened; 2 were refused; 2 were blocked; 1 had its reply rejected; 2 are known by late packets alone',
    );
  });

  it('are none where all were opened', () => {
    expect(describeUpshots({ ...noUpshots(), opened: 7 })).toBe('');
  });
});
