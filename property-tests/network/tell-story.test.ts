import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';
import { PLAIN_LOGGING, PLAIN_TALK, type Scenario } from './story.ts';
import { tellStory } from './tell-story.ts';

const PAGE = readFileSync(new URL('../../docs/truth-lab.md', import.meta.url), 'utf8');

/** The scenario of docs/truth-lab.md; the page shows its source, its story and what comes of it. */
const SCENARIO: Scenario = {
  began: 1_760_000_000,
  logging: PLAIN_LOGGING,
  talks: [
    {
      ...PLAIN_TALK,
      place: { where: 'server', vpc: 0 },
      at: 3,
      acts: [
        { do: 'send', by: 'client', after: 0.1, packets: 5, payload: 100, every: 0.01 },
        { do: 'close', by: 'server', after: 70 },
        { do: 'send', by: 'client', after: 1, packets: 2, payload: 100, every: 0.01 },
        { do: 'close', by: 'client', after: 1 },
      ],
    },
    {
      ...PLAIN_TALK,
      place: { where: 'server', vpc: 0 },
      clientPort: 40_001,
      at: 5,
      answerer: 'silent',
      retries: 2,
    },
  ],
};

describe('the page about the truth lab', () => {
  it('tells the story that is told', () => {
    expect(PAGE).toContain(tellStory(SCENARIO));
  });

  it('says of its log and truth what they hold', () => {
    const { records, truth, observed } = simulate(SCENARIO, 1);
    const flags = (port: number): (number | null | undefined)[] =>
      records
        .filter(({ srcPort, dstPort }) => srcPort === port || dstPort === port)
        .map(({ tcpFlags }) => tcpFlags);
    expect(flags(40_000)).toEqual([2, 18, 1, 1]);
    expect(records.find(({ srcPort }) => srcPort === 40_001)).toMatchObject({ packets: 3, bytes: 180 });
    expect(records).toHaveLength(5);
    expect(truth[0]).toMatchObject({ states: ['closed'], firstFin: 'responder' });
    expect(truth[0]?.openedAt).toBeCloseTo(1_760_000_003.009, 3);
    expect(observed[0]).toMatchObject({
      bases: ['handshake'],
      states: ['closed'],
      opened: { earliest: 1_759_999_943, latest: 1_760_000_004 },
    });
  });

  it('knows a silent host by the SYNs sent to it alone', () => {
    expect(simulate(SCENARIO, 1).observed[1]).toMatchObject({
      bases: ['syn'],
      states: ['attempted'],
      closed: null,
    });
  });
});
