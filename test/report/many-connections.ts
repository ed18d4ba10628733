/** As many different connections as asked for, always the same: hosts, services, states and times by arithmetic. */
import { CONNECTION_STATES, type Connection, type ConnectionState } from '../../src/model/connection.ts';
import { connection, vantage } from '../export/connection.ts';

const STATES = Object.keys(CONNECTION_STATES) as ConnectionState[];
const PORTS = [443, 80, 5432, 22, 6379];
const T0 = 1_700_000_000;

/** The connection of a number: 250 hosts open to 40 servers on five ports, one every two seconds. */
export const numbered = (i: number): Connection => {
  const from = T0 + i * 2;
  const lasts = 60 + ((i * 37) % 900);
  return connection({
    uid: `C${String(i).padStart(8, '0')}`,
    communityId: null,
    state: i % 17 === 0 ? null : (STATES[i % STATES.length] ?? null),
    protocol: i % 17 === 0 ? 'udp' : 'tcp',
    initiatorBasis: i % 5 === 0 ? 'none' : i % 7 === 0 ? 'simultaneous' : 'handshake',
    initiator: {
      address: `10.0.${i % 3}.${i % 250}`,
      port: 32_768 + (i % 20_000),
      bytes: (i * 7919) % 100_000,
    },
    responder: { address: `192.168.1.${i % 40}`, port: PORTS[i % PORTS.length] ?? 443, bytes: i },
    firstSeen: i % 101 === 0 ? null : from,
    lastSeen: i % 101 === 0 ? null : from + lasts,
    openedAt: from,
    openedBy: from + 30,
    closedAfter: from + lasts - 20,
    closedAt: from + lasts,
    durationMin: Math.max(0, lasts - 50),
    durationMax: lasts + 60,
    vantages: [vantage({ records: 1 })],
  });
};

export const numberedConnections = (count: number): Connection[] =>
  Array.from({ length: count }, (_, i) => numbered(i));
