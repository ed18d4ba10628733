/**
 * Small networks for fast-check: one to six talks of every kind the truth lab knows, logged in every way it knows.
 * Everything shrinks towards one plain connection in a plain log. No two talks of a VPC share both ends by accident,
 * since two hosts cannot hold the same ports twice; different VPCs may, and often do.
 */
import fc, { type Arbitrary } from 'fast-check';
import { routeOf } from '../network/places.ts';
import { FORMATS, type FormatName } from '../network/print-records.ts';
import {
  type Act,
  DEFAULT_TRACKED_SECONDS,
  FAIR_WEATHER,
  type Filter,
  type Logging,
  otherParty,
  type Party,
  PLAIN_LOGGING,
  type Place,
  type Scenario,
  type Talk,
  type Weather,
} from '../network/story.ts';

/** Whole milliseconds, so that shrinking gives readable numbers. */
const seconds = (least: number, most: number): Arbitrary<number> =>
  fc.integer({ min: Math.round(least * 1000), max: Math.round(most * 1000) }).map((value) => value / 1000);

/** Choices shrink to the first alternative, which is the plain one. */
const TO_FIRST = { withCrossShrink: true } as const;

/** Null, but for one time in so many. */
const seldom = <T>(arbitrary: Arbitrary<T>, oneIn: number): Arbitrary<T | null> =>
  fc.oneof(TO_FIRST, { arbitrary: fc.constant(null), weight: oneIn - 1 }, { arbitrary, weight: 1 });

const anyParty: Arbitrary<Party> = fc.constantFrom('client', 'server');

const anySend = (most: number): Arbitrary<Act> =>
  fc.record({
    do: fc.constant('send' as const),
    by: anyParty,
    after: seconds(0, 20),
    packets: fc.integer({ min: 1, max: most }),
    // 1448 bytes of payload make the 1500 of an Ethernet frame's packet.
    payload: fc.oneof(TO_FIRST, fc.integer({ min: 1, max: 300 }), fc.constant(1448)),
    every: seconds(0.001, 2),
  });

const anyTalking: Arbitrary<readonly Act[]> = fc.array(anySend(12), { maxLength: 4 });

const closeBy = (by: Party, after: number): Act => ({ do: 'close', by, after });

/** What the two ends do to each other: everything of a talk but who they are and where they stand. */
type Kind = Pick<Talk, 'dialler' | 'answerer' | 'retries' | 'acts' | 'redials' | 'protocol'>;

const kind = (about: Partial<Kind>): Kind => ({
  protocol: 'tcp',
  dialler: 'patient',
  answerer: 'listens',
  retries: 5,
  acts: [],
  redials: [],
  ...about,
});

/** Seconds after the end of the connection before: at once, after TIME-WAIT, late. */
const anyRedials: Arbitrary<readonly number[]> = fc.array(
  fc.oneof(TO_FIRST, seconds(0.5, 10), seconds(61, 200), seconds(3600, 12_000)),
  { maxLength: 2 },
);

const normal: Arbitrary<Kind> = fc
  .record({
    talking: anyTalking,
    by: anyParty,
    first: seconds(0, 30),
    second: seconds(0, 2),
    redials: anyRedials,
  })
  .map(({ talking, by, first, second, redials }) =>
    kind({ acts: [...talking, closeBy(by, first), closeBy(otherParty(by), second)], redials }),
  );

const halfClose: Arbitrary<Kind> = fc
  .record({ talking: anyTalking, by: anyParty, late: anySend(8), last: fc.option(seconds(0, 100)) })
  .map(({ talking, by, late, last }) => {
    const after: Act = { ...late, by: otherParty(by) };
    return kind({
      acts: [...talking, closeBy(by, 1), after, ...(last === null ? [] : [closeBy(otherParty(by), last)])],
    });
  });

const simultaneousClose: Arbitrary<Kind> = anyTalking.map((talking) =>
  kind({ acts: [...talking, closeBy('client', 1), closeBy('server', 0)] }),
);

