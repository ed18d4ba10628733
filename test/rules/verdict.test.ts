/** What filters did, as one interface saw it and as several did. The client is known by its port. */
import { describe, expect, it } from 'vitest';
import { connectionOfRows, type Row } from '../log-of.ts';

type Action = 'ACCEPT' | 'REJECT' | '-';

const seen = (vantage: number, by: 'low' | 'high', action: Action): Row => ({
  ...{ by, eni: `eni-${vantage}`, ports: [50_000, 443] },
  action: action === '-' ? null : action,
});
const request = (action: Action, vantage = 1): Row => seen(vantage, 'low', action);
const reply = (action: Action, vantage = 1): Row => seen(vantage, 'high', action);

const verdictOf = async (rows: readonly Row[]): Promise<string> => (await connectionOfRows(rows)).verdict;

describe('the verdict of one interface', () => {
  it.each([
    ['accepted', [request('ACCEPT')]],
    ['accepted', [request('-'), reply('ACCEPT')]],
    ['unknown', [request('-'), reply('-')]],
    ['rejected', [request('REJECT')]],
    ['reply-rejected', [request('-'), reply('REJECT')]],
    ['reply-rejected', [request('ACCEPT'), reply('REJECT')]],
    // A rule changed while the connection ran, or one of two rules let it through.
    ['mixed', [request('ACCEPT'), request('REJECT')]],
    ['mixed', [request('ACCEPT'), request('REJECT'), reply('REJECT')]],
    ['mixed', [request('REJECT'), reply('ACCEPT')]],
    ['mixed', [request('ACCEPT'), reply('ACCEPT'), reply('REJECT')]],
  ] as const)('is %s', async (verdict, rows) => {
    expect(await verdictOf(rows)).toBe(verdict);
  });

  it('depends on who opened: the same records, the other way round', async () => {
    const rows = [request('ACCEPT'), reply('REJECT')];
    expect(await verdictOf(rows.map((row) => ({ ...row, ports: [443, 50_000] as const })))).toBe('mixed');
  });
});

describe('the verdict of several interfaces', () => {
  it('is rejected where the sender let the request out and the receiver did not let it in', async () => {
    expect(await verdictOf([request('ACCEPT', 1), request('REJECT', 2)])).toBe('rejected');
  });

  it('is mixed where a reply came through all the same', async () => {
    expect(await verdictOf([request('REJECT', 2), request('ACCEPT', 1), reply('ACCEPT', 1)])).toBe('mixed');
  });

  it('is reply-rejected where one of them stopped the reply and the others saw all pass', async () => {
    const passed = [request('ACCEPT', 1), reply('ACCEPT', 1)];
    const stopped = [request('ACCEPT', 2), reply('REJECT', 2)];
    expect(await verdictOf([...passed, ...stopped])).toBe('reply-rejected');
  });

  it('is that of the one that rejects where the others say nothing', async () => {
    expect(await verdictOf([request('-', 1), reply('-', 1), request('REJECT', 2)])).toBe('rejected');
    expect(await verdictOf([reply('-', 1), request('ACCEPT', 2), reply('REJECT', 2)])).toBe('reply-rejected');
  });

  it('is rejected where one of them saw both and another none that was accepted, without an answer', async () => {
    const rows = [request('ACCEPT', 1), request('REJECT', 1), request('REJECT', 2)];
    expect(await verdictOf(rows)).toBe('rejected');
    expect(await verdictOf([...rows].reverse())).toBe('rejected');
  });
});
