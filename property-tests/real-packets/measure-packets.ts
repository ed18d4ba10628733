/**
 * Cuts captured packets into the records that AWS would have written, rebuilds these with the engine and counts whom it names
 * against who sent the SYN. Only openers are judged; of states and bounds the simulator tells more.
 */
import { Readable } from 'node:stream';
import { type Connection, INITIATOR_BASES, type InitiatorBasis } from '../../src/model/connection.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { openerByPort } from '../accuracy/port-rule.ts';
import { addNamings, BAND_STARTS, type Band, type Naming, namingOf } from '../accuracy/scores.ts';
import { aggregate, deliver } from '../network/aggregate.ts';
import { FORMATS, printRecords } from '../network/print-records.ts';
import { type Logging, PLAIN_LOGGING } from '../network/story.ts';
import { estrange } from './estrange.ts';
import type { Town } from './lab/orders.ts';
import type { Packet } from './packet.ts';
import {
  type End,
  interfacesOf,
  nameEnd,
  nameEnds,
  type Opening,
  openingsOf,
  sightingsOf,
} from './sightings.ts';

export interface PacketCondition {
  readonly interval: 60 | 600;
  /** With them the 21 fields of AWS's TCP examples, without them the 14 default fields. */
  readonly flags: boolean;
  /** What the engine may learn from: one log of all interfaces, a log of each by itself, or nothing but the connection itself. */
  readonly logs: keyof typeof LOGS;
}

/** As the tables name what may be learnt from. */
export const LOGS = { vpc: 'one log', interface: 'a log an interface', strangers: 'strangers' } as const;

export const PACKET_CONDITIONS: readonly PacketCondition[] = (
  Object.keys(LOGS) as (keyof typeof LOGS)[]
).flatMap((logs) =>
  ([60, 600] as const).flatMap((interval) => [true, false].map((flags) => ({ interval, flags, logs }))),
);

/** As the tables name a condition. */
export const namePacketCondition = ({ interval, flags, logs }: PacketCondition): string =>
  `${interval} s, ${flags ? 'flags' : 'no flags'}, ${LOGS[logs]}`;

/** The log begins so long after the capture: some connections are older than it, and who opened them is known all the same. */
export const LOG_BEGINS_AFTER = 60;

/** Lower ends of the bands of confidence: nobody is named for less than a half. */
const CLAIMS: readonly number[] = [...new Set([0.5, ...BAND_STARTS])];

/** Settles where intervals begin, which AWS does not tell. */
const SEED = 5;
const MOST_EXAMPLES = 3;

export interface PacketScores {
  readonly bases: Map<InitiatorBasis, Naming>;
  /** By the confidence that was reported: named openers only. */
  readonly bands: Band[];
  /** By habit, of connections without observed evidence: what was named, and what the port rule would have. */
  readonly habits: Map<string, Naming>;
  /** Sum of the confidences reported of those that were named. */
  readonly claims: Map<string, number>;
  readonly byPort: Map<string, Naming>;
  /** A few of each kind of mistake, for whoever looks for the cause. */
  readonly examples: Map<string, Connection[]>;
}

const noPacketScores = (): PacketScores => ({
  bases: new Map(),
  bands: CLAIMS.map((from) => ({ from, cases: 0, right: 0, reported: 0 })),
  habits: new Map(),
  claims: new Map(),
  byPort: new Map(),
  examples: new Map(),
});

const addClaim = ({ claims }: PacketScores, habit: string, claimed: number): void => {
  claims.set(habit, (claims.get(habit) ?? 0) + claimed);
};

/** All scores together. */
export const sumPacketScores = (all: readonly PacketScores[]): PacketScores => {
  const total = noPacketScores();
  for (const { bases, bands, habits, claims, byPort } of all) {
    addNamings(total.bases, bases);
    addNamings(total.habits, habits);
    addNamings(total.byPort, byPort);
    for (const [habit, claimed] of claims) addClaim(total, habit, claimed);
    for (const [i, band] of total.bands.entries()) {
      band.cases += bands[i]?.cases ?? 0;
      band.right += bands[i]?.right ?? 0;
      band.reported += bands[i]?.reported ?? 0;
    }
  }
  return total;
};

/** What a connection stands for, by who dialled whom on which port. Throws for one that nobody in the town was told to open. */
export const habitsOf = ({ dials }: Town): ((opening: Opening) => string) => {
  const habits = new Map(dials.map(({ from, to, toPort, habit }) => [`${from} ${to} ${toPort}`, habit]));
  return ({ opener, answerer }) => {
    const habit = habits.get(`${opener.address} ${answerer.address} ${answerer.port}`);
    if (habit === undefined) throw new Error(`nobody was told to dial ${nameEnd(answerer)}`);
    return habit;
  };
};