const simultaneousOpen: Arbitrary<Kind> = normal.map((talk) => ({ ...talk, answerer: 'dials', redials: [] }));

/** RST in any state: while dialling, while talking, after one FIN or both. */
const reset: Arbitrary<Kind> = fc
  .record({
    talking: anyTalking,
    fins: fc.subarray<Party>(['client', 'server']),
    by: anyParty,
    after: seconds(0, 70),
    redials: anyRedials,
  })
  .map(({ talking, fins, by, after, redials }) =>
    kind({
      acts: [...talking, ...fins.map((party) => closeBy(party, 0.5)), { do: 'abort', by, after }],
      redials,
    }),
  );

const refused: Arbitrary<Kind> = anyRedials.map((redials) => kind({ answerer: 'refuses', redials }));
const unanswered: Arbitrary<Kind> = fc
  .record({ retries: fc.integer({ min: 0, max: 5 }), acts: fc.option(seconds(0, 40)) })
  .map(({ retries, acts }) =>
    kind({
      answerer: 'silent',
      retries,
      acts: acts === null ? [] : [{ do: 'abort', by: 'client', after: acts }],
    }),
  );
const scan: Arbitrary<Kind> = fc
  .constantFrom<Talk['answerer']>('listens', 'refuses', 'silent')
  .chain((answerer) =>
    fc
      .constantFrom<Talk['dialler']>('scanner', 'mute')
      .map((dialler) => kind({ dialler, answerer, retries: 1 })),
  );
const connectScan: Arbitrary<Kind> = fc
  .constantFrom<Act['do'] & ('close' | 'abort')>('close', 'abort')
  .map((act) => kind({ acts: [{ do: act, by: 'client', after: 0.5 }, closeBy('server', 0)] }));

const idle: Arbitrary<Kind> = fc
  .record({
    talking: anyTalking,
    probes: fc.integer({ min: 0, max: 6 }),
    // Those of a pool, and those of Linux where nobody set them (tcp_keepalive_time).
    every: fc.constantFrom(75, 75, 7200),
    silence: fc.oneof(TO_FIRST, seconds(60, 600), seconds(600, 3400), seconds(3400, 9000)),
    by: anyParty,
  })
  .map(({ talking, probes, every, silence, by }) =>
    kind({
      acts: [
        ...talking,
        ...(probes > 0 ? [{ do: 'probe' as const, by, after: every, packets: probes, every }] : []),
        { do: 'send', by, after: silence, packets: 2, payload: 90, every: 0.1 },
        closeBy(by, 1),
        closeBy(otherParty(by), 0.1),
      ],
    }),
  );

/** One end goes without a word; what the other does later meets silence or a host that knows nothing. */
const lostClose: Arbitrary<Kind> = fc
  .record({
    talking: anyTalking,
    how: fc.constantFrom<'vanish' | 'forget'>('vanish', 'forget'),
    by: anyParty,
    later: fc.constantFrom<'send' | 'close' | 'nothing'>('send', 'close', 'nothing'),
    after: seconds(1, 200),
    redials: anyRedials,
  })
  .map(({ talking, how, by, later, after, redials }) => {
    const other = otherParty(by);
    const send: Act = { do: 'send', by: other, after, packets: 2, payload: 50, every: 0.2 };
    const afterwards = later === 'send' ? [send] : later === 'close' ? [closeBy(other, after)] : [];
    return kind({ acts: [...talking, { do: how, by, after: 1 }, ...afterwards], redials });
  });

const leftOpen: Arbitrary<Kind> = anyTalking.map((acts) => kind({ acts }));

