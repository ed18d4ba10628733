/** Every value that one byte of flags can have, against the rules of the AWS page (flow log records, tcp-flags). */
import { describe, expect, it } from 'vitest';
import { eventsOf, provesPayload, TCP_EVENTS, type TcpEvent } from '../../src/meaning/events.ts';
import { VPC_FLAG_VALUES } from '../../src/model/tcp-flags.ts';

const EVERY_VALUE = Array.from({ length: 256 }, (_, flags) => flags);

/** The bits that AWS reports as text, so that the rules are asked of letters and not of the code's own masks. */
const bitsOf = (flags: number) => {
  const bits = flags.toString(2).padStart(8, '0'); // 128 64 32 16 8 4 2 1
  return { ack: bits[3] === '1', rst: bits[5] === '1', syn: bits[6] === '1', fin: bits[7] === '1' };
};

const expectedEvents = (flags: number, payload: boolean): TcpEvent[] => {
  const { ack, rst, syn, fin } = bitsOf(flags);
  const events: TcpEvent[] = [];
  if (syn) events.push(ack ? 'synAck' : 'syn');
  if (payload || !(syn || fin || rst)) events.push('data');
  if (fin) events.push('fin');
  if (rst) events.push('rst');
  return events;
};

describe('eventsOf', () => {
  it('reads every value from 0 to 255, with payload and without', () => {
    for (const flags of EVERY_VALUE) {
      for (const payload of [false, true])
        expect([flags, payload, eventsOf(flags, payload)]).toEqual([
          flags,
          payload,
          expectedEvents(flags, payload),
        ]);
    }
  });

  it('gives each event once, in the order a connection has: it opens, it talks, it closes', () => {
    for (const flags of EVERY_VALUE) {
      for (const payload of [false, true]) {
        const places = eventsOf(flags, payload).map((event) => TCP_EVENTS.indexOf(event));
        expect(places.length).toBeGreaterThan(0);
        expect(places.every((place, i) => i === 0 || place > (places[i - 1] as number))).toBe(true);
      }
    }
  });

  it('takes a SYN beside a SYN-ACK for hidden: 2 | 18 is 18', () => {
    expect(eventsOf(2 | 18, false)).toEqual(['synAck']);
    expect(eventsOf(3 | 18, false)).toEqual(['synAck', 'fin']);
  });

  it('does not take 16 for anything: AWS reports the ACK bit only through SYN-ACK', () => {
    // Transit gateways report ACK (16), PSH (8) and URG (32) beside the others.
    expect(eventsOf(16, false)).toEqual(['data']);
    expect(eventsOf(24, false)).toEqual(['data']);
    expect(eventsOf(17, false)).toEqual(['fin']);
    expect(eventsOf(20, false)).toEqual(['rst']);
    expect(eventsOf(27, false)).toEqual(['synAck', 'fin']);
  });

  it('reads `-` as data: the combination could not be computed', () => {
    expect([eventsOf(null, false), eventsOf(null, true)]).toEqual([['data'], ['data']]);
  });
});

describe('the values of VPC records', () => {
  it('are all ORs of FIN 1, SYN 2, RST 4 and SYN-ACK 18', () => {
    const sums = new Set<number>();
    for (const fin of [0, 1]) {
      for (const syn of [0, 2])
        for (const rst of [0, 4]) for (const synAck of [0, 18]) sums.add(fin | syn | rst | synAck);
    }
    expect(new Set(VPC_FLAG_VALUES)).toEqual(sums);
  });
});

describe('provesPayload', () => {
  it('takes 80 bytes a packet over IPv4 for headers: 20 of IP and 60 of TCP with all its options', () => {
    expect(provesPayload(1, 80, false)).toBe(false);
    expect(provesPayload(1, 81, false)).toBe(true);
    expect(provesPayload(10, 800, false)).toBe(false);
    expect(provesPayload(10, 801, false)).toBe(true);
  });

  it('takes 100 over IPv6, whose header has 40', () => {
    expect(provesPayload(1, 100, true)).toBe(false);
    expect(provesPayload(1, 101, true)).toBe(true);
  });

  it('finds none where nothing was sent', () => {
    expect([provesPayload(0, 0, false), provesPayload(0, 0, true)]).toEqual([false, false]);
  });
});
