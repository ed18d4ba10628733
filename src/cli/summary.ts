/**
 * What a run did, in a few lines for standard error: how much was read, what came out, how sure the
 * initiators are, what was set aside and what these logs cannot tell. Text out, nothing printed.
 */

import type { InputReport } from '../engine/report-run.ts';
import { VERDICTS, type Verdict } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import { describeLacking, describeNotRead, type RunReport } from '../model/report.ts';
import { describeUpshots } from '../model/upshots.ts';
import type { Paint } from './colours.ts';
import { describeReasons, describeRejectedLine } from './describe-rejections.ts';
import { explainNothing } from './explain-nothing.ts';
import { formatCount, formatNumber } from './format-count.ts';
import { formatSpan } from './format-moment.ts';
import type { Tally } from './tally.ts';
import { NO_BREAK, padText, readableWidth, wrapText } from './text-width.ts';

/** Rejected lines that are shown; `check` shows all that the report keeps. */
const MOST_REJECTIONS = 3;
const LABEL_WIDTH = 10;

export interface SummaryInput {
  readonly report: RunReport;
  readonly tally: Tally;
  /** Sources that were left out or broken off (--keep-going). */
  readonly skippedSources: number;
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Paint;
  /** Whether the result itself has said already that there is none. */
  readonly saidNothing: boolean;
}

const joinCounts = (counts: readonly (readonly [string, number])[]): string =>
  counts.map(([name, count]) => `${formatNumber(count)}${NO_BREAK}${name}`).join(', ');

/** From when to when records are, where their times are known, behind a comma. */
export const inputSpan = ({ first, last }: InputReport): string =>
  first === null || last === null
    ? ''
    : `, ${formatSpan(first, last).replaceAll(/(?<=\d) (?=\d)/g, NO_BREAK)}`;

const headline = ({ report, tally }: SummaryInput): string => {
  const results = [formatCount(tally.connections, 'connection')];
  if (tally.otherProtocols > 0) results.push(formatCount(tally.otherProtocols, 'exchange'));
  const input = `${formatCount(report.placement.records, 'record')} in ${formatCount(report.sources, 'source')}`;
  return `${results.join(' and ')} from ${input}${inputSpan(report)}`;
};

const setAside = (report: InputReport): string => {
  const { placement } = report;
  return joinCounts(
    (
      [
        ['NODATA', placement.nodata],
        ['SKIPDATA', placement.skipdata],
        [placement.duplicates === 1 ? 'duplicate' : 'duplicates', placement.duplicates],
        ...describeLacking(report).map(([count, name]) => [name, count] as const),
      ] as const
    ).filter(([, count]) => count > 0),
  );
};

const hidden = ({ tally }: SummaryInput): string => {
  if (tally.hidden === 0) return '';
  const timeless =
    tally.hiddenWithoutTimes > 0
      ? `, ${formatNumber(tally.hiddenWithoutTimes)} of them because they have no times`
      : '';
  return `${formatNumber(tally.hidden)} more left out by the filters${timeless}`;
};

const openedBy = ({ tally: { evidence, shown } }: SummaryInput): string =>
  shown === 0
    ? ''
    : `${formatNumber(evidence.observed)} observed, ${formatNumber(evidence.inferred)} inferred, ${formatNumber(evidence.unknown)} unknown`;

/** What the network let through, when it did not let everything through, and what got no answer. */
const verdicts = ({ tally }: SummaryInput): string => {
  const stopped = VERDICTS_IN_SUMMARY.some((verdict) => (tally.verdicts.get(verdict) ?? 0) > 0);
  if (!stopped) return '';
  return joinCounts(
    (Object.keys(VERDICTS) as Verdict[])
      .map((verdict) => [BY_WHOM[verdict] ?? verdict, tally.verdicts.get(verdict) ?? 0] as const)
      .filter(([, count]) => count > 0),
  );
};

/** The verdicts worth a line. */
const VERDICTS_IN_SUMMARY: readonly Verdict[] = [
  'rejected',
  'reply-rejected',
  'cut-off',
  'lost',
  'unanswered',
  'late',
  'mixed',
];
const BY_WHOM: Readonly<Partial<Record<Verdict, string>>> = {
  rejected: 'rejected by a security group or network ACL',
  'reply-rejected': 'reply rejected, as only a network ACL does',
  'cut-off': 'cut off while open',
  lost: 'lost in a transit gateway (routing)',
  unanswered: 'tried, no answer',
  late: 'with late packets alone rejected (noise)',
};

/** A label, and the text behind it. */
export type Fact = readonly [label: string, text: string];

/** What is said of an input, whatever became of its records. */
export function* inputFacts(report: InputReport, skippedSources: number): Generator<Fact> {
  yield ['set aside', setAside(report)];
  yield [
    'skipped',
    skippedSources === 0 ? '' : `${formatCount(skippedSources, 'source')} could not be read to the end`,
  ];
  yield ['not read', describeNotRead(report)];
  const reasons = describeReasons(report.rejections);
  for (const reason of reasons) yield ['rejected', reason];
  for (const rejection of report.firstRejections.slice(0, MOST_REJECTIONS))
    yield ['', describeRejectedLine(rejection)];
  if (report.placement.rejected > MOST_REJECTIONS)
    yield ['', 'more with conntrail check, or stop at the first with --strict'];
}

/** Label and text of each line; lines without text are left out. */
function* facts(input: SummaryInput): Generator<Fact> {
  const { report, tally, skippedSources } = input;
  yield ['states', joinCounts(tally.stateCounts())];
  yield [
    'exchanges',
    joinCounts(tally.exchangeCounts().map(([name, count]) => [escapeControls(name), count])),
  ];
  yield ['came to', describeUpshots(tally.upshots)];
  yield ['opened by', openedBy(input)];
  yield ['verdicts', verdicts(input)];
  yield ['filters', hidden(input)];
  yield* inputFacts(report, skippedSources);
  for (const limit of report.limits) yield ['limit', limit];
}

/** How wide lines may be, and what colours them. */
export type SummaryLook = Pick<SummaryInput, 'width' | 'paint'>;

/** A headline, and what is said below it. */
export function* layOutSummary(
  { width, paint }: SummaryLook,
  headline: string,
  all: Iterable<Fact>,
): Generator<string> {
  for (const line of wrapText(headline, readableWidth(width))) yield paint(line, 'bold');
  const room = readableWidth(width - LABEL_WIDTH - 4);
  let last = '';
  for (const [label, text] of all) {
    if (text === '') continue;
    const shown = label === last ? '' : label;
    last = label === '' ? last : label;
    for (const [i, line] of wrapText(text, room).entries())
      yield `  ${paint(padText(i === 0 ? shown : '', LABEL_WIDTH), 'dim')}  ${line}`.trimEnd();
  }
}

/** The summary's lines. */
export function* summaryLines(input: SummaryInput): Generator<string> {
  const nothing = input.saidNothing ? null : explainNothing(input.report, input.tally);
  if (nothing !== null) yield* wrapText(nothing, readableWidth(input.width));
  yield* layOutSummary(input, headline(input), facts(input));
}
