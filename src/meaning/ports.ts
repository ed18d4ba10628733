/**
 * What two port numbers say about who opened: the weakest evidence there is, kept apart so that it can be
 * read and argued with. "The lower port is the server" is not among it: it fails for databases, gRPC, peers and NFS.
 */
import { REGISTERED_PORTS } from './registered-ports.ts';

/** Ports at or above 1024 that are services wherever they are met (vendors' defaults, most of them registered at IANA). */
export const KNOWN_SERVICES: ReadonlySet<number> = new Set([
  1080, 1099, 1194, 1433, 1521, 1723, 1883, 2049, 2181, 2222, 2375, 2376, 2377, 2379, 2380, 3000, 3128, 3260,
  3268, 3269, 3306, 3389, 3478, 4222, 4317, 4318, 4369, 4646, 5000, 5001, 5044, 5060, 5061, 5222, 5432, 5439,
  5601, 5671, 5672, 5900, 5984, 5985, 5986, 6379, 6380, 6443, 6514, 7000, 7001, 7077, 7199, 7474, 7687, 7946,
  8000, 8008, 8080, 8081, 8086, 8088, 8089, 8123, 8125, 8140, 8200, 8300, 8301, 8443, 8500, 8530, 8531, 8600,
  8834, 8883, 8888, 8983, 9000, 9042, 9090, 9092, 9093, 9094, 9096, 9098, 9100, 9160, 9200, 9300, 9418, 9443,
  9999, 10250, 10255, 10256, 11211, 15672, 20048, 24007, 24008, 26379, 26257, 27017, 27018, 27019, 28015,
  50051,
]);

/** From here up to 1023 NFS, rsh and others bind their own end (`rresvport`, Linux's `min_resvport` of 665). */
const RESERVED_FROM = 512;

/** The services among the reserved ports that are met today; any other of them is likelier a client's own. */
const RESERVED_SERVICES: ReadonlySet<number> = new Set([
  512, 513, 514, 515, 543, 544, 546, 547, 548, 554, 563, 587, 593, 601, 623, 631, 636, 646, 749, 830, 853,
  860, 873, 902, 953, 989, 990, 992, 993, 995,
]);

/** What a port is, in words; those of services first. */
export const PORT_RANKS = [
  'well-known',
  'a service among reserved ports',
  'a known service',
  'registered, or a node port',
  'unassigned',
  'above what Linux takes for clients',
  'reserved, as clients of NFS and rsh bind',
  'ephemeral',
] as const;
export type PortRank = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Linux takes ports from 32768 to 60999 for clients; Windows, macOS and BSD follow IANA: 49152 to 65535. */
const LINUX_RANGE = { from: 32_768, to: 60_999 } as const;

/** Kubernetes gives services ports from here up to 32767 on every node (`--service-node-port-range`). */
const NODE_PORTS_FROM = 30_000;

/** The rank of a port. */
export const rankOf = (port: number): PortRank => {
  if (port < RESERVED_FROM) return 0;
  if (port < 1024) return RESERVED_SERVICES.has(port) ? 1 : 6;
  if (KNOWN_SERVICES.has(port)) return 2;
  if (port >= LINUX_RANGE.from) return port > LINUX_RANGE.to ? 5 : 7;
  return REGISTERED_PORTS.has(port) || port >= NODE_PORTS_FROM ? 3 : 4;
};

/** Well-known, or a known service. */
export const isService = (port: number): boolean => rankOf(port) < 3;

/**
 * Log odds that the end of the later rank opened, by the ranks of both. Fitted on some habits of networks and measured on others
 * (docs/accuracy.md). What a client of NFS or rsh binds may be the number of a service: then nobody is named.
 */
// biome-ignore format: a table
export const PORT_ODDS: readonly (readonly number[])[] = [
  //            0    1    2    3    4    5    6    7
  /* 0 */     [ 0,   0, 1.5, 8.0, 8.0, 8.0, 4.0, 8.0 ],
  /* 1 */     [ 0,   0,   0, 4.0, 4.0, 4.4, 1.8, 4.4 ],
  /* 2 */     [ 0,   0,   0, 5.0, 5.0, 8.0, 4.0, 8.0 ],
  /* 3 */     [ 0,   0,   0,   0, 0.9, 1.5,   0, 2.7 ],
  /* 4 */     [ 0,   0,   0,   0,   0,   0,   0,   0 ],
  /* 5 */     [ 0,   0,   0,   0,   0,   0,   0, 0.9 ],
  /* 6 */     [ 0,   0,   0,   0,   0,   0,   0,   0 ],
  /* 7 */     [ 0,   0,   0,   0,   0,   0,   0,   0 ],
];

/** An FTP server opens its data connections from this port (RFC 959 §3.2). */
export const FTP_DATA = 20;

/** Log odds that the low end opened, by the ranks of both: positive for the low end, negative for the high end, 0 for no idea. */
export const portOdds = (low: number, high: number): number => {
  const lowRank = rankOf(low);
  const highRank = rankOf(high);
  const odds = PORT_ODDS[Math.min(lowRank, highRank)]?.[Math.max(lowRank, highRank)] ?? 0;
  return odds === 0 ? 0 : lowRank > highRank ? odds : -odds;
};
