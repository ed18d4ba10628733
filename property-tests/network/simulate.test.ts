import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIN, RST, SYN, SYN_ACK, VPC_FLAG_VALUES } from '../../src/model/tcp-flags.ts';
import { anyScenario, anySeed } from '../arbitraries/any-scenario.ts';
import { type Simulation, simulate } from './simulate.ts';
import { type Act, type Logging, PLAIN_LOGGING, PLAIN_TALK, type Scenario, type Talk } from './story.ts';
import { tellStory } from './tell-story.ts';

const BEGAN = 1_760_000_000;
/** With this seed the interval phases of the plain interfaces leave the first seconds of a scenario undivided. */
const SEED = 1;

const play = (talk: Partial<Talk>, logging: Partial<Logging> = {}, seed = SEED): Simulation =>
  simulate(
    {
      began: BEGAN,
      talks: [{ ...PLAIN_TALK, place: { where: 'server', vpc: 0 }, ...talk }],
      logging: { ...PLAIN_LOGGING, ...logging },
    },
    seed,
  );

const send = (by: Act['by'], packets: number, payload: number): Act => ({
  do: 'send',
  by,
  after: 0.1,
  packets,
  payload,
  every: 0.01,
});
const closeBy = (by: Act['by'], after: number): Act => ({ do: 'close', by, after });

const flagsByEnd = (simulation: Simulation): readonly (readonly [client: number[], server: number[]])[] => {
  const ends = [...new Set(simulation.records.map((record) => record.end))];
  return ends.map((end) => {
    const of = (client: boolean): number[] =>
      simulation.records
        .filter((record) => record.end === end && (record.dstPort === 443) === client)
        .map((record) => record.tcpFlags ?? -1);
    return [of(true), of(false)] as const;
  });
};

describe('packets after the close', () => {
  const stray = (by: Act['by'], flag: 'ack' | 'fin' | 'rst'): Simulation =>
    play({
      place: { where: 'client', vpc: 0 },
      acts: [
        closeBy('server', 0.5),
        closeBy('client', 0.1),
        { do: 'stray', by, after: 100, packets: 2, payload: 0, flag, every: 1 },
      ],
    });

  it('are rejected where the security group has forgotten the connection', () => {
    const { records, truth } = stray('server', 'fin');
    expect(records.filter(({ action }) => action === 'REJECT')).toMatchObject([
      { packets: 2, bytes: 104, tcpFlags: FIN, dstPort: 40_000 },
    ]);
    expect(truth[0]?.vantages[0]?.rejectedPackets).toBe(2);
  });

  it('are answered with RST where they arrive, since nobody knows them', () => {
    // Two packets of 52 bytes leave, by which the group knows the host again and lets its RSTs in, 40 bytes each.
    const late = stray('client', 'ack').records.filter(({ start }) => (start ?? 0) >= BEGAN + 60);
    expect(
      late.map(({ dstPort, packets, bytes, tcpFlags }) => [dstPort, packets, bytes, tcpFlags]).sort(),
    ).toEqual([
      [40_000, 2, 80, RST],
      [443, 2, 104, 0],
    ]);
  });

  it('move neither state nor close', () => {
    const [plain] = play({
      place: { where: 'client', vpc: 0 },
      acts: [closeBy('server', 0.5), closeBy('client', 0.1)],
    }).truth;
    for (const flag of ['ack', 'fin', 'rst'] as const) {
      const [late] = stray('server', flag).truth;
      expect(late?.closedAt).toBe(plain?.closedAt);
      expect(late?.states).toContain('closed');
    }
  });
});

