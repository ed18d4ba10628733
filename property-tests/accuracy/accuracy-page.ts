/**
 * The page docs/accuracy.md from what was measured: every number on it is counted, and the prose around the tables
 * says only what no count can change. Returns text; writing it is the command's business.
 */
import { INITIATOR_BASES, type InitiatorBasis } from '../../src/model/connection.ts';
import { KINDS, type Kind } from '../network/kinds.ts';
import { CONTROL, type Condition, FULL, nameCondition } from './conditions.ts';
import { controlHabitsSection, type HabitMeasured, habitsSection } from './habits-page.ts';
import { bandName, namingCells, share, table, total, whole } from './page-tables.ts';
import { type Naming, type Scores, sumNamings, sumScores } from './scores.ts';

/** The scores of one condition. */
export interface Measured {
  readonly condition: Condition;
  readonly scores: Scores;
}

const BASES = Object.keys(INITIATOR_BASES) as InitiatorBasis[];

const observed = ({ bases }: Scores): Naming =>
  sumNamings(
    [...bases].flatMap(([basis, naming]) => (INITIATOR_BASES[basis].kind === 'observed' ? [naming] : [])),
  );

const inferred = (scores: Scores): Naming => sumNamings(scores.inferred.values());

const basesTable = (scores: Scores): string =>
  table([
    ['basis', 'connections', 'right', 'wrong', 'unknown', 'right of the named, %'],
    ...BASES.flatMap((basis) => {
      const naming = scores.bases.get(basis);
      if (naming === undefined) return [];
      return [[basis, ...namingCells(naming)]];
    }),
  ]);

const openersTable = (all: readonly Measured[]): string =>
  table([
    ['condition', 'observed', 'wrong', 'inferred: right', 'wrong', 'unknown', 'right of the named, %'],
    ...all.map(({ condition, scores }) => {
      const seen = observed(scores);
      const guessed = inferred(scores);
      return [
        nameCondition(condition),
        whole(total(seen)),
        whole(seen.wrong),
        whole(guessed.right),
        whole(guessed.wrong),
        whole(guessed.unknown),
        share(guessed.right, guessed.right + guessed.wrong),
      ];
    }),
  ]);

const kindsTable = (scores: Scores): string =>
  table([
    [
      'traffic',
      'connections',
      'inference: right, %',
      'wrong, %',
      'unknown, %',
      'lower port: right, %',
      'wrong, %',
    ],
    ...[...(Object.keys(KINDS) as Kind[]), 'all' as const].flatMap((kind) => {
      const guessed = kind === 'all' ? inferred(scores) : scores.inferred.get(kind);
      const byPort = kind === 'all' ? sumNamings(scores.byPort.values()) : scores.byPort.get(kind);
      if (guessed === undefined || byPort === undefined) return [];
      const all = total(guessed);
      return [
        [
          kind,
          whole(all),
          share(guessed.right, all),
          share(guessed.wrong, all),
          share(guessed.unknown, all),
          share(byPort.right, all),
          share(byPort.wrong, all),
        ],
      ];
    }),
  ]);

const exchangesTable = (scores: Scores): string =>
  table([
    ['traffic', 'exchanges', 'right', 'wrong', 'unknown'],
    ...[...scores.exchanges].map(([kind, naming]) => [
      kind,
      whole(total(naming)),
      whole(naming.right),
      whole(naming.wrong),
      whole(naming.unknown),
    ]),
  ]);

const calibrationTable = (scores: Scores): string =>
  table([
    ['reported confidence', 'cases', 'reported on average, %', 'right, %', 'claim above it, points'],
    ...scores.bands.flatMap(({ cases, right, reported }, i) =>
      cases === 0
        ? []
        : [
            [
              bandName(i),
              whole(cases),
              share(reported, cases),
              share(right, cases),
              (((reported - right) / cases) * 100).toFixed(2),
            ],
          ],
    ),
  ]);

const lifeTable = (all: readonly Measured[]): string =>
  table([
    [
      'condition',
      'true connections',
      'entangled, %',
      'whole',
      'split',
      'merged',
      'confused',
      'states checked',
      'wrong',
      'bounds checked',
      'missed',
    ],
    ...all.map(({ condition, scores }) => [
      nameCondition(condition),
      whole(scores.visible),
      share(scores.entangled, scores.visible),
      whole(scores.whole),
      whole(scores.split),
      whole(scores.merged),
      whole(scores.confused),
      whole(scores.states),
      whole(scores.statesWrong),
      whole(scores.bounds),
      whole(scores.boundsWrong),
    ]),
  ]);

const everyOpener = ({ bases }: Scores): number => total(sumNamings(bases.values()));

