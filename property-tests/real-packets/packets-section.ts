/**
 * The section of docs/accuracy.md about real packets: what was captured, and how far the engine was right about it. All of it is
 * counted anew from the capture that is kept here, in some seconds and with the same result everywhere.
 */
import { INITIATOR_BASES, type InitiatorBasis } from '../../src/model/connection.ts';
import { claimOf, highestOf, isTooHigh, TOLERATED_POINTS } from '../accuracy/claims.ts';
import { namingCells, share, table, total, whole } from '../accuracy/page-tables.ts';
import { type Band, type Naming, sumNamings } from '../accuracy/scores.ts';
import { type Captures, readCaptured } from './captures.ts';
import {
  LOG_BEGINS_AFTER,
  LOGS,
  measurePackets,
  namePacketCondition,
  PACKET_CONDITIONS,
  type PacketCondition,
  type PacketScores,
  sumPacketScores,
} from './measure-packets.ts';
import { openingsOf } from './sightings.ts';

export interface MeasuredPackets {
  readonly about: Captures;
  /** Connections of which the SYN was captured. */
  readonly openings: number;
  readonly all: readonly { readonly condition: PacketCondition; readonly scores: PacketScores }[];
}

/** Measures the capture under every condition. */
export const measureCaptured = async (): Promise<MeasuredPackets> => {
  const { about, town, packets } = readCaptured();
  const all: { condition: PacketCondition; scores: PacketScores }[] = [];
  for (const condition of PACKET_CONDITIONS)
    all.push({ condition, scores: await measurePackets(packets, town, condition) });
  return { about, openings: openingsOf(packets).size, all };
};

/** Fewer cases say too little about a band. */
const FEWEST_CASES = 100;
/** Whether a band claims more than its cases bear out. */
export const claimsTooMuch = (band: Band): boolean => band.cases >= FEWEST_CASES && isTooHigh(claimOf(band));

/** A band of confidence in the logs of one kind without flags. */
export interface Claim {
  readonly logs: PacketCondition['logs'];
  /** As the table names it. */
  readonly name: string;
  readonly band: Band;
}

/** What was claimed without flags, of both intervals: all bands in which anybody was named. */
export const claimsOf = ({ all }: MeasuredPackets): readonly Claim[] =>
  (Object.keys(LOGS) as PacketCondition['logs'][]).flatMap((logs) => {
    const { bands } = flaglessOf(all, logs);
    return bands.flatMap((band, i) => {
      const next = bands[i + 1];
      const range = next === undefined ? 'exactly 1' : `${band.from} to ${next.from}`;
      return band.cases === 0 ? [] : [{ logs, name: `${LOGS[logs]}, ${range}`, band }];
    });
  });

const flaglessOf = (all: MeasuredPackets['all'], logs: PacketCondition['logs']): PacketScores =>
  sumPacketScores(
    all.flatMap(({ condition, scores }) => (!condition.flags && condition.logs === logs ? [scores] : [])),
  );

/** What was named on observed evidence, in all logs with flags. */
export const observedOf = ({ all }: MeasuredPackets): Naming =>
  sumNamings(
    all.flatMap(({ scores }) =>
      [...scores.bases].flatMap(([basis, naming]) =>
        INITIATOR_BASES[basis].kind === 'observed' ? [naming] : [],
      ),
    ),
  );

const NOBODY: Naming = { right: 0, wrong: 0, unknown: 0 };

const basesTable = (measured: MeasuredPackets): string =>
  table([
    ['condition', 'basis', 'connections', 'right', 'wrong', 'unknown', 'right of the named, %'],
    ...measured.all.flatMap(({ condition, scores }) =>
      (Object.keys(INITIATOR_BASES) as InitiatorBasis[]).flatMap((basis) => {
        const naming = scores.bases.get(basis);
        if (naming === undefined) return [];
        return [[namePacketCondition(condition), basis, ...namingCells(naming)]];
      }),
    ),
  ]);

