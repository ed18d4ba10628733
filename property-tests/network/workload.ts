/**
 * Talks by the million, in the order in which they dial: a mix of what a VPC sees in a day, drawn from a seed. No two
 * talks ever share both ends (ports that are taken again are redials of one talk), so each can be played, logged and
 * told alone; what a workload has in memory is the ports its hosts have used.
 */
import { Dice } from './dice.ts';
import { PortBook, type PortRange } from './port-book.ts';
import {
  type Act,
  DEFAULT_TRACKED_SECONDS,
  FAIR_WEATHER,
  type Filter,
  otherParty,
  type Party,
  PLAIN_TALK,
  type Place,
  type Talk,
} from './story.ts';

/** The kinds of traffic, each with what it is. */
export const KINDS = {
  web: 'HTTP and HTTPS on 80, 443, 8080: from outside, to outside, through NAT gateways and load balancers',
  database: 'clients of 3306, 5432, 6379, 9042, 27017 and 1433, pooled and short',
  grpc: 'gRPC on 50051, 8443, 9000 and node ports from 30000 on, mostly long',
  peers: 'ephemeral to ephemeral: listening ports of peers, and ports agreed upon for one connection',
  gossip: 'cluster members on 7000, 7946, 8301 and 2380',
  ftp: 'FTP data: the server dials from port 20',
  scan: 'SYN, half-open and connect scans over many ports and hosts',
  refused: 'nobody listens: RST',
  silent: 'nobody answers',
  blocked: 'a security group or a network ACL rejects, from the start or from some moment on',
  udp: 'DNS, NTP, QUIC, syslog, StatsD',
  icmp: 'ping',
} as const;
export type Kind = keyof typeof KINDS;

/** What share of the talks each kind has, in percent. */
export const WORKLOADS = {
  mixed: {
    web: 32,
    database: 15,
    grpc: 10,
    peers: 7,
    gossip: 3,
    ftp: 3,
    scan: 8,
    refused: 4,
    silent: 3,
    blocked: 5,
    udp: 7,
    icmp: 3,
  },
  web: { web: 92, refused: 2, silent: 2, blocked: 4 },
  services: { database: 50, grpc: 35, gossip: 15 },
  peers: { peers: 80, gossip: 20 },
  scan: { scan: 100 },
} as const satisfies Record<string, Partial<Record<Kind, number>>>;
export type WorkloadName = keyof typeof WORKLOADS;

export interface WorkloadSettings {
  readonly workload: WorkloadName;
  /** How many dials there are in all, redials included. */
  readonly connections: number;
  readonly seed: number;
  /** Dials a second. */
  readonly rate: number;
  /** What counts as long: a fifth of the connections outlast an interval of this length. */
  readonly intervalSeconds: number;
}

/** A talk and what kind of traffic it is. */
export interface WorkloadTalk {
  readonly kind: Kind;
  readonly talk: Talk;
}

/** Hosts by role. Clients outside come in proportion to the talks, so that none runs out of ports. */
const INSIDE_CLIENTS = 120;
const INSIDE_SERVERS = 60;
const OUTSIDE_SERVERS = 150;
const TALKS_A_CLIENT = 2000;
/** Talks with one number modulo this share a translated port (places.ts): they get servers of their own. */
const TRANSLATED_PORTS = 1500;
const SCANNERS_FROM = 40_000;

/** A redial in nine talks makes one connection in ten a reuse of ports. */
const REDIAL_SHARE = 1 / 9;
const ROUGH_SHARE = 0.03;
const IPV6_SHARE = 0.12;

// biome-ignore format: a list of ports
const SCANNED_PORTS = [
  21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 161, 389, 443, 445, 465, 514, 587, 631, 993, 995, 1080, 1433, 1521,
  1723, 2049, 2375, 3128, 3306, 3389, 5000, 5060, 5432, 5900, 5985, 6379, 6443, 7001, 8000, 8080, 8081, 8443, 8888, 9000,
  9090, 9200, 9999, 10_000, 11_211, 27_017,
] as const;
const SCANNED_HOSTS = 50;

/** What differs from a plain talk; ports and moment are settled afterwards. */
type Sketch = Partial<Talk> & { readonly serverPort: number };

const PLACE_NUMBERS: Readonly<Record<Place['where'], number>> = {
  server: 0,
  client: 1,
  // The client's side of a gateway looks like no gateway at all.
  nat: 1,
  both: 2,
  transit: 3,
  balancer: 4,
};

