/**
 * The kernel's rules one by one, by examples that are near them: what is expected is worked out by hand, and the rules must
 * say so compiled and run by Node. Laws on any input (property-tests/laws) meet most of these cases only now and then.
 */
import { describe, expect, it } from 'vitest';
import { both, HEADER, KERNEL, line } from './both-ways.ts';
import { kernelLines, spilledLines } from './rebuild-lines.ts';

const at = (from: number, until: number): string => `${1_760_000_000 + from} ${1_760_000_000 + until}`;

/** The same records in different orders of arrival: as they are, from behind, and begun in the middle. */
const arrivals = (lines: readonly string[]): string[][] => {
  const middle = Math.floor(lines.length / 2);
  return [[...lines], [...lines].reverse(), [...lines.slice(middle), ...lines.slice(0, middle)]];
};

describe('the order of keys of one second', () => {
  /** Ends and ports of rows, as they come out. */
  const orderOf = (lines: readonly string[]): string[] =>
    both(lines).rows.map(
      (row) =>
        `${row.protocol} ${row.initiator_address} ${row.initiator_port} ${row.responder_address} ${row.responder_port}`,
    );

  it('is by protocol, family, lower address, higher address, and the ports of both, whichever came first', () => {
    // Written in the order that is right; addresses that differ in their last bits alone have equal sort numbers.
    const rising: readonly (readonly [number, string, string, string])[] = [
      [6, '10.0.0.1', '10.0.0.2', '40000 443'],
      [6, '10.0.0.1', '10.0.0.3', '40000 442'],
      [6, '10.0.0.1', '10.0.0.3', '40000 443'],
      [6, '10.0.0.1', '10.0.0.3', '40001 442'],
      [6, '10.0.0.1', '10.0.2.0', '40000 443'],
      [6, '10.0.0.2', '10.0.0.3', '40000 443'],
      [6, '2001:db8::1', '2001:db8::2', '40000 443'],
      [6, '2001:db8::1', '2001:db8::3', '40000 443'],
      [6, '2001:db8::1', '2001:db8:1::', '40000 443'],
      [6, '2001:db8::2', '2001:db8::3', '40000 443'],
      [6, '2001:db8:1::', '2001:db8:1::1', '40000 443'],
      [17, '10.0.0.1', '10.0.0.2', '40000 443'],
      [17, '2001:db8::1', '2001:db8::2', '40000 443'],
    ];
    const lines = rising.map(([protocol, from, to, ports]) =>
      line({ protocol, from, to, ports, flags: protocol === 6 ? '2' : '-' }),
    );
    const expected = rising.map(([protocol, from, to, ports]) => {
      const [one, other] = ports.split(' ');
      return `${protocol === 6 ? 'tcp' : 'udp'} ${from} ${one} ${to} ${other}`;
    });
    for (const arrived of arrivals(lines)) expect(orderOf(arrived)).toEqual(expected);
  });

  it('turns the ports of IPv6 ends that were met the other way round', () => {
    // The lower address decides which port is compared first, also where the higher one was met first and bears the
    // lower number: 40001 before 40002, although 443 stands against 442.
    const client = '2001:db8::1';
    const server = '2001:db8::2';
    const first = { ports: '40001 443', flags: '2' };
    const second = { ports: '40002 442', flags: '2' };
    const reply = (ports: string): string => line({ from: server, to: client, ports, flags: '18' });
    for (const lines of [
      [line({ from: client, to: server, ...first }), line({ from: client, to: server, ...second })],
      [reply('443 40001'), reply('442 40002')],
    ])
      for (const arrived of arrivals(lines))
        expect(both(arrived).rows.map((row) => row.initiator_port)).toEqual([40001, 40002]);
  });

  it('holds for more than sixteen that are compared in full', () => {
    // The same two ends, so that ports alone tell: those of the lower one rise while those of the higher one fall.
    for (const [low, high] of [
      ['10.0.0.1', '10.0.0.2'],
      ['2001:db8::1', '2001:db8::2'],
    ] as const) {
      const lines = Array.from({ length: 40 }, (_, i) =>
        line({ from: high, to: low, ports: `${443 - i} ${40_000 + i}`, flags: '18' }),
      );
      for (const arrived of arrivals(lines))
        expect(both(arrived).rows.map((row) => row.initiator_port)).toEqual(
          Array.from({ length: 40 }, (_, i) => 40_000 + i),
        );
    }
  });
});

