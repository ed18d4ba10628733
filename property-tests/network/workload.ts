/**
 * Talks by the million, in the order in which they dial: a mix of what a VPC sees in a day, drawn from a seed. No two
 * talks ever share both ends (ports that are taken again are redials of one talk), so each can be played, logged and
 * told alone; what a workload has in memory is the ports its hosts have used.
 */
import { converse } from './converse.ts';
import { Dice } from './dice.ts';
import { HabitTalks, type Sketch } from './habit-talks.ts';
import { type Habit, type HabitName, habitNamed, isHabit } from './habits.ts';
import { isHabitKind, type Kind, type OrdinaryKind, type Shares } from './kinds.ts';
import { PortBook, type PortRange } from './port-book.ts';
import {
  type Act,
  DEFAULT_TRACKED_SECONDS,
  FAIR_WEATHER,
  type Filter,
  hasIpv4Only,
  PLAIN_TALK,
  type Place,
  type Talk,
} from './story.ts';
import { WORKLOADS, type WorkloadName } from './workloads.ts';

export interface WorkloadSettings {
  /** A workload, or that of a habit. */
  readonly workload: WorkloadName | HabitName;
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

const PLACE_NUMBERS: Readonly<Record<Place['where'], number>> = {
  server: 0,
  client: 1,
  // The client's side of a gateway looks like no gateway at all.
  nat: 1,
  both: 2,
  transit: 3,
  balancer: 4,
  hosts: 5,
  'two-interfaces': 8,
  gateway: 9,
};

/** Hosts inside and outside are others of the same number. */
const placeNumber = (place: Place): number => {
  if (place.where !== 'hosts') return PLACE_NUMBERS[place.where];
  return PLACE_NUMBERS.hosts + (place.inside === 'both' ? 0 : place.inside === 'client' ? 1 : 2);
};

/** A name for client, server and service as a number (PortBook). All targets of a balancer share its front. */
const pairOf = ({ place, clientHost, serverHost, serverPort }: Talk): number => {
  const server = place.where === 'balancer' ? 0 : serverHost;
  return ((placeNumber(place) * 65_536 + clientHost) * 65_536 + server) * 65_536 + serverPort;
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
  readonly #habit: Habit | null;
  readonly #habits: HabitTalks;
  #scans = 0;
  #pings = 0;

  constructor(settings: WorkloadSettings) {
    const { workload, seed, connections, intervalSeconds } = settings;
    this.#settings = settings;
    this.#dice = new Dice(seed);
    this.#habit = isHabit(workload) ? habitNamed(workload) : null;
    this.#habits = new HabitTalks(this.#dice, this.#habit?.scanner ?? null, connections, intervalSeconds);
  }

  get #shares(): Shares {
    const { workload } = this.#settings;
    return isHabit(workload) ? habitNamed(workload).shares : WORKLOADS[workload];
  }

