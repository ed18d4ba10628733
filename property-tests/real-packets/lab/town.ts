/**
 * Who lives in the lab and what they do there: some habits of real networks, each with the ports that its protocol uses and the ends
 * that its programs choose. Drawn from a seed, written before anything was measured, and fitted to nothing: a second truth is
 * worth nothing once the rules have been turned to it.
 */
import { seedRandom } from '../../network/seed-random.ts';
import type { Dial, Ending, Host, Service, Town, Turn } from './orders.ts';

/** Addresses inside are those of one VPC; outside are documentation addresses (RFC 5737, RFC 3849). */
const HOSTS: readonly Host[] = [
  host('web', ['10.0.1.10', '2001:db8:1::10'], true),
  host('app1', ['10.0.1.21', '2001:db8:1::21'], true),
  host('app2', ['10.0.1.22', '2001:db8:1::22'], true),
  host('data', ['10.0.2.30', '2001:db8:1::30'], true),
  host('store', ['10.0.2.40', '2001:db8:1::40'], true),
  host('peer1', ['10.0.3.51', '2001:db8:1::51'], true),
  host('peer2', ['10.0.3.52', '2001:db8:1::52'], true),
  host('peer3', ['10.0.3.53', '2001:db8:1::53'], true),
  host('visitors', [...range('203.0.113.', 10, 60), '2001:db8:c::10'], false),
  host('internet', [...range('198.51.100.', 10, 40), '2001:db8:5::10'], false),
  host('scanners', range('192.0.2.', 66, 4), false),
];

function host(name: string, addresses: readonly string[], inVpc: boolean): Host {
  // Hosts of the VPC never answer the last scanner, as behind a firewall that drops.
  return { name, addresses, inVpc, deafTo: inVpc ? ['192.0.2.69/32'] : [] };
}

