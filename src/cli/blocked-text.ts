/** What was stopped, as people read it in a terminal or paste it into a ticket. Text out, nothing printed; names are escaped. */
import { adviseOn, describeBlockage, describeCounts, noteRest } from '../blocked/advice.ts';
import {
  BLOCKAGE_KINDS,
  type Blockage,
  type BlockageKind,
  type BlockedResult,
} from '../blocked/blockages.ts';
import type { NameOf } from '../model/name-of.ts';
import { partyNames } from './blockage-columns.ts';
import { formatCount, formatNumber } from './format-count.ts';
import { formatEndpoint } from './format-endpoint.ts';
import { describeSpan, formatMoment } from './format-moment.ts';
import { escapeMarkdown, markdownTable } from './markdown.ts';
import type { TableLook } from './table.ts';
import { indentText, readableWidth, textWidth } from './text-width.ts';

export interface BlockedLook extends TableLook {
  /** Findings that are shown. */
  readonly top: number;
}

const countOf = ({ blockages }: BlockedResult, kind: BlockageKind): number =>
  blockages.reduce((sum, blockage) => sum + (blockage.kind === kind ? blockage.connections : 0), 0);

/** The sentences over everything, and on what is no finding. */
export const blockedHeadline = (result: BlockedResult): string => {
  const { connections, blockages } = result;
  const counts = (Object.keys(BLOCKAGE_KINDS) as BlockageKind[])
    .map((kind) => [kind, countOf(result, kind)] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${formatNumber(count)} ${kind}`);
  const stopped = counts.length === 0 ? 'none was stopped' : counts.join(', ');
  const found = `${formatNumber(blockages.length)} ${blockages.length === 1 ? 'finding' : 'findings'}`;
  return `${formatCount(connections, 'connection')} and exchanges: ${stopped}; ${found}.`;
};

function* blockageLines(blockage: Blockage, { width, paint, names }: BlockedLook): Generator<string> {
  const head = `#${blockage.number}  ${blockage.kind}`;
  const facts = `${describeCounts(blockage)}, ${describeSpan(blockage.firstSeen, blockage.lastSeen)}`;
  yield '';
  if (textWidth(head) + 2 + textWidth(facts) <= readableWidth(width))
    yield `${paint(head, 'bold')}  ${paint(facts, 'dim')}`;
  else {
    yield paint(head, 'bold');
    for (const line of indentText(facts, width, '    ')) yield paint(line, 'dim');
  }
  yield* indentText(describeBlockage(blockage, names), width, '    ');
  for (const line of indentText(adviseOn(blockage, names), width, '    ')) yield paint(line, 'yellow');
}

/** The lines of a terminal. */
export function* blockedLines(result: BlockedResult, look: BlockedLook): Generator<string> {
  const { width, paint, top } = look;
  const { blockages } = result;
  for (const line of indentText(blockedHeadline(result), width, '')) yield paint(line, 'bold');
  for (const note of noteRest(result)) yield* indentText(note, width, '');
  for (const blockage of blockages.slice(0, top)) yield* blockageLines(blockage, look);
  if (blockages.length === 0) return;
  yield '';
  if (blockages.length > top) yield `and ${formatNumber(blockages.length - top)} more: see --top`;
  yield* indentText('--finding NUMBER shows the connections behind a finding.', width, '');
}

/** For machines: what was found, and the same two sentences. */
export const blockedObject = (result: BlockedResult, names?: NameOf): object => ({
  ...result,
  blockages: result.blockages.map((blockage) => ({
    ...blockage,
    what: describeBlockage(blockage, names),
    advice: adviseOn(blockage, names),
    ...(names === undefined ? {} : partyNames(blockage, names)),
  })),
});

/** A table for a wiki or a ticket. Log content cannot become markup in it. */
export function* blockedMarkdown(result: BlockedResult, names?: NameOf): Generator<string> {
  yield '# What was stopped';
  yield '';
  yield escapeMarkdown(blockedHeadline(result));
  for (const note of noteRest(result)) {
    yield '';
    yield escapeMarkdown(note);
  }
  if (result.blockages.length === 0) return;
  yield '';
  yield* markdownTable(
    ['#', 'kind', 'service', 'connections', 'clients', 'first', 'last', 'what', 'to do'],
    result.blockages.map((blockage) => [
      String(blockage.number),
      blockage.kind,
      `${formatEndpoint(blockage.responder, blockage.port, names)} ${blockage.protocol}`,
      formatNumber(blockage.connections),
      formatNumber(blockage.clients),
      formatMoment(blockage.firstSeen),
      formatMoment(blockage.lastSeen),
      describeBlockage(blockage, names),
      adviseOn(blockage, names),
    ]),
  );
}
