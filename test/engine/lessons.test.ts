/** Lessons in the place of what records teach: what is asked, and what comes of it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shippedKernel } from '../../src/engine/kernel/engine-kernel.ts';
import { type Lessons, NO_LESSON, TAUGHT_BY } from '../../src/engine/observers/lessons.ts';
import { Rebuild } from '../../src/engine/rebuild.ts';
import type { EndKnowledge } from '../../src/meaning/initiator.ts';
import type { Connection } from '../../src/model/connection.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { Interner } from '../../src/record/interner.ts';
import { RecordReader } from '../../src/record/read-records.ts';

const HEADER =
  'interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags pkt-srcaddr pkt-dstaddr';

/** Both directions of a talk between two ends, each an address and a port that says nothing. */
const talk = (
  one: readonly [string, number],
  other: readonly [string, number],
  flags = 0,
  start = 1_760_000_000,
): string[] => {
  const line = ([from, source]: typeof one, [to, target]: typeof one, sent: number): string =>
    `eni-1 ${from} ${to} ${source} ${target} 6 5 400 ${start} ${start + 59} ACCEPT ${sent} ${from} ${to}`;
  return [line(one, other, flags), line(other, one, flags === 0 ? 0 : 18)];
};

const NOTHING: EndKnowledge = { answers: false, peers: 0 };

/** @param known by `address port protocol` */
const rebuild = (
  lines: readonly string[],
  known: Readonly<Record<string, EndKnowledge>> = {},
  vantages: Lessons['vantages'] = [],
  observedOnly = false,
  kernel = shippedKernel(),
): { readonly connections: Connection[]; readonly asked: string[] } => {
  const asked: string[] = [];
  const lessons: Lessons = {
    vantages,
    end: (address, port, protocol) => {
      const name = `${address} ${port} ${protocol}`;
      asked.push(name);
      return known[name] ?? NOTHING;
    },
  };
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const options = { scope: 'auto', observedOnly, lessons } as const;
  const run = new Rebuild(dictionaries, options, kernel);
  const nothing = (): void => {};
  const events = {
    onBatch: (batch: Parameters<Rebuild['add']>[0]) => run.add(batch),
    onRejection: nothing,
    onFormat: nothing,
    onHeader: nothing,
    onComment: nothing,
  };
  const reader = new RecordReader('text', dictionaries, events, undefined, null);
  reader.push(Buffer.from(`${[HEADER, ...lines].join('\n')}\n`));
  reader.end();
  return { connections: [...run.connections()], asked };
};

const LOW = ['10.0.0.5', 50_000] as const;
const HIGH = ['10.0.0.9', 50_001] as const;
// IPv6 addresses are filed as they come, and ordered by their bytes.
const LOW_V6 = ['2001:db8::5', 50_000] as const;
const HIGH_V6 = ['2001:db8::9', 50_001] as const;

describe('lessons of ends', () => {
  it.each([
    ['low, then high', LOW, HIGH],
    ['high, then low', HIGH, LOW],
    ['IPv6, low, then high', LOW_V6, HIGH_V6],
    ['IPv6, high, then low', HIGH_V6, LOW_V6],
  ])('tell who opened: %s', (_, one, other) => {
    for (const [service, client] of [
      [one, other],
      [other, one],
    ] as const) {
      const known = { [`${service.join(' ')} 6`]: { answers: true, peers: 0 } };
      const { connections, asked } = rebuild(talk(one, other), known);
      expect(connections).toMatchObject([
        { initiator: { address: client[0] }, initiatorBasis: 'service', initiatorConfidence: 0.98 },
      ]);
      expect(asked.toSorted()).toEqual([`${one.join(' ')} 6`, `${other.join(' ')} 6`].toSorted());
    }
  });

  it.each([
    [2, 0, 'none'],
    [3, 0, 'service'],
    [3, 1, 'service'],
    // Of two that meet several others either may have dialled.
    [6, 2, 'none'],
    // Others are counted to a thousand, whatever is told.
    [5000, 1, 'service'],
    [5000, 334, 'none'],
  ])('with %i peers against %i: %s', (peers, few, initiatorBasis) => {
    const known = {
      '10.0.0.5 50000 6': { answers: false, peers },
      '10.0.0.9 50001 6': { answers: false, peers: few },
    };
    expect(rebuild(talk(LOW, HIGH), known).connections).toMatchObject([
      { initiatorBasis, initiator: { address: initiatorBasis === 'none' ? LOW[0] : HIGH[0] } },
    ]);
  });

  it('are asked for once a key, of keys where nothing was observed', () => {
    const other = ['10.0.0.7', 50_003] as const;
    const { connections, asked } = rebuild([...talk(LOW, HIGH), ...talk(other, HIGH, 2)]);
    expect(connections.map(({ initiatorBasis }) => initiatorBasis).toSorted()).toEqual(['handshake', 'none']);
    expect(asked.toSorted()).toEqual(['10.0.0.5 50000 6', '10.0.0.9 50001 6']);
  });

  it('are not asked for where nothing is inferred', () => {
    const { connections, asked } = rebuild(talk(LOW, HIGH), {}, [], true);
    expect(connections).toMatchObject([{ initiatorBasis: 'none' }]);
    expect(asked).toEqual([]);
  });

  it('are the same where the memory is full', () => {
    // More records than one block has room for, minute by minute, and a key of which nothing tells who opened it.
    const many = Array.from({ length: 17_000 }, (_, i) =>
      talk([`10.1.${i >> 8}.${i & 255}`, 40_000], ['10.2.0.1', 443], 2, 1_760_000_060 + 60 * (i >> 8)),
    ).flat();
    const lines = [...many, ...talk(LOW, HIGH)];
    const known = { '10.0.0.9 50001 6': { answers: true, peers: 9 } };
    const small = shippedKernel();
    small?.memory.setWord('MOST_PAGES', 94);
    const { connections } = rebuild(lines, known, [], false, small);
    expect(connections).toHaveLength(17_001);
    expect(connections).toEqual(rebuild(lines, known).connections);
    expect(connections[0]).toMatchObject({ initiator: { address: LOW[0] }, initiatorBasis: 'service' });
  });

  it('stand in the place of what the records teach', () => {
    const lines = [...talk(LOW, HIGH), ...talk(['10.0.0.7', 50_003], LOW, 2)];
    const at = ({ initiator, responder }: Connection): boolean =>
      [initiator.port, responder.port].toSorted().join() === '50000,50001';
    expect(rebuild(lines).connections.find(at)).toMatchObject({ initiatorBasis: 'none' });
  });
});

