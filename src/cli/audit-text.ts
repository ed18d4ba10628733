/** An audit as people read it in a terminal: numbers, bars, who opens most, findings. Text out, nothing printed. */
import type { AuditResult } from '../audit/audit.ts';
import { QUANTILE_SHARES } from '../audit/distributions.ts';
import { FINDING_KINDS, type Finding, type FindingKind } from '../audit/finding.ts';
import type { Opener } from '../audit/openers.ts';
import { escapeControls } from '../model/escape.ts';
import {
  adviceOf,
  claimedConfidence,
  describeEvidence,
  describeOpenerPair,
  describeParties,
  durationLabel,
  durationRange,
  hasInferred,
  headline,
  inferredShare,
  lifetimeRows,
  openedBy,
  openersTitle,
  outcomeTable,
  percent,
  perMinute,
  shareLabel,
  sizeLabel,
} from './audit-parts.ts';
import { STATE_STYLES } from './colours.ts';
import { formatCount, formatNumber } from './format-count.ts';
import { describeSpan, formatMoment, formatSpan } from './format-moment.ts';
import { formatSize } from './format-size.ts';
import type { TableLook } from './table.ts';
import { indentText, NO_BREAK, padText, readableWidth, textWidth, wrapText } from './text-width.ts';

export interface AuditLook extends TableLook {
  /** Openers, and findings of each kind, that are shown. */
  readonly top: number;
}

/** Columns of the longest bar, and the fewest worth drawing. */
const LONGEST_BAR = 50;
const SHORTEST_BAR = 10;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of whole and eighth blocks; what is more than nothing is always seen. */
export const drawBar = (value: number, most: number, columns: number): string => {
  if (value <= 0 || most <= 0) return '';
  const eighths = Math.max(1, Math.round((value / most) * columns * 8));
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7];
};

/** Rows of cells in columns; the last column is not padded. */
const inColumns = (rows: readonly (readonly string[])[], right: ReadonlySet<number>): string[] => {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, textWidth(cell))),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, i) =>
        i === row.length - 1 && !right.has(i)
          ? cell
          : padText(cell, widths[i] ?? 0, right.has(i) ? 'right' : 'left'),
      )
      .join('  ')
      .trimEnd(),
  );
};

function* section(title: string, lines: Iterable<string>, { paint }: AuditLook): Generator<string> {
  yield '';
  yield paint(title, 'bold');
  yield* lines;
}

function* lifetimeLines(result: AuditResult, { width }: AuditLook): Generator<string> {
  const rows = lifetimeRows(result);
  const [counts, names] = [0, 1].map((i) => Math.max(...rows.map((row) => textWidth(row[i] as string))));
  const indent = ' '.repeat(2 + (counts as number) + 2 + (names as number) + 2);
  for (const [count, name, means] of rows) {
    const head = `  ${padText(count, counts as number, 'right')}  ${padText(name, names as number)}  `;
    yield* indentText(means, width, indent, head);
  }
}

function* outcomeLines(result: AuditResult, { paint }: AuditLook): Generator<string> {
  const { outcomes } = result;
  const { titles, rows } = outcomeTable(result);
  const lines = inColumns(
    [['', ...titles], ...outcomes.map(({ state }, i) => [state, ...(rows[i] as readonly string[])])],
    new Set(titles.map((_, i) => i + 1)),
  );
  for (const [i, line] of lines.entries()) {
    const state = outcomes[i - 1]?.state;
    yield state === undefined
      ? paint(`  ${line}`, 'dim')
      : `  ${paint(state, STATE_STYLES[state])}${line.slice(state.length)}`;
  }
}

interface Bar {
  readonly label: string;
  readonly count: number;
  /** Behind the bar. */
  readonly note: string;
}

const RIGHT_OF_LABEL: ReadonlySet<number> = new Set(QUANTILE_SHARES.map((_, i) => i + 1));

/** Bars without empty ones at the end. */
function* barLines(bars: readonly Bar[], { width, paint }: AuditLook): Generator<string> {
  const last = bars.findLastIndex(({ count }) => count > 0);
  const shown = bars.slice(0, last + 1);
  const most = Math.max(...shown.map(({ count }) => count));
  const labels = Math.max(...shown.map(({ label }) => textWidth(label)));
  const counts = Math.max(...shown.map(({ count }) => formatNumber(count).length));
  const notes = Math.max(...shown.map(({ note }) => textWidth(note)));
  const columns = Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, width - labels - counts - notes - 8));
  for (const { label, count, note } of shown) {
    const bar = drawBar(count, most, columns);
    const head = `  ${padText(label, labels)}  ${padText(formatNumber(count), counts, 'right')}  `;
    yield `${head}${paint(bar, 'cyan')}${note === '' ? '' : `${' '.repeat(Math.max(0, columns - textWidth(bar)))}  ${note}`}`.trimEnd();
  }
}