function range(prefix: string, first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${first + i}`);
}

/** Where each protocol listens, and how many bytes it says before it is asked. */
const LISTENING: Readonly<Record<string, readonly (readonly [port: number, greeting: number])[]>> = {
  web: [
    [80, 0],
    [443, 0],
    [8080, 0],
    [22, 42],
    [9100, 0],
  ],
  app1: [
    [50_051, 0],
    [8765, 0],
    [9092, 0],
    [22, 42],
    [9100, 0],
    [514, 0],
  ],
  app2: [
    [7000, 0],
    [12_345, 0],
    [2379, 0],
    [10_250, 0],
    [22, 42],
    [9100, 0],
    [514, 0],
  ],
  data: [
    [5432, 0],
    [3306, 78],
    [6379, 0],
    [27_017, 0],
    [9200, 0],
    [9042, 0],
    [11_211, 0],
    [5672, 0],
    [22, 42],
    [9100, 0],
  ],
  store: [
    [2049, 0],
    [111, 0],
    [445, 0],
    [389, 0],
    [21, 60],
    [24_007, 0],
    [49_152, 0],
    [49_153, 0],
    [22, 42],
    [9100, 0],
  ],
  peer1: [
    [6881, 0],
    [30_303, 0],
    [7946, 0],
  ],
  peer2: [
    [51_413, 0],
    [30_303, 0],
    [7946, 0],
  ],
  peer3: [
    [45_682, 0],
    [30_303, 0],
    [7946, 0],
  ],
  internet: [
    [80, 0],
    [443, 0],
    [25, 70],
    [587, 70],
    [53, 0],
    [8443, 0],
    [993, 50],
    [22, 42],
  ],
};

/** Draws that the habits share, and the dials they have written. */
class Scribe {
  readonly dials: Dial[] = [];
  /** Ports on which data is awaited: FTP's, and those of rsh clients. */
  readonly extra: Service[] = [];
  readonly #random: () => number;
  readonly #hosts: ReadonlyMap<string, Host>;
  readonly #taken = new Set<string>();
  readonly seconds: number;

  constructor(seed: number, seconds: number) {
    this.#random = seedRandom(seed);
    this.#hosts = new Map(HOSTS.map((one) => [one.name, one]));
    this.seconds = seconds;
  }

  between(least: number, most: number): number {
    return least + this.#random() * (most - least);
  }

  whole(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<T>(those: readonly T[]): T {
    const one = those[Math.floor(this.#random() * those.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  }

  /** Sizes as they are met: mostly small, now and then a hundred times as large. */
  size(usual: number): number {
    return Math.ceil(usual * this.between(0.3, 1.7) * (this.chance(0.03) ? 20 : 1));
  }

  turns(count: number, pause: number, asks: number, answers: number): readonly Turn[] {
    return Array.from({ length: count }, (_, i) => ({
      after: i === 0 ? this.between(0, 0.05) : this.between(0.2, 1.8) * pause,
      asks: this.size(asks),
      answers: this.size(answers),
    }));
  }

  /** A port of the host that this lab has not given to anybody yet. */
  freePort(name: string, least: number, most: number): number {
    for (;;) {
      const port = this.whole(least, most);
      if (this.#taken.has(`${name} ${port}`)) continue;
      this.#taken.add(`${name} ${port}`);
      return port;
    }
  }

  addressOf(name: string, family: 4 | 6): string {
    const those = this.#hosts.get(name)?.addresses.filter((one) => one.includes(':') === (family === 6));
    return this.pick(those ?? []);
  }

  dial(
    habit: string,
    from: string,
    to: string,
    toPort: number,
    more: Partial<Omit<Dial, 'habit' | 'host' | 'toPort'>>,
  ): Dial {
    // Scanners know no IPv6, and dials that name an end stay in its family.
    const family = more.from !== undefined || from === 'scanners' || !this.chance(0.12) ? 4 : 6;
    const greeting = LISTENING[to]?.find(([port]) => port === toPort)?.[1] ?? 0;
    const dial: Dial = {
      habit,
      host: from,
      from: this.addressOf(from, family),
      fromPort: null,
      to: this.addressOf(to, family),
      toPort,
      greeting,
      at: this.between(0, this.seconds - 5),
      turns: [],
      ending: 'client',
      keepAlive: null,
      patience: 60,
      ...more,
    };
    this.dials.push(dial);
    return dial;
  }
}

const INSIDE = ['web', 'app1', 'app2', 'data', 'store'] as const;
const PEERS = ['peer1', 'peer2', 'peer3'] as const;

/** Pages in a browser: some connections at once, idle for a while, closed by whoever is tired first. */
const browsing = (scribe: Scribe, visits: number): void => {
  for (let visit = 0; visit < visits; visit += 1) {
    const at = scribe.between(0, scribe.seconds - 20);
    const toPort = scribe.pick([80, 443, 443, 443, 8080]);
    const lasting = scribe.chance(0.15) ? 40 : 1;
    for (let i = scribe.whole(1, 4); i > 0; i -= 1)
      scribe.dial('web', 'visitors', 'web', toPort, {
        at: at + scribe.between(0, 1),
        turns: scribe.turns(scribe.whole(1, 5), lasting, 500, 1500),
        ending: scribe.pick<Ending>(['client', 'client', 'server', 'server', 'reset']),
      });
  }
};

/** Pools that stay open all the time, and scripts that ask once. */
const databases = (scribe: Scribe, pooled: number, short: number): void => {
  const ports = [5432, 3306, 6379, 27_017, 9200, 9042, 11_211, 5672];
  for (let i = 0; i < pooled; i += 1)
    scribe.dial('database', scribe.pick(['app1', 'app2']), 'data', scribe.pick(ports), {
      at: scribe.between(0, scribe.seconds / 2),
      turns: scribe.turns(scribe.whole(4, 25), 30, 120, 400),
      ending: scribe.pick<Ending>(['stays', 'stays', 'client', 'server']),
      keepAlive: scribe.chance(0.5) ? 20 : null,
    });
  for (let i = 0; i < short; i += 1)
    scribe.dial('database', scribe.pick(['app1', 'app2', 'web']), 'data', scribe.pick(ports), {
      turns: scribe.turns(scribe.whole(1, 3), 0.2, 150, 600),
      ending: scribe.pick<Ending>(['client', 'client', 'client', 'reset']),
    });
};

/** Services of one's own on ports that no list knows, or that a list gives to somebody else. */
const services = (scribe: Scribe, calls: number): void => {
  const there: readonly (readonly [string, number])[] = [
    ['app1', 50_051],
    ['app1', 8765],
    ['app1', 9092],
    ['app2', 7000],
    ['app2', 12_345],
    ['app2', 2379],
    ['app2', 10_250],
  ];
  for (let i = 0; i < calls; i += 1) {
    const [to, toPort] = scribe.pick(there);
    const from = scribe.pick(INSIDE.filter((name) => name !== to));
    const lasting = scribe.chance(0.25);
    scribe.dial('service', from, to, toPort, {
      turns: lasting
        ? scribe.turns(scribe.whole(3, 12), 20, 200, 300)
        : scribe.turns(scribe.whole(1, 4), 0.3, 200, 800),
      ending: lasting ? scribe.pick<Ending>(['stays', 'client', 'server']) : 'client',
    });
  }
};

/** Protocols in which the server speaks first, and directories. */
const mailAndLogins = (scribe: Scribe, count: number): void => {
  const there: readonly (readonly [string, string, number])[] = [
    ['app1', 'internet', 25],
    ['app2', 'internet', 587],
    ['web', 'internet', 993],
    ['visitors', 'web', 22],
    ['internet', 'data', 22],
    ['app2', 'store', 22],
    ['app1', 'store', 389],
    ['app2', 'store', 445],
    ['data', 'store', 445],
  ];
  for (let i = 0; i < count; i += 1) {
    const [from, to, toPort] = scribe.pick(there);
    scribe.dial('mail, SSH, directory', from, to, toPort, {
      turns: scribe.turns(scribe.whole(2, 9), scribe.pick([0.2, 8]), 90, 200),
      ending: scribe.pick<Ending>(['client', 'server']),
    });
  }
};

/** FTP: control, then data from port 20 to a port of the client, or from the client to a port of the server. */
const fileTransfer = (scribe: Scribe, sessions: number): void => {
  for (let i = 0; i < sessions; i += 1) {
    const client = scribe.pick(['app1', 'app2', 'visitors']);
    const files = scribe.whole(1, 3);
    const isActive = scribe.chance(0.5);
    const control = scribe.dial('FTP control', client, 'store', 21, {
      from: scribe.addressOf(client, 4),
      to: scribe.addressOf('store', 4),
      at: scribe.between(0, scribe.seconds - 40),
      turns: scribe.turns(3 + files, 2, 20, 60),
      ending: scribe.pick<Ending>(['client', 'server']),
    });
    for (let file = 0; file < files; file += 1) {
      const [from, to] = isActive ? ['store', client] : [client, 'store'];
      // Linux gives such listeners a port of its ephemeral range; the lab takes them before anybody dials.
      const toPort = scribe.freePort(to, 32_768, 60_999);
      scribe.extra.push({ host: to, port: toPort, greeting: 0 });
      const sends = scribe.chance(0.5);
      scribe.dial(isActive ? 'FTP data, active' : 'FTP data, passive', from, to, toPort, {
        from: isActive ? control.to : control.from,
        to: isActive ? control.from : control.to,
        fromPort: isActive ? 20 : null,
        at: control.at + 2 + 3 * file,
        turns: [{ after: 0, asks: sends ? scribe.size(6000) : 12, answers: sends ? 0 : scribe.size(6000) }],
        ending: sends ? 'client' : 'server',
      });
    }
  }
};

/** Clients that dial from a reserved port to show that root sent them. */
const reservedPorts = (scribe: Scribe, mounts: number, commands: number): void => {
  for (let i = 0; i < mounts; i += 1) {
    const client = scribe.pick(['app1', 'app2', 'web', 'data']);
    scribe.dial('NFS', client, 'store', scribe.pick([2049, 2049, 2049, 111]), {
      fromPort: scribe.freePort(client, 665, 1020),
      turns: scribe.turns(scribe.whole(2, 10), scribe.pick([0.3, 25]), 180, 400),
      ending: scribe.pick<Ending>(['stays', 'client', 'client']),
    });
  }
  for (let i = 0; i < commands; i += 1) {
    const [client, server] = scribe.pick([
      ['web', 'app1'],
      ['data', 'app2'],
    ] as const);
    const at = scribe.between(0, scribe.seconds - 20);
    const [from, to] = [scribe.addressOf(client, 4), scribe.addressOf(server, 4)];
    scribe.dial('rsh', client, server, 514, {
      from,
      to,
      at,
      fromPort: scribe.freePort(client, 512, 1020),
      turns: scribe.turns(2, 0.3, 60, 500),
      ending: 'server',
    });
    // The server dials back for standard error, from a reserved port to a reserved port.
    const toPort = scribe.freePort(client, 512, 1020);
    scribe.extra.push({ host: client, port: toPort, greeting: 0 });
    scribe.dial('rsh, dialled back', server, client, toPort, {
      from: to,
      to: from,
      at: at + 0.1,
      fromPort: scribe.freePort(server, 512, 1020),
      turns: scribe.turns(1, 0.3, 80, 0),
    });
  }
};

/** Storage whose bricks listen in the range of ephemeral ports. */
const bricks = (scribe: Scribe, count: number): void => {
  for (let i = 0; i < count; i += 1) {
    const client = scribe.pick(['app1', 'app2', 'web']);
    scribe.dial('Gluster', client, 'store', scribe.pick([24_007, 49_152, 49_152, 49_153]), {
      fromPort: scribe.chance(0.5) ? scribe.freePort(client, 48_700, 49_151) : null,
      turns: scribe.turns(scribe.whole(2, 8), scribe.pick([0.3, 20]), 300, 900),
      ending: scribe.pick<Ending>(['stays', 'client']),
    });
  }
};

/** Everybody listens and everybody dials. */
const peers = (scribe: Scribe, meetings: number): void => {
  const own: Readonly<Record<string, number>> = { peer1: 6881, peer2: 51_413, peer3: 45_682 };
  for (let i = 0; i < meetings; i += 1) {
    const from = scribe.pick(PEERS);
    const to = scribe.pick(PEERS.filter((name) => name !== from));
    const toPort = scribe.pick([own[to] ?? 30_303, 30_303, 7946]);
    scribe.dial('peers', from, to, toPort, {
      turns: scribe.turns(scribe.whole(1, 6), scribe.pick([0.5, 15]), 300, 300),
      ending: scribe.pick<Ending>(['client', 'server', 'reset', 'stays']),
    });
  }
  // Strangers dial them too.
  for (let i = 0; i < meetings / 2; i += 1) {
    const to = scribe.pick(PEERS);
    scribe.dial('peers', 'internet', to, own[to] ?? 30_303, {
      fromPort: scribe.chance(0.3) ? scribe.freePort('internet', 1025, 65_000) : null,
      turns: scribe.turns(scribe.whole(1, 4), 2, 400, 400),
      ending: scribe.pick<Ending>(['client', 'reset']),
    });
  }
};

/** Scans: many ports of one host, one port of all hosts, all from one port of one's own; and one whom nobody answers. */
const scans = (scribe: Scribe, probes: number): void => {
  const inside = HOSTS.filter(({ inVpc }) => inVpc).map(({ name }) => name);
  const victim = scribe.pick(inside);
  const begun = scribe.between(10, scribe.seconds / 4);
  const common = [20, 21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 443, 445, 993, 1433, 3306, 3389];
  for (let i = 0; i < probes; i += 1)
    scribe.dial(
      'scan, many ports',
      'scanners',
      victim,
      i < common.length ? (common[i] ?? 1) : scribe.whole(1, 49_000),
      {
        from: '192.0.2.66',
        to: scribe.addressOf(victim, 4),
        at: begun + i * 0.2,
        ending: 'reset',
      },
    );
  for (let i = 0; i < probes; i += 1) {
    const to = scribe.pick(inside);
    scribe.dial('scan, one port', 'scanners', to, scribe.pick([22, 3389]), {
      from: '192.0.2.67',
      to: scribe.addressOf(to, 4),
      at: begun + i * 2,
      ending: 'reset',
    });
  }
  for (let i = 0; i < probes; i += 1) {
    const to = inside[i % inside.length] ?? 'web';
    scribe.dial('scan, from one port', 'scanners', to, 1000 + 7 * Math.floor(i / inside.length), {
      from: '192.0.2.68',
      to: scribe.addressOf(to, 4),
      fromPort: 54_321,
      at: begun + i,
      ending: 'reset',
    });
  }
  for (let i = 0; i < probes / 2; i += 1) {
    const to = scribe.pick(inside);
    scribe.dial('scan, unanswered', 'scanners', to, scribe.pick([23, 2323, 8291, 37_215]), {
      from: '192.0.2.69',
      to: scribe.addressOf(to, 4),
      patience: scribe.pick([0.9, 5]),
    });
  }
};

/** Dials to ports where nobody listens. */
const refusals = (scribe: Scribe, count: number): void => {
  for (let i = 0; i < count; i += 1) {
    const [from, to] = scribe.pick([
      ['app1', 'data'],
      ['app2', 'web'],
      ['visitors', 'web'],
      ['internet', 'app1'],
    ] as const);
    scribe.dial('refused', from, to, scribe.pick([81, 1521, 8443, 9300, 8125, 61_616, 33_060]), {});
  }
};

/** From inside to the internet. */
const outgoing = (scribe: Scribe, count: number): void => {
  for (let i = 0; i < count; i += 1)
    scribe.dial('outgoing', scribe.pick(INSIDE), 'internet', scribe.pick([443, 443, 443, 80, 8443, 53]), {
      turns: scribe.turns(scribe.whole(1, 3), scribe.chance(0.1) ? 30 : 0.3, 400, 1800),
      ending: scribe.pick<Ending>(['client', 'server', 'reset']),
    });
};

/** A monitor that asks all hosts again and again, and health checks that only knock. */
const monitoring = (scribe: Scribe, every: number): void => {
  for (const to of INSIDE.filter((name) => name !== 'app2'))
    for (let at = scribe.between(1, 10); at < scribe.seconds - 5; at += every) {
      scribe.dial('monitor', 'app2', to, 9100, { at, turns: scribe.turns(1, 0, 150, 4000) });
      if (to === 'web') scribe.dial('health check', 'app2', to, 80, { at: at + 1, ending: 'reset' });
    }
};

/** The town of a seed. `scale` multiplies how much is going on. */
export const drawTown = (seed: number, seconds: number, scale: number): Town => {
  const scribe = new Scribe(seed, seconds);
  const times = (count: number): number => Math.ceil(count * scale);
  browsing(scribe, times(160));
  databases(scribe, times(60), times(250));
  services(scribe, times(300));
  mailAndLogins(scribe, times(160));
  fileTransfer(scribe, times(60));
  reservedPorts(scribe, times(120), times(40));
  bricks(scribe, times(120));
  peers(scribe, times(240));
  scans(scribe, times(150));
  refusals(scribe, times(100));
  outgoing(scribe, times(250));
  monitoring(scribe, 30 / scale);
  const listening = Object.entries(LISTENING).flatMap(([name, ports]) =>
    ports.map(([port, greeting]): Service => ({ host: name, port, greeting })),
  );
  return {
    hosts: HOSTS,
    services: [...listening, ...scribe.extra],
    dials: scribe.dials.sort((one, other) => one.at - other.at),
    seconds,
  };
};