interface Log {
  /** Header first. */
  readonly lines: readonly string[];
  /** What its addresses stand for, where they are not those of the packets. */
  readonly realAddresses: ReadonlyMap<string, string>;
}

const logsOf = (
  packets: readonly Packet[],
  openings: ReadonlyMap<string, Opening>,
  town: Town,
  { interval, flags, logs }: PacketCondition,
): readonly Log[] => {
  const hosts = town.hosts.filter(({ inVpc }) => inVpc).map(({ addresses }) => addresses);
  const sightings = sightingsOf(packets, openings, interfacesOf(hosts));
  const logging: Logging = {
    ...PLAIN_LOGGING,
    format: flags ? 'aws-21' : 'v2',
    interval,
    from: LOG_BEGINS_AFTER,
  };
  const began = Math.floor(packets[0]?.time ?? 0);
  const records = deliver(aggregate(sightings, logging, began, SEED), logging, SEED).map(
    ({ record }) => record,
  );
  const print = (
    those: readonly FlowRecord[],
    realAddresses: ReadonlyMap<string, string> = new Map(),
  ): Log => ({
    lines: printRecords(those, FORMATS[logging.format]),
    realAddresses,
  });
  if (logs === 'vpc') return [print(records)];
  if (logs === 'strangers') {
    const { records: estranged, realAddresses } = estrange(records);
    return [print(estranged, realAddresses)];
  }
  const ids = [...new Set(records.map(({ interfaceId }) => interfaceId))];
  return ids.map((id) => print(records.filter(({ interfaceId }) => interfaceId === id)));
};

/** The ends of a connection as they were in the packets. */
const realEnds = (
  { initiator, responder }: Connection,
  realAddresses: ReadonlyMap<string, string>,
): readonly [initiator: End, responder: End] => {
  const real = ({ address, port }: Connection['initiator']): End => ({
    address: realAddresses.get(address) ?? address,
    port: port ?? 0,
  });
  return [real(initiator), real(responder)];
};

const score = (
  connection: Connection,
  [initiator, responder]: readonly [End, End],
  { opener }: Opening,
  habit: string,
  scores: PacketScores,
): void => {
  const { initiatorBasis: basis, initiatorConfidence: confidence } = connection;
  const isRight = nameEnd(initiator) === nameEnd(opener);
  const verdict = basis === 'none' ? 'unknown' : isRight ? 'right' : 'wrong';
  namingOf(scores.bases, basis)[verdict] += 1;
  const band = scores.bands[CLAIMS.findLastIndex((from) => confidence >= from)];
  if (basis !== 'none' && band !== undefined) {
    band.cases += 1;
    band.right += isRight ? 1 : 0;
    band.reported += confidence;
  }
  if (verdict === 'wrong') {
    const mistake = `${habit} wrong by ${basis}`;
    const examples = scores.examples.get(mistake) ?? [];
    scores.examples.set(mistake, examples);
    if (examples.length < MOST_EXAMPLES) examples.push(connection);
  }
  if (INITIATOR_BASES[basis].kind === 'observed') return;
  namingOf(scores.habits, habit)[verdict] += 1;
  if (basis !== 'none') addClaim(scores, habit, confidence);
  const guess = openerByPort(initiator, responder);
  const isGuessRight = guess !== null && nameEnd(guess) === nameEnd(opener);
  namingOf(scores.byPort, habit)[guess === null ? 'unknown' : isGuessRight ? 'right' : 'wrong'] += 1;
};

/** Scores of one condition. Throws when the engine makes a connection of ends of which no SYN was captured. */
export const measurePackets = async (
  packets: readonly Packet[],
  town: Town,
  condition: PacketCondition,
): Promise<PacketScores> => {
  const openings = openingsOf(packets);
  const habitOf = habitsOf(town);
  const scores = noPacketScores();
  for (const { lines, realAddresses } of logsOf(packets, openings, town, condition))
    for await (const connection of reconstruct(Readable.from([`${lines.join('\n')}\n`]))) {
      const ends = realEnds(connection, realAddresses);
      const opening = openings.get(nameEnds(...ends));
      if (opening === undefined) throw new Error(`no SYN was captured of ${JSON.stringify(connection)}`);
      score(connection, ends, opening, habitOf(opening), scores);
    }
  return scores;
};