describe('the order of records that differ in a rewritten address alone', () => {
  const FORMAT = `${HEADER} pkt-srcaddr pkt-dstaddr`;
  const [LOW, HIGH] = ['2001:db8::1', '2001:db8::2'];

  /**
   * A SYN of the low end, and half a minute later one of each end in the same interval with the same counts, each from
   * an address of the interface in the place of the sender's.
   */
  const linesOf = (ownOfLow: string, ownOfHigh: string): string[] => {
    const syn = { flags: '2', times: at(60, 90) };
    return [
      `${line({ from: LOW, to: HIGH, flags: '2' })} ${LOW} ${HIGH}`,
      `${line({ ...syn, from: ownOfLow, to: HIGH })} ${LOW} ${HIGH}`,
      `${line({ ...syn, from: ownOfHigh, to: LOW, ports: '443 40000' })} ${HIGH} ${LOW}`,
    ];
  };

  // A SYN again where the other side has answered may be another connection's; where nobody has, it is sent again. So
  // it matters which of the two is taken first: that with the lower address, whatever numbers the addresses have.
  it.each([
    ['the low end first', '2001:db8:f::1', '2001:db8:f::2', false],
    ['the high end first', '2001:db8:f::2', '2001:db8:f::1', true],
  ])('is that of the addresses: %s', async (_, ownOfLow, ownOfHigh, mayHideReuse) => {
    const [first, ...others] = linesOf(ownOfLow, ownOfHigh) as [string, string, string];
    for (const arrived of [others, [...others].reverse()].map((two) => [first, ...two])) {
      const expected = [{ records: 3, may_hide_reuse: mayHideReuse }];
      expect(both(arrived, FORMAT).rows).toMatchObject(expected);
      const text = [`${FORMAT}\n`, ...arrived.map((each) => `${each}\n`)];
      // A byte of memory: every batch is filed a second time, from rows.
      const spilled = await spilledLines(KERNEL, text, { memoryBytes: 1 });
      expect(spilled.lines).toBe(kernelLines(KERNEL, text).lines);
      expect([JSON.parse(spilled.lines)]).toMatchObject(expected);
    }
  });
});

