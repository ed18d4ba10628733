import { describe, expect, it } from 'vitest';
import type { LoggedRecord } from './aggregate.ts';
import { HABIT_NAMES, type HabitName, habitNamed } from './habits.ts';
import type { Kind } from './kinds.ts';
import { type Logging, PLAIN_LOGGING } from './story.ts';
import { fieldsOf, type StreamSettings, streamLog, type Told } from './stream-log.ts';
import { drawTalks } from './workload.ts';

const BEGAN = 1_760_000_000;

const settingsOf = (
  habit: HabitName,
  connections: number,
  logging: Partial<Logging> = {},
): StreamSettings => ({
  workload: habit,
  connections,
  seed: 7,
  rate: 5,
  intervalSeconds: 60,
  began: BEGAN,
  logging: { ...PLAIN_LOGGING, ...logging, ...habitNamed(habit).logging },
  notedBy: habitNamed(habit).notedBy,
  shuffleSeconds: 0,
});

interface Written {
  readonly lines: readonly string[];
  readonly told: readonly Told[];
  readonly logged: readonly LoggedRecord[];
}

const write = (habit: HabitName, connections = 600, logging: Partial<Logging> = {}): Written => {
  const pieces = [...streamLog(settingsOf(habit, connections, logging))];
  return {
    lines: pieces.flatMap(({ lines }) => lines),
    told: pieces.flatMap(({ told }) => told),
    logged: pieces.flatMap(({ logged }) => logged),
  };
};

const ofKind = ({ told }: Written, ...kinds: readonly Kind[]): readonly Told[] =>
  told.filter(({ kind }) => kinds.includes(kind));

/** A column of the lines, by the name of its field. */
const column = ({ lines }: Written, name: string): readonly string[] => {
  const [header = '', ...rest] = lines;
  const at = header.split(' ').indexOf(name);
  return rest.map((line) => line.split(' ')[at] ?? '');
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const repliesOf = ({ truth }: Told): number =>
  sum(truth.vantages.map(({ responderPackets }) => responderPackets));
const rejectedOf = ({ truth }: Told): number =>
  sum(truth.vantages.map(({ rejectedPackets }) => rejectedPackets));
const synAckOf = ({ truth }: Told): boolean =>
  truth.vantages.some(({ responderFlags }) => (responderFlags & 18) === 18);

describe('every habit', () => {
  it.each(HABIT_NAMES)('%s has its own traffic, and leaves a log', (habit) => {
    const { own, shares } = habitNamed(habit);
    const kinds = new Set([...drawTalks(settingsOf(habit, 600))].map(({ kind }) => kind));
    for (const kind of own) if ((shares[kind] ?? 0) >= 3) expect(kinds).toContain(kind);
    expect(write(habit, 200).lines.length).toBeGreaterThan(20);
  });

  it('has ordinary traffic beside its own, or is made of nothing else', () => {
    for (const habit of HABIT_NAMES) {
      const { shares } = habitNamed(habit);
      expect(shares.web).toBeGreaterThanOrEqual(10);
      expect(shares.database).toBeGreaterThanOrEqual(10);
    }
  });

  it('is in one of two halves of much the same size, and no kin is in the other', () => {
    const halfOf = (name: HabitName): string => habitNamed(name).half;
    expect(HABIT_NAMES.filter((name) => halfOf(name) === 'a')).toHaveLength(HABIT_NAMES.length / 2);
    const kin: readonly (readonly HabitName[])[] = [
      ['nfs', 'rsh', 'gluster'],
      ['gluster', 'high-services', 'p2p'],
      ['reject-only', 'reject-only-acl', 'strays', 'changed-acl'],
      HABIT_NAMES.filter((name) => name.startsWith('scan-') || name === 'nat-probes'),
    ];
    for (const names of kin) expect(new Set(names.map(halfOf)).size).toBe(1);
  });
});

describe('servers of a habit', () => {
  it('have very different numbers of clients: some have one', () => {
    const clients = new Map<string, Set<string>>();
    for (const { truth } of ofKind(write('high-services', 3000), 'high')) {
      const server = `${truth.responder.address} ${truth.responder.port}`;
      if (!clients.has(server)) clients.set(server, new Set());
      clients.get(server)?.add(truth.initiator.address);
    }
    const counts = [...clients.values()].map(({ size }) => size);
    expect(counts.filter((count) => count === 1).length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...counts)).toBeGreaterThan(30);
  });
});

