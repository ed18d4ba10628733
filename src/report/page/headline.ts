/** The top of the page: what was read and what it amounts to, what it covers and what it cannot tell. */
import { escapeControls } from '../../model/escape.ts';
import { sayBounds } from '../../model/lasted.ts';
import {
  spellCount,
  spellCounted,
  spellDuration,
  spellMoment,
  spellShare,
  spellSize,
  UNKNOWN,
} from '../../model/spell-values.ts';
import { describeNotOpened } from '../../model/upshots.ts';
import type { ReportCoverage, ReportData, ReportFinding } from '../report-data.ts';
import { type Numbers, SHORT_SECONDS } from '../tally-connections.ts';
import { element, section } from './element.ts';

const card = (value: string, label: string, about: string): HTMLElement =>
  element(
    'div',
    { class: 'card' },
    element('span', { class: 'label' }, label),
    element('strong', {}, value),
    element('span', { class: 'about' }, about),
  );

/** The numbers of what is looked at. */
export const drawCards = (numbers: Numbers): HTMLElement => {
  const { connections, exchanges, evidence, upshots, verdicts } = numbers;
  const notOpened = describeNotOpened(upshots);
  const all = connections + exchanges;
  const rejected = ['rejected', 'reply-rejected', 'cut-off'].reduce(
    (sum, verdict) => sum + (verdicts[verdict] ?? 0),
    0,
  );
  const late = verdicts['late'] ?? 0;
  return element(
    'div',
    { class: 'cards' },
    card(
      spellCount(connections),
      'TCP connections',
      exchanges > 0 ? `and ${spellCounted(exchanges, 'exchange')} of other protocols` : 'no other protocols',
    ),
    card(
      spellShare(evidence.observed, all),
      'openers observed',
      `${spellCount(evidence.inferred)} inferred, ${spellCount(evidence.unknown)} unknown`,
    ),
    card(
      spellShare(upshots.opened, all),
      'opened',
      notOpened.length === 0 ? 'nothing was tried in vain' : notOpened.join('; '),
    ),
    card(
      spellShare(numbers.short, connections),
      'short-lived',
      `${spellCount(numbers.short)} lasted ${sayBounds(null, SHORT_SECONDS)}`,
    ),
    card(
      spellCount(rejected),
      'rejected',
      `by a security group or network ACL, replies and cut-off connections included${late === 0 ? '' : `; ${spellCount(late)} more had late packets alone rejected: noise`}`,
    ),
    card(spellSize(numbers.bytes), 'carried', 'both ways, headers included, each counted at one vantage'),
  );
};

const doubts = (numbers: Numbers): string[] =>
  [
    numbers.oneSided > 0 ? `${spellCount(numbers.oneSided)} show only one direction.` : '',
    numbers.gaps > 0 ? `${spellCount(numbers.gaps)} were touched by records that AWS lost (SKIPDATA).` : '',
    numbers.mayHideReuse > 0
      ? `${spellCount(numbers.mayHideReuse)} may hide several connections on a reused port.`
      : '',
    numbers.contradicted > 0
      ? `${spellCount(numbers.contradicted)} hold a record that contradicts the others.`
      : '',
  ].filter((text) => text !== '');

const covered = (coverage: ReportCoverage): string => {
  const parts: readonly (readonly [number, string])[] = [
    [coverage.nodata, 'NODATA'],
    [coverage.skipdata, 'SKIPDATA'],
    [coverage.duplicates, 'duplicate'],
    [coverage.withoutAddresses, 'without a source or destination address'],
    [coverage.addressOnly - coverage.withoutAddresses, 'without ports or protocol'],
    [coverage.rejected, 'not understood'],
  ];
  const aside = parts.filter(([count]) => count > 0).map(([count, name]) => `${spellCount(count)} ${name}`);
  return `${spellCounted(coverage.records, 'record')} from ${spellCounted(coverage.sources, 'source')}${aside.length > 0 ? `, of them ${aside.join(', ')}` : ', each of them used'}.`;
};

