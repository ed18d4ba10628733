/** What each vantage covers, from lines of the log; times are seconds from T0 unless a test says otherwise. */
import { describe, expect, it } from 'vitest';
import type { VantageRole } from '../../src/model/connection.ts';
import type { RunReport } from '../../src/model/report.ts';
import { connectionsOf, rebuild, rebuildText, record, silence, T0 } from '../build.ts';

const ENI = 'eni-server';

const reportOf = async (lines: readonly string[]): Promise<RunReport['vantages']> =>
  (await rebuild(lines)).report.vantages;

const reportOfText = async (header: string, lines: readonly string[]): Promise<RunReport['vantages']> =>
  (await rebuildText(`${[header, ...lines].join('\n')}\n`)).report.vantages;

describe('what a vantage covers', () => {
  it('is from its first start to its last end, with its longest interval, whatever the order of lines', async () => {
    const lines = [
      record({ start: 60, end: 119 }),
      silence('NODATA', { start: 120, end: 179 }),
      record({ start: 0, end: 600 }),
      record({ start: 200, end: 230 }),
    ];
    for (const order of [lines, [...lines].reverse()])
      expect(await reportOf(order)).toEqual([
        {
          vantage: ENI,
          vpcId: 'vpc-1',
          records: 3,
          nodata: 1,
          skipped: [],
          first: T0,
          last: T0 + 600,
          longestInterval: 600,
          // The longest holds the two others, and does not count what they count.
          toldTwice: null,
          rewrites: false,
        },
      ]);
  });

  it('is not known by times that are missing', async () => {
    const header = 'interface-id srcaddr dstaddr srcport dstport protocol start end';
    const covered = async (...times: string[]): Promise<unknown> =>
      (
        await reportOfText(
          header,
          times.map((time) => `${ENI} 10.0.0.9 10.0.0.5 40000 443 6 ${time}`),
        )
      ).map(({ first, last, longestInterval }) => [first, last, longestInterval]);
    expect(await covered('- -')).toEqual([[null, null, null]]);
    expect(await covered('100 -')).toEqual([[100, null, null]]);
    expect(await covered('- 100')).toEqual([[null, 100, null]]);
    // Of one second at the beginning of time: zero is a time, and an interval.
    expect(await covered('0 0')).toEqual([[0, 0, 0]]);
    expect(await covered('100 130', '- 500', '90 -')).toEqual([[90, 500, 30]]);
  });

  it('is told of each vantage, by name, one without a name first', async () => {
    const named = ['Gate-2', 'Gate-1', 'eni-9', 'eni-10'].map((eni) => record({ eni }));
    for (const order of [named, [...named].reverse()]) {
      const names = (await reportOf([...order, record({ eni: '-' })])).map(({ vantage }) => vantage);
      // As text: upper case before lower, 1 before 9.
      expect(names).toEqual([null, 'Gate-1', 'Gate-2', 'eni-10', 'eni-9']);
    }
  });

  it('is in one VPC: the first by name where a log says two, and none where it says none', async () => {
    const lines = [record({ vpc: 'vpc-2' }), record({ vpc: 'vpc-1' }), record({ vpc: '-' })];
    for (const order of [lines, [...lines].reverse()])
      expect(await reportOf([...order, record({ eni: 'eni-x', vpc: '-' })])).toMatchObject([
        { vantage: ENI, vpcId: 'vpc-1' },
        { vantage: 'eni-x', vpcId: null },
      ]);
  });
});

