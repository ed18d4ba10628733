/** What the input teaches about ends, counted by hand from the lines. */
import { describe, expect, it } from 'vitest';
import type { Traced } from '../../src/engine/outlines/traces.ts';
import { HEADER, type RecordParts, record, window } from '../build.ts';
import { tracesOf } from '../traces-of.ts';

type EndKnowledge = Traced['ends'][number];

/** Teaches lines; gives what is known of both ends of the key with two ports, by port. */
const teach = (lines: readonly string[]) => {
  const keys = new Map<string, Readonly<Record<number, EndKnowledge>>>();
  for (const { storedPorts, ends } of tracesOf(`${[HEADER, ...lines].join('\n')}\n`)) {
    const [low, high] = storedPorts;
    keys.set(`${[low, high].sort((a, b) => a - b)}`, { [low]: ends[0], [high]: ends[1] });
  }
  return (one: number, other: number): Readonly<Record<number, EndKnowledge>> => {
    const known = keys.get(`${[one, other].sort((a, b) => a - b)}`);
    if (known === undefined) throw new Error(`no key with ports ${one} and ${other}`);
    return known;
  };
};

/** More than headers: five packets of 400 bytes. */
const TALK = { bytes: 2000 } as const;
const plain = (parts: Omit<RecordParts, 'by' | 'flags'>) => window('none', 'none', { ...TALK, ...parts });
const lone = { answers: false, peers: 1 };

describe('the peers of an end', () => {
  it('are the ends that it talked with, both ways', () => {
    const talks = [
      ...plain({ clientPort: 50_001, serverPort: 50_000 }),
      ...plain({ client: '10.0.0.8', clientPort: 50_002, serverPort: 50_000 }),
      ...plain({ client: '10.0.0.1', clientPort: 50_003, serverPort: 50_000 }),
    ];
    // 10.0.0.5 is the low end against 10.0.0.9 and 10.0.0.8 and the high end against 10.0.0.1.
    for (const lines of [talks, [...talks].reverse()]) {
      const known = teach(lines);
      for (const client of [50_001, 50_002, 50_003])
        expect(known(client, 50_000)).toEqual({ 50000: { answers: false, peers: 3 }, [client]: lone });
    }
  });

  it('are none of those that only one of both has spoken to', () => {
    const known = teach([
      ...plain({ clientPort: 50_001, serverPort: 50_000 }),
      record({ clientPort: 50_002, serverPort: 50_000 }),
      record({ by: 'server', clientPort: 50_003, serverPort: 50_000 }),
    ]);
    expect(known(50_001, 50_000)[50_000]).toEqual(lone);
    expect(known(50_002, 50_000)[50_002]).toEqual({ answers: false, peers: 0 });
  });

  it('are none of those that answered a scanner without payload, but any over other protocols', () => {
    // Five packets of 80 bytes each are what headers with all options may be (RFC 9293 §3.1).
    const known = teach([
      ...window('none', 'none', { bytes: 400, clientPort: 50_001, serverPort: 50_000 }),
      ...window('none', 'none', { bytes: 401, clientPort: 50_001, serverPort: 50_002 }),
      ...window(0, 0, { protocol: 17, bytes: 150, clientPort: 50_003, serverPort: 50_004 }),
    ]);
    expect(known(50_001, 50_000)).toEqual({ 50000: { answers: false, peers: 0 }, 50001: lone });
    expect(known(50_003, 50_004)).toEqual({ 50003: lone, 50004: lone });
  });

  it('are those of one address, port and protocol', () => {
    const ends = { clientPort: 50_001, serverPort: 50_000 };
    const known = teach([
      ...plain(ends),
      ...plain({ client: '10.0.0.8', server: '10.0.0.6', clientPort: 50_002, serverPort: 50_000 }),
      ...plain({ client: '10.0.0.8', clientPort: 50_002, serverPort: 50_003 }),
      ...window(0, 0, { ...ends, protocol: 17, client: '10.0.0.8' }),
    ]);
    expect(known(50_001, 50_000)).toEqual({ 50000: lone, 50001: lone });
  });

  it('are not counted twice when somebody asks late for a key whose opening was observed', () => {
    const known = teach([
      ...plain({ clientPort: 50_001, serverPort: 50_000 }),
      ...window('SYN', 'none', { ...TALK, clientPort: 50_002, serverPort: 50_000 }),
    ]);
    const two = { answers: false, peers: 2 };
    expect(known(50_001, 50_000)[50_000]).toEqual(two);
    expect(known(50_002, 50_000)).toEqual({ 50000: two, 50002: lone });
    expect(known(50_001, 50_000)).toEqual({ 50000: two, 50001: lone });
  });
});

