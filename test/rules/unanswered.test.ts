/**
 * When no answer came: what one side sent, and what the whole input shows of the interface. The interface `eni-server` of the
 * builders shows a talk of another port both ways, unless a test says otherwise.
 */
import { describe, expect, it } from 'vitest';
import { showsAnswers } from '../../src/meaning/unanswered.ts';
import type { Connection } from '../../src/model/connection.ts';
import { plainRecord, type RecordParts, rebuild, rebuildText, record, silence, window } from '../build.ts';

/** A talk that an interface shows both ways. */
const talk = (clientPort: number, parts: RecordParts = {}): readonly string[] =>
  (['client', 'server'] as const).map((by) =>
    record({ by, clientPort, flags: by === 'client' ? 'SYN FIN' : 'SYN-ACK FIN', ...parts }),
  );
const OTHERS = talk(50_000);
const ATTEMPT = record({ flags: 'SYN', packets: 3, bytes: 180 });

/** Of the builders' client and port. */
const attemptIn = async (lines: readonly string[]): Promise<Connection> => {
  const { connections } = await rebuild(lines);
  const found = connections.filter(({ initiator, responder }) =>
    [initiator.port, responder.port].includes(40_000),
  );
  expect(found).toHaveLength(1);
  return found[0] as Connection;
};
const verdictOf = async (lines: readonly string[]): Promise<string> => (await attemptIn(lines)).verdict;