describe('what was lost', () => {
  const lost = (start: number | '-', end: number | '-'): string =>
    silence('SKIPDATA').replace(`${T0} ${T0 + 59}`, `${start} ${end}`);
  /** A record of such times, both of them unknown when left out. */
  const seen = (from?: number, to?: number): string =>
    record().replace(`${T0} ${T0 + 59}`, from === undefined ? '- -' : `${from} ${to}`);

  /** Whether what was lost touches a connection. */
  const touches = async (
    lines: readonly string[],
    from?: number,
    to?: number,
  ): Promise<boolean | undefined> => (await connectionsOf([...lines, seen(from, to)]))[0]?.hasGap;

  it('is nothing until AWS says so', async () => {
    expect(await touches([])).toBe(false);
    expect(await touches([silence('NODATA')])).toBe(false);
  });

  it('is lost at one vantage', async () => {
    const lines = [silence('SKIPDATA'), record({ eni: 'eni-other', clientPort: 40_001 })];
    const found = await connectionsOf([...lines, seen()]);
    expect(found.map(({ initiator, hasGap }) => [initiator.port, hasGap])).toEqual([
      [40_000, true],
      [40_001, false],
    ]);
  });

  it('touches what lies in its interval, the seconds at both ends included', async () => {
    const lines = [lost(100, 200), lost(400, 500)];
    expect(await touches(lines, 0, 99)).toBe(false);
    expect(await touches(lines, 0, 100)).toBe(true);
    expect(await touches(lines, 200, 300)).toBe(true);
    expect(await touches(lines, 201, 399)).toBe(false);
    expect(await touches(lines, 450, 460)).toBe(true);
    expect(await touches(lines, 501, 600)).toBe(false);
    // What has no times may have been at any.
    expect(await touches(lines)).toBe(true);
  });

  it('touches whichever of many intervals it lies in, one within another too', async () => {
    const lines = [lost(300, 310), lost(100, 500), lost(200, 210), lost(700, 710)];
    for (const order of [lines, [...lines].reverse()]) {
      // Behind the ends of the two that begin later, before the end of the first.
      expect(await touches(order, 400, 410)).toBe(true);
      expect(await touches(order, 501, 699)).toBe(false);
      expect(await touches(order, 501, 700)).toBe(true);
      expect(await touches(order, 0, 99)).toBe(false);
    }
  });

  it('is found at each of many vantages that lost something', async () => {
    const enis = Array.from({ length: 40 }, (_, n) => `eni-${n}`);
    const lines = enis.flatMap((eni, n) => [
      silence('SKIPDATA', { eni, start: 60 * n, end: 60 * n + 59 }),
      ...[n - 1, n, n + 1].map((window) =>
        record({ eni, start: 60 * window, end: 60 * window + 59, clientPort: 1024 + 100 * n + window }),
      ),
    ]);
    const touched = (await connectionsOf(lines)).filter(({ hasGap }) => hasGap);
    expect(
      touched.map(({ initiator, responder }) => Math.max(initiator.port ?? 0, responder.port ?? 0)).sort(),
    ).toEqual(enis.map((_, n) => 1024 + 101 * n).sort());
  });

  it('touches all before or after where the log does not say when it began or ended', async () => {
    expect(await touches([lost('-', 200)], 0, 10)).toBe(true);
    expect(await touches([lost('-', 200)], 201, 210)).toBe(false);
    expect(await touches([lost(100, '-')], 300, 310)).toBe(true);
    expect(await touches([lost(100, '-')], 0, 99)).toBe(false);
    expect(await touches([lost('-', '-')], 0, 10)).toBe(true);
  });

  it('is told in time order, unknown times first', async () => {
    const lines = [
      ...[lost(400, 500), lost(0, 9), lost(100, '-'), lost('-', 0), lost('-', 7), lost('-', '-')],
      lost(100, 150),
    ];
    const inOrder = [
      [null, null],
      [null, 0],
      [null, 7],
      [0, 9],
      [100, null],
      [100, 150],
      [400, 500],
    ];
    for (const order of [lines, [...lines].reverse(), [...lines.slice(3), ...lines.slice(0, 3)]])
      expect(await reportOf(order)).toMatchObject([{ records: 0, skipped: inOrder }]);
  });
});