const bandsTable = (measured: MeasuredPackets): string =>
  table([
    [
      'logs, reported confidence',
      'cases',
      'right',
      'wrong',
      'right, %',
      'claimed on average, %',
      'may claim, %',
      '',
    ],
    ...claimsOf(measured).map(({ name, band }) => {
      const { cases, right, reported } = band;
      return [
        name,
        whole(cases),
        whole(right),
        whole(cases - right),
        share(right, cases),
        share(reported, cases),
        cases < FEWEST_CASES ? '-' : share(Math.min(1, highestOf(claimOf(band))), 1),
        cases < FEWEST_CASES ? 'too few' : claimsTooMuch(band) ? '**too much**' : 'holds',
      ];
    }),
  ]);

/** What became of a habit in some logs, in percent of its connections, and what was claimed of those that were named. */
const habitCells = ({ habits, claims }: PacketScores, habit: string): readonly string[] => {
  const { right, wrong, unknown } = habits.get(habit) ?? NOBODY;
  const all = right + wrong + unknown;
  return [
    share(right, all),
    share(wrong, all),
    share(unknown, all),
    share(claims.get(habit) ?? 0, right + wrong),
  ];
};

const habitsTable = ({ all }: MeasuredPackets): string => {
  const [together, strangers] = [flaglessOf(all, 'vpc'), flaglessOf(all, 'strangers')];
  return table([
    [
      'habit',
      'connections',
      'one log: right, %',
      'wrong, %',
      'unknown, %',
      'claimed, %',
      'strangers: right, %',
      'wrong, %',
      'unknown, %',
      'claimed, %',
      'lower port: right, %',
    ],
    ...[...together.habits.keys()].sort().map((habit) => {
      const connections = total(together.habits.get(habit) ?? NOBODY);
      return [
        habit,
        whole(connections),
        ...habitCells(together, habit),
        ...habitCells(strangers, habit),
        share(together.byPort.get(habit)?.right ?? 0, connections),
      ];
    }),
  ]);
};

const TITLE = '## Real packets';
/** The section stands before this one. */
const NEXT = '## The control run';

/** The section, from its heading to before the next one. */
export const packetsSection = (measured: MeasuredPackets): string => {
  const { about, openings } = measured;
  const seen = observedOf(measured);
  return `${TITLE}

The tables above are about packets of the simulator. These are about others: ${whole(about.packets)} packets of ${whole(openings)} TCP connections, sent by
Linux ${about.kernel.replace(/-.*$/, '')} itself between eleven hosts, each in a network namespace of its own, in ${about.seconds} s of real time, and captured from the
wire between them (\`property-tests/real-packets/captured.pcap.gz\`, headers only). The kernel chose the ports of clients, the segments and their
acknowledgements, the repetitions and resets; truth is who sent the SYN. Which services there are, who dials them and for how long was written
down as habits of real networks before anything was measured, and fitted to nothing (\`lab/town.ts\`). Eight hosts have interfaces that log, cut
into records by the same rules as the simulator's packets; the log begins ${LOG_BEGINS_AFTER} s after the capture. No filters, no lost or late records.
\`npm run real-packets\` counts this section anew.

It is no capture of somebody's network: the npm registry has none that could be taken as a dependency. Its packages with captures
(\`pcap-parser\` 0.2.1, \`pcap-socket\` 0.5.11, \`pcap-ng-parser\` 1.0.0; the largest file has 28 kB) hold a handful of connections between
them, and the others that were looked at (\`pcap\`, \`pcap-element\`, \`@goodtools/wiregasm\`) hold none.

Three times over: as _one log_, as _a log an interface_, which teaches less about who serves what, and among _strangers_, where every connection has
addresses and interfaces of its own, so that nothing but its own records can tell who opened it.

Observed bases: ${whole(seen.wrong)} wrong of ${whole(total(seen))}.

${basesTable(measured)}

Both intervals without flags, by the confidence that was reported. A band of ${FEWEST_CASES} cases or more may claim the share that was right and
${TOLERATED_POINTS} points plus two standard errors.

${bandsTable(measured)}

And by habit, both intervals without flags, with what was claimed on average of those that were named, and beside it what "the end with
the lower port is the server" says.

${habitsTable(measured)}

`;
};

/** The page with its section about real packets, measured anew. */
export const withRealPackets = async (page: string): Promise<string> => {
  const section = packetsSection(await measureCaptured());
  const [before = '', after = ''] = page.split(NEXT);
  return `${before.split(TITLE)[0]}${section}${NEXT}${after}`;
};