describe('an attempt without an answer', () => {
  it('is unanswered where the interface shows the answers to others', async () => {
    const found = await attemptIn([ATTEMPT, ...OTHERS]);
    expect(found).toMatchObject({ verdict: 'unanswered', state: 'attempted', endsOpen: false });
    expect(found).toMatchObject({ rejectedAt: null, rejectedFrom: null, rejectedSide: null });
    expect(found.vantages).toMatchObject([{ interfaceId: 'eni-server', verdict: 'unanswered' }]);
  });

  it('is unanswered without flags, where the ports tell who opened, and is not open then', async () => {
    const talks = [plainRecord({ clientPort: 50_000 }), plainRecord({ by: 'server', clientPort: 50_000 })];
    const { connections } = await rebuildText(`${[plainRecord(), ...talks].join('\n')}\n`);
    expect(connections.map(({ verdict, state, endsOpen }) => [verdict, state, endsOpen]).sort()).toEqual([
      ['accepted', 'flagless', null],
      ['unanswered', 'flagless', false],
    ]);
  });

  it.each<[what: string, lines: readonly string[]]>([
    ['the log shows answers to nobody', [ATTEMPT]],
    ['only another interface shows answers', [ATTEMPT, ...talk(50_000, { eni: 'eni-2' })]],
    ['it was answered', [ATTEMPT, record({ by: 'server', flags: 'SYN-ACK', packets: 1 }), ...OTHERS]],
    [
      'it was answered at another interface',
      [ATTEMPT, record({ by: 'server', flags: 'SYN-ACK', eni: 'eni-2' }), ...OTHERS],
    ],
    // 3 packets of 80 bytes are bare headers at most: 240.
    ['it carries payload', [record({ flags: 'SYN', packets: 3, bytes: 241 }), ...OTHERS]],
    ['it has more packets than a SYN and six retries', [record({ flags: 'SYN', packets: 8 }), ...OTHERS]],
    ['what followed the SYN tells of an answer', [ATTEMPT, record({ packets: 1, start: 60 }), ...OTHERS]],
    ['its FIN tells of an answer', [record({ flags: 'SYN FIN', packets: 4 }), ...OTHERS]],
    ['there is no SYN', [record({ packets: 1 }), ...OTHERS]],
    ['AWS lost records meanwhile', [ATTEMPT, silence('SKIPDATA'), ...OTHERS]],
    [
      'the interface stands in for another',
      [record({ flags: 'SYN', dstaddr: '10.9.9.9', instance: '-' }), ...OTHERS],
    ],
  ])('is accepted where %s', async (_, lines) => {
    expect(await verdictOf(lines)).toBe('accepted');
  });

  it('may have seven packets of headers alone', async () => {
    expect(await verdictOf([record({ flags: 'SYN', packets: 7, bytes: 560 }), ...OTHERS])).toBe('unanswered');
  });

  it('is no reply of a known service, and no datagram', async () => {
    const reply = plainRecord({ by: 'server' });
    const talks = [plainRecord({ clientPort: 50_000 }), plainRecord({ by: 'server', clientPort: 50_000 })];
    const { connections } = await rebuildText(`${[reply, ...talks].join('\n')}\n`);
    expect(connections.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted']);
    expect(await verdictOf([record({ protocol: 17, flags: '-', packets: 1 }), ...OTHERS])).toBe('accepted');
  });

  it('that was rejected is rejected', async () => {
    expect(await verdictOf([record({ flags: 'SYN', action: 'REJECT' }), ...OTHERS])).toBe('rejected');
  });

  it('is unanswered at the interface that would have shown the answer, whatever others show', async () => {
    const found = await attemptIn([
      ATTEMPT,
      record({ flags: 'SYN', packets: 3, bytes: 180, eni: 'eni-2' }),
      ...OTHERS,
    ]);
    expect(found.verdict).toBe('unanswered');
    expect(found.vantages.map(({ interfaceId, verdict }) => [interfaceId, verdict]).sort()).toEqual([
      ['eni-2', 'accepted'],
      ['eni-server', 'unanswered'],
    ]);
  });
});

describe('an interface that shows one half of connections', () => {
  it('tells nothing by the absence of the other half: a half that carries payload', async () => {
    const half = record({ clientPort: 50_001, packets: 9, bytes: 900 });
    expect(await verdictOf([ATTEMPT, half, ...OTHERS])).toBe('accepted');
  });

  it('tells nothing where another interface shows the other half', async () => {
    const halves = [
      record({ clientPort: 50_001, flags: 'SYN', packets: 2 }),
      record({ clientPort: 50_001, by: 'server', flags: 'SYN-ACK', eni: 'eni-2' }),
    ];
    expect(await verdictOf([ATTEMPT, ...halves, ...OTHERS])).toBe('accepted');
  });

  it('may have one among a hundred that it shows both ways: every log has edges', async () => {
    const half = record({ clientPort: 40_500, packets: 9, bytes: 900 });
    const talks = (count: number): string[] =>
      Array.from({ length: count }, (_, i) => talk(41_000 + i)).flat();
    expect(await verdictOf([ATTEMPT, half, ...talks(99)])).toBe('accepted');
    expect(await verdictOf([ATTEMPT, half, ...talks(100)])).toBe('unanswered');
    expect([showsAnswers(99, 1), showsAnswers(100, 1), showsAnswers(0, 0)]).toEqual([false, true, false]);
  });

  it('is none of UDP, which goes one way as often as it likes', async () => {
    const syslog = record({
      protocol: 17,
      flags: '-',
      clientPort: 514,
      serverPort: 514,
      packets: 900,
      bytes: 90_000,
    });
    expect(await verdictOf([ATTEMPT, syslog, ...OTHERS])).toBe('unanswered');
  });

  it('is none where a filter rejected the other half, there or elsewhere', async () => {
    const stopped = (eni: string): string[] => [
      record({ clientPort: 50_001, flags: 'SYN', packets: 2 }),
      record({ clientPort: 50_001, by: 'server', flags: 'SYN-ACK', action: 'REJECT', eni }),
    ];
    expect(await verdictOf([ATTEMPT, ...stopped('eni-server'), ...OTHERS])).toBe('unanswered');
    expect(await verdictOf([ATTEMPT, ...stopped('eni-2'), ...OTHERS])).toBe('unanswered');
  });
});

describe('what many interfaces show of one key', () => {
  /** The same talk at so many interfaces, each in one direction but the last, which shows both. */
  const seenBy = (count: number): string[] => [
    ...Array.from({ length: count }, (_, i) =>
      record({
        clientPort: 50_000,
        by: i % 2 === 0 ? 'client' : 'server',
        eni: `eni-${i}`,
        flags: i % 2 === 0 ? 'SYN' : 'SYN-ACK',
      }),
    ),
    ...talk(50_000, { eni: 'eni-last' }),
  ];

  it.each([1, 2, 3, 9])('is told apart: %i that show a half, and one that shows both', async (count) => {
    const lines = seenBy(count);
    for (const order of [lines, lines.toReversed()]) {
      expect(await verdictOf([...order, record({ flags: 'SYN', packets: 2, eni: 'eni-last' })])).toBe(
        'unanswered',
      );
      expect(await verdictOf([...order, record({ flags: 'SYN', packets: 2, eni: 'eni-0' })])).toBe(
        'accepted',
      );
    }
  });

  it('is told apart also behind two thousand others', async () => {
    // Observers with high numbers have no room in a key's row: their records tell.
    const crowd = Array.from({ length: 2100 }, (_, i) =>
      record({ clientPort: 20_000, protocol: 17, flags: '-', eni: `eni-crowd-${i}` }),
    );
    const late = [
      ...talk(50_000, { eni: 'eni-late' }),
      record({ flags: 'SYN', packets: 2, eni: 'eni-late' }),
    ];
    expect(await verdictOf([...crowd, ...late])).toBe('unanswered');
    expect(await verdictOf([...crowd, ...late.slice(0, 1), ...late.slice(2)])).toBe('accepted');
  });

  it('is that of the interface, however its records name it', async () => {
    // Two flow logs of one interface: one names no instance. Each alone shows one half.
    const halves = [
      record({ clientPort: 50_000, flags: 'SYN FIN' }),
      record({ clientPort: 50_000, by: 'server', flags: 'SYN-ACK FIN', instance: '-' }),
    ];
    expect(await verdictOf([ATTEMPT, ...halves])).toBe('unanswered');
  });
});

describe('a window of both sides', () => {
  it('of the attempt itself is an answer', async () => {
    expect(await verdictOf([...window('SYN', 'RST'), ...OTHERS])).toBe('accepted');
  });
});
