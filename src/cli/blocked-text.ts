/** What was stopped, as people read it in a terminal or paste it into a ticket. Text out, nothing printed; names are escaped. */
import { adviseOn, describeBlockage, describeCounts, noteRest } from '../blocked/advice.ts';
import {
  BLOCKAGE_KINDS,
  type Blockage,
  type BlockageKind,
  type BlockedResult,
} from '../blocked/blockages.ts';
import { type CsvColumns, csvOf } from '../export/csv.ts';
import type { NameOf } from '../model/name-of.ts';
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
  for (const line of indentText(adviseOn(blockage), width, '    ')) yield paint(line, 'yellow');
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

/** What those are called that a finding is about: clients by the range that they have in common. */
interface PartyNames {
  readonly clientsName: string | null;
  readonly responderName: string | null;
}

const partyNames = ({ from, responder }: Blockage, names: NameOf): PartyNames => ({
  clientsName: names(from),
  responderName: names(responder),
});

const columnsWith = (names: NameOf | undefined): CsvColumns<Blockage> => [
  ['finding', ({ number }) => number],
  ['kind', ({ kind }) => kind],
  ['rejected_at', ({ at }) => at.name],
  ['way', ({ way }) => way],
  ['stopped', ({ stopped }) => stopped],
  ['vpc_id', ({ at }) => at.vpcId],
  ['subnet_id', ({ at }) => at.subnetId],
  ['instance_id', ({ at }) => at.instanceId],
  ['account_id', ({ at }) => at.accountId],
  ['protocol', ({ protocol }) => protocol],
  ['responder_address', ({ responder }) => responder],
  ['responder_port', ({ port }) => port],
  ['clients', ({ clients }) => clients],
  ['clients_in', ({ from }) => from],
  ['connections', ({ connections }) => connections],
  ['inferred', ({ inferred }) => inferred],
  ['unasked', ({ unasked }) => unasked],
  ['first_seen', ({ firstSeen }) => firstSeen],
  ['last_seen', ({ lastSeen }) => lastSeen],
  ['rejected_from', ({ rejectedFrom }) => rejectedFrom],
  ['packets_lost', ({ packetsLost }) => packetsLost],
  ['lost_because', ({ lostBecause }) => lostBecause.join(' ') || null],
  ['what', (blockage) => describeBlockage(blockage, names)],
  ['advice', adviseOn],
  ...(names === undefined
    ? []
    : ([
        ['clients_name', (blockage) => partyNames(blockage, names).clientsName],
        ['responder_name', (blockage) => partyNames(blockage, names).responderName],
      ] satisfies CsvColumns<Blockage>)),
];

/** A row a finding, by the rules of all our CSV: hostile text runs nowhere. */
export const blockedCsv = ({ blockages }: BlockedResult, names?: NameOf): Generator<string> =>
  csvOf(columnsWith(names), blockages);

/** For machines: what was found, and the same two sentences. */
export const blockedObject = (result: BlockedResult, names?: NameOf): object => ({
  ...result,
  blockages: result.blockages.map((blockage) => ({
    ...blockage,
    what: describeBlockage(blockage, names),
    advice: adviseOn(blockage),
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
      adviseOn(blockage),
    ]),
  );
}