const vantageTable = ({ vantages, moreVantages }: ReportCoverage): HTMLElement =>
  element(
    'details',
    {},
    element('summary', {}, `What ${spellCounted(vantages.length + moreVantages, 'vantage')} covered`),
    element(
      'div',
      { class: 'scroll' },
      element(
        'table',
        { class: 'plain' },
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...[
              'Vantage',
              'VPC',
              'Records',
              'First (UTC)',
              'Last (UTC)',
              'Longest interval',
              'Lost intervals',
            ].map((title) => element('th', { attributes: { scope: 'col' } }, title)),
          ),
        ),
        element(
          'tbody',
          {},
          ...vantages.map((each) =>
            element(
              'tr',
              {},
              ...[
                escapeControls(each.vantage ?? UNKNOWN),
                escapeControls(each.vpcId ?? UNKNOWN),
                spellCount(each.records),
                spellMoment(each.first),
                spellMoment(each.last),
                each.longestInterval === null ? UNKNOWN : spellDuration(each.longestInterval),
                spellCount(each.skipped),
              ].map((text) => element('td', {}, text)),
            ),
          ),
        ),
      ),
    ),
    moreVantages > 0
      ? element('p', { class: 'about' }, `${spellCounted(moreVantages, 'more vantage')} are not listed.`)
      : null,
  );

/** What the numbers rest on. */
export const drawCoverage = ({ coverage, numbers }: ReportData): HTMLElement =>
  section(
    'coverage',
    'What this rests on',
    '',
    element(
      'ul',
      {},
      ...[
        ...(coverage === null
          ? ['How far the input covers its time was not handed to this report.']
          : [covered(coverage)]),
        ...(coverage?.rejections ?? []).map(
          ([reason, count]) => `${spellCounted(count, 'line')} not understood: ${escapeControls(reason)}.`,
        ),
        ...(coverage?.limits ?? []).map(escapeControls),
        ...doubts(numbers),
      ].map((text) => element('li', {}, text)),
    ),
    coverage === null || coverage.vantages.length === 0 ? null : vantageTable(coverage),
  );

/** The heading: what, when, from what. */
export const drawHeading = ({
  title,
  coverage,
  filters,
  leftOut,
  rule,
  numbers,
}: ReportData): HTMLElement[] => {
  const span =
    coverage === null || coverage.first === null
      ? ''
      : `${spellMoment(coverage.first)} to ${spellMoment(coverage.last)} UTC`;
  const input =
    coverage === null
      ? ''
      : `${spellCounted(coverage.records, 'record')}, ${spellCounted(coverage.sources, 'source')}`;
  const all = numbers.connections + numbers.exchanges;
  return [
    element('h1', {}, escapeControls(title)),
    element('p', { class: 'about' }, [span, input].filter((text) => text !== '').join(' · ')),
    ...(filters === ''
      ? []
      : [element('p', { class: 'note' }, `Made with filters: ${escapeControls(filters)}.`)]),
    ...(leftOut === 0
      ? []
      : [
          element(
            'p',
            { class: 'note', id: 'left-out' },
            `This file holds ${spellCount(all - leftOut)} of ${spellCount(all)} connections and leaves out ${spellCount(leftOut)}: ${rule}. The numbers above the filter count all of them; charts count all until a filter is set.`,
          ),
        ]),
  ];
};

/** What the audit found, each with a button that shows what is behind it. */
export const drawFindings = (
  findings: readonly ReportFinding[] | null,
  choose: (finding: ReportFinding) => void,
): HTMLElement | null =>
  findings === null
    ? null
    : section(
        'findings',
        'Findings',
        findings.length === 0
          ? 'Nothing was found that asks for attention.'
          : 'Each with its evidence; “Show” leaves only the connections behind it.',
        element(
          'ol',
          { class: 'findings' },
          ...findings.map((finding) =>
            element(
              'li',
              {},
              element('strong', {}, escapeControls(finding.title)),
              element('span', { class: 'count' }, spellCounted(finding.count, 'connection')),
              element('p', {}, escapeControls(finding.evidence)),
              finding.uids.length === 0
                ? null
                : element(
                    'button',
                    {
                      attributes: { type: 'button', 'aria-label': `Show: ${escapeControls(finding.title)}` },
                      on: { click: () => choose(finding) },
                    },
                    'Show',
                  ),
            ),
          ),
        ),
      );
