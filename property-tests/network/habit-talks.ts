/**
 * The talks of habits (kinds.ts), drawn from dice: who dials whom from which port, how it is answered, what is said. Servers have
 * from one to sixty clients. No two talks have the same ends, whichever of them dials.
 */
import { converse, say } from './converse.ts';
import type { Dice } from './dice.ts';
import type { ScannerManner } from './habits.ts';
import type { HabitKind } from './kinds.ts';
import { ReservedPorts } from './port-book.ts';
import { type Act, type Filter, otherParty, type Party, type Place, type Talk } from './story.ts';

/** What differs from a plain talk; without a client's port it is one that nobody has used between the two. */
export type Sketch = Partial<Talk> & { readonly serverPort: number };

/** A host by number, and whether it is in the VPC. */
interface HostName {
  readonly host: number;
  readonly inside: boolean;
}

/** Hosts in and out of the VPC are others of the same number. */
const numberOf = ({ host, inside }: HostName): number => host * 2 + (inside ? 1 : 0);

/** The clients of servers in turn: one in four has a single one, one has most. */
const CLIENTS = [1, 60, 2, 8, 1, 20, 3, 5] as const;
const SEATS = CLIENTS.reduce((sum: number, count) => sum + count, 0);
/** Talks that eight servers and their hundred clients share. */
const TALKS_OF_EIGHT = 1000;
const CLIENTS_FROM = 1000;
const CLIENT_HOSTS = 500;

/** Which end is in the VPC, by server: outside clients, an inside network, servers outside. */
const SIDES: readonly (readonly [client: boolean, server: boolean])[] = [
  [false, true],
  [true, true],
  [true, true],
  [true, false],
];

/** Knuth's multiplicative hash: what a host has chosen for good. */
const chosen = (host: number, below: number): number => (Math.imul(host + 1, 0x9e3779b1) >>> 0) % below;

// biome-ignore format: a list of ports
const HIGH_PORTS = [
  49_664, 49_665, 49_667, 49_670, 50_000, 50_010, 50_020, 50_070, 50_075, 50_090, 54_321, 55_555, 60_000, 60_010,
  60_020, 60_030, 61_613, 61_616, 62_078, 64_738,
] as const;

/** Ports of servers: known services, registered ones that few lists name, high ones. */
// biome-ignore format: a list of ports
const SERVICE_PORTS = [
  443, 22, 5432, 3306, 8080, 6379, 9092, 1521, 5672, 8883, 3389, 50_051, 389, 445, 25, 9200, 7443, 10_443, 13_000, 15_021,
  18_080, 24_224, 30_015, 31_337, 49_500, 55_000,
] as const;

/** What scanners look for first; then they go on through all ports. */
// biome-ignore format: a list of ports
const SCANNED_PORTS = [
  20, 21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 389, 443, 445, 514, 873, 993, 1433, 1521, 1723, 2049, 2375, 3128, 3306, 3389,
  4444, 5000, 5432, 5555, 5900, 6379, 7547, 8000, 8080, 8443, 9000, 9200, 10_000, 11_211, 25_565, 27_017, 32_764, 37_777,
  49_152, 49_153, 50_000, 50_070, 52_869, 60_001, 62_078,
] as const;
const REGISTERED_PEER_PORTS = [30_303, 6881, 8333, 4001, 26_656, 13_000] as const;

const SCANNERS_OUTSIDE = 41_000;
const SCANNERS_INSIDE = 900;
const PROBES_OF_SCANNER = 150;
const SCANNED_HOSTS = 80;

const EPHEMERAL = [32_768, 60_999] as const;
const TWO_HOURS = 7200;

/** An FTP control connection, while data may belong to it. */
interface Session {
  readonly client: HostName;
  readonly server: HostName;
  readonly until: number;
}

const placeOf = (client: HostName, server: HostName): Place => ({
  where: 'hosts',
  vpc: 0,
  inside: client.inside && server.inside ? 'both' : client.inside ? 'client' : 'server',
});

const between = (client: HostName, server: HostName): Pick<Talk, 'clientHost' | 'serverHost' | 'place'> => ({
  clientHost: client.host,
  serverHost: server.host,
  place: placeOf(client, server),
});

const DENIED: Filter = { at: 'server', kind: 'security-group', flow: 'ingress', from: 0, until: null };

