/**
 * One connection in words: who opened it and how that is known, how it went and ended, how its times are
 * bounded, what was let through, and what the records leave open. Text out of data; it decides nothing.
 */
import { describeAnnotations } from '../meaning/annotation-words.ts';
import { whereToLook } from '../meaning/unanswered.ts';
import { describeRejectedAt, describeVerdict } from '../meaning/verdict-words.ts';
import { CONNECTION_STATES, type Connection, INITIATOR_BASES, type Side } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import { sayLasted } from '../model/lasted.ts';
import { describeLosses, LOSSES, readReasons } from '../model/losses.ts';
import type { NameOf } from '../model/name-of.ts';
import { spellCounted, spellEndpoint, spellMoment, spellSize, UNKNOWN } from '../model/spell-values.ts';
import { describeSideFlags } from '../model/tcp-flags.ts';
import { upshotOf } from '../model/upshots.ts';

/** A heading and the sentences below it. */
export interface Explanation {
  readonly title: string;
  readonly sentences: readonly string[];
}

const percent = (confidence: number): string => `${Math.min(99, Math.round(confidence * 100))} %`;

const opener = (c: Connection, names: NameOf | undefined): string[] => {
  const { kind, says } = INITIATOR_BASES[c.initiatorBasis];
  const from = spellEndpoint(c.initiator.address, c.initiator.port, names);
  const to = spellEndpoint(c.responder.address, c.responder.port, names);
  if (c.initiatorBasis === 'none')
    return [`Nothing tells who opened it: ${from} stands first only because its endpoint is the lower one.`];
  if (c.initiatorBasis === 'simultaneous') return [`${from} and ${to} both sent a SYN: both opened it.`];
  const opened = `${from} ${upshotOf(c) === 'unanswered' ? 'tried to open it' : 'opened it'} to ${to}.`;
  return kind === 'observed'
    ? [opened, `Observed in the records: ${says}.`]
    : [
        opened,
        `Inferred, not observed: ${says}. Of all connections inferred with this confidence, ${percent(c.initiatorConfidence)} are right.`,
      ];
};

const LETTERS: Readonly<Record<string, string>> = {
  S: 'SYN',
  H: 'SYN-ACK',
  D: 'payload',
  F: 'FIN',
  R: 'RST',
};

/** Zeek's letters in words: upper case for the initiator. */
export const describeHistory = (history: string): string =>
  [...history]
    .map((letter) => {
      const word = LETTERS[letter.toUpperCase()];
      if (word === undefined) return escapeControls(letter);
      return `${word} by the ${letter === letter.toUpperCase() ? 'initiator' : 'responder'}`;
    })
    .join(', ');

const flagsOf = (c: Connection, side: Side): string => {
  const { flags } = c[side];
  return flags === null ? 'not recorded' : describeSideFlags(flags, side);
};

const life = (c: Connection): string[] => {
  const lines =
    c.state === null
      ? [`An exchange over ${escapeControls(c.protocol)}: it has no TCP state.`]
      : [`${c.state}: ${CONNECTION_STATES[c.state]}.`];
  if (c.closedBy !== null) lines.push(`The ${c.closedBy} closed it.`);
  if (c.state !== null && (c.initiator.flags !== null || c.responder.flags !== null))
    lines.push(
      `Flags seen: initiator ${flagsOf(c, 'initiator')}, responder ${flagsOf(c, 'responder')}. AWS joins the flags of an interval, so their order within one is not known.`,
    );
  if (c.history !== null && c.history !== '')
    lines.push(`History ${escapeControls(c.history)}: ${describeHistory(c.history)}.`);
  if (c.connState !== null) lines.push(`Zeek would call it ${escapeControls(c.connState)}.`);
  return lines;
};

/** AWS's intervals are boxes with up to this many seconds of slack. */
const SLACK_SECONDS = 60;

