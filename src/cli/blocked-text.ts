/** What was stopped, as people read it in a terminal or paste it into a ticket. Text out, nothing printed; names are escaped. */
import { adviseOn, describeBlockage } from '../blocked/advice.ts';
import {
  BLOCKAGE_KINDS,
  type Blockage,
  type BlockageKind,
  type BlockedResult,
} from '../blocked/blockages.ts';
import { toCsvCell } from '../export/csv.ts';
import type { Cell } from '../export/row.ts';
import { escapeMarkdown } from './audit-markdown.ts';
import type { Paint } from './colours.ts';
import { formatCount, formatNumber } from './format-count.ts';
import { formatEndpoint } from './format-endpoint.ts';
import { formatMoment, formatSpan } from './format-moment.ts';
import { UNKNOWN } from './format-size.ts';
import { indentText, readableWidth, textWidth } from './text-width.ts';

export interface BlockedLook {
  readonly width: number;
  readonly paint: Paint;
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

export const blockedNotes = ({ late, unclear }: BlockedResult): string[] => [
  ...(late === 0
    ? []
    : [
        `${formatCount(late, 'connection')} had nothing but late packets rejected, after the close or of conversations that the log does not show: noise, nothing to change.`,
      ]),
  ...(unclear === 0
    ? []
    : [
        `${formatCount(unclear, 'connection')} had records rejected of which nothing tells whether the request or the reply was stopped, or for how long.`,
      ]),
];

const spanOf = ({ firstSeen, lastSeen }: Blockage): string => {
  if (firstSeen === null || lastSeen === null) return 'no times';
  return firstSeen === lastSeen ? `${formatMoment(firstSeen)} UTC` : formatSpan(firstSeen, lastSeen);
};

/** How many, by how many, and how sure it is who opened. */
const countsOf = ({ connections, clients, inferred }: Blockage): string => {
  const sure =
    inferred === 0
      ? ''
      : inferred === connections
        ? ', who opened is inferred'
        : `, who opened is inferred of ${formatNumber(inferred)}`;
  return `${formatCount(connections, 'connection')} of ${formatCount(clients, 'client')}${sure}`;
};

function* blockageLines(blockage: Blockage, { width, paint }: BlockedLook): Generator<string> {
  const head = `#${blockage.number}  ${blockage.kind}`;
  const counts = countsOf(blockage);
  const facts = `${counts}, ${spanOf(blockage)}`;
  yield '';
  if (textWidth(head) + 2 + textWidth(facts) <= readableWidth(width))
    yield `${paint(head, 'bold')}  ${paint(facts, 'dim')}`;
  else {
    yield paint(head, 'bold');
    for (const line of indentText(facts, width, '    ')) yield paint(line, 'dim');
  }
  yield* indentText(describeBlockage(blockage), width, '    ');
  for (const line of indentText(adviseOn(blockage), width, '    ')) yield paint(line, 'yellow');
}

/** The lines of a terminal. */
export function* blockedLines(result: BlockedResult, look: BlockedLook): Generator<string> {
  const { width, paint, top } = look;
  const { blockages } = result;
  for (const line of indentText(blockedHeadline(result), width, '')) yield paint(line, 'bold');
  for (const note of blockedNotes(result)) yield* indentText(note, width, '');
  for (const blockage of blockages.slice(0, top)) yield* blockageLines(blockage, look);
  if (blockages.length === 0) return;
  yield '';
  if (blockages.length > top) yield `and ${formatNumber(blockages.length - top)} more: see --top`;
  yield* indentText('--finding NUMBER shows the connections behind a finding.', width, '');
}

const COLUMNS: readonly (readonly [name: string, read: (blockage: Blockage) => Cell])[] = [
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
  ['what', describeBlockage],
  ['advice', adviseOn],
];

/** A row a finding, by the rules of all our CSV: hostile text runs nowhere. */
export function* blockedCsv({ blockages }: BlockedResult): Generator<string> {
  yield `${COLUMNS.map(([name]) => name).join(',')}\r\n`;
  for (const blockage of blockages)
    yield `${COLUMNS.map(([, read]) => toCsvCell(read(blockage))).join(',')}\r\n`;
}

/** For machines: what was found, and the same two sentences. */
export const blockedObject = (result: BlockedResult): object => ({
  ...result,
  blockages: result.blockages.map((blockage) => ({
    ...blockage,
    what: describeBlockage(blockage),
    advice: adviseOn(blockage),
  })),
});

const moment = (seconds: number | null): string => (seconds === null ? UNKNOWN : formatMoment(seconds));

/** A table for a wiki or a ticket. Log content cannot become markup in it. */
export function* blockedMarkdown(result: BlockedResult): Generator<string> {
  yield '# What was stopped';
  yield '';
  yield escapeMarkdown(blockedHeadline(result));
  for (const note of blockedNotes(result)) {
    yield '';
    yield escapeMarkdown(note);
  }
  if (result.blockages.length === 0) return;
  yield '';
  const titles = ['#', 'kind', 'service', 'connections', 'clients', 'first', 'last', 'what', 'to do'];
  yield `| ${titles.join(' | ')} |`;
  yield `| ${titles.map(() => '---').join(' | ')} |`;
  for (const blockage of result.blockages) {
    const cells = [
      String(blockage.number),
      blockage.kind,
      `${formatEndpoint(blockage.responder, blockage.port)} ${blockage.protocol}`,
      formatNumber(blockage.connections),
      formatNumber(blockage.clients),
      moment(blockage.firstSeen),
      moment(blockage.lastSeen),
      describeBlockage(blockage),
      adviseOn(blockage),
    ];
    yield `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  }
}
