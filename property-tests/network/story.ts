/**
 * What happens in a simulated network, as plain data: who dials whom, what each side then does, where interfaces
 * stand, what filters deny and how AWS logs it. Plain, so that fast-check can invent and shrink it; nothing here
 * computes anything but the words in which a scenario is told.
 */
import type { FormatName } from './print-records.ts';

/** The two ends of a talk. The client is the one who dials. */
export type Party = 'client' | 'server';

export const otherParty = (party: Party): Party => (party === 'client' ? 'server' : 'client');

/** One thing a side does, `after` seconds behind the act before it (the first: after the dial). */
export type Act =
  /** Sends packets of `payload` bytes each, `every` seconds apart. */
  | { readonly do: 'send'; readonly by: Party; readonly after: number; readonly packets: number; readonly payload: number; readonly every: number }
  /** Closes its half (FIN); the other half stays open until its owner closes it. */
  | { readonly do: 'close'; readonly by: Party; readonly after: number }
  /** Gives up with a RST, in whatever state it is. */
  | { readonly do: 'abort'; readonly by: Party; readonly after: number }
  /** Sends keepalive probes (no payload), `every` seconds apart. */
  | { readonly do: 'probe'; readonly by: Party; readonly after: number; readonly packets: number; readonly every: number }
  /** Packets that come when nobody counts on them any more: late, repeated or of a host that has forgotten; no state changes. */
  | { readonly do: 'stray'; readonly by: Party; readonly after: number; readonly packets: number; readonly payload: number; readonly flag: 'ack' | 'fin' | 'rst'; readonly every: number }
  /** Loses power: says nothing any more. */
  | { readonly do: 'vanish'; readonly by: Party; readonly after: number }
  /** Restarts: knows of no connection and answers what arrives with RST. */
  | { readonly do: 'forget'; readonly by: Party; readonly after: number }; // biome-ignore format: one act a line

/** A rule that denies packets of the talk at one end's interface, for a while counted from the first dial. */
export interface Filter {
  readonly at: Party;
  /** A security group remembers connections and lets their replies and the rest of them pass; a network ACL does not. */
  readonly kind: 'security-group' | 'network-acl';
  readonly flow: 'ingress' | 'egress';
  readonly from: number;
  /** Null: for good. */
  readonly until: number | null;
}

/** Where the interfaces of a talk stand. `vpc` numbers VPCs that all use the same IPv4 range. */
export type Place =
  /** Only the server is in AWS. */
  | { readonly where: 'server'; readonly vpc: number }
  /** Only the client is. */
  | { readonly where: 'client'; readonly vpc: number }
  | { readonly where: 'both'; readonly vpc: number }
  /** Hosts of which each dials and is dialled: their addresses are the same in either role. `inside` are in the VPC. */
  | { readonly where: 'hosts'; readonly vpc: number; readonly inside: Party | 'both' }
  /** The server, in AWS, has two interfaces: requests come in by one, replies leave by the other. */
  | { readonly where: 'two-interfaces'; readonly vpc: number; readonly logs: 'all' | 'in' | 'out' }
  /** The client outside dials the interface of a NAT gateway itself. */
  | { readonly where: 'gateway'; readonly vpc: number }
  /** The client reaches a public server through a zonal NAT gateway. */
  | { readonly where: 'nat'; readonly vpc: number; readonly logs: 'all' | 'gateway' }
  /**
   * Client and server are in two VPCs joined by a transit gateway; request and reply pass different interfaces. `attachments`: the
   * gateway's own log, in which each VPC has one attachment that shows both.
   */
  | { readonly where: 'transit'; readonly logs: 'all' | 'server-side' | 'gateways' | 'attachments' }
  /**
   * A network load balancer hands the client's connection on to a target: two connections, the second from the
   * client's own address and port (`keepsClient`) or from the balancer's.
   */
  | {
      readonly where: 'balancer';
      readonly vpc: number;
      readonly keepsClient: boolean;
      readonly logs: 'all' | 'balancer';
    };

/** NAT gateways translate IPv4 alone. */
export const hasIpv4Only = ({ where }: Place): boolean => where === 'nat' || where === 'gateway';

