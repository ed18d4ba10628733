/**
 * Habits of networks that the mixed workload does not have, each a workload of its own: the traffic that makes it, ordinary traffic
 * beside it, since the rules learn from the whole input, and how it is logged. Clients and servers are met unevenly, as in a
 * real network: few have most of the traffic, some servers have one client. `npm run simulate -- --habit NAME` writes one.
 */
import type { HabitKind, Kind, Shares } from './kinds.ts';
import type { Logging, Place } from './story.ts';
import { WORKLOADS } from './workloads.ts';

/** How scanners go about it. */
export interface ScannerManner {
  /** Whether a scanner sends all probes from one source port. */
  readonly sourcePorts: 'one' | 'many';
  /** Many ports of one host, or few ports of many hosts. */
  readonly hosts: 'one' | 'many';
}

export interface Habit {
  /** What it is, one sentence. */
  readonly about: string;
  /**
   * Habits that are kin are in one half, so that confidence which was fitted to one half has never met the habits of the
   * other.
   */
  readonly half: 'a' | 'b';
  readonly shares: Shares;
  /** The traffic that makes the habit, and is judged as such; what else there is runs beside it. */
  readonly own: readonly Kind[];
  /** What is logged otherwise than everywhere. */
  readonly logging: Partial<Logging>;
  /** Who writes the log: interfaces, or the attachments of a transit gateway in their place. */
  readonly notedBy: 'interfaces' | 'gateways';
  /** Where all talks take place, if it is one place. */
  readonly place: Place | null;
  readonly scanner: ScannerManner | null;
  /** Dials for each that is asked for: more where few leave a record, fewer where each leaves many. */
  readonly times: number;
  /** Whether it is of interest what becomes of it with flags. */
  readonly withFlags: boolean;
}

/** What runs beside a habit's own traffic: 45 in 100 talks. */
const BESIDE: Shares = {
  web: 16,
  database: 10,
  grpc: 4,
  gossip: 2,
  scan: 2,
  refused: 2,
  silent: 2,
  blocked: 3,
  udp: 3,
  icmp: 1,
};

type About = Pick<Habit, 'about' | 'half'> & Partial<Habit>;

/** Traffic of its own, by share of 55, and ordinary traffic beside it. */
const traffic = (own: Partial<Record<HabitKind, number>>, about: About): Habit => ({
  shares: { ...own, ...BESIDE },
  own: Object.keys(own) as HabitKind[],
  logging: {},
  notedBy: 'interfaces',
  place: null,
  scanner: null,
  times: 1,
  withFlags: false,
  ...about,
});

/** The mixed workload, logged in another way: all of it is the habit's. */
const logged = (about: About, more: Shares = {}): Habit => {
  const shares: Shares = { ...WORKLOADS.mixed, ...more };
  return { ...traffic({}, about), shares, own: Object.keys(shares) as Kind[], withFlags: true };
};

const scanners = (sourcePorts: 'one' | 'many', hosts: 'one' | 'many'): Habit =>
  traffic(
    { 'scan-open': 6, 'scan-refused': 15, 'scan-silent': 17, 'scan-rejected': 17 },
    {
      about: `Scanners that probe ${hosts === 'one' ? 'very many ports of one host' : 'few ports of many hosts'} from ${sourcePorts === 'one' ? 'one source port' : 'a source port for each probe'}, each probe answered, refused, met by silence or rejected.`,
      half: 'b',
      scanner: { sourcePorts, hosts },
    },
  );

