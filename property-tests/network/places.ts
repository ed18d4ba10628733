/**
 * Where interfaces stand: for each talk the way its packets go, which interfaces they pass and what each of these
 * calls them. Addresses follow AWS's rule that an interface puts its own primary IPv4 address on its own side and
 * leaves the real one in `pkt-*`; nothing here knows about time, filters or records.
 */
import type { Party, Talk } from './story.ts';

/** An elastic network interface. */
export interface Interface {
  readonly id: string;
  readonly kind: 'instance' | 'nat' | 'transit';
  readonly primary4: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly instanceId: string | null;
  readonly accountId: string;
  readonly azId: string;
}

export interface EndPoint {
  readonly address: string;
  readonly port: number;
}

/** One packet-level connection: a NAT gateway turns one dial into two of them. */
export interface Leg {
  readonly client: EndPoint;
  readonly server: EndPoint;
}

/** A place where a packet is looked at. */
export interface Hop {
  readonly interface: Interface;
  readonly flow: 'ingress' | 'egress';
  /** Which leg the packet belongs to here. */
  readonly leg: number;
  readonly logged: boolean;
  /** Whose security group and network ACL act here, if any. */
  readonly guards: Party | null;
  /** How far along the way it stands, 0 to 1. */
  readonly along: number;
}

