/** The parts of an audit in words and numbers, safe to print: what the table and the Markdown page both say. */
import type { AuditResult } from '../audit/audit.ts';
import { spellConfidence } from '../audit/claims.ts';
import type { DurationBar, DurationQuantile, SizeBar } from '../audit/distributions.ts';
import type { Finding, Selection } from '../audit/finding.ts';
import { LIFETIMES, UNKNOWN_LIFETIMES } from '../audit/lifetime.ts';
import type { Opener } from '../audit/openers.ts';
import { describeStopped } from '../audit/stopped-finding.ts';
import { adviseOn } from '../blocked/advice.ts';
import { escapeControls } from '../model/escape.ts';
import { sayBounds, spellBounds } from '../model/lasted.ts';
import type { EndNames, NameOf } from '../model/name-of.ts';
import { spellDuration, spellStep } from '../model/spell-values.ts';
import { describeUpshots } from '../model/upshots.ts';
import { formatNumber } from './format-count.ts';
import { formatEndpoint } from './format-endpoint.ts';
import { formatSize, UNKNOWN } from './format-size.ts';

/** A share of one. @example percent(0.123) // '12.3 %' */
export const percent = (share: number): string => {
  if (share === 0 || share === 1) return `${share * 100} %`;
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return `${Math.min(99.9, share * 100).toFixed(1)} %`;
};

export const sumUnknown = (lifetimes: AuditResult['lifetimes']): number =>
  UNKNOWN_LIFETIMES.reduce((sum, name) => sum + lifetimes[name], 0);

/** What is called by the name of its count, but for this one. */
const ONE_INTERVAL = 'one interval';

/** Short, long, what was seen in one interval only, and the kinds of unknown that occur: how many, and what that means. */
export const lifetimeRows = ({
  lifetimes,
  longestInOneInterval,
  thresholds: { shortSeconds },
}: AuditResult): (readonly [count: string, name: string, means: string])[] => [
  [formatNumber(lifetimes.short), 'short', `lasted ${sayBounds(null, shortSeconds)}`],
  [formatNumber(lifetimes.long), 'long', `lasted more than ${spellDuration(shortSeconds)}`],
  ...(longestInOneInterval === null
    ? []
    : [
        [
          formatNumber(lifetimes.oneInterval),
          ONE_INTERVAL,
          `seen in one interval only, for ${sayBounds(null, longestInOneInterval)}; no tcp-flags tell what was before and behind it`,
        ] as const,
      ]),
  ...UNKNOWN_LIFETIMES.filter((name) => lifetimes[name] > 0).map(
    (name) => [formatNumber(lifetimes[name]), name, LIFETIMES[name]] as const,
  ),
];

/** The lifetimes by outcome: titles, and a row each. What was seen in one interval only has a column where there is any. */
export const outcomeTable = ({
  outcomes,
  lifetimes,
}: AuditResult): { readonly titles: readonly string[]; readonly rows: readonly (readonly string[])[] } => {
  const hasOneInterval = lifetimes.oneInterval > 0;
  return {
    titles: ['short', 'long', ...(hasOneInterval ? [ONE_INTERVAL] : []), 'unknown'],
    rows: outcomes.map(({ lifetimes: counts }) =>
      [counts.short, counts.long, ...(hasOneInterval ? [counts.oneInterval] : []), sumUnknown(counts)].map(
        formatNumber,
      ),
    ),
  };
};

/** How a bar of durations is called. @param before where the bar before it ends */
export const durationLabel = ({ withinOneWindow, upTo }: DurationBar, before: number | null): string => {
  if (withinOneWindow) return upTo === 0 ? 'under one window' : `under one window, ${spellBounds(0, upTo)}`;
  return upTo === null ? `> ${spellStep(before ?? 0)}` : `≤ ${spellStep(upTo)}`;
};

export const sizeLabel = ({ below }: SizeBar, before: number | null): string =>
  below === null ? `${formatSize(before)} and more` : `below ${formatSize(below)}`;

/** A share of all as people say it. */
export const shareLabel = (share: number): string => (share === 1 ? 'all' : `${Math.round(share * 100)} %`);

/** Between what and what a quantile lies. Never a made-up 0 s: what has no lower bound has an upper one alone. */
export const durationRange = ({ atLeast, atMost }: DurationQuantile): string => spellBounds(atLeast, atMost);

/** Who a finding is about. */
export const describeParties = ({ initiator, responder, port }: Selection, names?: NameOf): string => {
  const from = initiator === null ? 'many' : formatEndpoint(initiator, null, names);
  return `${from} → ${responder === null ? 'many' : formatEndpoint(responder, port, names)}`;
};

