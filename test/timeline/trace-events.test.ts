/** Trace events, one by one, as the Trace Event Format has them: microseconds, processes, threads, counters. */
import { describe, expect, it } from 'vitest';
import type { Connection, ConnectionWindow } from '../../src/model/connection.ts';
import { lanesOf } from '../../src/timeline/lanes.ts';
import { type TraceEvent, toTraceEvents, traceEvents } from '../../src/timeline/trace-events.ts';
import { connection, vantage } from '../export/connection.ts';

const eventsOf = async (...connections: Connection[]): Promise<TraceEvent[]> => [
  ...traceEvents(await lanesOf(connections, 100)),
];

const side = (bytes: number | null, flags: number | null = 2) =>
  ({ packets: 5, bytes, flags, action: 'accept' }) as const;

const window = (start: number | null, end: number | null, more: Partial<ConnectionWindow> = {}) => ({
  ...{ start, end, initiator: side(600), responder: null },
  ...more,
});

/** From second 100 to second 300; opened in [100, 160], closed in [240, 300]. */
const talk = (given: Parameters<typeof connection>[0] = {}): Connection =>
  connection({
    ...{ firstSeen: 100, lastSeen: 300, openedAt: 100, openedBy: 160, closedAfter: 240, closedAt: 300 },
    ...given,
  });

describe('trace events', () => {
  it('of one connection are the names, its slice, its opening and its close', async () => {
    const args = {
      ...{ uid: 'Cp1', state: 'closed', verdict: 'accepted', initiator: '52.213.180.42' },
      ...{ initiator_port: 43418, responder: '10.0.0.62', responder_port: 5001 },
      ...{ initiator_basis: 'handshake', initiator_confidence: 1, initiator_packets: 15844 },
      ...{ initiator_bytes: 23395289, responder_packets: 1231, responder_bytes: 64020 },
      ...{ lasted: 'lasted at most 298 s', duration_min: 0, duration_max: 298 },
      ...{ closed_by: 'initiator', history: 'ShDdFf', ends_open: false, has_gap: false },
      ...{ may_hide_reuse: false, path: null },
    };
    const place = { pid: 1, tid: 1 };
    expect(await eventsOf(talk())).toEqual([
      { name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: 'eni-1235b8ca123456789' } },
      { name: 'thread_name', ph: 'M', ...place, args: { name: 'connections 1' } },
      {
        name: '52.213.180.42:43418 → 10.0.0.62:5001',
        cat: 'connection,whole',
        ...{ ph: 'X', ts: 100_000_000, dur: 200_000_000, ...place, args },
      },
      // AWS may stamp a packet 60 s late, so the SYN was there from second 40 on.
      {
        name: 'handshake',
        cat: 'opening',
        ...{ ph: 'i', ts: 100_000_000, s: 't', ...place, args: { earliest: 40, latest: 160 } },
      },
      {
        name: 'FIN by initiator',
        cat: 'close',
        ...{ ph: 'i', ts: 300_000_000, s: 't', ...place, args: { earliest: 180, latest: 300 } },
      },
    ]);
  });

  it('have no instant where no opening or close was seen', async () => {
    const unseen = { openedAt: null, openedBy: null, closedAfter: null, closedAt: null };
    expect((await eventsOf(talk(unseen))).filter(({ ph }) => ph === 'i')).toEqual([]);
    expect(
      (await eventsOf(talk({ openedBy: null, closedAfter: null }))).filter(({ ph }) => ph === 'i'),
    ).toEqual([]);
  });

  it('spell what a log could do to a page', async () => {
    const [, , slice] = await eventsOf(talk({ path: 'a\u001b', initiator: { address: '\u0007' } }));
    expect(slice?.args).toMatchObject({ path: 'a\\x1b', initiator: '\\x07' });
  });

  it('of windows are slices within their connection, none longer than until the next', async () => {
    const windowDetails = [
      window(90, 170, { responder: side(null, null) }),
      window(160, 220, { initiator: null, responder: side(30, 18) }),
      window(null, 230),
      window(230, null),
      window(250, 400),
    ];
    const slices = (await eventsOf(talk({ windowDetails }))).filter(
      (event) => event.ph === 'X' && event.cat === 'window',
    );
    expect(slices).toEqual([
      {
        name: '→ 600 B SYN, ← –',
        ...{ cat: 'window', ph: 'X', ts: 100_000_000, dur: 60_000_000, pid: 1, tid: 1 },
        args: {
          ...{ start: 90, end: 170 },
          ...{
            initiator_packets: 5,
            initiator_bytes: 600,
            initiator_flags: 'SYN',
            initiator_action: 'accept',
          },
          ...{
            responder_packets: 5,
            responder_bytes: null,
            responder_flags: null,
            responder_action: 'accept',
          },
        },
      },
      {
        name: '← 30 B SYN-ACK',
        ...{ cat: 'window', ph: 'X', ts: 160_000_000, dur: 60_000_000, pid: 1, tid: 1 },
        args: {
          ...{ start: 160, end: 220 },
          ...{
            initiator_packets: null,
            initiator_bytes: null,
            initiator_flags: null,
            initiator_action: null,
          },
          ...{
            responder_packets: 5,
            responder_bytes: 30,
            responder_flags: 'SYN-ACK',
            responder_action: 'accept',
          },
        },
      },
      expect.objectContaining({ ts: 250_000_000, dur: 50_000_000 }),
    ]);
  });

  it('of bytes are rates that begin and end with their windows, of both sides apart', async () => {
    const windowDetails = [
      window(100, 200, { responder: side(100) }),
      window(150, 250, { initiator: side(null), responder: side(300) }),
      // One second, and it begins where it ends.
      window(260, 260, { initiator: side(7) }),
      window(null, 300),
    ];
    const counters = (await eventsOf(talk({ windowDetails }))).filter(({ ph }) => ph === 'C');
    const at = (second: number, initiators: number, responders: number) => ({
      name: 'bytes per second',
      ...{ ph: 'C', ts: second * 1_000_000, pid: 1, tid: 0, args: { initiators, responders } },
    });
    // 600 bytes in 100 s are 6 a second, 100 are 1, 300 are 3.
    expect(counters).toEqual([
      at(100, 6, 1),
      at(150, 6, 4),
      at(200, 0, 3),
      at(250, 0, 0),
      at(260, 7, 0),
      at(261, 0, 0),
    ]);
  });

  it('stand in a process for each interface, in the order of their names, and in a thread that is free', async () => {
    const of = (interfaceId: string, uid: string, firstSeen: number, lastSeen: number): Connection =>
      talk({
        ...{ uid, firstSeen, lastSeen, openedAt: null, openedBy: null, closedAfter: null, closedAt: null },
        vantages: [vantage({ interfaceId })],
      });
    const events = await eventsOf(
      of('eni-b', 'C1', 0, 100),
      of('eni-b', 'C2', 50, 150),
      // At second 100 the first thread ends, which is not before; at 101 it is free.
      of('eni-b', 'C3', 100, 200),
      of('eni-b', 'C4', 101, 120),
      of('eni-a', 'C5', 0, 10),
    );
    const slices = events.flatMap((event) =>
      event.ph === 'X' ? [[event.args['uid'], event.pid, event.tid]] : [],
    );
    expect(slices).toEqual([
      ['C5', 1, 1],
      ['C1', 2, 1],
      ['C2', 2, 2],
      ['C3', 2, 3],
      ['C4', 2, 1],
    ]);
    const names = events.flatMap((event) =>
      event.ph === 'M' ? [`${event.name} ${event.args['name']} ${event.pid}/${event.tid}`] : [],
    );
    expect(names).toEqual([
      'process_name eni-a 1/0',
      'thread_name connections 1 1/1',
      'process_name eni-b 2/0',
      'thread_name connections 1 2/1',
      'thread_name connections 2 2/2',
      'thread_name connections 3 2/3',
    ]);
  });
});