  *talks(): Generator<WorkloadTalk> {
    const shares = Object.entries(this.#shares) as [Kind, number][];
    const [first, ...others] = shares.map(([kind, share]) => [share, kind] as const);
    if (first === undefined) throw new Error('a workload has at least one kind');
    let at = 0;
    let index = 0;
    for (let dials = 0; dials < this.#settings.connections; index += 1) {
      at += this.#dice.wait(this.#settings.rate);
      const kind = this.#dice.weigh([first, ...others]);
      const sketch = isHabitKind(kind) ? this.#habits.sketch(kind, at) : this.#sketch(kind, index);
      const place = this.#habit?.place ?? sketch.place ?? PLAIN_TALK.place;
      const talk = this.#finish({ ...sketch, place }, kind, index, at);
      yield { kind, talk };
      dials += 1 + talk.redials.length;
    }
  }

  #sketch(kind: OrdinaryKind, index: number): Sketch {
    const dice = this.#dice;
    switch (kind) {
      case 'web':
        return {
          serverPort: dice.weigh([[75, 443], [20, 80], [5, 8080]]), // biome-ignore format: weights
          place: this.#webPlace(),
          acts: this.#converse(0.1, 1448),
        };
      case 'database':
        return {
          serverPort: dice.pick([3306, 5432, 6379, 9042, 27_017, 1433]),
          place: this.#insidePlace(),
          acts: this.#converse(0.5, 400),
        };
      case 'grpc':
        return {
          serverPort: dice.weigh([[4, 50_051], [2, 8443], [1, 9000], [3, 30_000 + dice.whole(0, 40)]]), // biome-ignore format: weights
          place: dice.happens(0.2) ? this.#balancer() : this.#insidePlace(),
          acts: this.#converse(0.4, 300),
        };
      case 'peers': {
        const server = dice.whole(0, INSIDE_SERVERS - 1);
        return {
          serverHost: server,
          serverPort: dice.happens(0.5) ? 49_152 + ((server * 7919) % 16_000) : dice.whole(32_768, 65_535),
          place: this.#edgePlace(),
          acts: this.#converse(0.25, 1448),
        };
      }
      case 'gossip':
        return {
          serverPort: dice.pick([7000, 7946, 8301, 2380]),
          place: { where: 'both', vpc: 0 },
          acts: this.#converse(0.3, 200),
        };
      case 'ftp':
        return {
          serverPort: 0, // the FTP client's ephemeral port, see #finish
          clientPort: 20,
          place: dice.happens(0.6) ? { where: 'client', vpc: 0 } : { where: 'both', vpc: 0 },
          acts: this.#converse(0.05, 1448),
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

  #converse(longShare: number, largest: number): readonly Act[] {
    return converse(this.#dice, this.#settings.intervalSeconds, longShare, largest);
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
    const acts = this.#converse(0.3, 400);
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
    return this.#host(isOutside ? outside : INSIDE_CLIENTS);
  }

  #serverHost(place: Place, index: number): number {
    if (place.where === 'nat' || (place.where === 'balancer' && !place.keepsClient))
      return Math.floor(index / TRANSLATED_PORTS);
    return this.#host(place.where === 'client' ? OUTSIDE_SERVERS : INSIDE_SERVERS);
  }

  /** Beside habits some hosts are met far more often than others; the mixed workload meets all alike. */
  #host(below: number): number {
    return this.#habit === null ? this.#dice.whole(0, below - 1) : this.#dice.uneven(below);
  }

  #finish(sketch: Sketch & { readonly place: Place }, kind: Kind, index: number, at: number): Talk {
    const dice = this.#dice;
    const { place } = sketch;
    const isRough = dice.happens(ROUGH_SHARE);
    const talk: Talk = {
      ...PLAIN_TALK,
      clientHost: this.#clientHost(place),
      serverHost: this.#serverHost(place, index),
      ...sketch,
      family: !hasIpv4Only(place) && dice.happens(IPV6_SHARE) ? 6 : 4,
      at,
      latency: dice.spread(0.0005, 0.15),
      weather: isRough
        ? { loss: dice.spread(0.005, 0.08), delay: 0.01, seed: dice.whole(0, 0xffff) }
        : FAIR_WEATHER,
      trackedSeconds: dice.happens(0.1) ? 350 : DEFAULT_TRACKED_SECONDS,
      redials: this.#redials(kind),
    };
    const isSettled = isHabitKind(kind) && sketch.clientPort !== undefined;
    if (kind === 'scan' || kind === 'icmp' || isSettled) return talk;
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

/**
 * Exchanges have no end that would tell two of them apart; a scanner does not come back to a port; what lasts for hours or comes
 * behind the close is told by itself.
 */
const NEVER_REDIALLED: ReadonlySet<Kind> = new Set([
  ...(['scan', 'udp', 'icmp', 'ftp-probe', 'nat-probe', 'keepalive', 'stray'] as const),
  ...(['scan-open', 'scan-refused', 'scan-silent', 'scan-rejected'] as const),
]);

/** The talks of a workload, by the time of their first dial. */
export const drawTalks = (settings: WorkloadSettings): Generator<WorkloadTalk> =>
  new Writer(settings).talks();
