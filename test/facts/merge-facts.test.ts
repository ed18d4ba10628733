import { describe, expect, it } from 'vitest';
import type { EndFacts, RunFacts } from '../../src/facts/facts.ts';
import { LEARNED_FROM } from '../../src/model/report.ts';
import { factsText, linesOf, merged, NO_RUN } from './facts-files.ts';

const end = (address: string, port: number, rest: Partial<EndFacts> = {}): EndFacts => ({
  address,
  port,
  protocol: 6,
  answers: false,
  peers: 0,
  asked: false,
  ...rest,
});

const linesWith = (text: string, beginning: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(beginning));

const ends = (text: string): string[] => linesWith(text, '{"end":');

describe('ends of several files', () => {
  it('add up their peers, and answer where they do in one of them', async () => {
    const one = await factsText({ ends: [end('10.0.0.1', 443, { peers: 2 })] });
    const other = await factsText({ ends: [end('10.0.0.1', 443, { answers: true, peers: 1, asked: true })] });
    expect(ends(await merged([one, other]))).toEqual([
      '{"end":"10.0.0.1","port":443,"protocol":6,"answers":true,"peers":3,"asked":true}',
    ]);
  });

  it('come in the order of their numbers, IPv4 first', async () => {
    const one = await factsText({
      ends: [
        end('9.0.0.1', 1, { peers: 2 }),
        end('10.0.0.1', 80, { peers: 2 }),
        end('2001:db8::a', 1, { peers: 2 }),
      ],
    });
    const other = await factsText({
      ends: [
        end('10.0.0.1', 9, { peers: 2 }),
        end('192.0.2.1', 1, { peers: 2 }),
        end('2001:db8::9', 1, { peers: 2 }),
      ],
    });
    // 9 stands before 10 as a number, and port 9 before port 80; as text neither would.
    expect(ends(await merged([one, other])).map((line) => line.split('"')[3])).toEqual([
      '9.0.0.1',
      '10.0.0.1',
      '10.0.0.1',
      '192.0.2.1',
      '2001:db8::9',
      '2001:db8::a',
    ]);
    expect(ends(await merged([one, other]))[1]).toContain('"port":9,');
  });

  it('are left out only when all of them together teach nothing', async () => {
    const one = await factsText({
      ends: [end('10.0.0.1', 1, { peers: 1 }), end('10.0.0.2', 2, { peers: 1 })],
    });
    const other = await factsText({ ends: [end('10.0.0.2', 2, { peers: 1 }), end('10.0.0.3', 3)] });
    expect(ends(await merged([one, other]))).toEqual([
      '{"end":"10.0.0.2","port":2,"protocol":6,"answers":false,"peers":2,"asked":false}',
    ]);
    expect(ends(await merged([one, other], { allEnds: true }))).toHaveLength(3);
  });

  it('cannot be added to where some were left out', async () => {
    const trimmed = await merged([await factsText({})]);
    await expect(merged([trimmed, await factsText({})])).rejects.toThrow(
      'facts-1.jsonl leaves out ends that teach nothing by themselves',
    );
  });

  it('may be spelt as any JSON', async () => {
    const spelt = (
      await factsText({ ends: [end('10.0.0.1', 443, { peers: 2 }), end('2001:db8::1', 1, { peers: 5 })] })
    )
      .replaceAll(':', ': ')
      .replaceAll(',', ', ')
      .replaceAll('2001: db8: : 1', '2001:0DB8:0::1');
    expect(ends(await merged([spelt]))).toEqual([
      '{"end":"10.0.0.1","port":443,"protocol":6,"answers":false,"peers":2,"asked":false}',
      '{"end":"2001:db8::1","port":1,"protocol":6,"answers":false,"peers":5,"asked":false}',
    ]);
  });
});

describe('what records teach', () => {
  it('is taken from split alone where split has read them, since the others read them again', async () => {
    const split = await factsText({
      header: { from: 'split', recordsFrom: 'split', settings: null, ends: 'none' },
      run: { flows: 10, nodata: 3 },
      vantages: [['eni-1', { records: 10, first: 5 }, null]],
    });
    const learnt = (flows: number): Promise<string> =>
      factsText({
        run: { flows },
        keys: flows,
        vantages: [
          [
            'eni-1',
            { records: flows, first: 7 },
            { bothWays: 1, halves: 2, toldTwice: { sums: 1, contradictions: 2, nests: 3 } },
          ],
        ],
      });
    const all = await merged([await learnt(4), split, await learnt(6)]);
    const run = JSON.parse(all.split('\n')[1] as string).run;
    expect([run.flows, run.nodata]).toEqual([10, 3]);
    expect(JSON.parse(all.split('\n')[2] as string)).toEqual({ keys: { flows: 10 } });
    const [records, keys] = linesWith(all, '{"vantage"').map((line) => JSON.parse(line));
    expect([records.records, records.first]).toEqual([10, 5]);
    expect([keys.both_ways, keys.halves, keys.told_twice]).toEqual([
      2,
      4,
      { sums: 2, contradictions: 4, nests: 6 },
    ]);
  });

  it('is the smallest sets of addresses of which all records show one', async () => {
    // Records that show a or b, then records that show b or c: b alone, or a with c.
    const one = await factsText({
      vantages: [['eni-1', { own: { v4: [['10.0.0.1'], ['10.0.0.2']], v6: [[]] } }, null]],
    });
    const other = await factsText({
      vantages: [['eni-1', { own: { v4: [['10.0.0.2'], ['10.0.0.3']], v6: [['::1']] } }, null]],
    });
    const [line = ''] = linesWith(await merged([one, other]), '{"vantage"');
    expect(JSON.parse(line).own).toEqual({ v4: [['10.0.0.2'], ['10.0.0.1', '10.0.0.3']], v6: [['::1']] });
  });

  it('keeps every rejection, in the order of sources and their lines', async () => {
    const rejection = (source: string, lineNumber: number) =>
      ({ source, lineNumber, field: null, reason: 'bad-number', text: 'x' }) as const;
    const one = await factsText({
      rejections: [rejection('a', 9), rejection('c', 1)],
      run: { rejections: new Map([['bad-number', 2]]) },
    });
    const other = await factsText({
      rejections: [rejection('a', 10), rejection('b', 2)],
      run: { rejections: new Map([['bad-number', 2]]) },
    });
    const all = await merged([other, one]);
    expect(
      linesWith(all, '{"rejection"')
        .map((line) => JSON.parse(line).rejection)
        .map(({ source, line }) => `${source}${line}`),
    ).toEqual(['a9', 'a10', 'b2', 'c1']);
    expect(JSON.parse(all.split('\n')[1] as string).run.rejections).toEqual({ 'bad-number': 4 });
  });
});

