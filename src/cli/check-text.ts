/**
 * What the input is worth: its formats, where every record went, what each vantage covers and what these
 * logs cannot tell. Text out, nothing printed; `check-json.ts` says the same to machines.
 */
import { VERDICTS, type Verdict } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import {
  CONTAINERS,
  describeLacking,
  describeNotRead,
  type LearnedFrom,
  type RunReport,
  type VantageCoverage,
} from '../model/report.ts';
import { spellDuration } from '../model/spell-values.ts';
import { describeUpshots } from '../model/upshots.ts';
import { addressPathLines } from './address-paths.ts';
import { describeReasons, describeRejectedLine } from './describe-rejections.ts';
import { explainNothing } from './explain-nothing.ts';
import { formatCount, formatNumber } from './format-count.ts';
import { describeSpan, formatSpan } from './format-moment.ts';
import { describeMissing, type NewFlowLog, newFlowLogs } from './new-flow-log.ts';
import type { TableLook } from './table.ts';
import type { Tally } from './tally.ts';
import { indentText, NO_BREAK, padText, readableWidth, textWidth, wrapText } from './text-width.ts';

/** More would bury what matters; --format json has all of them. */
const MOST_VANTAGES = 20;
const MOST_SKIPPED = 3;
/** Columns that facts beside a name must have. */
const LEAST_FACTS = 60;

export interface CheckInput extends TableLook {
  readonly report: RunReport;
  readonly tally: Tally;
}

const LEARNED = {
  header: 'from the header line',
  names: 'from the names in the data',
  option: 'from --fields',
  default: "AWS's default format",
  content: 'recognised by content',
} as const satisfies Record<LearnedFrom, string>;

function* formatLines({ report, width }: CheckInput): Generator<string> {
  for (const format of report.formats) {
    const sources = `${formatCount(format.sources, 'source')}, first ${escapeControls(format.firstSource)}`;
    const head = `${formatCount(format.fields.length, 'field')}, ${LEARNED[format.learnedFrom]}: ${formatCount(format.records, 'record')} in ${sources}`;
    yield* indentText(head, width, '    ', '  ');
    yield* indentText(format.fields.map(escapeControls).join(' '), width, '    ');
    if (format.unknownFields.length > 0) {
      const names = format.unknownFields.map(escapeControls).join(' ');
      yield* indentText(`carried, not interpreted: ${names}`, width, '    ');
    }
  }
}

/** Nothing where all is plain text, which needs no words. */
function* containerLines({ report, width }: CheckInput): Generator<string> {
  const isPlain = report.containers.every(({ containers }) => containers.join() === 'plain');
  const notRead = describeNotRead(report);
  if (notRead !== '') yield* indentText(notRead, width, '    ', '  ');
  if (isPlain) return;
  for (const { containers, sources, firstSource } of report.containers) {
    const words = containers.map((container) => CONTAINERS[container]).join(', in it ');
    const head = `${words}: ${formatCount(sources, 'source')}, first ${escapeControls(firstSource)}`;
    yield* indentText(head, width, '    ', '  ');
  }
}

const describeToldTwice = (vantages: readonly VantageCoverage[]): string => {
  const count = vantages.filter(({ toldTwice }) => toldTwice === true).length;
  return count === 0 ? '' : `: two flow logs of ${formatCount(count, 'interface')} tell the same packets`;
};

function* placementLines({ report }: CheckInput): Generator<string> {
  const { placement, connections, exchanges, vantages } = report;
  const rows: readonly (readonly [number, string])[] = [
    [placement.connections, `in ${formatCount(connections, 'connection')}`],
    [placement.exchanges, `in ${formatCount(exchanges, 'exchange')} of other protocols`],
    ...describeLacking(report).map(
      ([count, name]) => [count, name.includes('ports') ? `${name}: ways between addresses` : name] as const,
    ),
    [placement.nodata, 'NODATA: no traffic in the interval'],
    [placement.skipdata, 'SKIPDATA: AWS lost the records of the interval'],
    [
      placement.duplicates,
      `${placement.duplicates === 1 ? 'duplicate' : 'duplicates'}, counted once${describeToldTwice(vantages)}`,
    ],
    [placement.rejected, 'rejected: not understood'],
  ];
  const sum = rows.reduce((total, [count]) => total + count, 0);
  const shown = rows
    .filter(([count]) => count > 0)
    .map(([count, text]) => [formatNumber(count), text] as const);
  const total = formatNumber(placement.records);
  const width = Math.max(total.length, ...shown.map(([count]) => count.length));
  for (const [count, text] of shown) yield `  ${padText(count, width, 'right')}  ${text}`;
  yield `  ${'─'.repeat(width)}`;
  const balance =
    sum === placement.records
      ? `${placement.records === 1 ? '' : 'every one '}in exactly one place`
      : `but the places add up to ${formatNumber(sum)}`;
  yield `  ${padText(total, width, 'right')}  ${placement.records === 1 ? 'record' : 'records'}, ${balance}`;
  const aside = [
    placement.headers > 0 ? formatCount(placement.headers, 'header line') : '',
    placement.comments > 0 ? formatCount(placement.comments, 'empty or comment line') : '',
  ].filter((text) => text !== '');
  if (aside.length > 0) yield `  besides ${aside.join(' and ')}`;
}