/** A name for client, server and service as a number (PortBook). All targets of a balancer share its front. */
const pairOf = ({ place, clientHost, serverHost, serverPort }: Talk): number => {
  const server = place.where === 'balancer' ? 0 : serverHost;
  return ((PLACE_NUMBERS[place.where] * 65_536 + clientHost) * 65_536 + server) * 65_536 + serverPort;
};

/** One client host in five is no Linux, one in ten stands behind translation. */
const rangeOf = ({ clientHost }: Talk): PortRange => {
  if (clientHost % 10 === 3) return 'wide';
  return clientHost % 5 === 1 ? 'iana' : 'linux';
};

class Writer {
  readonly #settings: WorkloadSettings;
  readonly #dice: Dice;
  readonly #ports = new PortBook();
  #scans = 0;
  #pings = 0;

  constructor(settings: WorkloadSettings) {
    this.#settings = settings;
    this.#dice = new Dice(settings.seed);
  }

  *talks(): Generator<WorkloadTalk> {
    const shares = Object.entries(WORKLOADS[this.#settings.workload]) as [Kind, number][];
    const [first, ...others] = shares.map(([kind, share]) => [share, kind] as const);
    if (first === undefined) throw new Error('a workload has at least one kind');
    let at = 0;
    let index = 0;
    for (let dials = 0; dials < this.#settings.connections; index += 1) {
      at += this.#dice.wait(this.#settings.rate);
      const kind = this.#dice.weigh([first, ...others]);
      const talk = this.#finish(this.#sketch(kind, index), kind, index, at);
      yield { kind, talk };
      dials += 1 + talk.redials.length;
    }
  }

  #sketch(kind: Kind, index: number): Sketch {
    const dice = this.#dice;
    switch (kind) {
      case 'web':
        return {
          serverPort: dice.weigh([[75, 443], [20, 80], [5, 8080]]), // biome-ignore format: weights
          place: this.#webPlace(),
          acts: this.#conversation(0.1, 1448),
        };
      case 'database':
        return {
          serverPort: dice.pick([3306, 5432, 6379, 9042, 27_017, 1433]),
          place: this.#insidePlace(),
          acts: this.#conversation(0.5, 400),
        };
      case 'grpc':
        return {
          serverPort: dice.weigh([[4, 50_051], [2, 8443], [1, 9000], [3, 30_000 + dice.whole(0, 40)]]), // biome-ignore format: weights
          place: dice.happens(0.2) ? this.#balancer() : this.#insidePlace(),
          acts: this.#conversation(0.4, 300),
        };
      case 'peers': {
        const server = dice.whole(0, INSIDE_SERVERS - 1);
        return {
          serverHost: server,
          serverPort: dice.happens(0.5) ? 49_152 + ((server * 7919) % 16_000) : dice.whole(32_768, 65_535),
          place: this.#edgePlace(),
          acts: this.#conversation(0.25, 1448),
        };
      }
      case 'gossip':
        return {
          serverPort: dice.pick([7000, 7946, 8301, 2380]),
          place: { where: 'both', vpc: 0 },
          acts: this.#conversation(0.3, 200),
        };
      case 'ftp':
        return {
          serverPort: 0, // the FTP client's ephemeral port, see #finish
          clientPort: 20,
          place: dice.happens(0.6) ? { where: 'client', vpc: 0 } : { where: 'both', vpc: 0 },
          acts: this.#conversation(0.05, 1448),
        };
      case 'scan':
        return this.#scan();
      case 'refused':
        return { serverPort: this.#anyService(), answerer: 'refuses', place: this.#edgePlace() };
      case 'silent':
        return {
          serverPort: this.#anyService(),
          answerer: 'silent',
          place: this.#edgePlace(),
          retries: dice.whole(0, 6),
        };
      case 'blocked':
        return this.#blocked();
      case 'udp':
        return this.#datagrams();
      case 'icmp':
        return { ...this.#ping(), serverPort: 0, serverHost: index % INSIDE_SERVERS };
    }
  }

  #anyService(): number {
    return this.#dice.pick([443, 80, 22, 25, 3306, 5432, 6379, 9042, 8080, 8443, 50_051, 9200]);
  }

  #webPlace(): Place {
    const dice = this.#dice;
    const choice = dice.whole(0, 99);
    if (choice < 45) return { where: 'server', vpc: 0 };
    if (choice < 65) return { where: 'client', vpc: 0 };
    if (choice < 85) return this.#balancer();
    return { where: 'nat', vpc: 0, logs: dice.pick(['all', 'gateway']) };
  }

  #balancer(): Place {
    const dice = this.#dice;
    return { where: 'balancer', vpc: 0, keepsClient: dice.happens(0.5), logs: dice.weigh([[3, 'all'], [1, 'balancer']]) }; // biome-ignore format: weights
  }