/** What happens to packets between interfaces, drawn from a seed of the talk's own. */
export interface Weather {
  /** Probability that a packet is lost on one stretch of its way. */
  readonly loss: number;
  /** At most so many seconds are added to each stretch, so that packets may overtake each other. */
  readonly delay: number;
  readonly seed: number;
}

export interface Talk {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly family: 4 | 6;
  readonly clientHost: number;
  readonly serverHost: number;
  readonly clientPort: number;
  readonly serverPort: number;
  /** The server's address is not its interface's primary one (a pod, a secondary address). */
  readonly secondary: boolean;
  /** Seconds after the scenario began. */
  readonly at: number;
  /** One way, in seconds. */
  readonly latency: number;
  readonly weather: Weather;
  /** Seconds for which security groups remember an idle established TCP connection: 60 to 432 000 (an AWS setting). */
  readonly trackedSeconds: number;
  /** `patient` follows the RFC, `scanner` answers SYN-ACK with RST, `mute` never acknowledges it (half-open scan). */
  readonly dialler: 'patient' | 'scanner' | 'mute';
  /** SYNs sent after the first one: 1, 3, 7, 15, 31 s after it. */
  readonly retries: number;
  /** `dials`: both dial at once (simultaneous open). */
  readonly answerer: 'listens' | 'refuses' | 'silent' | 'dials';
  readonly acts: readonly Act[];
  /** The same ports again, that many seconds after the client was done with the connection before. */
  readonly redials: readonly number[];
  readonly place: Place;
  readonly filters: readonly Filter[];
}

/** How AWS writes it down. */
export interface Logging {
  readonly format: FormatName;
  readonly header: boolean;
  /** `mixed`: some interfaces 60, some 600, as with Nitro and older instances under one flow log. */
  readonly interval: 60 | 600 | 'mixed';
  /** Whether a second flow log tells of interfaces of 60 s again, in intervals of 600 s that each hold ten of the first. */
  readonly second: boolean;
  /** Whether both directions of an interface share their intervals. */
  readonly aligned: boolean;
  /** `start` and `end` of a record: its first and last packet, or the bounds of its interval. */
  readonly times: 'packets' | 'window';
  /** How late `start` and `end` are, at most 59 s, and whether that is one delay an interface or one a record. */
  readonly skew: { readonly most: number; readonly per: 'interface' | 'record' };
  /** Only what happens in this span (seconds after the scenario began) is logged. */
  readonly from: number;
  readonly until: number | null;
  readonly keeps: 'ALL' | 'ACCEPT' | 'REJECT';
  readonly nodata: boolean;
  /** SKIPDATA: interface and interval by number, counted round. */
  readonly skips: readonly { readonly interface: number; readonly interval: number }[];
  /** Probability that a record is lost without a trace, and that it is written twice. */
  readonly loss: number;
  readonly duplicates: number;
  readonly order: 'by-end' | 'shuffled';
}

export interface Scenario {
  /** Unix seconds, whole. */
  readonly began: number;
  readonly talks: readonly Talk[];
  readonly logging: Logging;
}

/** One record a packet train, nothing lost: what a scenario changes only where it matters. */
export const PLAIN_LOGGING: Logging = {
  format: 'aws-21',
  header: true,
  interval: 60,
  second: false,
  aligned: true,
  times: 'packets',
  skew: { most: 0, per: 'interface' },
  from: 0,
  until: null,
  keeps: 'ALL',
  nodata: false,
  skips: [],
  loss: 0,
  duplicates: 0,
  order: 'by-end',
};

export const FAIR_WEATHER: Weather = { loss: 0, delay: 0, seed: 0 };

/** AWS's default for idle established TCP connections, five days (EC2 User Guide, connection tracking). */
export const DEFAULT_TRACKED_SECONDS = 432_000;

/** The least a talk can be: a dial that is answered, both ends in one VPC. */
export const PLAIN_TALK: Talk = {
  protocol: 'tcp',
  family: 4,
  clientHost: 0,
  serverHost: 0,
  clientPort: 40_000,
  serverPort: 443,
  secondary: false,
  at: 0,
  latency: 0.01,
  weather: FAIR_WEATHER,
  trackedSeconds: DEFAULT_TRACKED_SECONDS,
  dialler: 'patient',
  retries: 5,
  answerer: 'listens',
  acts: [],
  redials: [],
  place: { where: 'both', vpc: 0 },
  filters: [],
};