/** Up to which value a share of all goes: a table where it has room, else in a sentence. */
function* quantileLines(
  rows: readonly (readonly [label: string, cells: readonly string[]])[],
  { width, paint }: AuditLook,
): Generator<string> {
  const shares = QUANTILE_SHARES.map(shareLabel);
  const lines = inColumns(
    [['of them', ...shares], ...rows.map(([label, cells]) => [label, ...cells])],
    RIGHT_OF_LABEL,
  );
  if (lines.every((line) => textWidth(line) + 2 <= width)) {
    for (const [i, line] of lines.entries()) yield i === 0 ? paint(`  ${line}`, 'dim') : `  ${line}`;
    return;
  }
  for (const [label, cells] of rows) {
    const parts = cells.map((cell, i) => `${shares[i]} ${cell}`.replaceAll(' ', NO_BREAK));
    yield* indentText(`${label}: ${parts.join(', ')}`, width, '    ', '  ');
  }
}

function* durationLines({ durations }: AuditResult, look: AuditLook): Generator<string> {
  const { bars, quantiles } = durations;
  yield* barLines(
    bars.map((bar, i) => ({
      label: durationLabel(bar, bars[i - 1]?.upTo ?? null),
      count: bar.count,
      note: '',
    })),
    look,
  );
  yield* quantileLines([['lasted', quantiles.map(durationRange)]], look);
}

function* sizeLines({ sizes }: AuditResult, look: AuditLook): Generator<string> {
  const { bars, quantiles } = sizes;
  yield* barLines(
    bars.map((bar, i) => ({
      label: sizeLabel(bar, bars[i - 1]?.below ?? null),
      count: bar.count,
      // Where none is certainly short, nothing is told apart.
      note: bar.count === 0 || sizes.short === 0 ? '' : `${percent(bar.short / bar.count)} short`,
    })),
    look,
  );
  const short = quantiles.map((each) => formatSize(each.short));
  yield* quantileLines(
    [
      ['carried', quantiles.map((each) => formatSize(each.bytes))],
      ...(sizes.short === 0 ? [] : [['short ones', short] as const]),
    ],
    look,
  );
}

/** The section says it once. */
const withoutZone = (span: string): string => span.replace(/ UTC$/, '');

/** Two long addresses go on two lines, the arrow before the second. */
const keepArrow = (parties: string): string => parties.replace('→ ', `→${NO_BREAK}`);

const OPENER_TITLES = [
  'count',
  'share',
  'a minute',
  'median',
  'first opened',
  'last opened',
  'initiator → responder',
] as const;

/** An opener a line. */
const openerTable = (openers: readonly Opener[], { names }: AuditLook): string[] => {
  const tellsInferred = hasInferred(openers);
  const rows = openers.map((opener) => [
    formatNumber(openedBy(opener)),
    percent(opener.share),
    ...(tellsInferred ? [inferredShare(opener), claimedConfidence(opener)] : []),
    perMinute(opener),
    formatSize(opener.medianBytes),
    formatMoment(opener.firstSeen),
    formatMoment(opener.lastSeen),
    describeOpenerPair(opener, names),
  ]);
  const [count, share, ...others] = OPENER_TITLES;
  const titles = [count, share, ...(tellsInferred ? ['inferred', 'claimed'] : []), ...others];
  const right = new Set(tellsInferred ? [0, 1, 2, 3, 4, 5] : [0, 1, 2, 3]);
  return inColumns([titles, ...rows], right).map((line) => `  ${line}`);
};

/** Who it is on one line, the rest below it. */
function* narrowOpeners(openers: readonly Opener[], { width, paint, names }: AuditLook): Generator<string> {
  const counts = Math.max(...openers.map((opener) => formatNumber(openedBy(opener)).length));
  const indent = ' '.repeat(counts + 13);
  for (const opener of openers) {
    const { share, inferred, firstSeen, lastSeen } = opener;
    const head = `  ${padText(formatNumber(openedBy(opener)), counts, 'right')}  ${padText(percent(share), 7, 'right')}  `;
    yield* indentText(keepArrow(describeOpenerPair(opener, names)), width, indent, head);
    const facts = [
      ...(opener.perMinute === null ? [] : [`${perMinute(opener)} a minute`]),
      `median ${formatSize(opener.medianBytes)}`,
      withoutZone(describeSpan(firstSeen, lastSeen)),
      ...(inferred === 0
        ? []
        : [
            `opened by inference: ${inferredShare(opener)}, claimed at ${claimedConfidence(opener)} on average`,
          ]),
    ];
    for (const line of indentText(facts.join(', '), width, indent)) yield paint(line, 'dim');
  }
}