describe('reserved ports', () => {
  it('of NFS clients lie in 665 to 1023, but for the few that are mounted without', () => {
    const ports = ofKind(write('nfs', 1500), 'nfs').map(({ truth }) => truth.initiator.port);
    const reserved = ports.filter((port) => port >= 665 && port <= 1023);
    expect(ports.filter((port) => port < 665 || (port > 1023 && port < 32_768))).toEqual([]);
    expect(reserved.length / ports.length).toBeGreaterThan(0.75);
    expect(reserved.length).toBeLessThan(ports.length);
  });

  it('of NFS clients are dialled from to nfsd, mountd and others', () => {
    const ports = ofKind(write('nfs', 1500), 'nfs').map(({ truth }) => truth.responder.port);
    expect(ports.filter((port) => port === 2049).length / ports.length).toBeGreaterThan(0.5);
    for (const port of [111, 20_048, 4045]) expect(ports).toContain(port);
  });

  it('of rsh clients lie in 512 to 1023, and so does what the server dials back to', () => {
    const pairs = ofKind(write('rsh', 1500), 'rsh').map(({ truth }) => [
      truth.initiator.port,
      truth.responder.port,
    ]);
    for (const [from = 0, to = 0] of pairs) {
      expect(from).toBeGreaterThanOrEqual(512);
      expect(from).toBeLessThanOrEqual(1023);
      expect([513, 514, 515].includes(to) || (to >= 900 && to < 1023)).toBe(true);
    }
    expect(pairs.some(([, to = 0]) => to >= 900)).toBe(true);
  });

  it('of Gluster clients begin at 1023, and bricks at 49152', () => {
    const own = ofKind(write('gluster', 1500), 'gluster').map(({ truth }) => truth);
    expect(own.map(({ initiator }) => initiator.port)).toContain(1023);
    expect(own.some(({ initiator }) => initiator.port >= 32_768)).toBe(true);
    const bricks = own.filter(({ responder }) => responder.port !== 24_007);
    expect(bricks.every(({ responder }) => responder.port >= 49_152 && responder.port < 49_160)).toBe(true);
    expect(bricks.length).toBeLessThan(own.length);
  });
});

describe('peers', () => {
  it('listen on one port each, and some dial from it', () => {
    const own = ofKind(write('p2p', 2000), 'p2p').map(({ truth }) => truth);
    const listens = new Map<string, Set<number>>();
    for (const { responder } of own) {
      if (!listens.has(responder.address)) listens.set(responder.address, new Set());
      listens.get(responder.address)?.add(responder.port);
    }
    expect([...listens.values()].filter(({ size }) => size !== 1)).toEqual([]);
    const fromListening = own.filter(({ initiator }) => listens.get(initiator.address)?.has(initiator.port));
    expect(fromListening.length).toBeGreaterThan(20);
    expect(fromListening.length).toBeLessThan(own.length / 2);
  });
});

describe('FTP', () => {
  const written = write('ftp', 2000);

  it('has data that the server dials from 20 and data that its client dials', () => {
    expect(new Set(ofKind(written, 'ftp-active').map(({ truth }) => truth.initiator.port))).toEqual(
      new Set([20]),
    );
    const passive = ofKind(written, 'ftp-passive').map(({ truth }) => truth.responder.port);
    expect(passive.length).toBeGreaterThan(100);
    expect(Math.min(...passive)).toBeGreaterThanOrEqual(1024);
  });

  it('has a control connection between the same hosts for nearly all data', () => {
    const hostsOf = ({ truth }: Told): string =>
      [truth.initiator.address, truth.responder.address].sort().join(' ');
    const controls = new Set(ofKind(written, 'ftp-control').map(hostsOf));
    const data = ofKind(written, 'ftp-active', 'ftp-passive');
    // One family of two is IPv6, and may be that of the one or of the other.
    const same = data.filter((one) => controls.has(hostsOf(one)));
    expect(same.length / data.length).toBeGreaterThan(0.7);
  });

  it('has probes of port 20 that nobody answers with a SYN-ACK', () => {
    const probes = ofKind(written, 'ftp-probe');
    expect(new Set(probes.map(({ truth }) => truth.responder.port))).toEqual(new Set([20]));
    expect(probes.some(synAckOf)).toBe(false);
  });
});

