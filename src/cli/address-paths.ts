/**
 * Ways between hosts where the records carry addresses but no ports: who stood between, what each interface
 * saw, and which fields would be needed for connections. Text out, nothing printed.
 */
import { escapeControls } from '../model/escape.ts';
import type { NameOf } from '../model/name-of.ts';
import type { AddressLeg, AddressPath } from '../model/report.ts';
import { formatCount } from './format-count.ts';
import { formatEndpoint } from './format-endpoint.ts';
import type { TableLook } from './table.ts';
import { padText, readableWidth, textWidth, wrapText } from './text-width.ts';

const KINDS = { host: '', 'nat-gateway': 'NAT gateway ', gateway: 'gateway ' } as const;

/** `10.0.1.5 → NAT gateway 10.0.0.220 → 203.0.113.5 and back` */
export const describePath = ({ hops, back }: AddressPath, names?: NameOf): string => {
  const way = hops
    .map(({ address, kind }) => `${KINDS[kind]}${formatEndpoint(address, null, names)}`)
    .join(' → ');
  return back.length > 0 ? `${way} and back` : way;
};

const seenBy = ({ vantage, instanceId }: AddressLeg): string => {
  const name = vantage === null ? 'an unnamed interface' : escapeControls(vantage);
  return instanceId === null ? name : `${name} (${escapeControls(instanceId)})`;
};

const addresses = ({ srcAddr, dstAddr }: AddressLeg): string =>
  `${escapeControls(srcAddr)} → ${escapeControls(dstAddr)}`;

/** What the packet said, where the interface's own address stood in for it. */
const inPacket = ({ srcAddr, dstAddr, pktSrcAddr, pktDstAddr }: AddressLeg): string => {
  const [source, destination] = [pktSrcAddr ?? srcAddr, pktDstAddr ?? dstAddr];
  return source === srcAddr && destination === dstAddr
    ? ''
    : `in the packet ${escapeControls(source)} → ${escapeControls(destination)}`;
};

const INDENT = 10;

function* legLines(
  title: string,
  legs: readonly AddressLeg[],
  widths: LegWidths,
  width: number,
): Generator<string> {
  for (const [i, leg] of legs.entries()) {
    const head = `    ${padText(i === 0 ? title : '', 5)} `;
    const cells = [
      padText(seenBy(leg), widths.seenBy),
      padText(addresses(leg), widths.addresses),
      inPacket(leg),
    ];
    if (widths.fit) yield `${head}${cells.join('  ')}`.trimEnd();
    else {
      // Too narrow for columns: what was seen stands below who saw it.
      yield `${head}${seenBy(leg)}`;
      const below = ' '.repeat(INDENT + 2);
      const packet = inPacket(leg);
      const both = `${below}${addresses(leg)}  ${packet}`.trimEnd();
      if (packet === '' || textWidth(both) <= width) yield both;
      else yield* [`${below}${addresses(leg)}`, `${below}${packet}`];
    }
  }
}

interface LegWidths {
  readonly seenBy: number;
  readonly addresses: number;
  /** Whether a leg has room on one line. */
  readonly fit: boolean;
}

const measure = (legs: readonly AddressLeg[], width: number): LegWidths => {
  const widest = (spell: (leg: AddressLeg) => string): number =>
    Math.max(0, ...legs.map((leg) => textWidth(spell(leg))));
  const [bySeen, byAddresses, byPacket] = [widest(seenBy), widest(addresses), widest(inPacket)];
  return {
    seenBy: bySeen,
    addresses: byAddresses,
    fit: INDENT + bySeen + 2 + byAddresses + 2 + byPacket <= width,
  };
};

/** The paths as lines; none when there are no paths. */
export function* addressPathLines(
  paths: readonly AddressPath[],
  { paint, width, names }: TableLook,
): Generator<string> {
  if (paths.length === 0) return;
  yield paint(`${formatCount(paths.length, 'way', 'ways')} between addresses`, 'bold');
  for (const path of paths) {
    const widths = measure([...path.forward, ...path.back], width);
    for (const [i, line] of wrapText(describePath(path, names), readableWidth(width) - 4).entries())
      yield `${i === 0 ? '  ' : '    '}${line}`;
    yield* legLines('there', path.forward, widths, width);
    yield* legLines('back', path.back, widths, width);
    if (path.missingFields.length > 0) {
      const missing = `for connections these fields are missing: ${path.missingFields.join(', ')}`;
      for (const line of wrapText(missing, readableWidth(width) - 4)) yield paint(`    ${line}`, 'dim');
    }
  }
}
