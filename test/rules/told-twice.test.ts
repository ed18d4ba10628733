/**
 * Two flow logs of one interface, one of them with longer intervals: when its records are copies, when that cannot be told, and
 * what is left. All records are of one connection, client 10.0.0.9 and server 10.0.0.5:443, unless a test says otherwise.
 */
import { describe, expect, it } from 'vitest';
import { rebuildText } from '../build.ts';

const HEADER =
  'version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags';

interface Parts {
  readonly eni?: string;
  readonly port?: number;
  readonly by?: 'client' | 'server';
  readonly action?: 'ACCEPT' | 'REJECT';
  readonly flags?: number | '-';
}

/** @param from seconds, as until is */
const line = (from: number, until: number, packets: number, bytes: number, parts: Parts = {}): string => {
  const { eni = 'eni-1', port = 40_000, by = 'client', action = 'ACCEPT', flags = 0 } = parts;
  const ends = by === 'client' ? `10.0.0.9 10.0.0.5 ${port} 443` : `10.0.0.5 10.0.0.9 443 ${port}`;
  return `3 ${eni} ${ends} 6 ${packets} ${bytes} ${1_760_000_000 + from} ${1_760_000_000 + until} ${action} ${flags}`;
};

/** Two minutes of 12 and 10 packets, and the 22 that a second flow log tells of both. */
const FINE = [line(5, 61, 12, 2210, { flags: 2 }), line(65, 121, 10, 9180, { flags: 1 })];
const COARSE = line(5, 121, 22, 11_390, { flags: 3 });

const rebuilt = async (lines: readonly string[], header = HEADER) => {
  const { connections, report } = await rebuildText(`${[header, ...lines].join('\n')}\n`);
  const [first] = connections;
  return {
    packets: connections.map(
      ({ initiator, responder }) => (initiator.packets ?? 0) + (responder.packets ?? 0),
    ),
    duplicates: report.placement.duplicates,
    records: first?.records,
    toldTwice: report.vantages.map(({ toldTwice }) => toldTwice),
    limits: report.limits.filter((limit) => limit.includes('may be doubled')),
    connections,
  };
};

describe('two flow logs of one interface with different intervals', () => {
  it.each<[order: string, lines: readonly string[]]>([
    ['the shorter intervals first', [...FINE, COARSE]],
    ['the longer ones first', [COARSE, ...FINE]],
    ['between them', [FINE[0] as string, COARSE, FINE[1] as string]],
  ])('tell the same packets once: %s', async (_, lines) => {
    const found = await rebuilt(lines);
    // 12 + 10 packets; the record of 22 is the copy.
    expect(found).toMatchObject({ packets: [22], duplicates: 1, records: 2, toldTwice: [true], limits: [] });
    // The shorter records bound the close better: the FIN is in the second.
    expect(found.connections[0]).toMatchObject({ openedBy: 1_760_000_061, closedAt: null });
  });

  it('tell a key of one record each once, too, where another key has shown what they are', async () => {
    const other = { port: 50_000 };
    const lines = [...FINE, COARSE, line(200, 250, 1, 52, other), line(200, 290, 1, 52, other)];
    expect(await rebuilt(lines)).toMatchObject({ packets: [22, 1], duplicates: 2 });
  });

  it('count once what is in the input twice besides', async () => {
    // Six lines, of which two records are left.
    expect(await rebuilt([...FINE, COARSE, ...FINE, COARSE])).toMatchObject({ packets: [22], duplicates: 4 });
  });

  it('leave what carries flags: the longer record where the shorter ones have none', async () => {
    const bare = [line(5, 61, 12, 2210, { flags: '-' }), line(65, 121, 10, 9180, { flags: '-' })];
    const found = await rebuilt([...bare, COARSE]);
    expect(found).toMatchObject({ packets: [22], duplicates: 2, records: 1 });
    expect(found.connections[0]?.initiator.flags).toBe(3);
  });

  it('do not repeat what only one of them tells', async () => {
    const alone = line(130, 300, 5, 400);
    expect(await rebuilt([...FINE, COARSE, alone])).toMatchObject({ packets: [27], duplicates: 1 });
  });
});

describe('what is no second flow log', () => {
  it.each<[what: string, lines: readonly string[], packets: number]>([
    // Two keepalives of 52 bytes, one within the time of the other, prove nothing.
    ['one record within another of equal counts', [line(0, 100, 1, 52), line(20, 50, 1, 52)], 2],
    [
      'records of which none is longer than a minute',
      [line(0, 60, 2, 104), line(0, 20, 1, 52), line(30, 60, 1, 52)],
      4,
    ],
    ['records of another direction', [line(5, 121, 22, 11_390, { by: 'server' }), ...FINE], 44],
    ['records of another action', [line(5, 121, 22, 11_390, { action: 'REJECT' }), ...FINE], 44],
    ['records of another interface', [...FINE, line(5, 121, 22, 11_390, { eni: 'eni-2' })], 22],
    ['records of no interface', [...FINE, COARSE].map((text) => text.replace('eni-1', '-')), 44],
  ])('%s', async (_, lines, packets) => {
    const found = await rebuilt(lines);
    expect(found.packets).toEqual([packets]);
    expect(found.duplicates).toBe(0);
    expect(found.toldTwice.every((told) => told === false)).toBe(true);
  });
});

describe('where it cannot be told', () => {
  const other = { port: 50_000 };
  it.each<[what: string, lines: readonly string[]]>([
    ['several records within another count something else', [...FINE, line(5, 121, 23, 11_442)]],
    [
      'another key of the interface contradicts',
      [...FINE, COARSE, line(0, 30, 1, 52, other), line(0, 100, 2, 104, other), line(200, 230, 1, 52, other)],
    ],
    ['a record crosses the longer one', [...FINE, COARSE, line(100, 160, 1, 52)]],
    ['records within it cross one another', [line(5, 61, 12, 2210), line(50, 121, 10, 9180), COARSE]],
  ])('nothing is left out, and that is said: %s', async (_, lines) => {
    const found = await rebuilt(lines);
    expect(found).toMatchObject({ duplicates: 0, toldTwice: [null] });
    expect(found.limits).toEqual([
      'At 1 interface records hold shorter ones and do not count what these count: two flow logs of different intervals may tell of the same packets, and counts may be doubled. Read one flow log by itself.',
    ]);
  });

  it('is not said where records lack times or counts', async () => {
    const header = HEADER.replace('bytes', 'account-id');
    expect(await rebuilt([...FINE, COARSE], header)).toMatchObject({ toldTwice: [false], limits: [] });
  });
});

describe('very many records of a key', () => {
  it('teach nothing where they cross one another and none holds another, in whatever order they come', async () => {
    // 70 records, each of 100 seconds and a second behind the other: more than 64 begin within the first.
    const crossing = Array.from({ length: 70 }, (_, i) => line(i, i + 100, 1, 52, { port: 50_000 }));
    for (const lines of [crossing, crossing.toReversed()])
      expect(await rebuilt([...FINE, COARSE, ...lines])).toMatchObject({ duplicates: 1, toldTwice: [true] });
  });

  it('contradict where one holds another among them: nothing is believed of what is as crowded', async () => {
    const crossing = Array.from({ length: 70 }, (_, i) => line(i, i + 100, 1, 52, { port: 50_000 }));
    const held = line(20, 30, 1, 52, { port: 50_000 });
    expect(await rebuilt([...FINE, COARSE, ...crossing, held])).toMatchObject({
      duplicates: 0,
      toldTwice: [null],
    });
  });
});