export class HabitTalks {
  readonly #dice: Dice;
  readonly #scanner: ScannerManner;
  readonly #dials: number;
  readonly #interval: number;
  readonly #reserved = new ReservedPorts();
  /** Ends in use, the same from both sides. */
  readonly #taken = new Set<string>();
  readonly #probes = new Map<string, number>();
  #sessions: Session[] = [];

  constructor(dice: Dice, scanner: ScannerManner | null, dials: number, intervalSeconds: number) {
    this.#dice = dice;
    this.#scanner = scanner ?? { sourcePorts: 'many', hosts: 'many' };
    this.#dials = dials;
    this.#interval = intervalSeconds;
  }

  /** @param at seconds after the workload began */
  sketch(kind: HabitKind, at: number): Sketch {
    switch (kind) {
      case 'nfs':
        return this.#nfs();
      case 'rsh':
        return this.#rsh();
      case 'gluster':
        return this.#gluster();
      case 'high':
        return this.#high();
      case 'p2p':
        return this.#peers();
      case 'ftp-control':
        return this.#ftpControl(at);
      case 'ftp-active':
        return this.#ftpActive(at);
      case 'ftp-passive':
        return this.#ftpPassive(at);
      case 'ftp-probe':
        return this.#ftpProbe();
      case 'scan-open':
      case 'scan-refused':
      case 'scan-silent':
      case 'scan-rejected':
        return this.#scan(kind);
      case 'nat-probe':
        return this.#natProbe();
      case 'keepalive':
        return this.#keepalive();
      case 'stray':
        return this.#stray();
      case 'acl-changed':
        return this.#aclChanged();
      case 'acl-replies':
        return this.#aclReplies();
      case 'two-ways':
        return this.#twoWays();
    }
  }

