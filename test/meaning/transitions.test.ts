/**
 * The table, cell by cell, against a rule that says the same in another way: a side is how it began and how it ended,
 * and every event raises one of the two. What the rule gives is worked out here and never read off the table.
 */
import { describe, expect, it } from 'vitest';
import { TCP_EVENTS, type TcpEvent } from '../../src/meaning/events.ts';
import { NOTES } from '../../src/meaning/notes.ts';
import { CONTRADICTS, NEXT, step } from '../../src/meaning/step.ts';
import { SIDE_STATES, type SideState, STATES, TRANSITIONS } from '../../src/meaning/transitions.ts';

interface Shown {
  readonly began: 'silent' | 'talking' | 'syn' | 'synAck';
  readonly fin: boolean;
  readonly rst: boolean;
}

const ENDED = { open: [false, false], fin: [true, false], rst: [false, true], finRst: [true, true] } as const;

const shownBy = (state: SideState): Shown => {
  const [fin, rst] = ENDED[STATES[state].ended];
  return { began: STATES[state].began, fin, rst };
};

/** What a side has shown after an event; null when that contradicts what it showed (only a SYN can). */
const after = (side: Shown, event: TcpEvent): Shown | null => {
  const spoke = side.began === 'silent' ? 'talking' : side.began;
  switch (event) {
    // Who answers a SYN does not open the same connection (RFC 9293 §3.5).
    case 'syn':
      return side.began === 'synAck' ? null : { ...side, began: 'syn' };
    // A side that dialled and answers is in a simultaneous open (RFC 9293 §3.5, figure 7).
    case 'synAck':
      return { ...side, began: 'synAck' };
    // Behind its RST a side may still send stragglers: they prove no talk.
    case 'data':
      return side.rst ? side : { ...side, began: spoke };
    // Only a side in a connection sends FIN (RFC 9293 §3.6).
    case 'fin':
      return { ...side, began: spoke, fin: true };
    // A RST needs no connection: it may answer a SYN or a stray packet (RFC 9293 §3.5.2).
    case 'rst':
      return { ...side, rst: true };
  }
};

const CELLS = SIDE_STATES.flatMap((state) => TCP_EVENTS.map((event) => [state, event] as const));

describe('the states of a side', () => {
  it('are fourteen, no two of them alike: each way to begin with each way to end, but a silent side sends no FIN', () => {
    const all = SIDE_STATES.map((state) => `${STATES[state].began} ${STATES[state].ended}`);
    // 4 ways to begin × 4 ways to end, less silent-fin and silent-finRst.
    expect(all).toHaveLength(14);
    expect(new Set(all).size).toBe(14);
    expect(all).not.toContain('silent fin');
    expect(all).not.toContain('silent finRst');
  });

  it('are all reached from silence by events, none in more than three steps', () => {
    const steps = new Map<SideState, number>([['NS', 0]]);
    for (const state of steps.keys()) {
      for (const event of TCP_EVENTS) {
        const next = step(state, event).state;
        if (!steps.has(next)) steps.set(next, (steps.get(state) as number) + 1);
      }
    }
    expect(new Set(steps.keys())).toEqual(new Set(SIDE_STATES));
    // A SYN, a FIN and a RST: the longest life there is.
    expect(Math.max(...steps.values())).toBe(3);
  });
});

describe('the ladder: each state from the one before', () => {
  const RUNGS: readonly (readonly [from: SideState, event: TcpEvent, to: SideState])[] = [
    ['NS', 'data', 'TK'],
    ['TK', 'syn', 'SS'],
    ['SS', 'synAck', 'SR'],
    ['TK', 'fin', 'TF'],
    ['TF', 'syn', 'SF'],
    ['SF', 'synAck', 'RF'],
    ['NS', 'rst', 'NX'],
    ['TK', 'rst', 'TX'],
    ['TX', 'syn', 'SX'],
    ['SX', 'synAck', 'RX'],
    ['TX', 'fin', 'TZ'],
    ['TZ', 'syn', 'SZ'],
    ['SZ', 'synAck', 'RZ'],
  ];

  it.each(RUNGS)('%s and %s give %s', (from, event, to) => {
    expect(step(from, event)).toEqual({ state: to, contradicts: false });
  });

  it('has a rung for every state but silence', () => {
    expect(new Set(RUNGS.map(([, , to]) => to))).toEqual(
      new Set(SIDE_STATES.filter((state) => state !== 'NS')),
    );
  });
});