/** What the control run is compared by, in percent; openers in percent of all TCP connections. */
const CONTROL_COLUMNS: readonly [name: string, of: (scores: Scores) => string][] = [
  ['observed, wrong %', (scores) => share(observed(scores).wrong, total(observed(scores)))],
  ['inferred, right %', (scores) => share(inferred(scores).right, everyOpener(scores))],
  ['wrong %', (scores) => share(inferred(scores).wrong, everyOpener(scores))],
  ['unknown %', (scores) => share(inferred(scores).unknown, everyOpener(scores))],
  ['entangled %', (scores) => share(scores.entangled, scores.visible)],
  [
    'split, merged, confused %',
    (scores) => share(scores.split + scores.merged + scores.confused, scores.visible),
  ],
  ['states wrong %', (scores) => share(scores.statesWrong, scores.states)],
  ['bounds missed %', (scores) => share(scores.boundsWrong, scores.bounds)],
];

/** The table of the small run that the test repeats. */
export const controlTable = (all: readonly Measured[]): string =>
  table([
    ['control', ...CONTROL_COLUMNS.map(([name]) => name)],
    ...all.map(({ condition, scores }) => [
      nameCondition(condition),
      ...CONTROL_COLUMNS.map(([, column]) => column(scores)),
    ]),
  ]);

/** Percentage points by which the test lets a control figure differ from the published one. */
export const TOLERANCE_POINTS = 0.5;

const wrongAtOne = (scores: Scores): number => {
  const band = scores.bands.at(-1);
  return band === undefined ? 0 : band.cases - band.right;
};

const met = (holds: boolean): string => (holds ? 'met' : '**missed**');

const targetsTable = (all: readonly Measured[]): string => {
  const scores = sumScores(all.map((one) => one.scores));
  const faithful = sumScores(
    all.filter(({ condition }) => condition.flags && condition.loss === 0).map((one) => one.scores),
  );
  const flagless = sumScores(all.filter(({ condition }) => !condition.flags).map((one) => one.scores));
  const seen = observed(scores);
  const guessed = inferred(flagless);
  const big = scores.bands.filter(({ cases }) => cases >= 1000);
  const above = Math.max(...big.map(({ cases, right, reported }) => ((reported - right) / cases) * 100));
  const named = guessed.right + guessed.wrong;
  const rightShare = guessed.right / named;
  return table([
    ['target', 'measured', ''],
    [
      'observed bases wrong in fewer than 1 in 100 000',
      `${whole(seen.wrong)} of ${whole(total(seen))}`,
      met(seen.wrong * 100_000 < total(seen)),
    ],
    ['never wrong with confidence 1', `${whole(wrongAtOne(scores))} wrong`, met(wrongAtOne(scores) === 0)],
    [
      'with flags and no loss, states agree wherever the records show the end',
      `${whole(faithful.statesWrong)} of ${whole(faithful.states)} wrong`,
      met(faithful.statesWrong === 0),
    ],
    [
      'without flags, at least 97 % of the connections named',
      `${share(named, total(guessed))} %`,
      met(named / total(guessed) >= 0.97),
    ],
    [
      'without flags, right in at least 99.5 % of the connections it names',
      `${share(guessed.right, named)} %`,
      met(rightShare >= 0.995),
    ],
    [
      'confidence no more than 3 points above what is right, in every band of 1 000 cases or more',
      `${above.toFixed(2)} points above at most`,
      met(above <= 3),
    ],
    [
      'bounds hold the truth (law 7)',
      `${whole(scores.boundsWrong)} of ${whole(scores.bounds)} missed`,
      met(scores.boundsWrong === 0),
    ],
  ]);
};

/** The whole page, with the section on what was fitted as it stands. */
export const accuracyPage = (
  full: readonly Measured[],
  control: readonly Measured[],
  habits: readonly HabitMeasured[],
  fit: string,
  habitsControl: readonly HabitMeasured[],
): string => {
  const scores = sumScores(full.map((one) => one.scores));
  return `# Accuracy: how far to trust each column

Written by \`npm run accuracy\`, never by hand: it simulates a network packet by packet ([truth-lab](truth-lab.md)), logs it
as AWS would, rebuilds the log with the engine and compares. A test repeats the small run at the end of the page and fails
when a figure has moved by more than ${TOLERANCE_POINTS} points.

**Measured on:** ${whole(FULL.connections)} dials of the mixed workload under each of ${full.length} conditions (seed ${FULL.seed}): web, databases and
gRPC on high ports, cluster gossip, peers, FTP data, scanners, refused, silent and blocked attempts; a fifth longer than one
interval, a tenth on ports taken again, IPv6, NAT gateways, load balancers, a transit gateway, packets lost. The network has run
for one interval when the log begins. With flags the log has the 21 fields of AWS's TCP examples, without them the 14 default
fields. _Skewed_: the directions of an interface have intervals of their own, each record is up to 59 s late, and lines come out of
order. _Lost_ records leave no trace.

**Worth what the workload is worth:** a network with other habits has other shares. What the tables show for certain is where
answers come from, and which of them to doubt. [By the habit](#by-the-habit) measures some of the others one by one.

## Targets

${targetsTable(full)}

## Who opened it, by the evidence

TCP, all conditions together. \`none\` names nobody.

${basesTable(scores)}

## Who opened it, by the condition

Observed: SYN or SYN-ACK in the records. Inferred: everything else, TCP only.

${openersTable(full)}

## Inference beside the port rule

The connections without observed evidence, and what "the end with the lower port is the server" says about the same ones.

${kindsTable(scores)}

UDP and ICMP have no flags in any format: their initiator is inferred always.

${exchangesTable(scores)}

## Confidence

Reported confidence against the share that was right, openers of all TCP connections that were named.

${calibrationTable(scores)}

${habitsSection(habits)}

${fit}

## Divisions, states and bounds

_Entangled_ connections cannot be told from a neighbour by anybody: they share a record with it, or nothing visible divides the two
(observer.ts gives the reason). The others should come back _whole_, with just their records. They are _split_ when there are
more connections on their ends than there were, _merged_ when fewer, _confused_ when as many but with other records. States
and bounds are checked for those that came back whole, bounds only where no record of the connection was lost.

${lifeTable(full)}

## Ports that were used again, unseen

Conditions with flags. Of connections that came back whole, so that none hides another, few may bear the sign \`may_hide_reuse\`. Of true
connections that share a record, those should bear it of which the log shows more than that record: a SYN in a record of its own after
an answer, payload both ways in later records, or the same ports again within no more time than the record covers (hidden-reuse.ts).

${reuseTable(full)}

${LIMITS}

${controlHabitsSection(habitsControl)}

## The control run

${whole(CONTROL.connections)} dials a condition, seed ${CONTROL.seed}; inferred openers in percent of all TCP connections.

${controlTable(control)}
`;
};