const anyTcpKind: Arbitrary<Kind> = fc.oneof(
  TO_FIRST,
  { arbitrary: normal, weight: 8 },
  { arbitrary: leftOpen, weight: 2 },
  { arbitrary: halfClose, weight: 2 },
  { arbitrary: simultaneousClose, weight: 1 },
  { arbitrary: simultaneousOpen, weight: 1 },
  { arbitrary: reset, weight: 3 },
  { arbitrary: refused, weight: 2 },
  { arbitrary: unanswered, weight: 2 },
  { arbitrary: scan, weight: 2 },
  { arbitrary: connectScan, weight: 1 },
  { arbitrary: idle, weight: 2 },
  { arbitrary: lostClose, weight: 2 },
);

const anyDatagramKind: Arbitrary<Kind> = fc
  .record({
    protocol: fc.constantFrom<'udp' | 'icmp'>('udp', 'icmp'),
    answerer: fc.constantFrom<Talk['answerer']>('listens', 'silent'),
    packets: fc.integer({ min: 1, max: 5 }),
    payload: fc.integer({ min: 1, max: 500 }),
  })
  .map(({ protocol, answerer, packets, payload }) =>
    kind({ protocol, answerer, acts: [{ do: 'send', by: 'client', after: 0, packets, payload, every: 1 }] }),
  );

/** Linux's range, IANA's range (Windows, BSD), and now and then a port that looks like a service. */
const anyClientPort: Arbitrary<number> = fc.oneof(
  TO_FIRST,
  { arbitrary: fc.integer({ min: 32_768, max: 60_999 }), weight: 6 },
  { arbitrary: fc.integer({ min: 49_152, max: 65_535 }), weight: 3 },
  { arbitrary: fc.integer({ min: 1024, max: 5000 }), weight: 1 },
);

/** Well-known, registered (databases, caches, gRPC, queues) and high ports. */
const anyServerPort: Arbitrary<number> = fc.constantFrom(
  443,
  80,
  22,
  53,
  3306,
  5432,
  6379,
  8080,
  9092,
  9200,
  27_017,
  50_051,
  11_211,
  33_060,
  61_616,
);

const anyPorts: Arbitrary<Pick<Talk, 'clientPort' | 'serverPort'>> = fc.oneof(
  TO_FIRST,
  { arbitrary: fc.record({ clientPort: anyClientPort, serverPort: anyServerPort }), weight: 8 },
  // Peers: nothing about the ports tells who dialled.
  { arbitrary: fc.record({ clientPort: anyClientPort, serverPort: anyClientPort }), weight: 2 },
  // FTP data: the server dials from port 20 (RFC 959 §3.2), so the ports tell the opposite of the truth.
  { arbitrary: fc.record({ clientPort: fc.constant(20), serverPort: anyClientPort }), weight: 1 },
);

const anyVpc: Arbitrary<number> = fc.integer({ min: 0, max: 2 });

const anyPlace: Arbitrary<Place> = fc.oneof(
  TO_FIRST,
  { arbitrary: anyVpc.map((vpc): Place => ({ where: 'both', vpc })), weight: 3 },
  { arbitrary: anyVpc.map((vpc): Place => ({ where: 'server', vpc })), weight: 4 },
  { arbitrary: anyVpc.map((vpc): Place => ({ where: 'client', vpc })), weight: 3 },
  {
    arbitrary: fc.record({
      where: fc.constant('nat' as const),
      vpc: anyVpc,
      logs: fc.constantFrom<'all' | 'gateway'>('all', 'gateway'),
    }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      where: fc.constant('transit' as const),
      logs: fc.constantFrom<'all' | 'server-side' | 'gateways'>('all', 'server-side', 'gateways'),
    }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      where: fc.constant('balancer' as const),
      vpc: anyVpc,
      keepsClient: fc.boolean(),
      logs: fc.constantFrom<'all' | 'balancer'>('all', 'balancer'),
    }),
    weight: 1,
  },
);

