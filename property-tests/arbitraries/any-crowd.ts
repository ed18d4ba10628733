/**
 * Crowds: one or two keys that very many interfaces saw in a few intervals, in VPCs that do and do not belong together, by
 * several names, copied by other flow logs, and used again and again. What rules do with few of something one by one they
 * do with many by tables and in steps; here there are enough of everything.
 */
import fc, { type Arbitrary } from 'fast-check';

/** AWS's 21-field order, flow-direction and resource-id: the header of a crowd. */
export const CROWD_HEADER =
  'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status flow-direction resource-id';

const T0 = 1_760_000_000;
const ENDS = { v4: ['10.0.0.5', '10.0.0.9'], v6: ['2001:db8::5', '2001:db8::9'] } as const;
const OWN = { v4: ['10.0.0.1', '10.0.0.2'], v6: ['fd00::98', 'fd00::99'] } as const;

/** All kinds of flags, or such that one connection follows the other. */
const FLAGS = [
  ['2', '18', '0', '1', '3', '19', '4', '6', '-', '-'],
  ['3', '19'],
  ['2', '18', '3', '19', '4', '0'],
] as const;

interface Crowd {
  readonly family: 'v4' | 'v6';
  readonly interfaces: number;
  readonly seconds: number;
  readonly flags: readonly string[];
}

const anyLine = ({ family, interfaces, seconds, flags }: Crowd): Arbitrary<string> =>
  fc
    .record({
      eni: fc.nat(interfaces - 1),
      names: fc.constantFrom('all', 'all', 'all', 'no vpc', 'instance', 'resource', 'nothing'),
      vpcs: fc.constantFrom(1, 3, 20),
      account: fc.nat(1),
      forward: fc.boolean(),
      gateway: fc.constantFrom('none', 'none', 'none', 'source', 'destination', 'both'),
      own: fc.nat(1),
      counts: fc.constantFrom('80 2', '80 2', '400 4', '- -', '- 2', '9000 5'),
      start: fc.nat(seconds),
      length: fc.constantFrom(0, 30, 30, 60, 600),
      action: fc.constantFrom('ACCEPT', 'ACCEPT', 'ACCEPT', 'REJECT', '-'),
      flags: fc.constantFrom(...flags),
      flow: fc.constantFrom('-', '-', 'ingress', 'egress'),
      timed: fc.constantFrom('both', 'both', 'both', 'both', 'both', 'both', 'start', 'end', 'none'),
    })
    .map((of) => {
      const [one, other] = of.forward ? [0, 1] : [1, 0];
      const addresses = ENDS[family];
      const [from, to] = [addresses[one as 0 | 1], addresses[other as 0 | 1]];
      const own = OWN[family][of.own as 0 | 1];
      const source = of.gateway === 'source' || of.gateway === 'both' ? own : from;
      const destination = of.gateway === 'destination' || of.gateway === 'both' ? own : to;
      const ports = of.forward ? '40000 443' : '443 40000';
      const vpc = of.names === 'all' || of.names === 'instance' ? `vpc-${of.eni % of.vpcs}` : '-';
      const eni = of.names === 'resource' || of.names === 'nothing' ? '-' : `eni-${of.eni}`;
      const resource = of.names === 'resource' ? `eni-${of.eni}` : '-';
      const instance = of.names === 'instance' ? `i-${of.eni}` : '-';
      const begins = of.timed === 'both' || of.timed === 'start' ? `${T0 + of.start}` : '-';
      const ends = of.timed === 'both' || of.timed === 'end' ? `${T0 + of.start + of.length}` : '-';
      const type = family === 'v4' ? 'IPv4' : 'IPv6';
      return `3 ${vpc} - ${instance} ${eni} ${of.account} ${type} ${source} ${destination} ${ports} ${from} ${to} 6 ${of.counts} ${begins} ${ends} ${of.action} ${of.flags} OK ${of.flow} ${resource}`;
    });

/** Lines of a crowd, without the header. */
export const anyCrowd = (most = 120): Arbitrary<string[]> =>
  fc
    .record({
      family: fc.constantFrom('v4' as const, 'v4' as const, 'v6' as const),
      interfaces: fc.constantFrom(1, 2, 12, 60),
      seconds: fc.constantFrom(1, 60, 600, 20_000),
      flags: fc.constantFrom(...FLAGS),
    })
    .chain((crowd) => fc.array(anyLine(crowd), { minLength: 1, maxLength: most, size: 'max' }));