const reuseTable = (all: readonly Measured[]): string =>
  table([
    ['interval', 'whole', 'signed, %', 'hidden', 'signed, %', 'hidden, with evidence', 'signed, %'],
    ...[60, 600].map((interval) => {
      const those = all.filter(({ condition }) => condition.flags && condition.interval === interval);
      const sum = sumScores(those.map(({ scores }) => scores));
      return [
        `${interval} s`,
        whole(sum.ordinary),
        share(sum.ordinarySigned, sum.ordinary),
        whole(sum.hidden),
        share(sum.hiddenSigned, sum.hidden),
        whole(sum.evident),
        share(sum.evidentSigned, sum.evident),
      ];
    }),
  ]);

/** Where no reader could do better, shown by the smallest example. */
const LIMITS = `## What the records do not carry

**Two peers without flags.** These two records read the same if 10.0.0.5 dialled and if 10.0.0.9 did: swap the ends and they are
each other. No rule can be right in more than half of such connections, so the engine names nobody.

\`\`\`text
2 012345678910 eni-0a1b 10.0.0.5 10.0.0.9 50000 50001 6 9 900 1760000000 1760000030 ACCEPT OK
2 012345678910 eni-0a1b 10.0.0.9 10.0.0.5 50001 50000 6 9 900 1760000000 1760000030 ACCEPT OK
\`\`\`

**Ports taken again within one interval.** One connection of eight packets, or two of four: flags are OR-ed and packets summed, so
both write these records. One connection is reported; the other counts as entangled above.

\`\`\`text
... 10.0.0.9 10.0.0.5 40000 443 ... bytes 432 packets 8 start 1760000000 end 1760000030 tcp-flags 3
... 10.0.0.5 10.0.0.9 443 40000 ... bytes 432 packets 8 start 1760000000 end 1760000030 tcp-flags 19
\`\`\`

**The record with the SYN is lost, and the ports mislead.** A peer that listens on 50000 is dialled from 20000 (a translated port).
Had the record with the SYN-ACK arrived, it would be certain; without both, a registered port against an ephemeral one is all
there is, and most of the time such a port does belong to the server. That is why \`port\` between these two ranges reports
less than the others.

**Clocks that run apart.** When each record may be late by up to a minute, the record with a close can carry earlier times than
the one with the opening, and two dials on the same ports within two minutes interleave. This is where the skewed conditions
have more entangled connections than the aligned ones.

**Two dials within two minutes, two interfaces, lost records.** Each interface has a clock that may be a minute behind. One dial whose
SYN left at 1759999997 writes these two records, logged 3 s late by the client's interface and 58 s late by the server's. So do two
dials, at 1759999995 and 1760000050, each logged 5 s late, when the client's record of the second and the server's of the
first are lost. One connection is reported, opened in 1759999940 … 1760000020: that is right of the first reading and misses the
second dial of the other. These are the few connections called _confused_, and the bounds that missed.

\`\`\`text
eni-client ... 10.0.0.5 10.0.0.9 40000 443 6 ... start 1760000000 end 1760000020 tcp-flags 3
eni-server ... 10.0.0.5 10.0.0.9 40000 443 6 ... start 1760000055 end 1760000075 tcp-flags 3
\`\`\`

**Peers that dial from the port on which they listen.** An end with many peers is a service, where the other end meets no other. Of two that both
meet several, as in BitTorrent or a gossip protocol, either may have dialled: nothing is made of their peers, nor of their ports, unless one is a service's.

**A direction that is late by more than the slack.** In a real connection the answer follows within seconds. Where one direction's
first record ends a minute before the other's begins, a record has been lost, and it may have been either's: under loss such
\`order\` is right about half the time, and reports little more than that.`;