function* rejectionLines({ report, width }: CheckInput): Generator<string> {
  for (const reason of describeReasons(report.rejections)) yield* indentText(reason, width, '    ', '  ');
  for (const rejection of report.firstRejections)
    yield* indentText(describeRejectedLine(rejection), width, '      ', '    ');
  const more = report.placement.rejected - report.firstRejections.length;
  if (more > 0 && report.firstRejections.length > 0) yield `    and ${formatNumber(more)} more`;
}

const describeInterval = (seconds: number | null): string =>
  seconds === null ? '' : `windows up to ${spellDuration(seconds)}`;

const describeSkipped = ([start, end]: readonly [number | null, number | null]): string =>
  start === null || end === null ? 'an interval without times' : formatSpan(start, end);

const TOLD_TWICE = 'two flow logs, one with longer intervals: what that one repeats is counted once';
const MAYBE_TOLD_TWICE = 'maybe two flow logs with different intervals: counts may be doubled';

const vantageFacts = ({
  records,
  first,
  last,
  longestInterval,
  toldTwice,
  nodata,
  rewrites,
}: VantageCoverage): string =>
  [
    formatCount(records, 'record'),
    describeSpan(first, last),
    describeInterval(longestInterval),
    nodata > 0 ? `${formatNumber(nodata)} NODATA` : '',
    rewrites ? 'stands in for other addresses' : '',
    toldTwice === true ? TOLD_TWICE : '',
    toldTwice === null ? MAYBE_TOLD_TWICE : '',
  ]
    .filter((fact) => fact !== '')
    .join(', ');

/** @param besides columns left of the facts, or null where they go below the name */
function* vantageLine(coverage: VantageCoverage, besides: number | null, width: number): Generator<string> {
  const name = `  ${nameOf(coverage)}`;
  const indent = ' '.repeat(besides ?? 4);
  if (besides === null) yield name;
  yield* indentText(
    vantageFacts(coverage),
    width,
    indent,
    besides === null ? indent : padText(name, besides),
  );
  for (const skipped of coverage.skipped.slice(0, MOST_SKIPPED))
    yield* indentText(`SKIPDATA ${describeSkipped(skipped)}: records are missing there`, width, indent);
  const more = coverage.skipped.length - MOST_SKIPPED;
  if (more > 0) yield `${indent}and ${formatCount(more, 'more SKIPDATA interval')}`;
}

const nameOf = ({ vantage, vpcId }: VantageCoverage): string =>
  `${vantage === null ? '(no interface-id)' : escapeControls(vantage)}${vpcId === null ? '' : ` in ${escapeControls(vpcId)}`}`;

function* vantageLines({ report: { vantages }, width }: CheckInput): Generator<string> {
  const shown = vantages.slice(0, MOST_VANTAGES);
  const besides = 4 + Math.max(0, ...shown.map((each) => textWidth(nameOf(each))));
  const hasRoom = besides + LEAST_FACTS <= width;
  for (const coverage of shown) yield* vantageLine(coverage, hasRoom ? besides : null, width);
  const more = vantages.length - shown.length;
  if (more > 0) yield `  and ${formatNumber(more)} more: --format json lists all`;
}

/** Label and text of each line; lines without text are left out. */
function* connectionFacts({ tally }: CheckInput): Generator<readonly [label: string, text: string]> {
  const { evidence, marks } = tally;
  const counts = (all: readonly (readonly [string, number])[]): string =>
    all.map(([name, count]) => `${formatNumber(count)}${NO_BREAK}${escapeControls(name)}`).join(', ');
  yield ['states', counts(tally.stateCounts())];
  yield ['exchanges', counts(tally.exchangeCounts())];
  yield ['came to', describeUpshots(tally.upshots)];
  yield ['opened by', counts(Object.entries(evidence))];
  for (const verdict of Object.keys(VERDICTS) as Verdict[]) {
    const count = tally.verdicts.get(verdict) ?? 0;
    if (count > 0 && verdict !== 'accepted')
      yield ['verdict', `${formatNumber(count)} ${verdict}: ${VERDICTS[verdict]}`];
  }
  if (marks.hasGap > 0) yield ['marked', `${formatNumber(marks.hasGap)} with a gap (SKIPDATA)`];
  if (marks.mayHideReuse > 0) yield ['marked', `${formatNumber(marks.mayHideReuse)} may hide a reused port`];
  if (marks.contradicted > 0)
    yield ['marked', `${formatNumber(marks.contradicted)} contradicted by a record`];
  if (tally.hidden > 0) yield ['filters', `${formatNumber(tally.hidden)} more left out`];
}

