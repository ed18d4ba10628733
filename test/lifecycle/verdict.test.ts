/** What filters did, as one vantage saw it and as several did. The low end opened. */
import { describe, expect, it } from 'vitest';
import type { KeyRecord } from '../../src/correlate/key-records.ts';
import { verdictOf } from '../../src/lifecycle/verdict.ts';
import { keyRecord } from '../build-records.ts';

type Action = 'ACCEPT' | 'REJECT' | '-';

const seen = (vantage: number, direction: 0 | 1, action: Action): KeyRecord =>
  keyRecord({ vantage, direction, accept: action === 'ACCEPT', reject: action === 'REJECT' });
const request = (action: Action, vantage = 1): KeyRecord => seen(vantage, 0, action);
const reply = (action: Action, vantage = 1): KeyRecord => seen(vantage, 1, action);

describe('the verdict of one vantage', () => {
  it.each([
    ['accepted', [request('ACCEPT')]],
    ['accepted', [request('-'), reply('ACCEPT')]],
    ['unknown', [request('-'), reply('-')]],
    ['rejected', [request('REJECT')]],
    ['rejected', [request('-'), reply('REJECT')]],
    ['reply-rejected', [request('ACCEPT'), reply('REJECT')]],
    // A rule changed while the connection ran, or one of two rules let it through.
    ['mixed', [request('ACCEPT'), request('REJECT')]],
    ['mixed', [request('ACCEPT'), request('REJECT'), reply('REJECT')]],
    ['mixed', [request('REJECT'), reply('ACCEPT')]],
    ['mixed', [request('ACCEPT'), reply('ACCEPT'), reply('REJECT')]],
  ] as const)('is %s', (verdict, records) => {
    expect(verdictOf(records, 0)).toBe(verdict);
  });

  it('depends on who opened: the same records, the other way round', () => {
    const records = [request('ACCEPT'), reply('REJECT')];
    expect(verdictOf(records, 1)).toBe('mixed');
  });
});

describe('the verdict of several vantages', () => {
  it('is rejected where the sender let the request out and the receiver did not let it in', () => {
    expect(verdictOf([request('ACCEPT', 1), request('REJECT', 2)], 0)).toBe('rejected');
  });

  it('is mixed where a reply came through all the same', () => {
    expect(verdictOf([request('REJECT', 2), request('ACCEPT', 1), reply('ACCEPT', 1)], 0)).toBe('mixed');
  });

  it('is reply-rejected where one of them stopped the reply and the others saw all pass', () => {
    const passed = [request('ACCEPT', 1), reply('ACCEPT', 1)];
    const stopped = [request('ACCEPT', 2), reply('REJECT', 2)];
    expect(verdictOf([...passed, ...stopped], 0)).toBe('reply-rejected');
  });

  it('is that of the one that rejects where the others say nothing', () => {
    expect(verdictOf([request('-', 1), reply('-', 1), request('REJECT', 2)], 0)).toBe('rejected');
    expect(verdictOf([reply('-', 1), request('ACCEPT', 2), reply('REJECT', 2)], 0)).toBe('reply-rejected');
  });

  it('is mixed where one of them saw both', () => {
    const records = [request('ACCEPT', 1), request('REJECT', 1), request('REJECT', 2)];
    expect(verdictOf(records, 0)).toBe('mixed');
    expect(verdictOf([...records].reverse(), 0)).toBe('mixed');
  });
});