export const describeOpenerPair = ({ initiator, responder, port }: Opener, names?: NameOf): string =>
  `${formatEndpoint(initiator, null, names)} → ${formatEndpoint(responder, port, names)}`;

/** What both ends of a finding, or of an opener and its service, are called. */
export const namesOfParties = (
  { initiator, responder }: Pick<Selection, 'initiator' | 'responder'>,
  names: NameOf,
): EndNames => ({
  initiatorName: initiator === null ? null : names(initiator),
  responderName: responder === null ? null : names(responder),
});

export const perMinute = ({ perMinute: rate }: Opener): string => {
  if (rate === null) return UNKNOWN;
  return rate >= 100 ? formatNumber(Math.round(rate)) : String(Number(rate.toPrecision(2)));
};

/** Whether who opened them is inferred for any: only then there is something to tell of it. */
export const hasInferred = (openers: readonly Opener[]): boolean =>
  openers.some(({ inferred }) => inferred > 0);

/** Short-lived ones and those seen in one interval only. */
export const openedBy = ({ count, oneInterval }: Opener): number => count + oneInterval;

/** How many of an opener's connections are its own by inference. @example inferredShare(opener) // '93.0 %' */
export const inferredShare = (opener: Opener): string => percent(opener.inferred / openedBy(opener));

/** What is claimed of those on average. @example claimedConfidence(opener) // '0.98' */
export const claimedConfidence = ({ confidence }: Opener): string =>
  confidence === null ? UNKNOWN : spellConfidence(confidence);

/** What is ranked there. */
export const openersTitle = ({ lifetimes }: AuditResult): string =>
  lifetimes.oneInterval === 0
    ? 'who opens the most short-lived ones'
    : 'who opens the most short-lived and one-interval ones';

/** The evidence. That of what was stopped is a sentence about addresses, which have names; that of others is of numbers. */
export const evidenceOf = ({ evidence, blockage }: Finding, names?: NameOf): string =>
  blockage === null || names === undefined ? evidence : describeStopped(blockage, names);

/** What to change, with names beside addresses; null where the audit has no advice. */
export const adviceOf = ({ advice, blockage }: Finding, names?: NameOf): string | null =>
  blockage === null || names === undefined ? advice : adviseOn(blockage, names);

export const describeEvidence = (finding: Finding, names?: NameOf): string =>
  escapeControls(evidenceOf(finding, names));

/** The evidence and, where there is one, what to change. */
export const evidenceAndAdviceOf = (finding: Finding, names?: NameOf): string =>
  [evidenceOf(finding, names), adviceOf(finding, names)].filter((part) => part !== null).join(' ');

export const describeEvidenceAndAdvice = (finding: Finding, names?: NameOf): string =>
  escapeControls(evidenceAndAdviceOf(finding, names));

/** Of how many it is observed who opened them, and of how many inferred or unknown; nothing where all are observed. */
const describeInitiators = ({ connections, initiators }: AuditResult): string => {
  const { observed, inferred, unknown } = initiators;
  if (inferred + unknown === 0) return '';
  const shares = [
    [observed, 'observed'],
    [inferred, 'inferred'],
    [unknown, 'unknown'],
  ] as const;
  const told = shares.map(([count, word]) => `${word} for ${percent(count / connections)}`);
  return ` Who opened is ${told.join(', ')}.`;
};

/** The sentences over everything. */
export const headline = (result: AuditResult): string => {
  const { connections, exchanges, lifetimes, findings } = result;
  const { short, oneInterval } = lifetimes;
  const tcp = `${formatNumber(connections)} TCP ${connections === 1 ? 'connection' : 'connections'}`;
  const others =
    exchanges === 0
      ? ''
      : ` (and ${formatNumber(exchanges)} ${exchanges === 1 ? 'exchange' : 'exchanges'} of other protocols, looked at only for what was stopped)`;
  const inOne = oneInterval === 0 ? '' : `, ${percent(oneInterval / connections)} seen in one interval only`;
  const lived =
    connections === 0 ? '' : `, ${percent(short / connections)} of them certainly short-lived${inOne}`;
  const found = `${formatNumber(findings.length)} ${findings.length === 1 ? 'finding' : 'findings'}`;
  const upshots = describeUpshots(result.upshots);
  return `${tcp}${others}${lived}; ${found}.${upshots === '' ? '' : ` ${upshots}.`}${describeInitiators(result)}`;
};