describe("an interface's own addresses", () => {
  /** At which end of the talk of 10.0.0.9:40000 with 10.0.0.5:443 it stands: that whose address is its own. */
  const roleIn = async (lines: readonly string[]): Promise<VantageRole | undefined> => {
    const found = (await connectionsOf(lines)).find(
      ({ initiator, responder }) => initiator.address === '10.0.0.9' && responder.address === '10.0.0.5',
    );
    return found?.vantages[0]?.role;
  };
  const other = record({ client: '10.0.0.77' });
  const elsewhere = record({ client: '10.0.0.78', server: '10.0.0.79' });

  it('are the one in all its records, in either direction; two may be', async () => {
    expect(await roleIn([record()])).toBe('unknown');
    expect(await roleIn([record(), other])).toBe('responder');
    expect(await roleIn([record({ by: 'server' }), other])).toBe('responder');
    expect(await roleIn([record(), record({ by: 'server', client: '10.0.0.77' })])).toBe('responder');
    expect(await roleIn([record(), record({ server: '10.0.0.6' })])).toBe('initiator');
    // Silence shows no address, and so takes none away.
    expect(await roleIn([record(), silence('NODATA'), other, silence('SKIPDATA', { start: 600 })])).toBe(
      'responder',
    );
  });

  it('are several where no single one is in all its records: the fewest that explain them all', async () => {
    // 10.0.0.5 and one of 10.0.0.78 and 10.0.0.79: two addresses, whichever it is.
    expect(await roleIn([record(), other, elsewhere])).toBe('responder');
    expect(await roleIn([elsewhere, other, record()])).toBe('responder');
    // Each server address with clients of its own: 10.0.0.5 and 10.0.0.6 are two, their clients four.
    const second = ['10.0.0.77', '10.0.0.76'].map((client) => record({ client, server: '10.0.0.6' }));
    expect(await roleIn([record(), other, ...second])).toBe('responder');
    // 77-5-9-6: either the servers or the clients are two, and nothing says which.
    expect(await roleIn([record(), other, record({ server: '10.0.0.6' })])).toBe('unknown');
    // A third client of 10.0.0.5 says it: else the interface had three addresses, not two.
    const third = record({ client: '10.0.0.75' });
    expect(await roleIn([record(), other, record({ server: '10.0.0.6' }), third])).toBe('responder');
  });

  it('are three of a family at most: of an interface with more nothing is known', async () => {
    const clients = (server: string): string[] =>
      ['1', '2', '3', '4', '5'].map((n) => record({ client: `10.0.1.${n}`, server }));
    const servers = ['10.0.0.6', '10.0.0.7', '10.0.0.8'];
    const own = [record(), ...clients('10.0.0.5')];
    expect(await roleIn([...own, ...servers.slice(0, 2).flatMap(clients)])).toBe('responder');
    expect(await roleIn([...own, ...servers.flatMap(clients)])).toBe('unknown');
    expect(await roleIn([...servers.flatMap(clients), ...own])).toBe('unknown');
  });

  it('of one family are not taken away by records of the other, however many addresses these show', async () => {
    const v6 = (n: number): string => record({ client: `2001:db8::1:${n}`, server: `2001:db8::${n}` });
    const many = [1, 2, 3, 4, 5, 6].map(v6);
    for (const others of [many.slice(0, 1), many]) {
      expect(await roleIn([record(), other, ...others])).toBe('responder');
      expect(await roleIn([...others, record(), other])).toBe('responder');
    }
  });

  it('are on the side of the interface where a record says which that is', async () => {
    const header = 'interface-id srcaddr dstaddr srcport dstport protocol flow-direction';
    const roleWith = async (more: string): Promise<VantageRole | undefined> => {
      const lines = [`${ENI} 10.0.0.9 10.0.0.5 40000 443 6 -`, `${ENI} ${more}`];
      const { connections } = await rebuildText(`${[header, ...lines].join('\n')}\n`);
      return connections.find(({ initiator }) => initiator.port === 40_000)?.vantages[0]?.role;
    };
    expect(await roleWith('10.0.0.5 10.0.0.8 80 40001 6 -')).toBe('responder');
    // Without the direction the two would have had nothing in common but both of their addresses.
    expect(await roleWith('10.0.0.9 10.0.0.5 40001 80 6 -')).toBe('unknown');
    expect(await roleWith('10.0.0.9 10.0.0.5 40001 80 6 ingress')).toBe('responder');
    expect(await roleWith('10.0.0.9 10.0.0.5 40001 80 6 egress')).toBe('initiator');
  });

  it('is that of an interface that talks to itself', async () => {
    expect(await roleIn([record(), record({ client: '10.0.0.5' })])).toBe('responder');
  });

  it('may be of IPv6', async () => {
    const [client, server] = ['2001:db8::9', '2001:db8::5'];
    const found = await connectionsOf([
      record({ client, server }),
      record({ client: '2001:db8::8', server }),
    ]);
    expect(found.map(({ vantages }) => vantages[0]?.role)).toEqual(['responder', 'responder']);
  });

  it('is not known where the format has only addresses of packets', async () => {
    const header = 'interface-id pkt-srcaddr pkt-dstaddr srcport dstport protocol';
    const lines = ['10.0.0.9', '10.0.0.77'].map((client) => `${ENI} ${client} 10.0.0.5 40000 443 6`);
    const { connections, report } = await rebuildText(`${[header, ...lines].join('\n')}\n`);
    expect(connections.map(({ vantages }) => vantages[0]?.role)).toEqual(['unknown', 'unknown']);
    expect(report.vantages).toMatchObject([{ rewrites: false }]);
  });
});

describe('a vantage that stands in for other addresses', () => {
  it.each([
    ['neither', {}, false],
    ['the source', { srcaddr: '10.0.0.1' }, true],
    ['the destination', { dstaddr: '10.0.0.1' }, true],
  ] as const)('is one where it shows %s', async (_, parts, rewrites) => {
    const v6 = Object.fromEntries(Object.keys(parts).map((name) => [name, '2001:db8::1']));
    for (const line of [record(parts), record({ client: '2001:db8::9', server: '2001:db8::5', ...v6 })])
      expect(await reportOf([line])).toMatchObject([{ rewrites }]);
  });
});
