/** What a report counts, keeps, packs, filters and says: everything of it that needs no browser. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { UNSEEN_IN_LINES } from '../../property-tests/fuzz/visible-text.ts';
import { buildFilter as buildLibraryFilter } from '../../src/cli/filters.ts';
import { type CommonFlags, filterOptions } from '../../src/cli/options.ts';
import type { Connection } from '../../src/model/connection.ts';
import { runThrough } from '../../src/model/in-steps.ts';
import { explainConnection } from '../../src/report/explain-connection.ts';
import {
  buildFilter,
  EMPTY_FILTER,
  type PageFilter,
  readMoment,
} from '../../src/report/filter-connections.ts';
import { TellingConnections } from '../../src/report/keep-telling.ts';
import { loadPage } from '../../src/report/load-page.ts';
import { networkOf } from '../../src/report/network-of.ts';
import { ConnectionColumns, unpackConnections } from '../../src/report/pack-connections.ts';
import { embedJson } from '../../src/report/render-page.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { ConnectionTally } from '../../src/report/tally-connections.ts';
import { anyConnection } from '../export/arbitrary-connection.ts';
import { connection } from '../export/connection.ts';
import { numberedConnections } from './many-connections.ts';

const sentencesOf = (given: Connection): string =>
  explainConnection(given)
    .flatMap(({ sentences }) => sentences)
    .join('\n');

describe('packed connections', () => {
  it('come out as they went in, whatever they hold, in the order that is asked for', () => {
    fc.assert(
      fc.property(fc.array(anyConnection, { maxLength: 8 }), (connections) => {
        const columns = new ConnectionColumns();
        for (const each of connections) columns.push(each);
        const backwards = Uint32Array.from(connections, (_, i) => connections.length - 1 - i);
        for (const [rows, expected] of [
          [backwards.toReversed(), connections],
          [backwards, connections.toReversed()],
        ] as const) {
          // As embedded: through JSON that is safe in HTML.
          const packed = JSON.parse([...embedJson(runThrough(columns.pack(rows)))].join(''));
          expect(unpackConnections(packed)).toEqual(expected);
        }
      }),
    );
  });
});

describe('embedded data', () => {
  it('cannot end its element, and is the same data', () => {
    const text = [...embedJson({ text: '</script><!--<script>' })].join('');
    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toEqual({ text: '</script><!--<script>' });
  });
});

describe('the page filter', () => {
  const connections = numberedConnections(2_000);
  const cases: readonly (readonly [string, Partial<PageFilter>, CommonFlags])[] = [
    ['an address', { address: '10.0.1.7' }, { address: ['10.0.1.7'] }],
    ['a range with host bits', { address: '192.168.1.9/29' }, { address: ['192.168.1.9/29'] }],
    ['two ranges', { address: '10.0.1.0/30, 192.168.1.3' }, { address: ['10.0.1.0/30', '192.168.1.3'] }],
    [
      'an opener, both where both opened',
      { initiatedBy: '192.168.1.0/24' },
      { initiatedBy: ['192.168.1.0/24'] },
    ],
    ['ports', { port: '443 22' }, { port: ['443', '22'] }],
    ['states', { states: ['reset', 'closed'] }, { state: ['reset,closed'] }],
    [
      'a time',
      { since: '2023-11-14 22:20', until: '1700002000' },
      { since: '2023-11-14 22:20', until: '1700002000' },
    ],
    [
      'all of it',
      { address: '10.0.0.0/16', port: '80', since: '1700000100' },
      { address: ['10.0.0.0/16'], port: ['80'], since: '1700000100' },
    ],
  ];
  it.each(cases)('keeps what the command line keeps: %s', (_, fields, flags) => {
    const ours = connections.filter(buildFilter({ ...EMPTY_FILTER, ...fields }).keep);
    const library = connections.filter(buildLibraryFilter(filterOptions(flags)));
    expect(ours.map(({ uid }) => uid)).toEqual(library.map(({ uid }) => uid));
    expect(ours.length).toBeGreaterThan(0);
    expect(ours.length).toBeLessThan(connections.length);
  });

  it('says which field it cannot read, and leaves nothing out by it', () => {
    const { problems, filters } = buildFilter({
      ...EMPTY_FILTER,
      address: '10.0.0.300',
      port: '70000',
      since: 'soon',
    });
    expect(Object.keys(problems).sort()).toEqual(['address', 'port', 'since']);
    expect(filters).toBe(false);
  });

  it('takes no day that the calendar does not have', () => {
    expect(readMoment('2023-02-30')).toBeUndefined();
    expect(readMoment('2023-02-28')).toBe(Date.UTC(2023, 1, 28) / 1000);
  });
});

describe('networks', () => {
  it('are /24 for IPv4 and /64 for IPv6', () => {
    expect(networkOf('10.1.2.3')).toBe('10.1.2.0/24');
    expect(networkOf('2001:db8:0:1:2:3:4:5')).toBe('2001:db8:0:1::/64');
    expect(networkOf('x')).toBe('x');
  });
});

describe('the connections that a page keeps', () => {
  const keptOf = (telling: TellingConnections): { uids: string[]; leftOut: number } => {
    const taken: Connection[] = [];
    const { byOpening, leftOut } = runThrough(telling.handOver((each) => taken.push(each)));
    return { uids: Array.from(byOpening, (i) => (taken[i] as Connection).uid), leftOut };
  };
  const keep = (connections: readonly Connection[], most: number): string[] => {
    const telling = new TellingConnections(most);
    for (const each of connections) telling.add(each);
    return keptOf(telling).uids;
  };
  const plain = { initiator: { bytes: 10 }, responder: { bytes: 10 }, durationMin: 1, durationMax: 2 };

  it('are all of them while they fit', () => {
    expect(keep(numberedConnections(50), 50)).toHaveLength(50);
  });

  it('are the longest, the largest and one in doubt before any ordinary one', () => {
    const ordinary = Array.from({ length: 20 }, (_, i) => connection({ ...plain, uid: `C${i}` }));
    const told = [
      connection({ ...plain, uid: 'long', durationMax: 9_000 }),
      connection({ ...plain, uid: 'large', initiator: { bytes: 1e9 } }),
      connection({ ...plain, uid: 'refused', state: 'refused' }),
    ];
    expect(keep([...ordinary, ...told], 3).sort()).toEqual(['large', 'long', 'refused']);
  });

  it('are the same in whatever order they come', () => {
    const connections = numberedConnections(300);
    expect(keep([...connections].reverse(), 40)).toEqual(keep(connections, 40));
  });

  it('are as many as asked for, and the rest is counted', () => {
    const telling = new TellingConnections(40);
    for (const each of numberedConnections(300)) telling.add(each);
    const { uids, leftOut } = keptOf(telling);
    expect(uids).toHaveLength(40);
    expect(leftOut).toBe(260);
  });
});

describe('the numbers', () => {
  const count = (connections: readonly Connection[]) => {
    const tally = new ConnectionTally();
    for (const each of connections) tally.add(each);
    return tally.numbers(25, 16);
  };

  it('count each connection once: as a state, as evidence, as a duration and as a pair', () => {
    const numbers = count(numberedConnections(1_000));
    const sum = (counts: Iterable<number>): number => [...counts].reduce((a, b) => a + b, 0);
    expect(numbers.connections + numbers.exchanges).toBe(1_000);
    expect(sum(Object.values(numbers.states))).toBe(1_000);
    expect(sum(Object.values(numbers.evidence))).toBe(1_000);
    expect(sum([...numbers.durations.within, ...numbers.durations['at least']]) + numbers.timeless).toBe(
      1_000,
    );
    expect(
      sum(numbers.openers.map((each) => each.count)) + numbers.otherOpeners + numbers.unknownOpeners,
    ).toBe(1_000);
  });

  it('tell apart what was opened, what failed, and late packets, which are no failure', () => {
    const ends = (port: number) => ({ responder: { port } });
    const late = { state: 'midstream', verdict: 'late', openedAt: null } as const;
    const { upshots, openers } = count([
      ...[connection(ends(1)), connection({ ...ends(1), state: 'attempted' })],
      ...[connection({ ...ends(1), state: null, protocol: 'udp', verdict: 'rejected' })],
      connection({ ...ends(2), ...late }),
    ]);
    expect(upshots).toMatchObject({ opened: 1, unanswered: 1, refused: 0, blocked: 1, late: 1 });
    expect(openers.map(({ port, count: all, failed }) => [port, all, failed])).toEqual([
      [1, 3, 2],
      [2, 1, 0],
    ]);
  });

  it('put a connection without an upper bound among those that lasted at least so long', () => {
    const { durations } = count([connection({ durationMin: 100, durationMax: null })]);
    expect(durations['at least']).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
    expect(durations.within).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('the explanation', () => {
  it('says who opened it, that it was seen, how it ended and between which bounds', () => {
    const text = sentencesOf(connection({ durationMin: 178, durationMax: 298 }));
    expect(text).toContain('52.213.180.42:43418 opened it to 10.0.0.62:5001.');
    expect(text).toContain('Observed in the records: SYN and SYN-ACK.');
    expect(text).toContain('closed: answered, FIN from both sides.');
    expect(text).toContain('It lasted 178 to 298 s.');
  });

  it('calls an inferred opener inferred, with its confidence', () => {
    const text = sentencesOf(connection({ initiatorBasis: 'port', initiatorConfidence: 0.93 }));
    expect(text).toContain('Inferred, not observed: port numbers.');
    expect(text).toContain('93 %');
  });

  it('claims no bound that the records do not give', () => {
    expect(sentencesOf(connection({ durationMin: null, durationMax: null }))).toContain(
      'It lasted for an unknown time.',
    );
  });

  it('holds no character that moves a cursor or turns the reading direction', () => {
    fc.assert(
      fc.property(anyConnection, (given) => {
        expect(sentencesOf(given)).not.toMatch(UNSEEN_IN_LINES);
      }),
    );
  });
});

describe('renderReport', () => {
  beforeAll(() => loadPage());

  it('gives one page that allows its own script and style and nothing else', async () => {
    const html = await renderReport([connection()]);
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toMatch(/default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });

  it('gives the same page for the same connections in any order', async () => {
    const connections = numberedConnections(200);
    expect(await renderReport([...connections].reverse())).toBe(await renderReport(connections));
  });

  it('carries the licences of what is bundled', async () => {
    expect(await loadPage()).toMatch(/^\/\*! [\s\S]*@observablehq\/plot[\s\S]*ISC/i);
  });

  it('refuses a top that is no number of connections', async () => {
    await expect(renderReport([], { top: 0 })).rejects.toThrow(
      'top is 0; expected a whole number of 1 or more.',
    );
    await expect(renderReport([], { top: 250_001 })).rejects.toThrow(
      /top is 250001; expected at most 250000: .*no browser.*export all as CSV/,
    );
  });
});