describe('ends of keys whose opening was observed', () => {
  it('are known when somebody asks for them late, be it of a few or of all', () => {
    // 200 clients of one server, each under its own port, every one with a handshake.
    const clients = Array.from({ length: 200 }, (_, n) => 50_000 + n);
    const known = teach(
      clients.flatMap((clientPort) => window('SYN', 'SYN-ACK', { ...TALK, clientPort, serverPort: 20_000 })),
    );
    expect(clients.map((clientPort) => known(clientPort, 20_000)[clientPort])).toEqual(
      clients.map(() => lone),
    );
  });
});

describe('an end that answers', () => {
  it('sent a SYN-ACK somewhere, whichever end of its key it is', () => {
    for (const client of ['10.0.0.9', '10.0.0.1']) {
      const known = teach([
        ...window('SYN', 'SYN-ACK', { ...TALK, client, clientPort: 50_002, serverPort: 50_000 }),
        ...plain({ client, clientPort: 50_001, serverPort: 50_000 }),
      ]);
      expect(known(50_001, 50_000)).toEqual({ 50000: { answers: true, peers: 2 }, 50001: lone });
      // Whichever of its keys is asked, its own answer or another's.
      expect(known(50_002, 50_000)).toEqual({ 50000: { answers: true, peers: 2 }, 50002: lone });
    }
  });
});

describe('an end that does not answer', () => {
  it('may have closed, reset or dialled, or speak another protocol', () => {
    const ends = { clientPort: 50_001, serverPort: 50_000 };
    // FIN, RST and ACK; a SYN; a SYN-ACK's bits in the flags column of UDP, which says nothing of the TCP end.
    const known = teach([
      ...window('none', 1 | 4 | 16, { ...TALK, ...ends }),
      ...window('none', 'SYN', { ...TALK, ...ends, client: '10.0.0.8', clientPort: 50_002 }),
      ...window(0, 'SYN-ACK', { ...ends, client: '10.0.0.7', clientPort: 50_003, protocol: 17 }),
    ]);
    expect(known(50_001, 50_000)[50_000]).toEqual({ answers: false, peers: 2 });
    expect(known(50_003, 50_000)[50_000]).toEqual(lone);
  });
});

describe('what many ends teach', () => {
  it('is kept apart for ends that share their address or their port', () => {
    // 3000 servers on one port, each with one client: 3000 ports of one address.
    const known = teach(
      Array.from({ length: 3000 }, (_, n) =>
        plain({
          server: `10.1.${n >> 8}.${n & 255}`,
          serverPort: 20_000,
          client: '10.2.0.1',
          clientPort: 30_000 + n,
        }),
      ).flat(),
    );
    for (let n = 0; n < 3000; n++) {
      const client = 30_000 + n;
      expect(known(client, 20_000)).toEqual({ 20000: lone, [client]: lone });
    }
  });

  it('is kept for each of as many as a table holds: 512, and one key more', () => {
    for (const keys of [255, 256, 257]) {
      const ports = Array.from({ length: keys }, (_, n) => 20_000 + n);
      const known = teach(ports.flatMap((port) => plain({ clientPort: port, serverPort: port + 20_000 })));
      for (const port of ports)
        expect(known(port, port + 20_000)).toEqual({ [port]: lone, [port + 20_000]: lone });
    }
  });

  it('is kept apart for each, however many there are', () => {
    // 1500 servers, each with one to three clients: more ends than any table begins with.
    const servers = Array.from({ length: 1500 }, (_, n) => ({
      server: `10.1.${n >> 8}.${n & 255}`,
      serverPort: 20_000 + n,
      peers: 1 + (n % 3),
    }));
    const talks = servers.flatMap(({ peers, ...ends }) =>
      Array.from({ length: peers }, (_, client) =>
        plain({ ...ends, clientPort: 50_000 + client, client: `10.2.0.${client}` }),
      ).flat(),
    );
    const handshakes = servers
      .filter((_, n) => n % 7 === 0)
      .flatMap(({ server, serverPort }) =>
        window('SYN', 'SYN-ACK', { ...TALK, server, serverPort, clientPort: 50_009 }),
      );
    const known = teach([...talks, ...handshakes]);
    const found = servers.map(({ serverPort }) => known(serverPort, 50_000)[serverPort]);
    expect(found).toEqual(
      servers.map(({ peers }, n) =>
        n % 7 === 0 ? { answers: true, peers: peers + 1 } : { answers: false, peers },
      ),
    );
    // Each of the three clients under its own address and port.
    // They are counted to a thousand.
    expect(known(20_002, 50_000)[50_000]).toEqual({ answers: false, peers: 1000 });
    expect(known(20_002, 50_001)[50_001]).toEqual({ answers: false, peers: 1000 });
    expect(known(20_002, 50_002)[50_002]).toEqual({ answers: false, peers: 500 });
  });
});