describe('what is known of the input', () => {
  it.each(LEARNED_FROM)('keeps a format that was learned from %s', async (learnedFrom) => {
    const format = {
      fields: ['srcaddr'],
      learnedFrom,
      unknownFields: [],
      records: 3,
      sources: 1,
      firstSource: 'a',
      place: 0,
    };
    const text = await merged([await factsText({ run: { formats: [format] } })]);
    expect(JSON.parse(linesWith(text, '{"run":')[0] as string)).toMatchObject({
      run: { formats: [{ learned_from: learnedFrom, records: 3 }] },
    });
  });
});

describe('facts that do not belong together', () => {
  it('are refused with both files and what each was learned for', async () => {
    const one = await factsText({});
    const other = await factsText({ header: { settings: { scope: 'vpc', idleSeconds: 600 } } });
    await expect(merged([one, other])).rejects.toThrow(
      'facts-1.jsonl was learned with scope auto and the usual idle limits, facts-2.jsonl with scope vpc and an idle limit of 600 seconds',
    );
  });

  it('agree with those that settle nothing', async () => {
    const split = await factsText({
      header: { from: 'split', recordsFrom: 'split', settings: null, ends: 'none' },
    });
    const other = await factsText({ header: { settings: { scope: 'vpc', idleSeconds: 600 } } });
    expect(JSON.parse((await merged([split, other])).split('\n')[0] as string)).toMatchObject({
      scope: 'vpc',
      idle_seconds: 600,
    });
  });
});

describe('a file that is not whole', () => {
  it.each([1, 7, 1 << 20])('is known wherever it is broken off, read %i bytes at a time', async (size) => {
    const text = await factsText({ vantages: [['eni-1', {}, null]], ends: [end('10.0.0.1', 1)] });
    expect(await merged([text], { size, allEnds: true })).toContain('"end_of_facts":true,"lines":5');
    const cuts = size < 100 ? [text.length - 2] : Array.from({ length: text.length - 1 }, (_, at) => at);
    for (const at of cuts)
      await expect(merged([text.slice(0, at)], { size })).rejects.toThrow(/holds no facts|is broken off/);
  });

  it('is known by a line that is missing, or one too many', async () => {
    const lines = (await factsText({ ends: [end('10.0.0.1', 1), end('10.0.0.2', 1)] })).split('\n');
    await expect(merged([lines.toSpliced(3, 1).join('\n')])).rejects.toThrow(
      'there are 4 lines before its last one, which tells of 5',
    );
    await expect(merged([`${lines.join('\n')}{}\n`])).rejects.toThrow('there is more behind its last line');
  });

  it('is no file of facts where another text stands', async () => {
    await expect(merged(['version account-id\n'])).rejects.toThrow('holds no facts');
    const later = (await factsText({})).replace('"version":1', '"version":2');
    await expect(merged([later])).rejects.toThrow('are of version 2, and this conntrail reads version 1');
  });

  it('is damaged where an end stands before the one in front of it', async () => {
    const text = await factsText({ ends: [end('10.0.0.2', 1), end('10.0.0.1', 1)] });
    await expect(merged([text])).rejects.toThrow('line 5: its end does not come behind the one before it');
  });

  it('names the part that is wrong', async () => {
    const text = await factsText({ vantages: [['eni-1', {}, null]] });
    await expect(merged([text.replace('"records":0,', '"records":-1,')])).rejects.toThrow(
      'line 4: records is -1',
    );
    await expect(merged([text.replace('"nodata":0', '"nodata":"x"')])).rejects.toThrow('run.nodata is "x"');
  });
});

it('a run that is written and read is the same', async () => {
  const { readHead } = await import('../../src/facts/read-head.ts');
  const run: RunFacts = {
    ...NO_RUN,
    flows: 3,
    first: 5,
    containers: [{ containers: ['csv-fields'], sources: 1, firstSource: 'a' }],
    formats: [
      {
        fields: ['version', 'x'],
        learnedFrom: 'header',
        unknownFields: ['x'],
        records: 3,
        sources: 1,
        firstSource: 'a',
        place: 1,
      },
    ],
    legs: [
      {
        vantage: null,
        instanceId: 'i-1',
        srcAddr: '::1',
        dstAddr: '::2',
        pktSrcAddr: null,
        pktDstAddr: '::3',
        records: 2,
      },
    ],
    rejections: new Map([['bad-number', 2]]),
  };
  const head = await readHead(linesOf(await factsText({ run })));
  expect(head.run).toEqual(run);
});