describe('scanners', () => {
  const manners = HABIT_NAMES.filter((name) => habitNamed(name).scanner !== null);

  it.each(manners)('%s are answered as their kind says', (habit) => {
    const written = write(habit, 1500, { loss: 0 });
    // Lost packets aside, which some talks have.
    const most = (kind: Kind, holds: (told: Told) => boolean): void => {
      const own = ofKind(written, kind);
      expect(own.length).toBeGreaterThan(30);
      expect(own.filter(holds).length / own.length).toBeGreaterThan(0.95);
    };
    most('scan-open', synAckOf);
    most('scan-refused', (told) => !synAckOf(told) && repliesOf(told) > 0);
    most('scan-silent', (told) => repliesOf(told) === 0 && rejectedOf(told) === 0);
    most('scan-rejected', (told) => repliesOf(told) === 0 && rejectedOf(told) > 0);
  });

  it('have one source port or many, one target or many, and look for port 20 and high ports', () => {
    for (const habit of manners) {
      const manner = habitNamed(habit).scanner;
      const own = ofKind(write(habit, 2500), 'scan-open', 'scan-refused', 'scan-silent', 'scan-rejected');
      const byScanner = new Map<string, { ports: Set<number>; hosts: Set<string> }>();
      for (const { truth } of own) {
        // Each scanner has an address of either family.
        if (truth.initiator.address.includes(':')) continue;
        const seen = byScanner.get(truth.initiator.address) ?? { ports: new Set(), hosts: new Set() };
        byScanner.set(truth.initiator.address, seen);
        seen.ports.add(truth.initiator.port);
        seen.hosts.add(truth.responder.address);
      }
      const scanners = [...byScanner.values()];
      expect(scanners.every(({ ports }) => ports.size === 1)).toBe(manner?.sourcePorts === 'one');
      expect(scanners.every(({ hosts }) => hosts.size === 1)).toBe(manner?.hosts === 'one');
      const targets = own.map(({ truth }) => truth.responder.port);
      expect(targets.some((port) => port >= 49_152)).toBe(true);
      if (manner?.hosts === 'one') expect(targets).toContain(20);
    }
  });
});

describe('probes of a NAT gateway', () => {
  it('are accepted, never answered, at an interface without an instance that has two-way traffic as well', () => {
    const written = write('nat-probes', 1500);
    const probes = ofKind(written, 'nat-probe');
    expect(probes.length).toBeGreaterThan(200);
    expect(sum(probes.map(repliesOf)) + sum(probes.map(rejectedOf))).toBe(0);
    const [at] = new Set(probes.flatMap(({ truth }) => truth.vantages.map(({ interfaceId }) => interfaceId)));
    const there = written.logged.filter(({ record }) => record.interfaceId === at);
    expect(there.every(({ record }) => record.instanceId === null)).toBe(true);
    expect(new Set(there.map(({ record }) => record.flowDirection))).toEqual(new Set(['ingress', 'egress']));
  });
});

describe('what the flow log keeps', () => {
  it('is what was rejected and nothing else, or what was accepted and nothing else', () => {
    for (const habit of ['reject-only', 'reject-only-acl'] as const)
      expect(new Set(column(write(habit), 'action'))).toEqual(new Set(['REJECT']));
    expect(new Set(column(write('accept-only'), 'action'))).toEqual(new Set(['ACCEPT']));
  });

  it('holds replies that network ACLs stop', () => {
    const stopped = ofKind(write('reject-only-acl', 1500), 'acl-replies').filter(
      ({ observed }) => observed.visible,
    );
    expect(stopped.length).toBeGreaterThan(100);
    // What is left of it are the replies alone.
    const replies = stopped.filter(({ observed }) =>
      observed.vantages.every(
        ({ initiatorPackets, responderPackets }) => initiatorPackets === 0 && responderPackets > 0,
      ),
    );
    expect(replies.length / stopped.length).toBeGreaterThan(0.95);
  });
});