  #insidePlace(): Place {
    const dice = this.#dice;
    if (dice.happens(0.85)) return { where: 'both', vpc: 0 };
    return { where: 'transit', logs: dice.pick(['all', 'server-side', 'gateways']) };
  }

  #edgePlace(): Place {
    return this.#dice.pick<Place>([
      { where: 'server', vpc: 0 },
      { where: 'client', vpc: 0 },
      { where: 'both', vpc: 0 },
    ]);
  }

  /** Requests and answers, and how the two part. `longShare` of them outlast an interval. */
  #conversation(longShare: number, largest: number): readonly Act[] {
    const dice = this.#dice;
    const interval = this.#settings.intervalSeconds;
    const isLong = dice.happens(longShare);
    // An open connection is silent for less than the hour after which its key starts a new one.
    const lasting = isLong
      ? dice.spread(interval * 1.1, Math.min(interval * 8, 7200))
      : dice.spread(0.01, 30);
    const rounds = isLong ? Math.max(dice.whole(2, 8), Math.ceil(lasting / 1500)) : dice.whole(1, 3);
    // Servers of some protocols speak first (SMTP, SSH, MySQL); their clients wait for the greeting.
    const opener: Party = dice.happens(0.15) ? 'server' : 'client';
    const acts: Act[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const after = round === 0 ? dice.between(0, 0.01) : lasting / rounds;
      acts.push(this.#say(opener, after, dice.spread(20, 300), 1));
      acts.push(
        this.#say(otherParty(opener), dice.spread(0.001, 0.5), dice.spread(60, largest), dice.whole(1, 6)),
      );
    }
    if (isLong && dice.happens(0.2))
      acts.push({
        do: 'probe',
        by: dice.pick(['client', 'server']),
        after: 75,
        packets: dice.whole(1, 4),
        every: 75,
      });
    return [...acts, ...this.#parting(lasting / rounds)];
  }

  #say(by: Party, after: number, payload: number, packets: number): Act {
    return { do: 'send', by, after, packets, payload: Math.round(payload), every: 0.002 };
  }

  #parting(after: number): readonly Act[] {
    const dice = this.#dice;
    const by: Party = dice.weigh([[2, 'client'], [1, 'server']]); // biome-ignore format: weights
    const closes: readonly Act[] = [
      { do: 'close', by, after },
      { do: 'close', by: otherParty(by), after: dice.spread(0.001, 3) },
    ];
    const choice = dice.whole(0, 99);
    if (choice < 80) return closes;
    if (choice < 88) return [{ do: 'abort', by, after }];
    if (choice < 92) return [{ do: 'close', by, after }, { do: 'abort', by, after: 0.05 }]; // biome-ignore format: a pair
    if (choice < 95) return []; // left open
    // Gone without a word; what the other end says later meets silence, or a host that knows nothing.
    const how = dice.pick(['vanish', 'forget'] as const);
    return [{ do: how, by, after }, this.#say(otherParty(by), dice.between(1, 100), 50, 1)];
  }

  #scan(): Sketch {
    const dice = this.#dice;
    const number = this.#scans;
    this.#scans += 1;
    const port = SCANNED_PORTS[Math.floor(number / SCANNED_HOSTS) % SCANNED_PORTS.length] ?? 22;
    const sweep = Math.floor(number / (SCANNED_HOSTS * SCANNED_PORTS.length));
    const manner = dice.pick(['scanner', 'mute', 'connect'] as const);
    const isOpen = port === 443 || port === 80 || port === 22;
    const answerer = isOpen ? 'listens' : dice.weigh([[2, 'refuses'], [1, 'silent']] as const); // biome-ignore format: weights
    return {
      clientHost: SCANNERS_FROM + (sweep % 5),
      // One sweep comes from one source port, as masscan and zmap do it.
      clientPort: 40_000 + (sweep % 20_000),
      serverHost: number % SCANNED_HOSTS,
      serverPort: port,
      place: { where: 'server', vpc: 0 },
      dialler: manner === 'connect' ? 'patient' : manner,
      retries: manner === 'connect' ? 1 : 0,
      answerer,
      acts: manner === 'connect' ? [{ do: dice.pick(['close', 'abort']), by: 'client', after: 0.05 }] : [],
      filters: !isOpen && dice.happens(0.6) ? [DENY_INGRESS] : [],
    };
  }

  #blocked(): Sketch {
    const dice = this.#dice;
    const shape = { serverPort: this.#anyService(), place: this.#edgePlace(), retries: dice.whole(0, 4) };
    const choice = dice.whole(0, 9);
    if (choice < 6) return { ...shape, filters: [DENY_INGRESS] };
    // A network ACL that lets the request in and the reply not out.
    if (choice < 8) return { ...shape, filters: [{ ...DENY_INGRESS, kind: 'network-acl', flow: 'egress' }] };
    const acts = this.#conversation(0.3, 400);
    return { ...shape, acts, filters: [{ ...DENY_INGRESS, kind: 'network-acl', from: dice.between(0, 20) }] };
  }

  #datagrams(): Sketch {
    const dice = this.#dice;
    const port = dice.weigh([[4, 53], [1, 123], [2, 443], [1, 514], [1, 8125], [1, 0]]); // biome-ignore format: weights
    return {
      protocol: 'udp',
      serverPort: port === 0 ? dice.whole(32_768, 65_535) : port,
      answerer: port === 514 || port === 8125 || dice.happens(0.1) ? 'silent' : 'listens',
      place: this.#edgePlace(),
      acts: [
        {
          do: 'send',
          by: 'client',
          after: 0,
          packets: dice.whole(1, 4),
          payload: dice.whole(30, 500),
          every: dice.spread(0.01, 30),
        },
      ],
    };
  }

  /** Ping has no ports: every talk has a client of its own. */
  #ping(): Partial<Talk> {
    const number = this.#pings;
    this.#pings += 1;
    return {
      protocol: 'icmp',
      clientHost: number % SCANNERS_FROM,
      place: { where: 'server', vpc: 0 },
      answerer: this.#dice.happens(0.9) ? 'listens' : 'silent',
      acts: [{ do: 'send', by: 'client', after: 0, packets: this.#dice.whole(1, 5), payload: 56, every: 1 }],
    };
  }

  #clientHost(place: Place): number {
    const outside = Math.max(200, Math.ceil(this.#settings.connections / TALKS_A_CLIENT));
    const isOutside = place.where === 'server' || place.where === 'balancer';
    return this.#dice.whole(0, (isOutside ? outside : INSIDE_CLIENTS) - 1);
  }

  #serverHost(place: Place, index: number): number {
    if (place.where === 'nat' || (place.where === 'balancer' && !place.keepsClient))
      return Math.floor(index / TRANSLATED_PORTS);
    return this.#dice.whole(0, (place.where === 'client' ? OUTSIDE_SERVERS : INSIDE_SERVERS) - 1);
  }

  #finish(sketch: Sketch, kind: Kind, index: number, at: number): Talk {
    const dice = this.#dice;
    const place = sketch.place ?? PLAIN_TALK.place;
    const isRough = dice.happens(ROUGH_SHARE);
    const talk: Talk = {
      ...PLAIN_TALK,
      clientHost: this.#clientHost(place),
      serverHost: this.#serverHost(place, index),
      ...sketch,
      family: place.where !== 'nat' && dice.happens(IPV6_SHARE) ? 6 : 4,
      at,
      latency: dice.spread(0.0005, 0.15),
      weather: isRough
        ? { loss: dice.spread(0.005, 0.08), delay: 0.01, seed: dice.whole(0, 0xffff) }
        : FAIR_WEATHER,
      trackedSeconds: dice.happens(0.1) ? 350 : DEFAULT_TRACKED_SECONDS,
      redials: this.#redials(kind),
    };
    if (kind === 'scan' || kind === 'icmp') return talk;
    const port = this.#ports.next(pairOf(talk), rangeOf(talk));
    return kind === 'ftp' ? { ...talk, serverPort: port } : { ...talk, clientPort: port };
  }

  /** The same ports again: at once, after TIME-WAIT, or hours later. */
  #redials(kind: Kind): readonly number[] {
    const dice = this.#dice;
    const happens = dice.happens(REDIAL_SHARE);
    const gap = dice.weigh([
      [1, dice.between(0.5, 10)],
      [1, dice.between(61, 200)],
      [2, dice.between(3600, 12_000)],
    ]);
    return happens && !NEVER_REDIALLED.has(kind) ? [gap] : [];
  }
}

const DENY_INGRESS: Filter = { at: 'server', kind: 'security-group', flow: 'ingress', from: 0, until: null };

/** Exchanges have no end that would tell two of them apart; a scanner does not come back to a port. */
const NEVER_REDIALLED: ReadonlySet<Kind> = new Set(['scan', 'udp', 'icmp']);

/** The talks of a workload, by the time of their first dial. */
export const drawTalks = (settings: WorkloadSettings): Generator<WorkloadTalk> =>
  new Writer(settings).talks();
