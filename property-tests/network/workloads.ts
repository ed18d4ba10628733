/** Workloads by name: what share of the talks each kind of traffic has. Those of habits are in habits.ts. */
import type { Shares } from './kinds.ts';

/** What share of the talks each kind has, in percent. */
export const WORKLOADS = {
  mixed: {
    web: 32,
    database: 15,
    grpc: 10,
    peers: 7,
    gossip: 3,
    ftp: 3,
    scan: 8,
    refused: 4,
    silent: 3,
    blocked: 5,
    udp: 7,
    icmp: 3,
  },
  web: { web: 92, refused: 2, silent: 2, blocked: 4 },
  services: { database: 50, grpc: 35, gossip: 15 },
  peers: { peers: 80, gossip: 20 },
  scan: { scan: 100 },
} as const satisfies Record<string, Shares>;
export type WorkloadName = keyof typeof WORKLOADS;