describe('strays', () => {
  it('come a minute or more after the close, and some are rejected', () => {
    const own = ofKind(write('strays', 600), 'stray').filter(({ truth }) => truth.closedAt !== null);
    expect(own.length).toBeGreaterThan(200);
    const late = own.filter(({ truth }) => truth.lastSeen - (truth.closedAt ?? 0) >= 59);
    expect(late.length / own.length).toBeGreaterThan(0.95);
    const rejected = own.filter((told) => rejectedOf(told) > 0).length;
    expect(rejected).toBeGreaterThan(30);
    expect(rejected).toBeLessThan(own.length);
  });
});

describe('keepalives', () => {
  it('stand hours apart in connections that say nothing else meanwhile', () => {
    const written = write('keepalives', 300);
    const own = ofKind(written, 'keepalive');
    const hours = own.filter(({ truth }) => truth.lastSeen - truth.firstSeen > 3600);
    expect(hours.length / own.length).toBeGreaterThan(0.95);
    // Tracked for 350 s only, some are rejected when they come.
    expect(own.some((told) => rejectedOf(told) > 0)).toBe(true);
  });
});

describe('changed network ACLs', () => {
  it('accept and later reject packets of one connection', () => {
    const own = ofKind(write('changed-acl', 1000), 'acl-changed');
    const cut = own.filter((told) => synAckOf(told) && rejectedOf(told) > 0);
    expect(cut.length / own.length).toBeGreaterThan(0.25);
    expect(cut.length).toBeLessThan(own.length);
  });
});

describe('one-sided interfaces', () => {
  it('show one direction of the traffic that passes two', () => {
    const { logged, told } = write('one-sided', 800);
    const talks = new Set(told.filter(({ kind }) => kind === 'two-ways').map(({ truth }) => truth.talk));
    const mine = logged.filter(({ sightings }) => talks.has(sightings[0]?.talk ?? -1));
    const directions = new Map<string, Set<string>>();
    for (const { record, sightings } of mine) {
      const name = `${sightings[0]?.talk} ${record.interfaceId}`;
      if (!directions.has(name)) directions.set(name, new Set());
      directions.get(name)?.add(String(record.flowDirection));
    }
    expect([...directions.values()].filter(({ size }) => size !== 1)).toEqual([]);
  });
});

describe('two flow logs', () => {
  it('tell the same packets: the second in sums of the first', () => {
    const { logged } = write('two-logs', 300);
    const packets = (isSecond: boolean): number =>
      sum(logged.filter((one) => one.isSecond === isSecond).map(({ record }) => record.packets ?? 0));
    expect(packets(true)).toBe(packets(false));
    const records = (isSecond: boolean): number => logged.filter((one) => one.isSecond === isSecond).length;
    expect(records(true)).toBeLessThan(records(false));
  });
});

describe('a transit gateway', () => {
  const settings = settingsOf('transit-gateway', 300);
  const written = write('transit-gateway', 300);

  it('writes its attachments, flags with ACK, and no action', () => {
    expect(fieldsOf(settings)).not.toContain('action');
    expect(fieldsOf(settings)).not.toContain('interface-id');
    expect(new Set(column(written, 'version'))).toEqual(new Set(['6']));
    expect(new Set(column(written, 'tgw-attachment-id')).size).toBe(2);
    expect(new Set(column(written, 'account-id')).size).toBe(1);
    const flags = column(written, 'tcp-flags').map(Number);
    expect(flags.some((each) => (each & 8) !== 0)).toBe(true);
    // All but a plain SYN carries an ACK, and so does each record that is not SYNs or RSTs alone.
    expect(flags.filter((each) => (each & 16) === 0 && each !== 2 && (each & 4) === 0)).toEqual([]);
  });

  it('leaves the flags out where the format has none', () => {
    const without = { ...settings, logging: { ...settings.logging, format: 'v2' as const } };
    expect(fieldsOf(without)).not.toContain('tcp-flags');
    expect(fieldsOf(without)).toContain('tgw-attachment-id');
  });

  it('never shows a handshake for sure', () => {
    const bases = new Set(written.told.flatMap(({ observed }) => observed.bases ?? []));
    expect(bases).not.toContain('handshake');
    expect(bases).toContain('syn');
  });
});