describe('one connection', () => {
  const talk = {
    acts: [send('client', 1, 100), send('server', 1, 200), closeBy('server', 0.5), closeBy('client', 0.1)],
  };

  it('within one interval gives one record a direction, flags 3 and 19', () => {
    const { records } = play(talk);
    expect(records.map(({ tcpFlags }) => tcpFlags).sort()).toEqual([SYN_ACK | FIN, SYN | FIN]);
  });

  it('is counted to the byte', () => {
    const { records } = play(talk);
    // Client: SYN 60, ACK 52, data 152, ACK of data 52, ACK of FIN 52, FIN 52.
    // Server: SYN-ACK 60, ACK of data 52, data 252, FIN 52, ACK of FIN 52.
    const sizes = records.map(({ dstPort, packets, bytes }) => ({ dstPort, packets, bytes }));
    expect(sizes).toContainEqual({ dstPort: 443, packets: 6, bytes: 60 + 52 + 152 + 52 + 52 + 52 });
    expect(sizes).toContainEqual({ dstPort: 40_000, packets: 5, bytes: 60 + 52 + 252 + 52 + 52 });
  });

  it('knows who dialled and who closed first', () => {
    const [truth] = play(talk).truth;
    expect(truth).toMatchObject({
      firstFin: 'responder',
      firstRst: null,
      states: ['closed'],
      bothDialled: false,
    });
    expect(truth?.initiator).toEqual({ address: '203.0.113.10', port: 40_000 });
    expect(truth?.responder).toEqual({ address: '10.0.2.5', port: 443 });
  });

  it('over two intervals gives 2 and 18, then 1 and 1, as in the example of AWS', () => {
    // Seventy seconds between opening and close: never one interval of sixty.
    const simulation = play({ acts: [send('client', 3, 100), closeBy('client', 70), closeBy('server', 0)] });
    expect(flagsByEnd(simulation)).toEqual([
      [[SYN], [SYN_ACK]],
      [[FIN], [FIN]],
    ]);
  });

  it('of six over IPv6 has larger headers', () => {
    const { records } = play({ family: 6, answerer: 'silent', retries: 0 });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ packets: 1, bytes: 80, type: 'IPv6', tcpFlags: SYN });
  });
});

describe('dialling', () => {
  it('a silent server sends 1 + 5 SYNs, the last 31 s after the first', () => {
    const { records, truth } = play({ answerer: 'silent' }, { interval: 600 });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ packets: 6, bytes: 6 * 60, tcpFlags: SYN });
    expect((truth[0]?.lastSeen ?? 0) - (truth[0]?.firstSeen ?? 0)).toBeCloseTo(31, 3);
    expect(truth[0]?.states).toEqual(['attempted']);
  });

  it('a closed port is answered by RST', () => {
    const { records, truth } = play({ answerer: 'refuses' });
    expect(records.map(({ tcpFlags }) => tcpFlags).sort()).toEqual([2, 4]);
    expect(truth[0]?.states).toEqual(['refused']);
  });

  it('a SYN scan shows SYN and RST against SYN-ACK', () => {
    const { records } = play({ dialler: 'scanner' });
    expect(records.map(({ tcpFlags }) => tcpFlags).sort()).toEqual([18, 6]);
  });

  it('a half-open scan leaves the server to repeat its SYN-ACK', () => {
    const [truth] = play({ dialler: 'mute' }).truth;
    expect(truth?.vantages[0]).toMatchObject({
      initiatorPackets: 1,
      responderPackets: 6,
      responderFlags: SYN_ACK,
    });
  });

  it('a dial from both sides at once shows SYN-ACK from both', () => {
    const [truth] = play({ answerer: 'dials', serverPort: 50_000 }).truth;
    expect(truth?.bothDialled).toBe(true);
    expect(truth?.vantages[0]).toMatchObject({ initiatorFlags: SYN_ACK, responderFlags: SYN_ACK });
  });

  it('the same ports again make another connection, merged into the records of the same interval', () => {
    const acts = [closeBy('client', 0.1), closeBy('server', 0.1)];
    const { truth, records, observed } = play({ acts, redials: [1] }, { interval: 600 });
    expect(truth.map(({ id }) => id)).toEqual(['1.1', '1.2']);
    expect(records).toHaveLength(2);
    expect(observed.every(({ entangled }) => entangled.length > 0)).toBe(true);
  });

  it('a restarted server answers with RST, a vanished one not at all', () => {
    const after = [send('client', 1, 10)];
    const end = (how: 'forget' | 'vanish') =>
      play({ acts: [{ do: how, by: 'server', after: 1 }, ...after] }).truth[0];
    expect(end('forget')).toMatchObject({ firstRst: 'responder', states: ['reset'] });
    expect(end('vanish')).toMatchObject({ firstRst: null, states: ['established'] });
  });
});