  /** A client and its server: each client of a server dials as often as any other. */
  #pair(): readonly [client: HostName, server: HostName] {
    const eights = Math.max(1, Math.round(this.#dials / TALKS_OF_EIGHT));
    const seat = this.#dice.whole(0, eights * SEATS - 1);
    let left = seat % SEATS;
    let turn = 0;
    for (const count of CLIENTS) {
      if (left < count) break;
      left -= count;
      turn += 1;
    }
    const server = Math.floor(seat / SEATS) * CLIENTS.length + turn;
    // Servers have clients in common.
    const client = CLIENTS_FROM + ((server * 17 + left * 29) % CLIENT_HOSTS);
    const [clientInside, serverInside] = SIDES[server % SIDES.length] ?? [true, true];
    return [
      { host: client, inside: clientInside },
      { host: server, inside: serverInside },
    ];
  }

  /** Whether nobody has used these ends yet; they are used from now on. */
  #takes(
    place: Place,
    one: readonly [host: number, port: number],
    other: readonly [number, number],
  ): boolean {
    const name = `${place.where} ${[one.join(':'), other.join(':')].sort().join(' ')}`;
    if (this.#taken.has(name)) return false;
    this.#taken.add(name);
    return true;
  }

  #takesBetween(client: HostName, clientPort: number, server: HostName, serverPort: number): boolean {
    return this.#takes(
      placeOf(client, server),
      [numberOf(client), clientPort],
      [numberOf(server), serverPort],
    );
  }

  /** The first port that is drawn and with which the ends are new. */
  #unused(client: HostName, server: HostName, serverPort: number, draw: () => number): number {
    for (;;) {
      const port = draw();
      if (this.#takesBetween(client, port, server, serverPort)) return port;
    }
  }

  #reservedPort(client: HostName, server: HostName, serverPort: number, least: number): number {
    return this.#unused(client, server, serverPort, () =>
      this.#reserved.next(`${client.host} ${client.inside}`, least),
    );
  }

  #ephemeralPort(client: HostName, server: HostName, serverPort: number): number {
    return this.#unused(client, server, serverPort, () => this.#dice.whole(...EPHEMERAL));
  }

  #converse(longShare: number, largest: number): readonly Act[] {
    return converse(this.#dice, this.#interval, longShare, largest);
  }

  #nfs(): Sketch {
    const dice = this.#dice;
    const [client, server] = this.#pair();
    // Half of the servers let rpcbind choose the ports of the helpers.
    const assigned = server.host % 2 === 1;
    const mountd = assigned ? 32_768 + chosen(server.host, 28_000) : 20_048;
    const lockd = assigned ? 32_768 + chosen(server.host + 7000, 28_000) : 4045;
    const statd = assigned ? 32_768 + chosen(server.host + 9000, 28_000) : 662;
    const port = dice.weigh([[64, 2049], [14, mountd], [8, 111], [8, lockd], [6, statd]]); // biome-ignore format: weights
    const acts = this.#converse(port === 2049 ? 0.6 : 0.05, 1448);
    const answerer = dice.weigh([[92, 'listens'], [4, 'silent'], [4, 'refuses']] as const); // biome-ignore format: weights
    const shape = { answerer, acts, retries: dice.whole(1, 5) };
    // The server tells a client that a lock is free.
    if (port === lockd && dice.happens(0.3)) {
      const clientPort = this.#reservedPort(server, client, lockd, 665);
      return { ...shape, ...between(server, client), clientPort, serverPort: lockd };
    }
    // Mounted with noresvport.
    const isFree = client.host % 8 === 5;
    const clientPort = isFree
      ? this.#ephemeralPort(client, server, port)
      : this.#reservedPort(client, server, port, 665);
    return { ...shape, ...between(client, server), clientPort, serverPort: port };
  }

  #rsh(): Sketch {
    const dice = this.#dice;
    const [client, server] = this.#pair();
    const acts = this.#converse(0.2, 600);
    const choice = dice.whole(0, 99);
    if (choice < 18) {
      // rshd dials back to the port that it was told, from a reserved one (rcmd(3)).
      const told = dice.whole(900, 1022);
      const clientPort = this.#reservedPort(server, client, told, 512);
      return { ...between(server, client), clientPort, serverPort: told, acts };
    }
    const port = choice < 65 ? 514 : choice < 85 ? 513 : 515;
    const answerer = dice.weigh([[90, 'listens'], [4, 'silent'], [6, 'refuses']] as const); // biome-ignore format: weights
    // RFC 1179 §3.1: lpr dials from 721 to 731.
    const isLpr = port === 515 && dice.happens(0.3);
    const clientPort = isLpr
      ? 721 + (client.host % 11)
      : this.#reservedPort(client, server, port, port === 515 ? 721 : 512);
    const isNew = !isLpr || this.#takesBetween(client, clientPort, server, port);
    return {
      ...between(client, server),
      clientPort: isNew ? clientPort : this.#reservedPort(client, server, port, 721),
      serverPort: port,
      answerer,
      acts,
      retries: dice.whole(0, 3),
    };
  }

  #gluster(): Sketch {
    const dice = this.#dice;
    const [user, server] = this.#pair();
    // A quarter is servers among themselves: glusterd, healing.
    const client = dice.happens(0.25) ? { host: server.host + 500, inside: server.inside } : user;
    const brick = 49_152 + dice.whole(0, server.host % 6);
    const port = dice.happens(0.2) ? 24_007 : brick;
    const clientPort =
      client.host % 10 < 3
        ? this.#ephemeralPort(client, server, port)
        : this.#reservedPort(client, server, port, 512);
    const answerer = dice.weigh([[94, 'listens'], [3, 'silent'], [3, 'refuses']] as const); // biome-ignore format: weights
    return {
      ...between(client, server),
      clientPort,
      serverPort: port,
      answerer,
      acts: this.#converse(0.5, 1448),
    };
  }

  #high(): Sketch {
    const dice = this.#dice;
    const [client, server] = this.#pair();
    const serverPort =
      server.host % 5 < 3
        ? (HIGH_PORTS[chosen(server.host, HIGH_PORTS.length)] ?? 50_000)
        : 49_152 + chosen(server.host, 16_384);
    return {
      ...between(client, server),
      serverPort,
      answerer: dice.weigh([[94, 'listens'], [3, 'silent'], [3, 'refuses']] as const), // biome-ignore format: weights
      retries: dice.whole(0, 4),
      acts: this.#converse(0.3, 800),
    };
  }

  #peers(): Sketch {
    const dice = this.#dice;
    const within = 10 + Math.ceil(this.#dials / 500);
    const own: HostName = { host: dice.uneven(within), inside: true };
    // Mostly with the world, and either may dial.
    const isWorld = dice.happens(0.8);
    const world: HostName = { host: dice.uneven(60 + Math.ceil(this.#dials / 30)), inside: false };
    const near: HostName = { host: (own.host + 1 + dice.whole(0, within - 2)) % within, inside: true };
    const other = isWorld ? world : near;
    const [client, server] = dice.happens(0.5) ? [own, other] : [other, own];
    const portOf = (peer: HostName): number => {
      const number = numberOf(peer);
      return number % 10 < 3
        ? (REGISTERED_PEER_PORTS[chosen(number, REGISTERED_PEER_PORTS.length)] ?? 30_303)
        : 32_768 + chosen(number, 32_767);
    };
    const serverPort = portOf(server);
    // The first dial of a peer that binds its listening port leaves from there; others find it taken.
    let binds = client.host % 3 === 0;
    const clientPort = this.#unused(client, server, serverPort, () => {
      const port = binds ? portOf(client) : dice.whole(...EPHEMERAL);
      binds = false;
      return port;
    });
    return {
      ...between(client, server),
      clientPort,
      serverPort,
      answerer: dice.weigh([[76, 'listens'], [16, 'silent'], [8, 'refuses']] as const), // biome-ignore format: weights
      retries: dice.whole(0, 3),
      acts: this.#converse(0.3, 1448),
    };
  }

  #ftpControl(at: number): Sketch {
    const dice = this.#dice;
    const [client, server] = this.#pair();
    const lasts = dice.spread(60, 1200);
    this.#sessions = this.#sessions.filter(({ until }) => until > at);
    this.#sessions.push({ client, server, until: at + lasts });
    const words = dice.whole(2, 6);
    // The server greets, then each command has its answer.
    const acts = Array.from({ length: words }, (_, i): readonly Act[] => [
      say('server', i === 0 ? 0.01 : 0.05, dice.whole(20, 200), 1),
      say('client', lasts / words, dice.whole(6, 60), 1),
    ]).flat();
    return {
      ...between(client, server),
      serverPort: 21,
      answerer: dice.weigh([[95, 'listens'], [3, 'refuses'], [2, 'silent']] as const), // biome-ignore format: weights
      acts: [...acts, { do: 'close', by: 'client', after: 0.2 }, { do: 'close', by: 'server', after: 0.05 }],
    };
  }

  /** Data belong to a control connection that is open, or, when there is none, to one that the log does not know. */
  #session(at: number): readonly [client: HostName, server: HostName] {
    const open = this.#sessions.filter(({ until }) => until > at);
    const session = open[this.#dice.whole(0, Math.max(0, open.length - 1))];
    return session === undefined ? this.#pair() : [session.client, session.server];
  }

  #transfer(sends: Party): readonly Act[] {
    const dice = this.#dice;
    const packets = dice.whole(1, 12);
    return [
      say(sends, 0.01, dice.spread(40, 1448), packets),
      { do: 'close', by: sends, after: 0.05 },
      { do: 'close', by: otherParty(sends), after: 0.01 },
    ];
  }

  #ftpActive(at: number): Sketch {
    const dice = this.#dice;
    const [client, server] = this.#session(at);
    // The server dials; what it dials is a port of its client's choice.
    const serverPort = this.#unused(server, client, 20, () => dice.whole(...EPHEMERAL));
    return {
      ...between(server, client),
      clientPort: 20,
      serverPort,
      acts: this.#transfer(dice.happens(0.75) ? 'client' : 'server'),
      // Firewalls of clients do not know that data are coming.
      answerer: dice.weigh([[90, 'listens'], [6, 'silent'], [4, 'refuses']] as const), // biome-ignore format: weights
      filters: dice.happens(0.06) ? [DENIED] : [],
      retries: 2,
    };
  }

  #ftpPassive(at: number): Sketch {
    const dice = this.#dice;
    const [client, server] = this.#session(at);
    // The range that the server is set to, or any port.
    const serverPort =
      server.host % 3 === 0
        ? 50_000 + dice.whole(0, 100)
        : server.host % 3 === 1
          ? dice.whole(32_768, 60_999)
          : dice.whole(1024, 65_535);
    return {
      ...between(client, server),
      serverPort,
      clientPort: this.#ephemeralPort(client, server, serverPort),
      acts: this.#transfer(dice.happens(0.75) ? 'server' : 'client'),
    };
  }

  #ftpProbe(): Sketch {
    const dice = this.#dice;
    const [, server] = this.#pair();
    const client: HostName = { host: 3000 + dice.whole(0, 40), inside: false };
    const target: HostName = { ...server, inside: true };
    const answer = dice.weigh([[4, 'rejected'], [3, 'silent'], [3, 'refuses']] as const); // biome-ignore format: weights
    return {
      ...between(client, target),
      serverPort: 20,
      clientPort: this.#ephemeralPort(client, target, 20),
      dialler: dice.pick(['scanner', 'mute']),
      retries: dice.whole(0, 1),
      answerer: answer === 'rejected' ? 'silent' : answer,
      filters: answer === 'rejected' ? [DENIED] : [],
    };
  }

  #countOf(name: string): number {
    const count = this.#probes.get(name) ?? 0;
    this.#probes.set(name, count + 1);
    return count;
  }

  #scan(kind: 'scan-open' | 'scan-refused' | 'scan-silent' | 'scan-rejected'): Sketch {
    const dice = this.#dice;
    const manner = this.#scanner;
    // Half of the scanners meet one answer only, the others all of them.
    const group = dice.happens(0.5) ? 'all' : kind;
    const groupNumber = ['all', 'scan-open', 'scan-refused', 'scan-silent', 'scan-rejected'].indexOf(group);
    for (;;) {
      const count = this.#countOf(group);
      const scanner = Math.floor(count / PROBES_OF_SCANNER) * 5 + groupNumber;
      const probe = count % PROBES_OF_SCANNER;
      const isInside = scanner % 4 === 3;
      const clientHost = (isInside ? SCANNERS_INSIDE : SCANNERS_OUTSIDE) + scanner;
      const place: Place = isInside ? { where: 'both', vpc: 0 } : { where: 'server', vpc: 0 };
      const serverHost = manner.hosts === 'one' ? (scanner * 7) % SCANNED_HOSTS : probe % SCANNED_HOSTS;
      const nth = manner.hosts === 'one' ? probe : scanner * 2 + Math.floor(probe / SCANNED_HOSTS);
      const serverPort =
        manner.hosts === 'one'
          ? nth < SCANNED_PORTS.length
            ? (SCANNED_PORTS[nth] ?? 22)
            : 1 + ((nth * 7919 + scanner * 131) % 65_535)
          : (SCANNED_PORTS[(nth * 11) % SCANNED_PORTS.length] ?? 22);
      // One port for all: most are high, some registered.
      const fixed = scanner % 5 === 1 ? 1024 + chosen(scanner, 30_000) : 32_768 + chosen(scanner, 32_000);
      const clientPort = manner.sourcePorts === 'one' ? fixed : dice.whole(...EPHEMERAL);
      if (!this.#takes(place, [clientHost, clientPort], [-1 - serverHost, serverPort])) continue;
      const connects = manner.sourcePorts === 'many' && dice.happens(0.4);
      return {
        clientHost,
        serverHost,
        clientPort,
        serverPort,
        place,
        dialler: connects ? 'patient' : dice.pick(['scanner', 'mute']),
        retries: connects ? 1 : dice.whole(0, 1),
        answerer: kind === 'scan-open' ? 'listens' : kind === 'scan-refused' ? 'refuses' : 'silent',
        acts: connects ? [{ do: dice.pick(['close', 'abort']), by: 'client', after: 0.05 }] : [],
        filters:
          kind !== 'scan-rejected' ? [] : [dice.happens(0.8) ? DENIED : { ...DENIED, kind: 'network-acl' }],
      };
    }
  }

  #natProbe(): Sketch {
    const dice = this.#dice;
    const place: Place = { where: 'gateway', vpc: 0 };
    for (;;) {
      const count = this.#countOf('nat');
      const scanner = Math.floor(count / 25);
      const serverPort = dice.happens(0.7)
        ? (SCANNED_PORTS[dice.whole(0, SCANNED_PORTS.length - 1)] ?? 22)
        : dice.whole(1, 65_535);
      const isOnePort = scanner % 2 === 0;
      const clientPort = isOnePort ? 32_768 + chosen(scanner, 32_000) : dice.whole(...EPHEMERAL);
      const clientHost = SCANNERS_OUTSIDE + scanner;
      if (!this.#takes(place, [clientHost, clientPort], [-1, serverPort])) continue;
      return {
        clientHost,
        clientPort,
        serverPort,
        place,
        dialler: 'scanner',
        answerer: 'silent',
        retries: dice.weigh([[3, 0], [1, 1], [1, 3]]), // biome-ignore format: weights
      };
    }
  }

  /** A server of any service, and one of its clients. */
  #service(): Sketch {
    const [client, server] = this.#pair();
    const serverPort = SERVICE_PORTS[chosen(server.host, SERVICE_PORTS.length)] ?? 443;
    return { ...between(client, server), serverPort };
  }

  #keepalive(): Sketch {
    const dice = this.#dice;
    const every = dice.weigh([[4, TWO_HOURS], [1, TWO_HOURS / 2], [1, 3 * TWO_HOURS]]); // biome-ignore format: weights
    const by = dice.pick(['client', 'server'] as const);
    const talk: readonly Act[] = [
      say('client', 0.01, dice.spread(20, 300), 1),
      say('server', 0.1, dice.spread(60, 800), dice.whole(1, 4)),
    ];
    return {
      ...this.#service(),
      acts: [
        ...talk,
        { do: 'probe', by, after: every, packets: dice.whole(1, 4), every },
        ...(dice.happens(0.5) ? talk : []),
        ...(dice.happens(0.7)
          ? ([
              { do: 'close', by, after: dice.spread(1, 600) },
              { do: 'close', by: otherParty(by), after: 0.1 },
            ] as const)
          : []),
      ],
    };
  }

  #stray(): Sketch {
    const dice = this.#dice;
    const first = dice.pick(['client', 'server'] as const);
    const late = dice.pick(['client', 'server'] as const);
    const isReset = dice.happens(0.2);
    const closes: readonly Act[] = isReset
      ? [{ do: 'abort', by: first, after: 1 }]
      : [
          { do: 'close', by: first, after: dice.spread(0.1, 20) },
          { do: 'close', by: otherParty(first), after: dice.spread(0.01, 2) },
        ];
    return {
      ...this.#service(),
      acts: [
        say('client', 0.01, dice.spread(20, 300), 1),
        say('server', 0.1, dice.spread(60, 1448), dice.whole(1, 4)),
        ...closes,
        {
          do: 'stray',
          by: late,
          // Those that come after an hour are alone in a log without flags.
          after: dice.happens(0.2) ? dice.between(3600, 7200) : dice.spread(60, 900),
          packets: dice.whole(1, 3),
          payload: dice.happens(0.15) ? dice.whole(20, 200) : 0,
          flag: dice.weigh([[3, 'ack'], [2, 'fin'], [2, 'rst']] as const), // biome-ignore format: weights
          every: dice.spread(0.5, 30),
        },
      ],
    };
  }

  #aclChanged(): Sketch {
    const dice = this.#dice;
    const service = this.#service();
    const { inside } = service.place as Place & { readonly where: 'hosts' };
    const at: Party = inside === 'both' ? dice.pick(['client', 'server']) : inside;
    const from = dice.spread(2, this.#interval * 3);
    return {
      ...service,
      acts: this.#converse(0.8, 800),
      filters: [
        {
          at,
          kind: 'network-acl',
          flow: dice.pick(['ingress', 'egress']),
          from,
          until: dice.happens(0.6) ? null : from + dice.spread(20, 600),
        },
      ],
    };
  }

  #aclReplies(): Sketch {
    const dice = this.#dice;
    const service = this.#service();
    const { inside } = service.place as Place & { readonly where: 'hosts' };
    const isServer = inside === 'both' ? dice.happens(0.5) : inside === 'server';
    return {
      ...service,
      retries: dice.whole(0, 4),
      answerer: dice.happens(0.8) ? 'listens' : 'refuses',
      filters: [
        {
          at: isServer ? 'server' : 'client',
          kind: 'network-acl',
          flow: isServer ? 'egress' : 'ingress',
          from: 0,
          until: null,
        },
      ],
    };
  }

  #twoWays(): Sketch {
    const dice = this.#dice;
    const { clientHost = 0, serverHost = 0, serverPort } = this.#service();
    const place: Place = dice.happens(0.25)
      ? { where: 'transit', logs: 'gateways' }
      : {
          where: 'two-interfaces',
          vpc: 0,
          logs: serverHost % 3 === 0 ? 'all' : serverHost % 3 === 1 ? 'in' : 'out',
        };
    return { clientHost, serverHost, serverPort, place, acts: this.#converse(0.3, 1000) };
  }
}