function* connectionLines(input: CheckInput): Generator<string> {
  const indent = ' '.repeat(13);
  let last = '';
  for (const [label, text] of connectionFacts(input)) {
    const shown = label === last ? '' : label;
    last = label;
    if (text !== '') yield* indentText(text, input.width, indent, padText(`  ${shown}`, indent.length));
  }
}

function* limitLines({ report, width }: CheckInput): Generator<string> {
  for (const limit of report.limits) {
    const [first = '', ...rest] = wrapText(limit, readableWidth(width) - 4);
    yield `  • ${first}`;
    for (const line of rest) yield `    ${line}`;
  }
}

const LOGS: Readonly<Record<NewFlowLog['kind'], string>> = {
  vpc: 'a flow log that would tell more',
  'transit-gateway': 'a transit gateway flow log that would tell more',
};

/**
 * The command as it can be pasted: an option a line, the format in pieces that a shell puts together. What goes on with the same
 * word begins at the edge, for a blank before it would end the word.
 */
function* commandLines({ command, logFormat }: NewFlowLog, width: number): Generator<string> {
  for (const [i, words] of command.slice(0, -1).entries()) yield `  ${i === 0 ? '' : '  '}${words} \\`;
  const fields = logFormat.split(' ');
  let line = `    --log-format '`;
  for (const [i, field] of fields.entries()) {
    const isLast = i === fields.length - 1;
    const end = isLast ? "'" : " '\\";
    if (!line.endsWith("'") && line.length + field.length + end.length > readableWidth(width)) {
      yield `${line}'\\`;
      line = "'";
    }
    line += isLast ? field : `${field} `;
  }
  yield `${line}'`;
}

function* newFlowLogLines(log: NewFlowLog, width: number): Generator<string> {
  for (const text of [...log.missing.map(describeMissing), ...log.changes])
    yield* indentText(text, width, '    ', '  • ');
  yield '';
  yield* commandLines(log, width);
  yield '';
  for (const note of log.notes) yield* indentText(note, width, '  ');
}

/** What the flow log would be that answers what this one cannot; nothing where there is no log. */
function* advice({ report, width, paint }: CheckInput): Generator<string> {
  const logs = newFlowLogs(report);
  if (logs?.length === 0) {
    yield '';
    yield* wrapText(
      `${report.formats.length === 1 ? 'This format has' : 'These formats have'} every field that conntrail uses.`,
      readableWidth(width),
    );
  }
  for (const log of logs ?? []) yield* section(LOGS[log.kind], newFlowLogLines(log, width), paint);
}

function* section(title: string, lines: Iterable<string>, paint: TableLook['paint']): Generator<string> {
  const all = [...lines];
  if (all.length === 0) return;
  yield '';
  yield paint(title, 'bold');
  yield* all;
}

/** The check's lines, section by section; empty sections are left out. */
export function* checkLines(input: CheckInput): Generator<string> {
  const { report, tally, paint } = input;
  const span =
    report.first === null || report.last === null
      ? 'no times in the records'
      : formatSpan(report.first, report.last);
  const records = formatCount(report.placement.records, 'record');
  const [head = '', ...rest] = wrapText(
    `${records} in ${formatCount(report.sources, 'source')}, ${span}`,
    readableWidth(input.width),
  );
  yield `${paint(records, 'bold')}${head.slice(records.length)}`;
  yield* rest;
  yield* section('containers', containerLines(input), paint);
  yield* section('formats', formatLines(input), paint);
  yield* section('where every record went', placementLines(input), paint);
  yield* section('not understood', rejectionLines(input), paint);
  const nothing = explainNothing(report, tally);
  yield* section('connections', nothing === null ? connectionLines(input) : [`  ${nothing}`], paint);
  yield* section('vantages', vantageLines(input), paint);
  if (report.addressPaths.length > 0) yield '';
  yield* addressPathLines(report.addressPaths, input);
  yield* section('what these logs cannot tell', limitLines(input), paint);
  yield* advice(input);
}