describe('other protocols', () => {
  it('a ping has no ports and as many replies as requests', () => {
    const acts: Act[] = [{ do: 'send', by: 'client', after: 0, packets: 4, payload: 56, every: 1 }];
    const { records } = play({ protocol: 'icmp', acts });
    // 20 IP, 8 ICMP, 56 payload: the 84 bytes of AWS's example (336 for four).
    expect(records.map(({ srcPort, dstPort, packets, bytes }) => [srcPort, dstPort, packets, bytes])).toEqual(
      [
        [0, 0, 4, 336],
        [0, 0, 4, 336],
      ],
    );
  });
});

describe('what goes wrong on the way to the log', () => {
  const long = { acts: [send('client', 2, 50), closeBy('client', 200), closeBy('server', 0)] };

  it('SKIPDATA stands for all records of its interface and interval', () => {
    const whole = play(long);
    const { records, observed } = play(long, { skips: [{ interface: 0, interval: 0 }] });
    expect(records.filter(({ logStatus }) => logStatus === 'SKIPDATA')).toHaveLength(1);
    expect(records).toHaveLength(whole.records.length - 2 + 1);
    expect(observed[0]).toMatchObject({ skipped: true, complete: false, states: ['midstream'] });
  });

  it('NODATA fills the silent intervals', () => {
    const { records } = play(long, { nodata: true });
    const silent = records.filter(({ logStatus }) => logStatus === 'NODATA');
    expect(silent.length).toBeGreaterThan(2);
    for (const record of silent) {
      expect(record).toMatchObject({ srcAddr: null, packets: null, action: null });
      expect((record.end ?? 0) - (record.start ?? 0)).toBe(60);
    }
  });

  it('a lost record leaves no trace, a doubled one is the same line twice', () => {
    expect(play(long, { loss: 1 }).records).toEqual([]);
    const twice = play(long, { duplicates: 1, header: false }).lines;
    expect(twice).toHaveLength(2 * new Set(twice).size);
  });

  it('a log that starts later shows a connection without its handshake', () => {
    const { observed } = play(long, { from: 100 });
    expect(observed[0]).toMatchObject({ complete: false, states: ['midstream'], initiatorFlags: FIN });
  });

  it('lateness shifts start and end of an interface alike', () => {
    const sharp = play(long).records;
    const late = play(long, { skew: { most: 59, per: 'interface' } }).records;
    const shifts = new Set(late.map((record, index) => (record.start ?? 0) - (sharp[index]?.start ?? 0)));
    expect(shifts.size).toBe(1);
    expect(Math.max(...shifts)).toBeLessThan(60);
    expect(late.map(({ end }, index) => (end ?? 0) - (sharp[index]?.end ?? 0))).toEqual(
      Array(late.length).fill([...shifts][0]),
    );
  });
});