function* openerLines({ openers, openerCount }: AuditResult, look: AuditLook): Generator<string> {
  const shown = openers.slice(0, look.top);
  const [head = '', ...lines] = openerTable(shown, look);
  if ([head, ...lines].every((line) => textWidth(line) <= look.width))
    yield* [look.paint(head, 'dim'), ...lines];
  else yield* narrowOpeners(shown, look);
  if (openerCount > shown.length) yield `  and ${formatNumber(openerCount - shown.length)} more: see --top`;
}

function* findingLines(finding: Finding, { width, paint, names }: AuditLook): Generator<string> {
  const { number, count, firstSeen, lastSeen, blockage } = finding;
  const advice = adviceOf(finding, names);
  const head = `  ${padText(`#${number}`, 4)} `;
  const indent = ' '.repeat(head.length);
  const counted = formatCount(count, 'connection');
  const parties = describeParties(finding, names);
  const oneLine = head.length + textWidth(parties) + 2 + textWidth(counted) <= readableWidth(width);
  if (oneLine) yield `${head}${paint(parties, 'bold')}  ${paint(counted, 'yellow')}`;
  else {
    yield* indentText(keepArrow(parties), width, indent, head);
    yield `${indent}${paint(counted, 'yellow')}`;
  }
  yield* indentText(describeEvidence(finding, names), width, indent);
  if (advice !== null)
    for (const line of indentText(escapeControls(advice), width, indent)) yield paint(line, 'yellow');
  if (firstSeen !== null && lastSeen !== null)
    yield paint(`${indent}${blockage === null ? 'began' : 'seen'} ${formatSpan(firstSeen, lastSeen)}`, 'dim');
}

function* findingSections(result: AuditResult, look: AuditLook): Generator<string> {
  for (const kind of Object.keys(FINDING_KINDS) as FindingKind[]) {
    const found = result.findings.filter((finding) => finding.kind === kind);
    if (found.length === 0) continue;
    const shown = found.slice(0, look.top);
    const lines = function* (): Generator<string> {
      for (const finding of shown) yield* findingLines(finding, look);
      if (found.length > shown.length)
        yield `  and ${formatNumber(found.length - shown.length)} more, to #${found.at(-1)?.number}: see --top`;
    };
    const [title = '', ...rest] = wrapText(
      `${kind} (${formatNumber(found.length)}): ${FINDING_KINDS[kind]}`,
      readableWidth(look.width),
    );
    yield* section(title, [...rest.map((line) => `  ${line}`), ...lines()], look);
  }
}

/** What there is to say of TCP connections: how they went, how long they lived, who opens the short ones. */
function* connectionSections(result: AuditResult, look: AuditLook): Generator<string> {
  const { connections, durations, sizes, openers } = result;
  if (connections === 0) return;
  yield* lifetimeLines(result, look);
  yield* section('how they went', outcomeLines(result, look), look);
  if (durations.count > 0)
    yield* section(
      `how long: ${formatCount(durations.count, 'connection')} with opening and end in the log`,
      durationLines(result, look),
      look,
    );
  if (sizes.count > 0)
    yield* section(
      `bytes both ways: ${formatCount(sizes.count, 'connection')}`,
      sizeLines(result, look),
      look,
    );
  if (openers.length > 0)
    yield* section(`${openersTitle(result)} (times in UTC)`, openerLines(result, look), look);
}

/** The audit's lines; what is empty is left out. */
export function* auditLines(result: AuditResult, look: AuditLook): Generator<string> {
  const { findings, notes } = result;
  const says = headline(result).replaceAll(' %', `${NO_BREAK}%`);
  for (const line of wrapText(says, readableWidth(look.width))) yield look.paint(line, 'bold');
  yield* connectionSections(result, look);
  yield* findingSections(result, look);
  if (findings.length === 0) yield* section('findings', ['  none by these thresholds'], look);
  else {
    yield '';
    yield* indentText('--finding NUMBER shows the connections behind a finding.', look.width, '');
  }
  if (notes.length > 0) {
    const lines = notes.flatMap((note) => [...indentText(note, look.width, '    ', '  • ')]);
    yield* section('notes', lines, look);
  }
}