describe('lessons of interfaces', () => {
  const seen = { ...NO_LESSON, records: 9, first: 1_750_000_000, last: 1_760_000_059, longest: 59 };

  it('tell its own address, which one talk leaves open, and so its role', () => {
    const taught: Lessons['vantages'] = [
      ['eni-1', { ...seen, own: { v4: [['10.0.0.9'], ['10.0.0.5', '10.0.0.8']], v6: [[]] } }],
    ];
    const roleBy = (vantages: Lessons['vantages']): string | undefined =>
      rebuild(talk(LOW, HIGH, 2), {}, vantages).connections[0]?.vantages[0]?.role;
    expect(roleBy([])).toBe('unknown');
    expect(roleBy(taught)).toBe('responder');
    // Also where its records would have told.
    const two = [...talk(LOW, HIGH, 2), ...talk(LOW, ['10.0.0.8', 50_009], 2)];
    const roles = rebuild(two, {}, taught).connections.map(({ vantages }) => vantages[0]?.role);
    expect(roles.toSorted()).toEqual(['responder', 'unknown']);
  });

  it('tell where AWS lost records of it', () => {
    const skipped = [[1_760_000_050, 1_760_000_100]] as const;
    const gapBy = (vantages: Lessons['vantages']): boolean | undefined =>
      rebuild(talk(LOW, HIGH, 2), {}, vantages).connections[0]?.hasGap;
    expect(gapBy([])).toBe(false);
    expect(gapBy([['eni-1', { ...seen, skipped }]])).toBe(true);
    expect(gapBy([['eni-2', { ...seen, skipped }]])).toBe(false);
  });

  it('tell its VPC: what two VPCs saw of private ends are two connections', () => {
    const lines = talk(LOW, HIGH, 2);
    const twice = [...lines, ...lines.map((line) => line.replace('eni-1', 'eni-2'))];
    const countBy = (one: string | null, other: string | null): number =>
      rebuild(twice, {}, [
        ['eni-1', { ...seen, vpcId: one }],
        ['eni-2', { ...seen, vpcId: other }],
      ]).connections.length;
    expect(countBy(null, null)).toBe(1);
    expect(countBy('vpc-7', 'vpc-7')).toBe(1);
    expect(countBy('vpc-7', 'vpc-8')).toBe(2);
  });
});

describe('the list of what is learned from the whole input', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/rules.md'), 'utf8');
  const list = page.slice(page.indexOf('## What is learned'), page.indexOf('## Many views'));

  it.each(Object.entries(TAUGHT_BY))(
    'says that %s is taught by %s, which is there and on the page',
    (_, file) => {
      expect(existsSync(join(import.meta.dirname, '../../src', `${file}.ts`))).toBe(true);
      const name = file.startsWith('rules/') ? `\`${file.slice('rules/'.length)}\`` : 'the caller';
      expect(list).toContain(name);
    },
  );
});