export interface Route {
  readonly legs: readonly Leg[];
  readonly hops: Readonly<Record<Party, readonly Hop[]>>;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Account, VPC and subnet are told apart by number. */
const buildInterface = (
  kind: Interface['kind'],
  vpc: number,
  subnet: number,
  host: number,
  primary4: string,
): Interface => {
  const number =
    (vpc << 20) | (subnet << 12) | (host << 4) | (kind === 'instance' ? 1 : kind === 'nat' ? 2 : 3);
  return {
    id: `eni-0${hex(0xa1b2, 4)}${hex(number, 12)}`,
    kind,
    primary4,
    vpcId: `vpc-0${hex(vpc + 0xabcdef01, 16)}`,
    subnetId: `subnet-0${hex((vpc << 8) | subnet, 16)}`,
    instanceId: kind === 'instance' ? `i-0${hex(number, 16)}` : null,
    // The leading zero is the point: account ids are text.
    accountId: `0123456789${String(10 + vpc).padStart(2, '0')}`,
    azId: `euw1-az${1 + (subnet % 3)}`,
  };
};

const TRANSIT_CLIENT_VPC = 20;
const TRANSIT_SERVER_VPC = 40;

const address = (family: 4 | 6, net: number, subnet: number, host: number): string =>
  family === 4
    ? `10.${net}.${subnet}.${5 + host}`
    : `2001:db8:${hex(net, 1)}:${hex(subnet, 1)}::${hex(5 + host, 1)}`;

const outside = (family: 4 | 6, host: number, party: Party): string => {
  if (family === 6) return `2001:db8:ffff:${party === 'client' ? 'c' : '5'}::${hex(10 + host, 1)}`;
  return party === 'client' ? `203.0.113.${10 + host}` : `198.51.100.${10 + host}`;
};

/** The ports of an exchange without ports are 0, as AWS prints them for ICMP. */
const portsOf = (talk: Talk): { readonly client: number; readonly server: number } =>
  talk.protocol === 'icmp' ? { client: 0, server: 0 } : { client: talk.clientPort, server: talk.serverPort };

const hop = (
  at: Interface,
  flow: Hop['flow'],
  along: number,
  more: { readonly leg?: number; readonly logged?: boolean; readonly guards?: Party } = {},
): Hop => ({
  interface: at,
  flow,
  along,
  leg: more.leg ?? 0,
  logged: more.logged ?? true,
  guards: more.guards ?? null,
});

/** An end inside AWS: its interface, and the address its packets carry. */
const insideEnd = (
  talk: Talk,
  party: Party,
  vpc: number,
  net: number,
): { at: Interface; address: string } => {
  const subnet = party === 'client' ? 1 : 2;
  const host = party === 'client' ? talk.clientHost : talk.serverHost;
  const at = buildInterface('instance', vpc, subnet, host, address(4, net, subnet, host));
  const secondary = party === 'server' && talk.secondary;
  // VPCs share one IPv4 range; AWS never hands out an IPv6 range twice.
  const range = talk.family === 4 ? net : vpc + 1;
  return { at, address: address(talk.family, range, subnet, secondary ? host + 100 : host) };
};

const legBetween = (talk: Talk, clientAddress: string, serverAddress: string): Leg => {
  const ports = portsOf(talk);
  return {
    client: { address: clientAddress, port: ports.client },
    server: { address: serverAddress, port: ports.server },
  };
};

const routeToServer = (talk: Talk, vpc: number): Route => {
  const server = insideEnd(talk, 'server', vpc, 0);
  return {
    legs: [legBetween(talk, outside(talk.family, talk.clientHost, 'client'), server.address)],
    hops: {
      client: [hop(server.at, 'ingress', 0.9, { guards: 'server' })],
      server: [hop(server.at, 'egress', 0.1, { guards: 'server' })],
    },
  };
};

const routeFromClient = (talk: Talk, vpc: number): Route => {
  const client = insideEnd(talk, 'client', vpc, 0);
  return {
    legs: [legBetween(talk, client.address, outside(talk.family, talk.serverHost, 'server'))],
    hops: {
      client: [hop(client.at, 'egress', 0.1, { guards: 'client' })],
      server: [hop(client.at, 'ingress', 0.9, { guards: 'client' })],
    },
  };
};

const routeWithin = (talk: Talk, vpc: number): Route => {
  const client = insideEnd(talk, 'client', vpc, 0);
  const server = insideEnd(talk, 'server', vpc, 0);
  return {
    legs: [legBetween(talk, client.address, server.address)],
    hops: {
      client: [
        hop(client.at, 'egress', 0.1, { guards: 'client' }),
        hop(server.at, 'ingress', 0.9, { guards: 'server' }),
      ],
      server: [
        hop(server.at, 'egress', 0.1, { guards: 'server' }),
        hop(client.at, 'ingress', 0.9, { guards: 'client' }),
      ],
    },
  };
};

/** A gateway translates the client's address and port; it has IPv4 only. Ports stay apart by the talk's number. */
const routeThroughNat = (talk: Talk, index: number, vpc: number, logs: 'all' | 'gateway'): Route => {
  const client = insideEnd({ ...talk, family: 4 }, 'client', vpc, 0);
  const own = '10.0.0.220';
  const nat = buildInterface('nat', vpc, 0, 220, own);
  const host = outside(4, talk.serverHost, 'server');
  const inner = legBetween(talk, client.address, host);
  const translated = talk.protocol === 'icmp' ? 0 : 10_000 + index * 37 + (talk.clientPort % 37);
  const outer: Leg = { client: { address: own, port: translated }, server: inner.server };
  const atClient = { logged: logs === 'all', guards: 'client' as const };
  return {
    legs: [inner, outer],
    hops: {
      client: [
        hop(client.at, 'egress', 0.05, atClient),
        hop(nat, 'ingress', 0.2),
        hop(nat, 'egress', 0.25, { leg: 1 }),
      ],
      server: [
        hop(nat, 'ingress', 0.75, { leg: 1 }),
        hop(nat, 'egress', 0.8),
        hop(client.at, 'ingress', 0.95, atClient),
      ],
    },
  };
};

/**
 * Each VPC has two gateway interfaces in two zones. A packet enters and leaves the gateway in the zone of its sender's
 * side, so that request and reply of one connection pass different interfaces (AWS's transit gateway example).
 */
const routeThroughTransit = (talk: Talk, logs: 'all' | 'server-side' | 'gateways'): Route => {
  const client = insideEnd(talk, 'client', TRANSIT_CLIENT_VPC, 20);
  const server = insideEnd(talk, 'server', TRANSIT_SERVER_VPC, 40);
  const gateway = (vpc: number, subnet: number): Interface =>
    buildInterface('transit', vpc, subnet, 175, `10.${vpc}.${subnet}.175`);
  const clientSide = { logged: logs !== 'server-side' };
  const clientEnd = { logged: logs === 'all', guards: 'client' as const };
  const serverEnd = { logged: logs !== 'gateways', guards: 'server' as const };
  return {
    legs: [legBetween(talk, client.address, server.address)],
    hops: {
      client: [
        hop(client.at, 'egress', 0.05, clientEnd),
        hop(gateway(TRANSIT_CLIENT_VPC, 1), 'ingress', 0.2, clientSide),
        hop(gateway(TRANSIT_SERVER_VPC, 1), 'egress', 0.8),
        hop(server.at, 'ingress', 0.95, serverEnd),
      ],
      server: [
        hop(server.at, 'egress', 0.05, serverEnd),
        hop(gateway(TRANSIT_SERVER_VPC, 2), 'ingress', 0.2),
        hop(gateway(TRANSIT_CLIENT_VPC, 2), 'egress', 0.8, clientSide),
        hop(client.at, 'ingress', 0.95, clientEnd),
      ],
    },
  };
};

/** The way of a talk's packets, by who sends them. `index` is the talk's number in its scenario. */
export const routeOf = (talk: Talk, index: number): Route => {
  const { place } = talk;
  switch (place.where) {
    case 'server':
      return routeToServer(talk, place.vpc);
    case 'client':
      return routeFromClient(talk, place.vpc);
    case 'both':
      return routeWithin(talk, place.vpc);
    case 'nat':
      return routeThroughNat(talk, index, place.vpc, place.logs);
    case 'transit':
      return routeThroughTransit(talk, place.logs);
  }
};

/** What `srcaddr` and `dstaddr` say for a packet at a hop: the interface's primary IPv4 address on its own side. */
export const loggedAddresses = (
  at: Hop,
  family: 4 | 6,
  source: string,
  target: string,
): { readonly source: string; readonly target: string } => {
  if (family === 6) return { source, target };
  const own = at.interface.primary4;
  return at.flow === 'egress' ? { source: own, target } : { source, target: own };
};
