/** What simulated traffic there is, by name: what any network has, and what belongs to a habit (habits.ts). */

/** The kinds of traffic of any network, each with what it is. */
export const ORDINARY_KINDS = {
  web: 'HTTP and HTTPS on 80, 443, 8080: from outside, to outside, through NAT gateways and load balancers',
  database: 'clients of 3306, 5432, 6379, 9042, 27017 and 1433, pooled and short',
  grpc: 'gRPC on 50051, 8443, 9000 and node ports from 30000 on, mostly long',
  peers: 'ephemeral to ephemeral: listening ports of peers, and ports agreed upon for one connection',
  gossip: 'cluster members on 7000, 7946, 8301 and 2380',
  ftp: 'FTP data: the server dials from port 20',
  scan: 'SYN, half-open and connect scans over many ports and hosts',
  refused: 'nobody listens: RST',
  silent: 'nobody answers',
  blocked: 'a security group or a network ACL rejects, from the start or from some moment on',
  udp: 'DNS, NTP, QUIC, syslog, StatsD',
  icmp: 'ping',
} as const;
export type OrdinaryKind = keyof typeof ORDINARY_KINDS;

/** Those of habits. */
export const HABIT_KINDS = {
  nfs: 'NFS from reserved ports (665-1023): nfsd on 2049, mountd, lockd and statd on ports of their own; some mounts without',
  rsh: 'rsh, rlogin and lpr from reserved ports (512-1023) to 514, 513 and 515, and the second channel of rsh, reserved to reserved',
  gluster: 'Gluster: glusterd on 24007, bricks from 49152 up, clients on 1023 downward or on ephemeral ports',
  high: 'services above 49151: RPC of Windows, Hadoop, HBase, JMX, brokers',
  p2p: 'peers that listen on one port each and dial from ephemeral ports, some from the port they listen on; a few hubs',
  'ftp-control': 'FTP control connections to 21',
  'ftp-active': 'FTP data that the server dials from 20',
  'ftp-passive': 'FTP data that the client dials to a high port of the server',
  'ftp-probe': 'probes of port 20',
  'scan-open': 'probes that are answered by SYN-ACK',
  'scan-refused': 'probes that are answered by RST',
  'scan-silent': 'probes that are accepted and never answered',
  'scan-rejected': 'probes that a security group or a network ACL rejects',
  'nat-probe': 'probes from the internet of the interface of a NAT gateway: accepted, never answered',
  keepalive: 'connections that are silent for hours but for a keepalive every two',
  stray: 'connections of which packets come a minute or more after their close',
  'acl-changed': 'connections while which a network ACL is changed',
  'acl-replies': 'requests whose replies a network ACL stops',
  'two-ways': 'requests that come in by one interface and replies that leave by another',
} as const;
export type HabitKind = keyof typeof HABIT_KINDS;

export const KINDS = { ...ORDINARY_KINDS, ...HABIT_KINDS } as const;
export type Kind = keyof typeof KINDS;

export const isHabitKind = (kind: Kind): kind is HabitKind => kind in HABIT_KINDS;

/** What share of the talks each kind has, of any whole. */
export type Shares = Readonly<Partial<Record<Kind, number>>>;
