/**
 * What two port numbers say about who opened: the weakest evidence there is, kept apart so that it can be
 * read and argued with. "The lower port is the server" is not among it: it fails for databases, gRPC and peers.
 */

/** Ports at or above 1024 that are services wherever they are met (IANA registry, vendors' defaults). */
export const KNOWN_SERVICES: ReadonlySet<number> = new Set([
  1080, 1194, 1433, 1521, 1883, 2049, 2181, 2375, 2376, 2379, 2380, 3000, 3128, 3268, 3269, 3306, 3389, 4317,
  4318, 4369, 4646, 5000, 5001, 5044, 5060, 5061, 5222, 5432, 5439, 5601, 5671, 5672, 5900, 5985, 5986, 6379,
  6380, 6443, 6514, 7000, 7001, 7199, 7474, 7687, 8000, 8008, 8080, 8081, 8086, 8088, 8125, 8200, 8300, 8301,
  8443, 8500, 8530, 8531, 8600, 8834, 8883, 8888, 9000, 9042, 9090, 9092, 9093, 9094, 9096, 9098, 9100, 9160,
  9200, 9300, 9418, 9999, 10250, 10255, 10256, 11211, 15672, 26379, 26257, 27017, 27018, 27019, 28015, 50051,
]);

/** The ranks in words. */
export const PORT_RANKS = ['well-known', 'a known service', 'registered', 'ephemeral'] as const;

/** 0 well-known, 1 a known service, 2 registered, 3 ephemeral (Linux takes 32768-60999, IANA and Windows 49152-65535). */
export const rankOf = (port: number): 0 | 1 | 2 | 3 => {
  if (port < 1024) return 0;
  if (KNOWN_SERVICES.has(port)) return 1;
  return port < 32768 ? 2 : 3;
};

/** Well-known, or a known service. */
export const isService = (port: number): boolean => rankOf(port) < 2;

/**
 * Log odds that the end with the higher rank opened, by the ranks of both. Calibrated against simulated networks
 * (docs/accuracy.md): a service against any other port was never wrong there, and outweighs the many peers that a
 * scanner with one source port has; a registered port loses to peers that listen on ephemeral ones, and against an
 * end that many talk to it is a coin: then nobody is named.
 */
// biome-ignore format: a table
export const PORT_ODDS: readonly (readonly [number, number, number, number])[] = [
  //            0    1    2    3
  /* 0 */     [ 0, 1.5, 8.0, 8.0 ],
  /* 1 */     [ 0,   0, 5.0, 8.0 ],
  /* 2 */     [ 0,   0,   0, 3.6 ],
  /* 3 */     [ 0,   0,   0,   0 ],
];

/** An FTP server opens its data connections from this port (RFC 959 §3.2). */
export const FTP_DATA = 20;

/** Log odds that the low end opened: positive for the low end, negative for the high end, 0 for no idea. */
export const portOdds = (low: number, high: number): number => {
  const lowRank = rankOf(low);
  const highRank = rankOf(high);
  const odds = PORT_ODDS[Math.min(lowRank, highRank)]?.[Math.max(lowRank, highRank)] ?? 0;
  const opener = lowRank > highRank ? 1 : -1;
  const isFtpData = low === FTP_DATA || high === FTP_DATA;
  return odds === 0 ? 0 : odds * (isFtpData ? -opener : opener);
};
