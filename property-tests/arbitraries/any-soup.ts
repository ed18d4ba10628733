/**
 * Soups: records that no network need have written. Few ends, few interfaces, few seconds, any flags, so that
 * everything collides with everything: duplicates, contradictions, reuse, gaps, several vantages, several VPCs.
 */
import fc, { type Arbitrary } from 'fast-check';

/** AWS's 21-field order and flow-direction: the header of a soup. */
export const SOUP_HEADER =
  'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status flow-direction';

const T0 = 1_760_000_000;
const ENDS = {
  v4: ['10.0.0.5', '10.0.0.9', '203.0.113.7'],
  v6: ['2001:db8::5', '2001:db8::9', 'fd00::1'],
} as const;
/** VPC, subnet, instance, interface. */
const PLACES = [
  'vpc-1 subnet-1 i-1 eni-1',
  'vpc-1 subnet-1 - eni-2',
  'vpc-2 subnet-2 - eni-3',
  '- - - eni-4',
  '- - i-1 eni-1',
] as const;

/** Mostly what AWS writes, now and then anything. */
const anyFlags = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '18', '19', '22', '23') },
  { weight: 1, arbitrary: fc.constantFrom('-', '16', '17', '31', '255') },
);

interface Ingredients {
  readonly place: string;
  readonly family: 'v4' | 'v6';
  readonly ends: readonly [number, number];
  readonly ports: readonly [string, string];
  readonly forward: boolean;
  readonly gateway: 'none' | 'source' | 'destination';
  readonly protocol: string;
  readonly packets: number;
  readonly size: number;
  readonly start: number;
  readonly length: number;
  readonly action: string;
  readonly flags: string;
  readonly flow: string;
  readonly status: string;
}

const lineOf = (of: Ingredients): string => {
  const addresses = of.ends.map((n) => ENDS[of.family][n] as string);
  const [from, to] = (of.forward ? addresses : [...addresses].reverse()) as [string, string];
  const [fromPort, toPort] = (of.forward ? of.ports : [...of.ports].reverse()) as [string, string];
  const own = of.family === 'v4' ? '10.0.0.1' : 'fd00::99';
  const source = of.gateway === 'source' ? own : from;
  const destination = of.gateway === 'destination' ? own : to;
  const begins = T0 + of.start;
  if (of.status !== 'OK') {
    return `3 ${of.place} 1 - - - - - - - - - - ${begins} ${begins + of.length} - - ${of.status} -`;
  }
  const ends = begins + of.length;
  const type = of.family === 'v4' ? 'IPv4' : 'IPv6';
  return `3 ${of.place} 1 ${type} ${source} ${destination} ${fromPort} ${toPort} ${from} ${to} ${of.protocol} ${of.packets * of.size} ${of.packets} ${begins} ${ends} ${of.action} ${of.flags} OK ${of.flow}`;
};

const rarely = <T>(usual: T, ...others: readonly T[]): Arbitrary<T> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const anyIngredients: Arbitrary<Ingredients> = fc.record({
  place: fc.oneof(
    { weight: 3, arbitrary: fc.constant(PLACES[0]) },
    { weight: 2, arbitrary: fc.constantFrom(...PLACES) },
  ),
  family: fc.constantFrom('v4', 'v6'),
  ends: rarely<readonly [number, number]>([0, 1], [0, 2], [1, 2], [0, 0]),
  ports: rarely<readonly [string, string]>(['40000', '443'], ['40001', '443'], ['40000', '40000']),
  forward: fc.boolean(),
  gateway: rarely<Ingredients['gateway']>('none', 'source', 'destination'),
  protocol: rarely('6', '17', '1', '47'),
  packets: fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 9_000_000 })),
  size: fc.constantFrom(40, 52, 80, 81, 100, 101, 1500),
  start: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 5 }).map((n) => n * 60) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 400 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 9000 }) },
  ),
  length: fc.constantFrom(0, 1, 30, 59, 60, 600),
  action: rarely('ACCEPT', 'REJECT', '-'),
  flags: anyFlags,
  flow: rarely('-', 'ingress', 'egress'),
  status: rarely('OK', 'OK', 'NODATA', 'SKIPDATA'),
});

/** Lines of a soup, without the header. */
export const anySoup = (maxLength = 12): Arbitrary<string[]> =>
  fc.array(anyIngredients, { minLength: 1, maxLength }).map((all) => all.map(lineOf));
