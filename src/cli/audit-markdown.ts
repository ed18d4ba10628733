/** An audit as Markdown tables, to be pasted into a wiki or a ticket. Log content cannot become markup in it. */
import type { AuditResult } from '../audit/audit.ts';
import type { NameOf } from '../model/name-of.ts';
import {
  claimedConfidence,
  describeEvidenceAndAdvice,
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
import { formatNumber } from './format-count.ts';
import { formatMoment } from './format-moment.ts';
import { formatSize } from './format-size.ts';
import { escapeMarkdown, markdownTable } from './markdown.ts';

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * @param top openers that are listed; findings all are
 * @param names what addresses are called
 */
export function* auditMarkdown(result: AuditResult, top: number, names?: NameOf): Generator<string> {
  const { outcomes, durations, sizes, openers, openerCount, findings, notes } = result;
  yield '# Short-lived connections';
  yield '';
  yield escapeMarkdown(headline(result));
  yield '';
  yield* markdownTable(['connections', 'lifetime', 'means'], lifetimeRows(result));
  yield '';
  yield '## How they went';
  yield '';
  const { titles, rows } = outcomeTable(result);
  yield* markdownTable(
    ['state', ...titles],
    outcomes.map(({ state }, i) => [state, ...(rows[i] as readonly string[])]),
  );
  if (durations.count > 0) {
    yield '';
    yield '## How long';
    yield '';
    yield* markdownTable(
      ['lasted', 'connections'],
      durations.bars.map((bar, i) => [
        durationLabel(bar, durations.bars[i - 1]?.upTo ?? null),
        formatNumber(bar.count),
      ]),
    );
    yield '';
    yield* markdownTable(
      ['share', 'lasted'],
      durations.quantiles.map((each) => [shareLabel(each.share), durationRange(each)]),
    );
  }
  if (sizes.count > 0) {
    yield '';
    yield '## Bytes both ways';
    yield '';
    yield* markdownTable(
      ['carried', 'connections', 'of them short'],
      sizes.bars.map((bar, i) => [
        sizeLabel(bar, sizes.bars[i - 1]?.below ?? null),
        formatNumber(bar.count),
        formatNumber(bar.short),
      ]),
    );
    yield '';
    yield* markdownTable(
      ['share', 'carried at most', 'of the short ones'],
      sizes.quantiles.map(({ share, bytes, short }) => [
        shareLabel(share),
        formatSize(bytes),
        formatSize(short),
      ]),
    );
  }
  if (openers.length > 0) {
    yield '';
    yield `## ${capitalised(openersTitle(result))}`;
    yield '';
    const tellsInferred = hasInferred(openers.slice(0, top));
    yield* markdownTable(
      [
        ...['who → to what', 'count', 'share'],
        ...(tellsInferred ? ['inferred', 'claimed'] : []),
        ...['a minute', 'median', 'first opened', 'last opened'],
      ],
      openers
        .slice(0, top)
        .map((opener) => [
          describeOpenerPair(opener, names),
          formatNumber(openedBy(opener)),
          percent(opener.share),
          ...(tellsInferred ? [inferredShare(opener), claimedConfidence(opener)] : []),
          perMinute(opener),
          formatSize(opener.medianBytes),
          formatMoment(opener.firstSeen),
          formatMoment(opener.lastSeen),
        ]),
    );
    if (openerCount > top) yield `\nAnd ${formatNumber(openerCount - top)} more.`;
  }
  yield '';
  yield '## Findings';
  yield '';
  if (findings.length === 0) yield 'None by these thresholds.';
  else
    yield* markdownTable(
      ['#', 'kind', 'who → to what', 'connections', 'first', 'last', 'evidence'],
      findings.map((finding) => [
        String(finding.number),
        finding.kind,
        describeParties(finding, names),
        formatNumber(finding.count),
        formatMoment(finding.firstSeen),
        formatMoment(finding.lastSeen),
        describeEvidenceAndAdvice(finding, names),
      ]),
    );
  if (notes.length > 0) {
    yield '';
    yield '## Notes';
    yield '';
    for (const note of notes) yield `- ${escapeMarkdown(note)}`;
  }
}
