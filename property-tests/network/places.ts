/**
 * Where interfaces stand: for each talk the way its packets go, which interfaces they pass and what each of these
 * calls them. Addresses follow AWS's rule that an interface puts its own primary IPv4 address on its own side and
 * leaves the real one in `pkt-*`; nothing here knows about time, filters or records.
 */
import type { Party, Place, Talk } from './story.ts';

/** An elastic network interface. */
export interface Interface {
  readonly id: string;
  readonly kind: 'instance' | 'nat' | 'transit' | 'balancer';
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

const KIND_NUMBERS: Readonly<Record<Interface['kind'], number>> = {
  instance: 1,
  nat: 2,
  transit: 3,
  balancer: 4,
};

/** Account, VPC and subnet are told apart by number; hosts beyond 255 count above them. */
const buildInterface = (
  kind: Interface['kind'],
  vpc: number,
  subnet: number,
  host: number,
  primary4: string,
): Interface => {
  const number =
    ((vpc << 20) | (subnet << 12) | ((host & 0xff) << 4) | KIND_NUMBERS[kind]) + (host >>> 8) * 2 ** 28;
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

/** Subnets are 8 apart in the third octet, so that each has room for 2043 hosts. */
const address = (family: 4 | 6, net: number, subnet: number, host: number): string => {
  if (family === 6) return `2001:db8:${hex(net, 1)}:${hex(subnet, 1)}::${hex(5 + host, 1)}`;
  const place = 5 + host;
  return `10.${net}.${subnet + 8 * (place >>> 8)}.${place & 0xff}`;
};

/** The first 240 hosts have documentation addresses (RFC 5737), the others those for benchmarks (RFC 2544). */
const outside = (family: 4 | 6, host: number, party: Party): string => {
  if (family === 6) return `2001:db8:ffff:${party === 'client' ? 'c' : '5'}::${hex(10 + host, 1)}`;
  const place = 10 + host;
  if (place > 250) return `198.${party === 'client' ? 18 : 19}.${(place >>> 8) & 0xff}.${place & 0xff}`;
  return party === 'client' ? `203.0.113.${place}` : `198.51.100.${place}`;
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

/** Hosts that dial and are dialled have a subnet of their own. */
const HOSTS_SUBNET = 5;
const SECOND_SUBNET = 6;

/** Outside hosts that dial and are dialled: documentation addresses (RFC 5737), then the shared range (RFC 6598). */
const outsideHost = (family: 4 | 6, host: number): string => {
  if (family === 6) return `2001:db8:ffff:7::${hex(10 + host, 1)}`;
  const place = 10 + host;
  return place > 250 ? `100.64.${(place >>> 8) & 0xff}.${place & 0xff}` : `192.0.2.${place}`;
};

const routeBetweenHosts = (talk: Talk, vpc: number, inside: Party | 'both'): Route => {
  const isInside = (party: Party): boolean => inside === 'both' || inside === party;
  const hostOf = (party: Party): number => (party === 'client' ? talk.clientHost : talk.serverHost);
  const addressOf = (party: Party): string =>
    isInside(party)
      ? address(talk.family, talk.family === 4 ? 0 : vpc + 1, HOSTS_SUBNET, hostOf(party))
      : outsideHost(talk.family, hostOf(party));
  const hopsOf = (party: Party, flow: Hop['flow'], along: number): readonly Hop[] => {
    if (!isInside(party)) return [];
    const host = hostOf(party);
    const at = buildInterface('instance', vpc, HOSTS_SUBNET, host, address(4, 0, HOSTS_SUBNET, host));
    return [hop(at, flow, along, { guards: party })];
  };
  return {
    legs: [legBetween(talk, addressOf('client'), addressOf('server'))],
    hops: {
      client: [...hopsOf('client', 'egress', 0.1), ...hopsOf('server', 'ingress', 0.9)],
      server: [...hopsOf('server', 'egress', 0.1), ...hopsOf('client', 'ingress', 0.9)],
    },
  };
};

/** Replies take the instance's default route, whichever interface the request came in by. */
const routeByTwoInterfaces = (talk: Talk, vpc: number, logs: 'all' | 'in' | 'out'): Route => {
  const server = insideEnd(talk, 'server', vpc, 0);
  const host = talk.serverHost;
  const second: Interface = {
    ...buildInterface('instance', vpc, SECOND_SUBNET, host, address(4, 0, SECOND_SUBNET, host)),
    instanceId: server.at.instanceId,
  };
  return {
    legs: [legBetween(talk, outside(talk.family, talk.clientHost, 'client'), server.address)],
    hops: {
      client: [hop(server.at, 'ingress', 0.9, { guards: 'server', logged: logs !== 'out' })],
      server: [hop(second, 'egress', 0.1, { guards: 'server', logged: logs !== 'in' })],
    },
  };
};

/** The primary address of the NAT gateway, which it shows to the hosts outside. */
const NAT_ADDRESS = '10.0.0.220';

const buildNat = (vpc: number): Interface => buildInterface('nat', vpc, 0, 220, NAT_ADDRESS);

/** What nobody inside asked for ends at the gateway: AWS logs it as accepted, and it is dropped. */
const routeToNat = (talk: Talk, vpc: number): Route => {
  const nat = buildNat(vpc);
  return {
    legs: [legBetween(talk, outside(4, talk.clientHost, 'client'), NAT_ADDRESS)],
    hops: {
      client: [hop(nat, 'ingress', 0.9, { guards: 'server' })],
      server: [hop(nat, 'egress', 0.1, { guards: 'server' })],
    },
  };
};

/** Ports that a gateway gives out stay apart by the talk's number, for 1500 talks in a row. */
const translatedPort = (talk: Talk, index: number): number =>
  talk.protocol === 'icmp' ? 0 : 10_000 + (index % 1500) * 37 + (talk.clientPort % 37);

/** A gateway translates the client's address and port; it has IPv4 only. */
const routeThroughNat = (talk: Talk, index: number, vpc: number, logs: 'all' | 'gateway'): Route => {
  const client = insideEnd({ ...talk, family: 4 }, 'client', vpc, 0);
  const nat = buildNat(vpc);
  const host = outside(4, talk.serverHost, 'server');
  const inner = legBetween(talk, client.address, host);
  const translated = translatedPort(talk, index);
  const outer: Leg = { client: { address: NAT_ADDRESS, port: translated }, server: inner.server };
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
const routeThroughTransit = (talk: Talk, logs: (Place & { readonly where: 'transit' })['logs']): Route => {
  const client = insideEnd(talk, 'client', TRANSIT_CLIENT_VPC, 20);
  const server = insideEnd(talk, 'server', TRANSIT_SERVER_VPC, 40);
  const gateway = (vpc: number, subnet: number): Interface =>
    buildInterface('transit', vpc, subnet, 175, `10.${vpc}.${subnet}.175`);
  const clientSide = { logged: logs !== 'server-side' };
  const clientEnd = { logged: logs === 'all', guards: 'client' as const };
  const isGateways = logs === 'gateways' || logs === 'attachments';
  const serverEnd = { logged: !isGateways, guards: 'server' as const };
  const replyZone = logs === 'attachments' ? 1 : 2;
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
        hop(gateway(TRANSIT_SERVER_VPC, replyZone), 'ingress', 0.2),
        hop(gateway(TRANSIT_CLIENT_VPC, replyZone), 'egress', 0.8, clientSide),
        hop(client.at, 'ingress', 0.95, clientEnd),
      ],
    },
  };
};

/** Targets have a subnet of their own; a balancer hands the port on as it is. */
const TARGET_SUBNET = 3;
const BALANCER_SUBNET = 4;

/** A balancer of the talk's family has an address of its own; clients come from outside. */
const routeThroughBalancer = (
  talk: Talk,
  index: number,
  vpc: number,
  keepsClient: boolean,
  logs: 'all' | 'balancer',
): Route => {
  const node = buildInterface('balancer', vpc, BALANCER_SUBNET, 0, address(4, 0, BALANCER_SUBNET, 0));
  const target = buildInterface(
    'instance',
    vpc,
    TARGET_SUBNET,
    talk.serverHost,
    address(4, 0, TARGET_SUBNET, talk.serverHost),
  );
  const range = talk.family === 4 ? 0 : vpc + 1;
  const ports = portsOf(talk);
  const front: EndPoint = {
    address: talk.family === 4 ? node.primary4 : address(6, range, BALANCER_SUBNET, 0),
    port: ports.server,
  };
  const client: EndPoint = { address: outside(talk.family, talk.clientHost, 'client'), port: ports.client };
  const back: EndPoint = {
    address: address(talk.family, range, TARGET_SUBNET, talk.serverHost),
    port: ports.server,
  };
  const atTarget = { leg: 1, logged: logs === 'all', guards: 'server' as const };
  return {
    legs: [
      { client, server: front },
      {
        client: keepsClient ? client : { address: front.address, port: translatedPort(talk, index) },
        server: back,
      },
    ],
    hops: {
      client: [
        hop(node, 'ingress', 0.7),
        hop(node, 'egress', 0.75, { leg: 1 }),
        hop(target, 'ingress', 0.95, atTarget),
      ],
      server: [
        hop(target, 'egress', 0.05, atTarget),
        hop(node, 'ingress', 0.25, { leg: 1 }),
        hop(node, 'egress', 0.3),
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
    case 'hosts':
      return routeBetweenHosts(talk, place.vpc, place.inside);
    case 'two-interfaces':
      return routeByTwoInterfaces(talk, place.vpc, place.logs);
    case 'gateway':
      return routeToNat(talk, place.vpc);
    case 'nat':
      return routeThroughNat(talk, index, place.vpc, place.logs);
    case 'transit':
      return routeThroughTransit(talk, place.logs);
    case 'balancer':
      return routeThroughBalancer(talk, index, place.vpc, place.keepsClient, place.logs);
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