const times = (c: Connection): string[] => {
  if (c.firstSeen === null) return ['Its records carry no times.'];
  const lines = [`Its records span ${spellMoment(c.firstSeen)} to ${spellMoment(c.lastSeen)} UTC.`];
  if (c.openedAt !== null)
    lines.push(
      `It opened between ${spellMoment(c.openedAt - SLACK_SECONDS)} and ${spellMoment(c.openedBy ?? c.openedAt)}: the interval that showed it, with AWS's ${SLACK_SECONDS} s of slack.`,
    );
  else if (c.startsMidstream === true) lines.push('It was open already when the log began to show it.');
  if (c.closedAt !== null)
    lines.push(
      `Its close, the second side's first FIN or the first RST, fell between ${spellMoment((c.closedAfter ?? c.closedAt) - SLACK_SECONDS)} and ${spellMoment(c.closedAt)}.`,
    );
  else if (c.endsOpen === true) lines.push('No close was seen up to the end of the log.');
  return [...lines, `It ${sayLasted(c)}.`];
};

/** What transit gateways lost, attachment by attachment, and what to look at. */
const losses = ({ vantages, lostBecause }: Connection): string[] => [
  ...vantages.flatMap(({ interfaceId, resourceId, lost }) =>
    lost === null
      ? []
      : [
          `Lost at ${escapeControls(interfaceId ?? resourceId ?? 'a vantage without a name')}: ${describeLosses(lost)}.`,
        ],
  ),
  ...readReasons(lostBecause).map((reason) => LOSSES[reason].check),
];

const traffic = (c: Connection): string[] => {
  const sent = (who: string, packets: number | null, bytes: number | null): string =>
    `The ${who} sent ${spellSize(bytes)} in ${packets === null ? UNKNOWN : spellCounted(packets, 'packet')}.`;
  const rejected = describeRejectedAt(c);
  return [
    sent('initiator', c.initiator.packets, c.initiator.bytes),
    sent('responder', c.responder.packets, c.responder.bytes),
    `${c.verdict}: ${describeVerdict(c)}.`,
    ...(rejected === null ? [] : [rejected]),
    ...losses(c),
    ...(c.verdict === 'unanswered' ? [`${whereToLook(c)}.`] : []),
  ];
};

const place = (texts: readonly (string | null)[]): string =>
  texts
    .filter((text) => text !== null)
    .map(escapeControls)
    .join(' · ');

const coverage = (c: Connection, names: NameOf | undefined): string[] => {
  const lines = [
    `${spellCounted(c.records, 'record')} from ${spellCounted(c.vantages.length, 'vantage')}, ${spellCounted(c.windows, 'interval')} at the first. Counts are the first vantage's; vantages are never added up.`,
  ];
  for (const v of c.vantages) {
    const name = place([v.interfaceId ?? v.resourceId, v.instanceId, v.subnetId, v.vpcId, v.accountId]);
    const rewrites =
      v.rewrites === null ? '' : `, standing in with ${spellEndpoint(v.rewrites, null, names)}`;
    lines.push(
      `${name === '' ? 'A vantage without a name' : name}: ${v.role === 'unknown' ? 'somewhere on the way' : v.role === 'gateway' ? 'a gateway' : `beside the ${v.role}`}${rewrites}, saw ${v.sees === 'both' ? 'both directions' : `what the ${v.sees} sent`} in ${spellCounted(v.records, 'record')}.`,
    );
  }
  if (c.path !== null) lines.push(`Path: ${escapeControls(c.path)}.`);
  return lines;
};

const doubts = (c: Connection): string[] => {
  const lines: string[] = [];
  if (c.oneSided && c.verdict !== 'unanswered') lines.push('Only one direction is in the log.');
  if (c.hasGap) lines.push('AWS lost records while it was open (SKIPDATA): counts and end may be wrong.');
  if (c.mayHideReuse)
    lines.push(
      'The ports may have been used again, unseen within one interval: this may be several connections.',
    );
  if (c.contradicted) lines.push('A record contradicts the others, such as a SYN inside an open connection.');
  if (c.verdict === 'mixed') lines.push('Some of its records were accepted and some rejected.');
  return lines;
};

/** All there is to say about a connection, section by section. @param names what addresses are called */
export const explainConnection = (connection: Connection, names?: NameOf): Explanation[] =>
  [
    { title: 'Who opened it', sentences: opener(connection, names) },
    { title: 'How it went', sentences: life(connection) },
    { title: 'When', sentences: times(connection) },
    { title: 'Traffic and verdict', sentences: traffic(connection) },
    { title: 'What is in doubt', sentences: doubts(connection) },
    { title: 'Where it was seen', sentences: coverage(connection, names) },
    { title: 'What AWS adds', sentences: describeAnnotations(connection) },
  ].filter(({ sentences }) => sentences.length > 0);