describe('any scenario', () => {
  it('is played the same way twice, and differently logged by another seed only', () => {
    fc.assert(
      fc.property(anyScenario(), anySeed(), (scenario, seed) => {
        const once = simulate(scenario, seed);
        expect(simulate(scenario, seed)).toEqual(once);
        expect(simulate(scenario, seed + 1).truth).toEqual(once.truth);
      }),
      { numRuns: 60 },
    );
  });

  it('adds up: records of an interface hold the packets and bytes that the truth counted there', () => {
    fc.assert(
      fc.property(
        anyScenario({ logging: { from: 0, until: null, keeps: 'ALL', skips: [], loss: 0 } }),
        anySeed(),
        (scenario, seed) => {
          const { logged, truth } = simulate(scenario, seed);
          const counted = new Map<string, { packets: number; bytes: number }>();
          const add = (id: string, packets: number, bytes: number): void => {
            const before = counted.get(id) ?? { packets: 0, bytes: 0 };
            counted.set(id, { packets: before.packets + packets, bytes: before.bytes + bytes });
          };
          for (const { vantages } of truth)
            for (const seen of vantages)
              add(
                seen.interfaceId,
                seen.initiatorPackets + seen.responderPackets,
                seen.initiatorBytes + seen.responderBytes,
              );
          for (const { record, isSecond } of logged)
            if (record.logStatus === 'OK' && !isSecond)
              add(record.interfaceId ?? '', -(record.packets ?? 0), -(record.bytes ?? 0));
          for (const rest of counted.values()) expect(rest).toEqual({ packets: 0, bytes: 0 });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('writes only values that AWS can write', () => {
    fc.assert(
      fc.property(anyScenario(), anySeed(), (scenario, seed) => {
        for (const { record } of simulate(scenario, seed).logged) {
          expect((record.end ?? 0) >= (record.start ?? 0)).toBe(true);
          if (record.logStatus !== 'OK') continue;
          expect(VPC_FLAG_VALUES.has(record.tcpFlags ?? -1)).toBe(true);
          expect(record.packets).toBeGreaterThan(0);
          const perPacket = (record.bytes ?? 0) / (record.packets ?? 1);
          expect(perPacket).toBeGreaterThanOrEqual(29);
          expect(perPacket).toBeLessThanOrEqual(1520);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('puts the true opening and close inside the observed bounds when nothing is missing', () => {
    fc.assert(
      fc.property(anyScenario(), anySeed(), (scenario, seed) => {
        const { truth, observed } = simulate(scenario, seed);
        truth.forEach((connection, index) => {
          const seen = observed[index];
          if (!seen?.complete) return;
          if (seen.opened && connection.openedAt !== null) {
            expect(connection.openedAt).toBeGreaterThanOrEqual(seen.opened.earliest);
            expect(connection.openedAt).toBeLessThanOrEqual(seen.opened.latest);
          }
          // A record that several dials share shows the FIN of any of them.
          if (seen.closed && connection.closedAt !== null && seen.entangled.length === 0) {
            expect(connection.closedAt).toBeGreaterThanOrEqual(seen.closed.earliest);
            expect(connection.closedAt).toBeLessThanOrEqual(seen.closed.latest);
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  it('reads the same states from complete, unshared records as from the packets', () => {
    fc.assert(
      fc.property(anyScenario({ logging: { format: 'v5' } }), anySeed(), (scenario, seed) => {
        const { truth, observed } = simulate(scenario, seed);
        truth.forEach((connection, index) => {
          const seen = observed[index];
          if (!seen?.complete || seen.entangled.length > 0) return;
          // A record hides a plain SYN behind a SYN-ACK of the same side: only where both dialled.
          if (connection.protocol === 6 && !connection.bothDialled && connection.states !== null)
            expect(seen.states).toEqual(connection.states);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('can be told as a story', () => {
    fc.assert(
      fc.property(anyScenario(), (scenario: Scenario) => {
        const story = tellStory(scenario);
        expect(story.split('\n').filter((line) => /^\d+\. /.test(line))).toHaveLength(scenario.talks.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the truth lab', () => {
  it('knows nothing of the engine: of src it imports the model only', () => {
    for (const room of ['network', 'arbitraries']) {
      const folder = join(import.meta.dirname, '..', room);
      for (const file of readdirSync(folder)) {
        const imports = readFileSync(join(folder, file), 'utf8').matchAll(/from '([^']*\/src\/[^']*)'/g);
        for (const [, path] of imports) expect(`${file}: ${path}`).toMatch(/\/src\/model\//);
      }
    }
  });
});