describe('what the input teaches of ends', () => {
  // Ports of one rank, so that they say nothing of who opened.
  const [ONE, OTHER] = [50_000, 50_001];
  const ends = (from: string, to: string, ports = `${ONE} ${OTHER}`) => ({ from, to, ports });
  const answered = (client: string, server: string): string[] => [
    line({ ...ends(client, server), flags: '2' }),
    line({ ...ends(server, client, `${OTHER} ${ONE}`), flags: '18' }),
  ];
  const bare = (from: string, to: string, times = at(0, 30)): string[] => [
    line({ ...ends(from, to), counts: '5 4000', flags: '0', times }),
    line({ ...ends(to, from, `${OTHER} ${ONE}`), counts: '5 4000', flags: '0', times }),
  ];
  const found = (lines: readonly string[]): string[] => {
    return both(lines)
      .rows.filter((row) => row.initiator_basis === 'service')
      .map((row) => `${row.initiator_address} > ${row.responder_address}`);
  };

  it('gives a SYN-ACK to the end that sent it, be it the lower or the higher', () => {
    // The server's SYN-ACK to somebody else tells that it was called; who called somebody else tells nothing.
    expect(found([...answered('10.0.0.7', '10.0.0.5'), ...bare('10.0.0.9', '10.0.0.5')])).toEqual([
      '10.0.0.9 > 10.0.0.5',
    ]);
    expect(found([...answered('10.0.0.5', '10.0.0.9'), ...bare('10.0.0.7', '10.0.0.9')])).toEqual([
      '10.0.0.7 > 10.0.0.9',
    ]);
    // Who was heard to answer on another port or over another protocol is another end.
    expect(
      found([
        line({ ...ends('10.0.0.5', '10.0.0.7', '50002 50003'), flags: '18' }),
        ...bare('10.0.0.9', '10.0.0.5'),
      ]),
    ).toEqual([]);
  });

  it('does so for ends that are asked for of late, few or many', () => {
    // A SYN tells who opened; two hours later nothing does, in a key whose ends nobody was thought to ask for.
    for (const count of [1, 70]) {
      for (const isLow of [true, false]) {
        const lines = Array.from({ length: count }, (_, i) => {
          const server = isLow ? `10.0.0.${i + 1}` : `10.9.0.${i + 1}`;
          const client = `10.5.0.${i + 1}`;
          return [
            ...answered(`10.6.0.${i + 1}`, server),
            line({ ...ends(client, server), flags: '2' }),
            ...bare(client, server, at(604_800, 604_830)),
          ];
        }).flat();
        expect(found(lines).sort()).toEqual(
          Array.from(
            { length: count },
            (_, i) => `10.5.0.${i + 1} > ${isLow ? '10.0' : '10.9'}.0.${i + 1}`,
          ).sort(),
        );
      }
    }
  });

  it('counts those whom an end talked with, both ways and with payload', () => {
    // Three peers make an end a shared one; two, or three that never answered, do not.
    const talks = (peers: number): string[] =>
      Array.from({ length: peers }, (_, i) => bare(`10.0.0.${i + 7}`, '10.0.0.5')).flat();
    expect(found(talks(3))).toEqual(['10.0.0.7 > 10.0.0.5', '10.0.0.8 > 10.0.0.5', '10.0.0.9 > 10.0.0.5']);
    expect(found(talks(2))).toEqual([]);
    const mute = Array.from({ length: 3 }, (_, i) => bare(`10.0.0.${i + 7}`, '10.0.0.5')).flat();
    expect(found(mute.map((each) => each.replace('5 4000', '5 400')))).toEqual([]);
    const oneWay = Array.from({ length: 3 }, (_, i) =>
      line({ ...ends(`10.0.0.${i + 7}`, '10.0.0.5'), flags: '0' }),
    );
    expect(found(oneWay)).toEqual([]);
  });

  it('does so for ends that answer on the key itself, to a thousand', () => {
    const [one, other] = ['10.0.0.5', '10.0.0.9'];
    // Both have answered; a week later nothing tells who opened but whom either talks to.
    const again = [
      line({ ...ends(one, other), flags: '2' }),
      line({ ...ends(other, one, '50001 50000'), flags: '18' }),
      line({ ...ends(one, other), flags: '18', times: at(604_800, 604_830) }),
      ...bare(one, other, at(1_209_600, 1_209_630)),
    ];
    const toOther = (count: number): string[] =>
      Array.from({ length: count }, (_, i) => bare(`10.7.${i >> 8}.${i & 255}`, other)).flat();
    const fromOne = (count: number): string[] =>
      Array.from({ length: count }, (_, i) => bare(one, `10.8.${i >> 8}.${i & 255}`)).flat();
    const between = (lines: readonly string[]): string[] =>
      found([...again, ...lines]).filter((each) => each.includes(one) && each.includes(other));
    expect(between(toOther(1))).toEqual([]);
    expect(between(toOther(2))).toEqual([`${one} > ${other}`]);
    expect(between(toOther(1500))).toEqual([`${one} > ${other}`]);
    // Of two that meet several others either may have dialled.
    expect(between([...toOther(1500), ...fromOne(1)])).toEqual([]);
  });
});