describe('a trace file', () => {
  const textOf = async (connections: Connection[], top?: number): Promise<string[]> => {
    const pieces: string[] = [];
    for await (const piece of toTraceEvents(connections, top === undefined ? {} : { top }))
      pieces.push(piece);
    return pieces;
  };

  it('is one object that says what it holds, an event a line', async () => {
    const text = (await textOf([talk(), talk({ uid: 'Cp2', firstSeen: 290 })], 1)).join('');
    expect(JSON.parse(text)).toMatchObject({
      displayTimeUnit: 'ms',
      otherData: {
        made_by: 'conntrail timeline',
        times: 'Unix time; one slice a connection, from its first to its last record',
        left_out: '1 of 2 connections: the longest are shown, 1 is left out.',
      },
    });
    // The head, five events and the end.
    expect(text.trimEnd().split('\n')).toHaveLength(7);
    expect(text.endsWith('}\n]}\n')).toBe(true);
  });

  it('may hold nothing', async () => {
    expect(JSON.parse((await textOf([])).join(''))).toMatchObject({
      traceEvents: [],
      otherData: { left_out: '' },
    });
  });

  it('comes in pieces of 64 KiB, and loses nothing', async () => {
    const pieces = await textOf(Array.from({ length: 300 }, (_, i) => talk({ uid: `C${i}` })));
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces.slice(0, -1)) expect(piece.length).toBeGreaterThanOrEqual(2 ** 16);
    for (const piece of pieces) expect(piece.length).toBeLessThan(2 ** 16 + 2000);
    const { traceEvents: all } = JSON.parse(pieces.join('')) as { traceEvents: TraceEvent[] };
    expect(all.filter((event) => event.ph === 'X')).toHaveLength(300);
  });
});
