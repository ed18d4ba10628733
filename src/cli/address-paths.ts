/**
 * Ways between hosts where the records carry addresses but no ports: who stood between, what each interface
 * saw, and which fields would be needed for connections. Text out, nothing printed.
 */
import { escapeControls } from '../model/escape.ts';
import type { AddressLeg, AddressPath } from '../model/report.ts';
import type { Paint } from './colours.ts';
import { formatCount } from './format-count.ts';
import { padText, textWidth } from './text-width.ts';

const KINDS = { host: '', 'nat-gateway': 'NAT gateway ', gateway: 'gateway ' } as const;

/** `10.0.1.5 → NAT gateway 10.0.0.220 → 203.0.113.5 and back` */
export const describePath = ({ hops, back }: AddressPath): string => {
  const way = hops.map(({ address, kind }) => `${KINDS[kind]}${escapeControls(address)}`).join(' → ');
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

function* legLines(
  title: string,
  legs: readonly AddressLeg[],
  widths: readonly [number, number],
): Generator<string> {
  for (const [i, leg] of legs.entries()) {
    const head = padText(i === 0 ? title : '', 5);
    yield `    ${head} ${padText(seenBy(leg), widths[0])}  ${padText(addresses(leg), widths[1])}  ${inPacket(leg)}`.trimEnd();
  }
}

/** The paths as lines; none when there are no paths. */
export function* addressPathLines(paths: readonly AddressPath[], paint: Paint): Generator<string> {
  if (paths.length === 0) return;
  yield paint(`${formatCount(paths.length, 'way', 'ways')} between addresses`, 'bold');
  for (const path of paths) {
    const legs = [...path.forward, ...path.back];
    const widths = [
      Math.max(0, ...legs.map((leg) => textWidth(seenBy(leg)))),
      Math.max(0, ...legs.map((leg) => textWidth(addresses(leg)))),
    ] as const;
    yield `  ${describePath(path)}`;
    yield* legLines('there', path.forward, widths);
    yield* legLines('back', path.back, widths);
    if (path.missingFields.length > 0) {
      yield paint(`    for connections these fields are missing: ${path.missingFields.join(', ')}`, 'dim');
    }
  }
}