describe('step', () => {
  it.each(CELLS)('%s and %s: the state that the rule gives', (state, event) => {
    const next = step(state, event);
    const expected = after(shownBy(state), event);
    expect(SIDE_STATES).toContain(next.state);
    expect(shownBy(next.state)).toEqual(expected ?? shownBy(state));
    expect(next.contradicts).toBe(expected === null);
  });

  it('forgets nothing: no event makes a side less than it was', () => {
    const rank = { silent: 0, talking: 1, syn: 2, synAck: 3 } as const;
    for (const [state, event] of CELLS) {
      const before = shownBy(state);
      const next = shownBy(step(state, event).state);
      expect(rank[next.began]).toBeGreaterThanOrEqual(rank[before.began]);
      expect([before.fin && !next.fin, before.rst && !next.rst]).toEqual([false, false]);
    }
  });

  it('says the same twice: an event that was just seen changes nothing', () => {
    for (const [state, event] of CELLS) {
      const once = step(state, event).state;
      expect(step(once, event).state).toBe(once);
    }
  });

  it('takes closes in either order', () => {
    for (const state of SIDE_STATES) {
      const finFirst = step(step(state, 'fin').state, 'rst').state;
      const rstFirst = step(step(state, 'rst').state, 'fin').state;
      expect(finFirst).toBe(rstFirst);
    }
  });
});

describe('two sides', () => {
  it('end the same whichever direction of a window is stepped first', () => {
    type Pair = Record<'client' | 'server', SideState>;
    const stepSide = (pair: Pair, side: keyof Pair, event: TcpEvent): Pair => ({
      ...pair,
      [side]: step(pair[side], event).state,
    });
    let pairs = 0;
    for (const client of SIDE_STATES) {
      for (const server of SIDE_STATES) {
        for (const clientSends of TCP_EVENTS) {
          for (const serverSends of TCP_EVENTS) {
            const start = { client, server };
            const clientFirst = stepSide(stepSide(start, 'client', clientSends), 'server', serverSends);
            const serverFirst = stepSide(stepSide(start, 'server', serverSends), 'client', clientSends);
            expect(clientFirst).toEqual(serverFirst);
            pairs++;
          }
        }
      }
    }
    expect(pairs).toBe(14 * 14 * 5 * 5);
  });
});

describe('the compiled table', () => {
  it('is the plain one: NEXT has its 70 cells, in its meaning', () => {
    expect(NEXT).toHaveLength(14 * 5);
    for (const [row, state] of SIDE_STATES.entries()) {
      for (const [column, event] of TCP_EVENTS.entries()) {
        const cell = TRANSITIONS[event][row] as string;
        const compiled = NEXT[row * TCP_EVENTS.length + column] as number;
        expect((compiled & CONTRADICTS) !== 0).toBe(cell === 'XX');
        expect(SIDE_STATES[compiled & ~CONTRADICTS]).toBe(cell === '__' || cell === 'XX' ? state : cell);
      }
    }
  });
});

describe('the reasons', () => {
  const cellAt = (key: string): string => {
    const [event, state] = key.split('.') as [TcpEvent, SideState];
    return TRANSITIONS[event][SIDE_STATES.indexOf(state)] as string;
  };

  it('are for cells that exist', () => {
    const keys = new Set<string>(CELLS.map(([state, event]) => `${event}.${state}`));
    expect(Object.keys(NOTES).filter((key) => !keys.has(key))).toEqual([]);
  });

  it('stand beside every cell', () => {
    const bare = CELLS.map(([state, event]) => `${event}.${state}` as const).filter(
      (key) => NOTES[key] === undefined,
    );
    expect(bare).toEqual([]);
  });

  it('do not contradict their cells', () => {
    const keysOf = (pattern: RegExp): string[] =>
      Object.entries(NOTES).flatMap(([key, note]) => (pattern.test(note) ? [key] : []));
    // Repeats, stragglers and late copies say nothing new; only a contradiction denies that this is possible.
    for (const key of keysOf(/repeated|stragglers|late copy|more of the same|still sends ACKs/))
      expect([key, cellAt(key)]).toEqual([key, '__']);
    expect(new Set(keysOf(/does not (open|reset)/))).toEqual(
      new Set(CELLS.map(([state, event]) => `${event}.${state}`).filter((key) => cellAt(key) === 'XX')),
    );
    for (const key of keysOf(/sorts before the one with its SYN$/))
      expect(STATES[cellAt(key) as SideState].began).toBe('syn');
    for (const key of keysOf(/sorts before the one with its SYN-ACK$|simultaneous open/))
      expect(STATES[cellAt(key) as SideState].began).toBe('synAck');
  });
});
