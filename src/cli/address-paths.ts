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
import { indentText, padText, readableWidth, textWidth, wrapText } from './text-width.ts';

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

const arrow = (source: string, destination: string, names: NameOf | undefined): string =>
  `${formatEndpoint(source, null, names)} → ${formatEndpoint(destination, null, names)}`;

/** What an interface saw, as text. */
interface Leg {
  readonly seenBy: string;
  readonly addresses: string;
  /** What the packet said, where the interface's own address stood in for it. */
  readonly inPacket: string;
}

const legOf = (leg: AddressLeg, names: NameOf | undefined): Leg => {
  const { srcAddr, dstAddr, pktSrcAddr, pktDstAddr } = leg;
  const [source, destination] = [pktSrcAddr ?? srcAddr, pktDstAddr ?? dstAddr];
  return {
    seenBy: seenBy(leg),
    addresses: arrow(srcAddr, dstAddr, names),
    inPacket:
      source === srcAddr && destination === dstAddr
        ? ''
        : `in the packet ${arrow(source, destination, names)}`,
  };
};

/** Names of addresses that the way itself does not tell: it stands above what each interface saw. */
const namesBeyond = ({ hops }: AddressPath, names: NameOf | undefined): NameOf | undefined => {
  if (names === undefined) return undefined;
  const told = new Set(hops.map(({ address }) => address));
  return (address) => (told.has(address) ? null : names(address));
};

const INDENT = 10;

function* legLines(title: string, legs: readonly Leg[], widths: LegWidths, width: number): Generator<string> {
  for (const [i, { seenBy, addresses, inPacket }] of legs.entries()) {
    const head = `    ${padText(i === 0 ? title : '', 5)} `;
    if (widths.fit) {
      const cells = [padText(seenBy, widths.seenBy), padText(addresses, widths.addresses), inPacket];
      yield `${head}${cells.join('  ')}`.trimEnd();
      continue;
    }
    // Too narrow for columns: what was seen stands below who saw it.
    yield `${head}${seenBy}`;
    const below = ' '.repeat(INDENT + 2);
    const both = `${below}${addresses}  ${inPacket}`.trimEnd();
    if (textWidth(both) <= width) yield both;
    else for (const cell of [addresses, inPacket]) if (cell !== '') yield* indentText(cell, width, below);
  }
}

interface LegWidths {
  readonly seenBy: number;
  readonly addresses: number;
  /** Whether a leg has room on one line. */
  readonly fit: boolean;
}

const measure = (legs: readonly Leg[], width: number): LegWidths => {
  const widest = (cell: keyof Leg): number => Math.max(0, ...legs.map((leg) => textWidth(leg[cell])));
  const [bySeen, byAddresses, byPacket] = [widest('seenBy'), widest('addresses'), widest('inPacket')];
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
    const beyond = namesBeyond(path, names);
    const forward = path.forward.map((leg) => legOf(leg, beyond));
    const back = path.back.map((leg) => legOf(leg, beyond));
    const widths = measure([...forward, ...back], width);
    for (const [i, line] of wrapText(describePath(path, names), readableWidth(width) - 4).entries())
      yield `${i === 0 ? '  ' : '    '}${line}`;
    yield* legLines('there', forward, widths, width);
    yield* legLines('back', back, widths, width);
    if (path.missingFields.length > 0) {
      const missing = `for connections these fields are missing: ${path.missingFields.join(', ')}`;
      for (const line of wrapText(missing, readableWidth(width) - 4)) yield paint(`    ${line}`, 'dim');
    }
  }
}
