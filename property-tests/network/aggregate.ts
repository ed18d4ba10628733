/**
 * From packets to flow log records as AWS writes them: one record an interface, direction, 5-tuple, action and
 * interval, flags OR-ed, and then everything that goes wrong on the way: lateness, NODATA, SKIPDATA, losses,
 * duplicates and disorder. Every record keeps the packets it was made of, so that the truth can be told.
 */
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { type Interface, loggedAddresses } from './places.ts';
import { drawFor, seedRandom } from './seed-random.ts';
import type { Sighting } from './sighting.ts';
import type { Logging } from './story.ts';

export interface LoggedRecord {
  /** Every field of versions 2 to 5; printing chooses. */
  readonly record: FlowRecord;
  /** In order of time; empty for NODATA and SKIPDATA. */
  readonly sightings: readonly Sighting[];
  /** `skipped`: a SKIPDATA record stands for it. `lost`: nothing does. */
  readonly fate: 'written' | 'skipped' | 'lost';
  /** By the second flow log, which tells again what the first tells. */
  readonly isSecond: boolean;
  /** How often it was written. */
  readonly copies: 0 | 1 | 2;
}

/** Above this many silent intervals an interface is taken to have been switched off. */
const MOST_NODATA = 200;

interface Clock {
  readonly intervalSeconds: number;
  /** Where intervals of a direction begin. */
  readonly phaseSeconds: number;
}

const clockOf = (logging: Logging, at: Interface, flow: 'ingress' | 'egress', seed: number): Clock => {
  const mixed = drawFor(seed, `${at.id} interval`) < 0.5 ? 60 : 600;
  const intervalSeconds = logging.interval === 'mixed' ? mixed : logging.interval;
  const name = logging.aligned ? at.id : `${at.id} ${flow}`;
  return { intervalSeconds, phaseSeconds: Math.floor(drawFor(seed, name) * intervalSeconds) };
};

/** The clock of the second flow log: null for an interface of which it tells nothing new. */
const secondClockOf = (first: Clock, at: Interface, seed: number): Clock | null => {
  if (first.intervalSeconds === 600) return null;
  const skipped = Math.floor(drawFor(seed, `${at.id} second`) * 10);
  return { intervalSeconds: 600, phaseSeconds: first.phaseSeconds + skipped * first.intervalSeconds };
};

const intervalAt = (clock: Clock, time: number): number =>
  Math.floor((time - clock.phaseSeconds) / clock.intervalSeconds);

const boundsOf = (clock: Clock, interval: number): readonly [start: number, end: number] => {
  const start = interval * clock.intervalSeconds + clock.phaseSeconds;
  return [start, start + clock.intervalSeconds];
};

interface Train {
  readonly clock: Clock;
  readonly interval: number;
  readonly sightings: Sighting[];
}

/** The identity of a record (AWS: interface, direction, 5-tuple, interval; a changed verdict makes another record). */
const nameOf = (sighting: Sighting, interval: number): string =>
  [
    sighting.hop.interface.id,
    sighting.hop.flow,
    sighting.sourceAddress,
    sighting.targetAddress,
    sighting.sourcePort,
    sighting.targetPort,
    sighting.protocol,
    sighting.action,
    interval,
  ].join(' ');

const gatherTrains = (
  sightings: readonly Sighting[],
  clockFor: (sighting: Sighting) => Clock | null,
): ReadonlyMap<string, Train> => {
  const trains = new Map<string, Train>();
  for (const sighting of sightings) {
    const clock = clockFor(sighting);
    if (clock === null) continue;
    const interval = intervalAt(clock, sighting.time);
    const name = nameOf(sighting, interval);
    const train = trains.get(name);
    if (train) train.sightings.push(sighting);
    else trains.set(name, { clock, interval, sightings: [sighting] });
  }
  return trains;
};

/** Seconds by which a record's times are late. */
const latenessOf = (logging: Logging, seed: number, interfaceId: string, name: string): number =>
  Math.floor(
    logging.skew.most * drawFor(seed, `${logging.skew.per === 'interface' ? interfaceId : name} late`),
  );