export const HABITS = {
  nfs: traffic(
    { nfs: 55 },
    {
      about: 'NFS clients that bind reserved ports (665-1023), to nfsd, mountd, lockd, statd and rpcbind.',
      half: 'a',
    },
  ),
  rsh: traffic(
    { rsh: 55 },
    {
      about:
        'rsh, rlogin and lpr clients that bind reserved ports (512-1023), and the second channel of rsh.',
      half: 'a',
    },
  ),
  gluster: traffic(
    { gluster: 55 },
    {
      about:
        'Gluster bricks on 49152 and up, dialled from reserved ports (1023 downward) and ephemeral ones.',
      half: 'a',
    },
  ),
  'high-services': traffic(
    { high: 55 },
    { about: 'Services above 49151, some with many clients, some with one.', half: 'a' },
  ),
  p2p: traffic(
    { p2p: 55 },
    {
      about:
        'Peers that listen on one high port each and dial from ephemeral ports or from the port they listen on; a few are hubs.',
      half: 'a',
    },
  ),
  'reject-only': logged({
    about: 'A REJECT-only flow log of the mixed workload.',
    half: 'a',
    logging: { keeps: 'REJECT' },
    times: 5,
  }),
  'reject-only-acl': logged(
    {
      about: 'A REJECT-only flow log of the mixed workload and of network ACLs that stop replies.',
      half: 'a',
      logging: { keeps: 'REJECT' },
      times: 3,
    },
    { 'acl-replies': 15, 'acl-changed': 5, stray: 5 },
  ),
  'accept-only': logged({
    about: 'An ACCEPT-only flow log of the mixed workload.',
    half: 'a',
    logging: { keeps: 'ACCEPT' },
  }),
  strays: traffic(
    { stray: 55 },
    {
      about: 'Packets that come a minute or more after the close, accepted or rejected.',
      half: 'a',
      withFlags: true,
    },
  ),
  'changed-acl': traffic(
    { 'acl-changed': 45, 'acl-replies': 10 },
    {
      about: 'Network ACLs that are changed while connections run, or stop replies from the start.',
      half: 'a',
      withFlags: true,
    },
  ),
  ftp: traffic(
    { 'ftp-control': 12, 'ftp-active': 16, 'ftp-passive': 17, 'ftp-probe': 10 },
    {
      about: 'FTP control connections with active and passive data, and probes of port 20.',
      half: 'b',
    },
  ),
  'scan-one-port-one-host': scanners('one', 'one'),
  'scan-one-port-many-hosts': scanners('one', 'many'),
  'scan-many-ports-one-host': scanners('many', 'one'),
  'scan-many-ports-many-hosts': scanners('many', 'many'),
  'nat-probes': traffic(
    { 'nat-probe': 40 },
    {
      about: 'Probes from the internet of the interface of a NAT gateway, beside its ordinary traffic.',
      half: 'b',
      shares: { 'nat-probe': 40, ...BESIDE, web: 60 },
      withFlags: true,
    },
  ),
  'one-sided': traffic(
    { 'two-ways': 55 },
    {
      about:
        'Servers whose replies leave by another interface than requests come in by, of which one may not be logged.',
      half: 'b',
      withFlags: true,
    },
  ),
  keepalives: traffic(
    { keepalive: 55 },
    {
      about: 'Connections that are silent for hours but for a keepalive every two.',
      half: 'b',
      withFlags: true,
      times: 0.5,
    },
  ),
  'two-logs': logged({
    about: 'Two flow logs of the same interfaces, one of 60 s and one of 600 s, of the mixed workload.',
    half: 'b',
    logging: { interval: 60, second: true },
  }),
  'transit-gateway': {
    ...logged({
      about:
        'A transit gateway log (version 6: no action; ACK and PSH among the flags) of what two VPCs say to each other.',
      half: 'b',
      notedBy: 'gateways',
      // The only interval that gateways have.
      logging: { interval: 60 },
      place: { where: 'transit', logs: 'attachments' },
    }),
    // Scanners of the mixed workload are outside.
    shares: { ...WORKLOADS.mixed, scan: 0, ftp: 0, nfs: 3, high: 6, keepalive: 2 },
    own: (Object.keys(WORKLOADS.mixed) as Kind[]).concat('nfs', 'high', 'keepalive'),
  },
} as const satisfies Record<string, Habit>;
export type HabitName = keyof typeof HABITS;

export const HABIT_NAMES = Object.keys(HABITS) as HabitName[];

/** The habit of a name, whatever it leaves at its defaults. */
export const habitNamed = (name: HabitName): Habit => HABITS[name];

export const isHabit = (name: string): name is HabitName => Object.hasOwn(HABITS, name);