describe('who closed', () => {
  const [CLIENT, SERVER] = ['10.0.0.5', '10.0.0.9'];
  const request = (eni: string, flags: string, times: string): string => line({ eni, flags, times });
  const reply = (eni: string, flags: string, times: string): string =>
    line({ eni, from: SERVER, to: CLIENT, ports: '443 40000', flags, times });

  it.each([
    // The first FIN came at 30 at the latest, by the interface that looked shortest; the other's not before 100. A FIN
    // is surely later than another when more than 60 seconds lie between.
    ['the initiator, by the shorter of two intervals', [30, 600], [100, 400], 'initiator'],
    ['the initiator, by the one interval there is', [30], [100, 400], 'initiator'],
    ['nobody knows, when less than a minute lies between', [30, 600], [90, 400], null],
    ['nobody knows, when only the longer interval is there', [600], [100, 400], null],
  ])('is %s', (_, ends, theirs, closedBy) => {
    const opening = [request('eni-1', '2', at(0, 20)), reply('eni-1', '18', at(0, 20))];
    // The longer interval begins first, so that it is the first to be met.
    const mine = [...ends].reverse().map((end, i) => request(`eni-${i + 1}`, '1', at(5 + i, end)));
    const [from = 0, until = 0] = theirs;
    const lines = [...opening, ...mine, reply('eni-1', '1', at(from, until))];
    for (const arrived of arrivals(lines))
      expect(both(arrived).rows).toMatchObject([{ state: 'closed', closed_by: closedBy }]);
  });

  it('may be the responder, by the same rule', () => {
    const lines = [
      request('eni-1', '2', at(0, 20)),
      reply('eni-1', '18', at(0, 20)),
      reply('eni-1', '1', at(5, 600)),
      reply('eni-2', '1', at(6, 30)),
      request('eni-1', '1', at(100, 400)),
    ];
    for (const arrived of arrivals(lines))
      expect(both(arrived).rows).toMatchObject([{ state: 'closed', closed_by: 'responder' }]);
  });
});

describe('the way of the packets', () => {
  const FORMAT = `${HEADER} flow-direction pkt-srcaddr pkt-dstaddr`;
  const [CLIENT, SERVER] = ['10.0.1.5', '203.0.113.5'];
  interface Seen {
    readonly eni: string;
    /** Of the request; of the reply the other. '-' for a format without it. */
    readonly flow: 'ingress' | 'egress' | '-';
    readonly sees: 'request' | 'reply' | 'both';
    /** The address that stands in for both ends. */
    readonly standIn?: string;
  }
  const linesOf = ({ eni, flow, sees, standIn }: Seen): string[] => {
    const other = { ingress: 'egress', egress: 'ingress', '-': '-' }[flow];
    const shown = (end: string): string => standIn ?? end;
    const lines = {
      request: `${line({ eni, from: shown(CLIENT), to: shown(SERVER), flags: '3' })} ${flow} ${CLIENT} ${SERVER}`,
      reply: `${line({ eni, from: shown(SERVER), to: shown(CLIENT), ports: '443 40000', flags: '19' })} ${other} ${SERVER} ${CLIENT}`,
    };
    return sees === 'both' ? [lines.request, lines.reply] : [lines[sees]];
  };
  // Named against the order of the way, so that only the distance can put them right.
  const views: readonly Seen[] = [
    { eni: 'eni-a', flow: '-', sees: 'reply', standIn: '10.0.9.1' },
    { eni: 'eni-b', flow: 'ingress', sees: 'both' },
    { eni: 'eni-c', flow: '-', sees: 'request' },
    { eni: 'eni-d', flow: '-', sees: 'both', standIn: '10.0.9.2' },
    { eni: 'eni-e', flow: '-', sees: 'request', standIn: '10.0.9.3' },
    { eni: 'eni-f', flow: 'egress', sees: 'both' },
  ];
  const labels = [
    'eni-f (initiator)',
    'eni-d (gateway)',
    'eni-e (gateway, request)',
    'eni-c',
    'eni-b (responder)',
    'eni-a (gateway, reply)',
  ];

  it('leads from the initiator by gateways of the request to the responder and gateways of the reply', () => {
    for (const arrived of arrivals(views.flatMap(linesOf)))
      expect(both(arrived, FORMAT).rows).toMatchObject([{ path: labels.join(' > '), vantages: 6 }]);
  });

  it('is right for any two of them', () => {
    for (const [i, one] of views.entries()) {
      for (const other of views.slice(i + 1)) {
        const names = [one.eni, other.eni];
        // Without a gateway beside it, the private end is the interface's.
        const isHost = names.includes('eni-c') && !names.some((name) => 'eni-a eni-d eni-e'.includes(name));
        if (isHost) continue;
        const { rows } = both([...linesOf(one), ...linesOf(other)], FORMAT);
        const expected = labels.filter((label) => names.includes(label.split(' ')[0] as string));
        expect([names, rows.map((row) => row.path)]).toEqual([names, [expected.join(' > ')]]);
      }
    }
  });
});
