/** An audit as Markdown tables, to be pasted into a wiki or a ticket. Log content cannot become markup in it. */
import type { AuditResult } from '../audit/audit.ts';
import {
  describeEvidence,
  describeOpenerPair,
  describeParties,
  durationLabel,
  durationRange,
  headline,
  lifetimeRows,
  percent,
  perMinute,
  shareLabel,
  sizeLabel,
  sumUnknown,
} from './audit-parts.ts';
import { formatNumber } from './format-count.ts';
import { formatMoment } from './format-moment.ts';
import { formatSize, UNKNOWN } from './format-size.ts';

/** What Markdown or HTML in it would act on; links are not made of `://` or `www.` either. */
export const escapeMarkdown = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_{}[\]()#|~!]/g, (sign) => `\\${sign}`)
    .replace(/:(?=\/\/)/g, '&#58;')
    .replace(/www\./gi, (start) => `${start.slice(0, 3)}&#46;`)
    .replaceAll('@', '&#64;');

function* table(titles: readonly string[], rows: Iterable<readonly string[]>): Generator<string> {
  yield `| ${titles.join(' | ')} |`;
  yield `| ${titles.map(() => '---').join(' | ')} |`;
  for (const row of rows) yield `| ${row.map(escapeMarkdown).join(' | ')} |`;
}

const moment = (seconds: number | null): string => (seconds === null ? UNKNOWN : formatMoment(seconds));

/** @param top openers that are listed; findings all are */
export function* auditMarkdown(result: AuditResult, top: number): Generator<string> {
  const { outcomes, durations, sizes, openers, openerCount, findings, notes } = result;
  yield '# Short-lived connections';
  yield '';
  yield `${escapeMarkdown(headline(result))}.`;
  yield '';
  yield* table(['connections', 'lifetime', 'means'], lifetimeRows(result));
  yield '';
  yield '## How they went';
  yield '';
  yield* table(
    ['state', 'short', 'long', 'unknown'],
    outcomes.map(({ state, lifetimes }) => [
      state,
      formatNumber(lifetimes.short),
      formatNumber(lifetimes.long),
      formatNumber(sumUnknown(lifetimes)),
    ]),
  );
  if (durations.count > 0) {
    yield '';
    yield '## How long';
    yield '';
    yield* table(
      ['lasted', 'connections'],
      durations.bars.map((bar, i) => [
        durationLabel(bar, durations.bars[i - 1]?.upTo ?? null),
        formatNumber(bar.count),
      ]),
    );
    yield '';
    yield* table(
      ['share', 'lasted'],
      durations.quantiles.map((each) => [shareLabel(each.share), durationRange(each)]),
    );
  }
  if (sizes.count > 0) {
    yield '';
    yield '## Bytes both ways';
    yield '';
    yield* table(
      ['carried', 'connections', 'of them short'],
      sizes.bars.map((bar, i) => [
        sizeLabel(bar, sizes.bars[i - 1]?.below ?? null),
        formatNumber(bar.count),
        formatNumber(bar.short),
      ]),
    );
    yield '';
    yield* table(
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
    yield '## Who opens the most short-lived ones';
    yield '';
    yield* table(
      ['who → to what', 'count', 'share', 'a minute', 'median', 'first opened', 'last opened'],
      openers
        .slice(0, top)
        .map((opener) => [
          describeOpenerPair(opener),
          formatNumber(opener.count),
          percent(opener.share),
          perMinute(opener),
          formatSize(opener.medianBytes),
          moment(opener.firstSeen),
          moment(opener.lastSeen),
        ]),
    );
    if (openerCount > top) yield `\nAnd ${formatNumber(openerCount - top)} more.`;
  }
  yield '';
  yield '## Findings';
  yield '';
  if (findings.length === 0) yield 'None by these thresholds.';
  else
    yield* table(
      ['#', 'kind', 'who → to what', 'connections', 'first opened', 'last opened', 'evidence'],
      findings.map((finding) => [
        String(finding.number),
        finding.kind,
        describeParties(finding),
        formatNumber(finding.count),
        moment(finding.firstSeen),
        moment(finding.lastSeen),
        describeEvidence(finding),
      ]),
    );
  if (notes.length > 0) {
    yield '';
    yield '## What this cannot tell';
    yield '';
    for (const note of notes) yield `- ${escapeMarkdown(note)}`;
  }
}