/** Mostly nothing is lost; else one packet in a hundred, or one in ten. For a scenario's limits. */
export const anyWeather: Arbitrary<Weather> = fc.oneof(
  TO_FIRST,
  { arbitrary: fc.constant(FAIR_WEATHER), weight: 4 },
  {
    arbitrary: fc.record({
      loss: fc.constantFrom(0.01, 0.1),
      delay: fc.oneof(TO_FIRST, fc.constant(0), seconds(0.001, 0.3)),
      seed: fc.nat({ max: 0xffff }),
    }),
    weight: 1,
  },
);

const anyFilter: Arbitrary<Filter> = fc.record({
  at: anyParty,
  kind: fc.constantFrom<Filter['kind']>('security-group', 'network-acl'),
  flow: fc.constantFrom<Filter['flow']>('ingress', 'egress'),
  from: fc.oneof(TO_FIRST, fc.constant(0), seconds(0, 60)),
  until: fc.option(seconds(1, 120)),
});

const anyFilters: Arbitrary<readonly Filter[]> = fc.oneof(
  TO_FIRST,
  { arbitrary: fc.constant<readonly Filter[]>([]), weight: 4 },
  { arbitrary: fc.array(anyFilter, { minLength: 1, maxLength: 2 }), weight: 1 },
);

/** One talk of any kind, anywhere. */
export const anyTalk = (weather: Arbitrary<Weather> = fc.constant(FAIR_WEATHER)): Arbitrary<Talk> =>
  fc
    .record({
      kind: fc.oneof(
        TO_FIRST,
        { arbitrary: anyTcpKind, weight: 9 },
        { arbitrary: anyDatagramKind, weight: 1 },
      ),
      ports: anyPorts,
      family: fc.oneof(
        TO_FIRST,
        { arbitrary: fc.constant<4 | 6>(4), weight: 4 },
        { arbitrary: fc.constant<4 | 6>(6), weight: 1 },
      ),
      clientHost: fc.integer({ min: 0, max: 3 }),
      serverHost: fc.integer({ min: 0, max: 2 }),
      secondary: fc.oneof(
        TO_FIRST,
        { arbitrary: fc.constant(false), weight: 6 },
        { arbitrary: fc.constant(true), weight: 1 },
      ),
      at: seconds(0, 400),
      latency: seconds(0.001, 0.2),
      weather,
      trackedSeconds: fc.oneof(
        TO_FIRST,
        { arbitrary: fc.constant(DEFAULT_TRACKED_SECONDS), weight: 4 },
        { arbitrary: fc.constantFrom(60, 350), weight: 1 },
      ),
      place: anyPlace,
      filters: anyFilters,
    })
    .map(({ kind: chosen, ports, ...rest }) => ({ ...rest, ...ports, ...chosen }));

const endsOf = (talk: Talk, index: number): readonly string[] =>
  routeOf(talk, index).legs.map((leg) => {
    const ends = [leg.client, leg.server].map(({ address, port }) => `${address} ${port}`).sort();
    const vpc = talk.place.where === 'transit' ? 'transit' : talk.place.vpc;
    return [talk.protocol, vpc, ...ends].join(' ');
  });

/** Moves client ports (and hosts, for ping, which has no ports) until no two talks hold the same ends in one VPC. */
const keepApart = (talks: readonly Talk[]): readonly Talk[] => {
  const taken = new Set<string>();
  return talks.map((wanted, index) => {
    let talk = wanted;
    while (endsOf(talk, index).some((ends) => taken.has(ends)))
      talk = {
        ...talk,
        clientPort: (talk.clientPort % 65_535) + 1,
        clientHost: talk.protocol === 'icmp' ? talk.clientHost + 1 : talk.clientHost,
      };
    for (const ends of endsOf(talk, index)) taken.add(ends);
    return talk;
  });
};

