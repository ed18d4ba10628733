import { describe, expect, it } from 'vitest';
import type { LoggedRecord } from './aggregate.ts';
import { observe } from './observer.ts';
import { simulate } from './simulate.ts';
import { type Logging, PLAIN_LOGGING, PLAIN_TALK, type Talk } from './story.ts';

const play = (talk: Partial<Talk>, logging: Partial<Logging> = {}) => {
  const full = { ...PLAIN_LOGGING, ...logging };
  const simulation = simulate(
    {
      began: 1_760_000_000,
      talks: [{ ...PLAIN_TALK, place: { where: 'server', vpc: 0 }, ...talk }],
      logging: full,
    },
    1,
  );
  return { ...simulation, logging: full };
};

/** What is left to know when the records that match are lost. */
const without = (simulation: ReturnType<typeof play>, isLost: (logged: LoggedRecord) => boolean) =>
  observe(
    simulation.truth,
    simulation.logged.map((logged) => (isLost(logged) ? { ...logged, fate: 'lost', copies: 0 } : logged)),
    simulation.sightings,
    simulation.logging,
  )[0];

const isRequest = ({ record }: LoggedRecord): boolean => record.dstPort === 443;
const CLOSES: Talk['acts'] = [
  { do: 'close', by: 'client', after: 70 },
  { do: 'close', by: 'server', after: 0 },
];

describe('an observer', () => {
  const simulation = play({ acts: CLOSES });

  it('of everything knows the handshake and the close', () => {
    expect(simulation.observed[0]).toMatchObject({
      complete: true,
      bases: ['handshake'],
      states: ['closed'],
      initiatorFlags: 3,
      responderFlags: 19,
    });
  });

  it('without the replies knows the opener by SYN', () => {
    expect(without(simulation, (logged) => !isRequest(logged))).toMatchObject({
      bases: ['syn'],
      responderFlags: null,
      complete: false,
    });
  });

  it('without the requests knows the opener by SYN-ACK', () => {
    expect(without(simulation, isRequest)).toMatchObject({ bases: ['syn-ack'], states: ['answered'] });
  });

  it('without the opening can only infer', () => {
    const lost = without(simulation, ({ record }) => ((record.tcpFlags ?? 0) & 2) !== 0);
    expect(lost?.states).toEqual(['midstream']);
    expect(lost?.bases).not.toContain('handshake');
    expect(lost?.bases).toContain('port');
  });

  it('without the close sees an open connection', () => {
    const lost = without(simulation, ({ record }) => ((record.tcpFlags ?? 0) & 1) !== 0);
    expect(lost).toMatchObject({ states: ['established'], closed: null });
  });

  it('of nothing knows nothing', () => {
    expect(without(simulation, () => true)).toMatchObject({ visible: false, states: null });
  });

  it('of a format without flags can neither see a state nor an opener', () => {
    const [seen] = play({ acts: CLOSES }, { format: 'no-flags' }).observed;
    expect(seen).toMatchObject({ states: ['flagless'], initiatorFlags: null, opened: null });
    expect(seen?.bases).not.toContain('syn');
  });
});

describe('neighbours on the same ports', () => {
  const acts: Talk['acts'] = [
    { do: 'close', by: 'client', after: 1 },
    { do: 'close', by: 'server', after: 0 },
  ];

  it('are told apart when the first is seen to end before the second is seen to begin', () => {
    const { observed } = play({ acts, redials: [100] });
    expect(observed.map(({ entangled }) => entangled)).toEqual([[], []]);
  });

  it('are not when their format has no flags', () => {
    const { observed } = play({ acts, redials: [100] }, { format: 'no-flags' });
    expect(observed.every(({ entangled }) => entangled.length > 0)).toBe(true);
  });

  it('are not when the end of the first was never seen', () => {
    const { observed } = play({ acts: [{ do: 'vanish', by: 'client', after: 1 }], redials: [100] });
    expect(observed.every(({ entangled }) => entangled.length > 0)).toBe(true);
  });
});

describe('an address behind an interface', () => {
  it('cannot be told without pkt-*', () => {
    expect(play({ secondary: true }, { format: 'no-pkt' }).observed[0]?.entangled).toHaveLength(1);
    expect(play({ secondary: true }).observed[0]?.entangled).toEqual([]);
  });
});

describe('a format without times', () => {
  it('makes the records of two intervals read the same, which is no duplicate but looks like one', () => {
    // Retries run over 31 s; the SYNs before and behind an interval's end differ in counts only, which are not printed.
    const seen = Array.from({ length: 8 }, (_, at) =>
      play({ answerer: 'silent', at: at * 8 }, { format: 'no-times' }),
    );
    const divided = seen.filter(({ records }) => records.length === 2);
    expect(divided.length).toBeGreaterThan(0);
    for (const { observed } of divided)
      expect(observed[0]?.entangled).toEqual(['two different records read the same in this format']);
    for (const { observed } of seen.filter(({ records }) => records.length === 1))
      expect(observed[0]?.entangled).toEqual([]);
  });
});