/** Whole seconds that enclose the packets (or the interval), shifted by the lateness of the logging service. */
const timesOf = (train: Train, logging: Logging, late: number): readonly [start: number, end: number] => {
  if (logging.times === 'window') {
    const [start, end] = boundsOf(train.clock, train.interval);
    return [start, end];
  }
  const times = train.sightings.map((sighting) => sighting.time);
  return [Math.floor(Math.min(...times) + late), Math.ceil(Math.max(...times) + late)];
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const aboutInterface = (at: Interface): FlowRecord => ({
  accountId: at.accountId,
  interfaceId: at.id,
  vpcId: at.vpcId,
  subnetId: at.subnetId,
  instanceId: at.instanceId,
  region: 'eu-west-1',
  azId: at.azId,
  sublocationType: null,
  sublocationId: null,
});

const recordOf = (train: Train, logging: Logging, seed: number, name: string): FlowRecord => {
  const [first] = train.sightings;
  if (first === undefined) throw new Error('a record needs a packet');
  const late = latenessOf(logging, seed, first.hop.interface.id, name);
  const [start, end] = timesOf(train, logging, late);
  const shown = loggedAddresses(first.hop, first.family, first.sourceAddress, first.targetAddress);
  return {
    ...aboutInterface(first.hop.interface),
    srcAddr: shown.source,
    dstAddr: shown.target,
    srcPort: first.sourcePort,
    dstPort: first.targetPort,
    protocol: first.protocol,
    packets: train.sightings.length,
    bytes: sum(train.sightings.map((sighting) => sighting.bytes)),
    start,
    end,
    action: first.action,
    logStatus: 'OK',
    tcpFlags: train.sightings.reduce((flags, sighting) => flags | sighting.flags, 0),
    type: first.family === 4 ? 'IPv4' : 'IPv6',
    pktSrcAddr: first.sourceAddress,
    pktDstAddr: first.targetAddress,
    pktSrcAwsService: null,
    pktDstAwsService: null,
    flowDirection: first.hop.flow,
    trafficPath: first.hop.flow === 'egress' ? 1 : null,
  };
};

const emptyRecord = (
  at: Interface,
  status: 'NODATA' | 'SKIPDATA',
  clock: Clock,
  interval: number,
): FlowRecord => {
  const [start, end] = boundsOf(clock, interval);
  return {
    ...aboutInterface(at),
    srcAddr: null,
    dstAddr: null,
    srcPort: null,
    dstPort: null,
    protocol: null,
    packets: null,
    bytes: null,
    start,
    end,
    action: null,
    logStatus: status,
    tcpFlags: null,
    type: null,
    pktSrcAddr: null,
    pktDstAddr: null,
    pktSrcAwsService: null,
    pktDstAwsService: null,
    flowDirection: null,
    trafficPath: null,
  };
};

/** An interface and the numbers of the intervals in which it saw packets (of the ingress clock, which also times NODATA). */
interface Watch {
  readonly at: Interface;
  readonly clock: Clock;
  readonly busy: readonly number[];
}

const watchesOf = (trains: ReadonlyMap<string, Train>, logging: Logging, seed: number): readonly Watch[] => {
  const found = new Map<string, { at: Interface; busy: Set<number> }>();
  for (const { sightings } of trains.values())
    for (const { hop, time } of sightings) {
      const watch = found.get(hop.interface.id) ?? { at: hop.interface, busy: new Set<number>() };
      found.set(hop.interface.id, watch);
      watch.busy.add(intervalAt(clockOf(logging, hop.interface, 'ingress', seed), time));
    }
  return [...found.values()]
    .sort((a, b) => (a.at.id < b.at.id ? -1 : 1))
    .map(({ at, busy }) => ({
      at,
      clock: clockOf(logging, at, 'ingress', seed),
      busy: [...busy].sort((a, b) => a - b),
    }));
};

const silentIntervals = ({ busy }: Watch): readonly number[] => {
  const silent: number[] = [];
  const first = (busy[0] ?? 0) - 1;
  const last = (busy.at(-1) ?? 0) + 1;
  const known = new Set(busy);
  for (let interval = first; interval <= last && silent.length < MOST_NODATA; interval += 1)
    if (!known.has(interval)) silent.push(interval);
  return silent;
};

/** Which interface and interval each skip of the logging means: numbers count round what there is. */
const skipsOf = (
  watches: readonly Watch[],
  logging: Logging,
): readonly { readonly watch: Watch; readonly interval: number }[] =>
  logging.skips.flatMap((skip) => {
    const watch = watches[skip.interface % Math.max(1, watches.length)];
    const interval = watch?.busy[skip.interval % Math.max(1, watch.busy.length)];
    return watch === undefined || interval === undefined ? [] : [{ watch, interval }];
  });

const isSkipped = (
  train: Train,
  skips: readonly { readonly watch: Watch; readonly interval: number }[],
): boolean =>
  skips.some(
    ({ watch, interval }) =>
      train.sightings[0]?.hop.interface.id === watch.at.id &&
      // With unaligned directions an interval of the other one is lost when it begins in the skipped one.
      intervalAt(watch.clock, boundsOf(train.clock, train.interval)[0]) === interval,
  );

const isKept = (logging: Logging, began: number, sighting: Sighting): boolean =>
  sighting.time >= began + logging.from &&
  (logging.until === null || sighting.time < began + logging.until) &&
  (logging.keeps === 'ALL' || logging.keeps === sighting.action);

/** All records of a scenario, lost ones included, in no particular order. */
export const aggregate = (
  sightings: readonly Sighting[],
  logging: Logging,
  began: number,
  seed: number,
): readonly LoggedRecord[] => {
  const kept = sightings.filter((sighting) => isKept(logging, began, sighting));
  const firstClock = ({ hop }: Sighting): Clock => clockOf(logging, hop.interface, hop.flow, seed);
  const trains = gatherTrains(kept, firstClock);
  const again = gatherTrains(logging.second ? kept : [], (sighting) =>
    secondClockOf(firstClock(sighting), sighting.hop.interface, seed),
  );
  const watches = watchesOf(trains, logging, seed);
  const skips = skipsOf(watches, logging);
  const tell = (name: string, train: Train, isSecond: boolean): LoggedRecord => {
    const lost = drawFor(seed, `${name} lost`) < logging.loss;
    const twice = drawFor(seed, `${name} twice`) < logging.duplicates;
    const fate = isSkipped(train, skips) ? 'skipped' : lost ? 'lost' : 'written';
    const ordered = [...train.sightings].sort((a, b) => a.time - b.time);
    return {
      record: recordOf(train, logging, seed, name),
      sightings: ordered,
      fate,
      isSecond,
      copies: fate !== 'written' ? 0 : twice ? 2 : 1,
    };
  };
  const flows = [
    ...[...trains].map(([name, train]) => tell(name, train, false)),
    ...[...again].map(([name, train]) => tell(`${name} again`, train, true)),
  ];
  const skipdata = new Map(
    skips.map(({ watch, interval }) => [
      `${watch.at.id} ${interval}`,
      emptyRecord(watch.at, 'SKIPDATA', watch.clock, interval),
    ]),
  );
  const nodata = logging.nodata
    ? watches.flatMap((watch) =>
        silentIntervals(watch).map((interval) => emptyRecord(watch.at, 'NODATA', watch.clock, interval)),
      )
    : [];
  const notes = [...skipdata.values(), ...nodata].map(
    (record): LoggedRecord => ({ record, sightings: [], fate: 'written', isSecond: false, copies: 1 }),
  );
  return [...flows, ...notes];
};

/** What is written, copies included, in the order it is written. */
export const deliver = (
  records: readonly LoggedRecord[],
  logging: Logging,
  seed: number,
): readonly LoggedRecord[] => {
  const written = records.flatMap((logged) => Array.from({ length: logged.copies }, () => logged));
  if (logging.order === 'by-end') return written.sort((a, b) => (a.record.end ?? 0) - (b.record.end ?? 0));
  const random = seedRandom(seed ^ 0x5f5f);
  // Fisher and Yates.
  for (let last = written.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const a = written[last];
    const b = written[other];
    if (a && b) [written[last], written[other]] = [b, a];
  }
  return written;
};