const anyLogging: Arbitrary<Logging> = fc.record({
  format: fc.constantFrom(...(['aws-21', ...Object.keys(FORMATS)] as FormatName[])),
  header: fc.boolean().map((without) => !without),
  interval: fc.constantFrom<Logging['interval']>(60, 600, 'mixed'),
  second: fc.oneof(
    TO_FIRST,
    { arbitrary: fc.constant(false), weight: 5 },
    { arbitrary: fc.constant(true), weight: 1 },
  ),
  aligned: fc.boolean().map((not) => !not),
  times: fc.constantFrom<Logging['times']>('packets', 'window'),
  skew: fc.record({
    most: fc.oneof(TO_FIRST, fc.constant(0), fc.integer({ min: 0, max: 59 })),
    per: fc.constantFrom<'interface' | 'record'>('interface', 'record'),
  }),
  from: fc.oneof(
    TO_FIRST,
    { arbitrary: fc.constant(0), weight: 4 },
    { arbitrary: seconds(0, 300), weight: 1 },
  ),
  until: seldom(seconds(300, 5000), 5),
  keeps: fc.oneof(
    TO_FIRST,
    { arbitrary: fc.constant<Logging['keeps']>('ALL'), weight: 10 },
    { arbitrary: fc.constantFrom<Logging['keeps']>('ACCEPT', 'REJECT'), weight: 1 },
  ),
  nodata: fc.boolean(),
  skips: fc.oneof(
    TO_FIRST,
    { arbitrary: fc.constant<Logging['skips']>([]), weight: 4 },
    {
      arbitrary: fc.array(fc.record({ interface: fc.nat({ max: 5 }), interval: fc.nat({ max: 9 }) }), {
        maxLength: 2,
      }),
      weight: 1,
    },
  ),
  loss: fc.oneof(
    TO_FIRST,
    { arbitrary: fc.constant(0), weight: 3 },
    { arbitrary: fc.constantFrom(0.1, 0.4), weight: 1 },
  ),
  duplicates: fc.oneof(
    TO_FIRST,
    { arbitrary: fc.constant(0), weight: 2 },
    { arbitrary: fc.constantFrom(0.2, 1), weight: 1 },
  ),
  order: fc.constantFrom<Logging['order']>('by-end', 'shuffled'),
});

/** What a property wants to hold fixed. */
export interface ScenarioLimits {
  /** Overrides what is invented about the log. */
  readonly logging?: Partial<Logging>;
  /** Overrides what is invented about every talk. */
  readonly talk?: Partial<Talk>;
  /** Six unless stated. */
  readonly mostTalks?: number;
  /** Fair unless stated: a lost RST or FIN leaves records in which close and repetition overlap. */
  readonly weather?: Arbitrary<Weather>;
}

/** A log from which nothing is missing and whose fields tell all: for properties about what must be found. */
export const FAITHFUL: Partial<Logging> = {
  ...PLAIN_LOGGING,
  format: 'v5',
};

/** Now and then the first talk has a twin: the same ends at the same time in another VPC. IPv6 addresses are unique. */
const addTwin = (talks: readonly Talk[], apart: number | null): readonly Talk[] => {
  const [first] = talks;
  if (apart === null || first === undefined || first.place.where === 'transit' || first.family === 6)
    return talks;
  return [...talks, { ...first, place: { ...first.place, vpc: (first.place.vpc + apart) % 3 } }];
};

/** A small network and its log, within limits. */
export const anyScenario = (limits: ScenarioLimits = {}): Arbitrary<Scenario> =>
  fc
    .record({
      talks: fc.array(anyTalk(limits.weather), { minLength: 1, maxLength: limits.mostTalks ?? 6 }),
      apart: seldom(fc.constantFrom(1, 2), 8),
      logging: anyLogging,
    })
    .map(({ talks, apart, logging }) => ({
      began: 1_760_000_000,
      talks: keepApart(
        addTwin(
          talks.map((talk) => ({ ...talk, ...limits.talk })),
          talks.length < (limits.mostTalks ?? 6) ? apart : null,
        ),
      ),
      logging: { ...logging, ...limits.logging },
    }));

/** A seed for `simulate`. */
export const anySeed = (): Arbitrary<number> => fc.nat({ max: 0xffff });
