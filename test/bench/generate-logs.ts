/**
 * Writes benchmark input: seeded flow logs of any size in AWS's 21-field order (or the 14 default fields), at the
 * speed of the disk and in constant memory. It is a lighter model than the simulator in `property-tests/network`:
 * it draws what each minute's records say instead of sending packets, so no one-minute record hides two connections,
 * two vantages always share their interval, and nothing is lost, delayed or rewritten by a gateway. The totals it
 * writes to `truth.json` are exact under those rules.
 *
 *     node test/bench/generate-logs.ts --records 2000000 --seed 7 -o .bench
 */
import { createWriteStream, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGzip, type Gzip } from 'node:zlib';
import { seedRandom } from '../../property-tests/network/seed-random.ts';
import { FIN, RST, SYN, SYN_ACK } from '../../src/model/tcp-flags.ts';

/** `v3` is the field order of AWS's own TCP samples (21 fields), `v2` the default format (14 fields). */
export type LogFormat = 'v2' | 'v3';

export interface LogOptions {
  readonly records: number;
  readonly seed: number;
  readonly directory: string;
  readonly format: LogFormat;
  /** Zero writes one plain file. */
  readonly gzipParts: number;
}

/** What the files hold. `states` counts TCP connections as docs spell them, at the moment the log ends. */
export interface LogTruth {
  readonly records: number;
  readonly connections: number;
  readonly exchanges: number;
  readonly reusedPorts: number;
  readonly ipv6: number;
  readonly longerThanOneWindow: number;
  readonly twoVantages: number;
  readonly states: Readonly<Record<string, number>>;
  readonly bytesWritten: number;
  readonly files: readonly string[];
  readonly seed: number;
  readonly format: LogFormat;
}

const HEADERS: Readonly<Record<LogFormat, string>> = {
  v2: 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n',
  v3: 'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status\n',
};

const SPAN_MINUTES = 60;
const WINDOW_SECONDS = 60;
/** 2025-10-09 08:53:20 UTC, an arbitrary fixed hour: the same seed must give the same bytes on any day. */
const LOG_STARTS = 1_760_000_000;

// The mix. Four records a connection on average follow from it: eight in ten give one pair, the others
// one pair a window for 5.3 windows (geometric), and one in ten is seen from both ends.
const LONG_SHARE = 0.2;
const MEAN_WINDOWS_OF_LONG = 5.3;
const TWO_VANTAGES_SHARE = 0.1;
const REUSED_SHARE = 0.1;
const IPV6_SHARE = 0.1;
const UDP_SHARE = 0.03;
const SILENT_WINDOW_SHARE = 0.06;

const CLIENTS = 4096;
const SERVERS = 256;
/** Linux's default ephemeral range (net.ipv4.ip_local_port_range). */
const FIRST_EPHEMERAL = 32_768;
const EPHEMERAL_PORTS = 28_232;
const SERVICE_PORTS = [
  443, 443, 443, 443, 80, 80, 5432, 3306, 6379, 8080, 8443, 9092, 22, 27017, 50051, 11211,
];

interface Host {
  readonly address4: string;
  readonly address6: string;
  /** Line beginnings up to the addresses, of this host's interface. */
  readonly prefix4: string;
  readonly prefix6: string;
  /** Where in the minute this interface's intervals begin. */
  readonly phaseSeconds: number;
}

const hex17 = (kind: string, index: number): string => kind + index.toString(16).padStart(17, '0');

const buildHost = (kind: 'client' | 'server', index: number, format: LogFormat): Host => {
  const net = kind === 'server' ? 0x20 : 0x40;
  const eni = hex17('eni-', net * 0x1000000 + index * 0x9d + 0x1235b8ca);
  const ids = `${hex17('vpc-', 0xabcdefab)} ${hex17('subnet-', net * 0x100000 + (index >> 7))} ${hex17('i-', net * 0x1000000 + index * 0x61)} ${eni} 123456789010`;
  const prefix = (type: string): string => (format === 'v2' ? `2 123456789010 ${eni} ` : `3 ${ids} ${type} `);
  return {
    address4: `10.${net}.${index >> 8}.${index & 255}`,
    address6: `2001:db8:${net.toString(16)}:${(index >> 8).toString(16)}::${(index + 1).toString(16)}`,
    prefix4: prefix('IPv4'),
    prefix6: prefix('IPv6'),
    phaseSeconds: (index * 37) % WINDOW_SECONDS,
  };
};

/** Flags of both sides in the window that opens, and in the one that closes, and the state they amount to. */
interface Ending {
  readonly share: number;
  readonly state: string;
  readonly opener: number;
  /** Null: the other side is silent. */
  readonly answerer: number | null;
  readonly action?: 'REJECT';
  readonly replyAction?: 'REJECT';
  /** Whether the same ports may be dialled again afterwards. */
  readonly over?: true;
}

// biome-ignore format: a table
const SHORT_LIVES: readonly Ending[] = [
  { share: 0.66,  state: 'closed',      opener: SYN | FIN,       answerer: SYN_ACK | FIN, over: true },
  { share: 0.05,  state: 'reset',       opener: SYN | RST,       answerer: SYN_ACK,       over: true },
  { share: 0.03,  state: 'reset',       opener: SYN,             answerer: SYN_ACK | RST, over: true },
  { share: 0.03,  state: 'reset',       opener: SYN | FIN | RST, answerer: SYN_ACK | FIN, over: true },
  { share: 0.06,  state: 'attempted',   opener: SYN,             answerer: null },
  { share: 0.06,  state: 'blocked',     opener: SYN,             answerer: null,          action: 'REJECT' },
  { share: 0.04,  state: 'refused',     opener: SYN,             answerer: RST },
  { share: 0.02,  state: 'abandoned',   opener: SYN | RST,       answerer: null },
  { share: 0.02,  state: 'half-closed', opener: SYN | FIN,       answerer: SYN_ACK },
  { share: 0.02,  state: 'established', opener: SYN,             answerer: SYN_ACK },
  { share: 0.01,  state: 'established', opener: SYN,             answerer: SYN_ACK,       replyAction: 'REJECT' },
];

// The last window of a connection that began in an earlier one.
// biome-ignore format: a table
const LONG_ENDS: readonly Ending[] = [
  { share: 0.80,  state: 'closed',      opener: FIN,             answerer: FIN,           over: true },
  { share: 0.05,  state: 'reset',       opener: RST,             answerer: 0,             over: true },
  { share: 0.05,  state: 'reset',       opener: 0,               answerer: RST,           over: true },
  { share: 0.05,  state: 'half-closed', opener: 0,               answerer: FIN },
  { share: 0.05,  state: 'established', opener: 0,               answerer: 0 },
];

const pickEnding = (endings: readonly Ending[], at: number): Ending => {
  let left = at;
  for (const ending of endings) {
    left -= ending.share;
    if (left < 0) return ending;
  }
  return endings[0] as Ending;
};

interface Tuple {
  readonly client: Host;
  readonly server: Host;
  readonly clientPort: number;
  readonly serverPort: number;
  readonly ipv6: boolean;
  /** The interfaces that log it, one or two. */
  readonly vantages: readonly Host[];
}

interface LongLife {
  readonly tuple: Tuple;
  readonly midstream: boolean;
}

/** Collects lines and hands them over in large pieces; records of both directions end up some hundred lines apart. */
class LineMixer {
  readonly #lanes: { readonly buffer: Buffer; used: number }[];
  #next = 0;
  readonly #random: () => number;
  readonly full: Buffer[] = [];

  constructor(random: () => number) {
    this.#random = random;
    this.#lanes = Array.from({ length: 4 }, () => ({ buffer: Buffer.allocUnsafe(1 << 17), used: 0 }));
  }

  add(line: string): void {
    this.#next = (this.#next + 1 + ((this.#random() * 2) | 0)) & 3;
    const lane = this.#lanes[this.#next];
    if (lane === undefined) return;
    if (lane.used + line.length > lane.buffer.length) this.#empty(lane);
    lane.used += lane.buffer.write(line, lane.used, 'latin1');
  }

  flush(): void {
    for (const lane of this.#lanes) this.#empty(lane);
  }

  #empty(lane: { readonly buffer: Buffer; used: number }): void {
    if (lane.used > 0) this.full.push(Buffer.from(lane.buffer.subarray(0, lane.used)));
    lane.used = 0;
  }
}

interface Sink {
  readonly name: string;
  write(piece: Buffer): Promise<void>;
  close(): Promise<void>;
}

const openPlain = async (directory: string): Promise<Sink> => {
  const name = 'flow.log';
  const handle: FileHandle = await open(join(directory, name), 'w');
  return {
    name,
    write: async (piece) => {
      await handle.writeFile(piece);
    },
    close: () => handle.close(),
  };
};

const openGzip = (directory: string, part: number): Sink => {
  const name = `flow-${String(part + 1).padStart(4, '0')}.log.gz`;
  const file = createWriteStream(join(directory, name));
  const gzip: Gzip = createGzip({ level: 4 });
  gzip.pipe(file);
  return {
    name,
    write: (piece) =>
      new Promise((resolve) => {
        if (gzip.write(piece)) resolve();
        else gzip.once('drain', resolve);
      }),
    close: async () => {
      gzip.end();
      await finished(file);
    },
  };
};

/** The model: draws one minute of records after the other. Pure but for its random stream. */
class Traffic {
  readonly #random: () => number;
  readonly #format: LogFormat;
  readonly #clients: readonly Host[];
  readonly #servers: readonly Host[];
  readonly #total: number;
  readonly #add: (line: string) => void;
  #live: LongLife[] = [];
  /** Ports free for the next minute, and those of the current one. */
  #reusable: Tuple[] = [];
  #closing: Tuple[] = [];
  #tuples = 0;
  #minute = 0;
  records = 0;
  connections = 0;
  exchanges = 0;
  reusedPorts = 0;
  ipv6 = 0;
  longerThanOneWindow = 0;
  twoVantages = 0;
  readonly states: Record<string, number> = {};

  constructor(options: LogOptions, random: () => number, add: (line: string) => void) {
    this.#random = random;
    this.#format = options.format;
    this.#total = options.records;
    this.#add = add;
    this.#clients = Array.from({ length: CLIENTS }, (_, index) => buildHost('client', index, options.format));
    this.#servers = Array.from({ length: SERVERS }, (_, index) => buildHost('server', index, options.format));
    // Lives are geometric, so those already under way have as long to go as new ones: the rate is even from the start.
    const newPerMinute = options.records / 4 / SPAN_MINUTES;
    const underWay = Math.round(newPerMinute * LONG_SHARE * (MEAN_WINDOWS_OF_LONG - 1));
    for (let count = 0; count < underWay; count += 1)
      this.#live.push({ tuple: this.#dial(), midstream: true });
  }

  /** Draws until `goal` records exist; the last minute's goal is the total, which is met exactly. */
  *drawMinute(minute: number, goal: number): Generator<void> {
    this.#minute = minute;
    this.#reusable = this.#closing.slice(-20_000);
    this.#closing = [];
    const still: LongLife[] = [];
    for (const life of this.#live) {
      if (this.#continue(life, minute)) still.push(life);
      if ((this.records & 1023) < 4) yield;
    }
    this.#live = still;
    while (this.records < goal) {
      this.#begin();
      if ((this.records & 1023) < 4) yield;
    }
  }

  /** What is still open when the log ends. */
  finish(): void {
    for (const life of this.#live) this.#count(life.midstream ? 'midstream' : 'established');
    this.#live = [];
  }

  get #room(): number {
    return this.#total - this.records;
  }

  #dial(): Tuple {
    const index = this.#tuples;
    this.#tuples += 1;
    const random = this.#random;
    const server = this.#servers[(random() * SERVERS) | 0] as Host;
    const client = this.#clients[index % CLIENTS] as Host;
    const both = random() < TWO_VANTAGES_SHARE;
    const vantages = both ? [server, client] : random() < 0.7 ? [server] : [client];
    return {
      client,
      server,
      clientPort: FIRST_EPHEMERAL + (((index / CLIENTS) | 0) % EPHEMERAL_PORTS),
      serverPort: SERVICE_PORTS[(random() * SERVICE_PORTS.length) | 0] as number,
      ipv6: random() < IPV6_SHARE,
      vantages,
    };
  }

  #begin(): void {
    if (this.#room < 4) this.#fillUp();
    else if (this.#random() < UDP_SHARE) this.#askByUdp();
    else this.#connect();
  }

  #connect(): void {
    const random = this.#random;
    const again = random() < REUSED_SHARE ? this.#reusable.pop() : undefined;
    const tuple = again ?? this.#dial();
    if (again) this.reusedPorts += 1;
    this.#countTuple(tuple);
    if (random() < LONG_SHARE) {
      this.longerThanOneWindow += 1;
      this.#emitPair(tuple, 6, SYN, SYN_ACK, 1 + random() * 20, 'opens');
      this.#live.push({ tuple, midstream: false });
      return;
    }
    const ending = pickEnding(SHORT_LIVES, random());
    const packets = ending.answerer === null || ending.state === 'refused' ? 0 : random() * 12;
    this.#emitPair(
      tuple,
      6,
      ending.opener,
      ending.answerer,
      packets,
      'whole',
      ending.action,
      ending.replyAction,
    );
    this.#count(ending.state);
    if (ending.over) this.#closing.push(tuple);
  }

  /** Unanswered attempts of one record each, so that the number of records comes out as asked. */
  #fillUp(): void {
    const dialled = this.#dial();
    const tuple = { ...dialled, vantages: dialled.vantages.slice(0, 1) };
    this.#countTuple(tuple);
    this.#emitPair(tuple, 6, SYN, null, 0, 'whole');
    this.#count('attempted');
  }

  #askByUdp(): void {
    const tuple = { ...this.#dial(), serverPort: 53 };
    this.exchanges += 1;
    this.#emitPair(tuple, 17, 0, 0, 0, 'whole');
  }

  /** One more minute of a long connection; false when it is over. */
  #continue(life: LongLife, minute: number): boolean {
    const random = this.#random;
    if (this.#room < 2 * life.tuple.vantages.length) return true;
    if (life.midstream && minute === 0) this.#countTuple(life.tuple);
    // A connection that was open before the log began must show at least once.
    const first = life.midstream && minute === 0;
    if (first || random() >= 1 / (MEAN_WINDOWS_OF_LONG - 1)) {
      if (first || random() >= SILENT_WINDOW_SHARE)
        this.#emitPair(life.tuple, 6, 0, 0, 2 + random() * 60, 'goes on');
      return true;
    }
    const ending = pickEnding(LONG_ENDS, random());
    this.#emitPair(life.tuple, 6, ending.opener, ending.answerer, random() * 20, 'ends');
    this.#count(life.midstream ? 'midstream' : ending.state);
    if (ending.over) this.#closing.push(life.tuple);
    return false;
  }

  #countTuple(tuple: Tuple): void {
    this.connections += 1;
    if (tuple.ipv6) this.ipv6 += 1;
    if (tuple.vantages.length > 1) this.twoVantages += 1;
  }

  #count(state: string): void {
    this.states[state] = (this.states[state] ?? 0) + 1;
  }

  /** The records of one window at every vantage: one a direction, or one when the other side is silent. */
  #emitPair(
    tuple: Tuple,
    protocol: 6 | 17,
    openerFlags: number,
    answererFlags: number | null,
    dataPackets: number,
    part: 'whole' | 'opens' | 'goes on' | 'ends',
    action: 'ACCEPT' | 'REJECT' = 'ACCEPT',
    replyAction: 'ACCEPT' | 'REJECT' = 'ACCEPT',
  ): void {
    const random = this.#random;
    const clock = tuple.vantages[0] as Host;
    const window = LOG_STARTS + this.#minute * WINDOW_SECONDS + clock.phaseSeconds;
    // A connection that opens or goes on fills the rest of its window, one that ends or goes on fills its beginning.
    const from = part === 'ends' || part === 'goes on' ? 0 : (random() * 40) | 0;
    const until = part === 'opens' || part === 'goes on' ? 59 : from + ((random() * (59 - from)) | 0);
    const start = window + from;
    const end = window + until;
    const header = (tuple.ipv6 ? 40 : 20) + (protocol === 17 ? 8 : 32);
    const asked =
      1 + (answererFlags === null ? (random() * 5) | 0 : (dataPackets | 0) + (dataPackets > 0 ? 3 : 0));
    const answered = 1 + (dataPackets | 0) + (dataPackets > 0 ? 2 : 0);
    const perRequest = protocol === 17 ? 30 : dataPackets > 0 ? 150 * random() : 8;
    const perReply = protocol === 17 ? 120 : dataPackets > 0 ? 1200 * random() : 8;
    const askedBytes = asked * header + ((asked * perRequest) | 0);
    const answeredBytes = answered * header + ((answered * perReply) | 0);
    // What a filter rejects goes no further: one interface logs it.
    const vantages =
      action === 'REJECT' || replyAction === 'REJECT' ? tuple.vantages.slice(0, 1) : tuple.vantages;
    for (const vantage of vantages) {
      this.#emit(vantage, tuple, true, protocol, asked, askedBytes, start, end, action, openerFlags);
      if (answererFlags !== null)
        this.#emit(
          vantage,
          tuple,
          false,
          protocol,
          answered,
          answeredBytes,
          start,
          end,
          replyAction,
          answererFlags,
        );
    }
  }

  #emit(
    vantage: Host,
    tuple: Tuple,
    forward: boolean,
    protocol: 6 | 17,
    packets: number,
    bytes: number,
    start: number,
    end: number,
    action: 'ACCEPT' | 'REJECT',
    flags: number,
  ): void {
    const from = forward ? tuple.client : tuple.server;
    const to = forward ? tuple.server : tuple.client;
    const source = tuple.ipv6 ? from.address6 : from.address4;
    const target = tuple.ipv6 ? to.address6 : to.address4;
    const prefix = tuple.ipv6 ? vantage.prefix6 : vantage.prefix4;
    const sourcePort = forward ? tuple.clientPort : tuple.serverPort;
    const targetPort = forward ? tuple.serverPort : tuple.clientPort;
    this.records += 1;
    this.#add(
      this.#format === 'v2'
        ? `${prefix}${source} ${target} ${sourcePort} ${targetPort} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} OK\n`
        : `${prefix}${source} ${target} ${sourcePort} ${targetPort} ${source} ${target} ${protocol} ${bytes} ${packets} ${start} ${end} ${action} ${flags} OK\n`,
    );
  }
}

/** Writes the files and `truth.json` into the directory; the same options give the same bytes. */
export const generateLogs = async (options: LogOptions): Promise<LogTruth> => {
  mkdirSync(options.directory, { recursive: true });
  const random = seedRandom(options.seed);
  const mixer = new LineMixer(random);
  const traffic = new Traffic(options, random, (line) => mixer.add(line));
  const files: string[] = [];
  const parts = Math.max(1, options.gzipParts);
  let bytesWritten = 0;
  let sink: Sink | null = null;
  let part = 0;

  const drain = async (): Promise<void> => {
    for (const piece of mixer.full.splice(0)) {
      if (sink === null) {
        sink = options.gzipParts > 0 ? openGzip(options.directory, part) : await openPlain(options.directory);
        files.push(sink.name);
        const header = Buffer.from(HEADERS[options.format], 'latin1');
        bytesWritten += header.length;
        await sink.write(header);
      }
      bytesWritten += piece.length;
      await sink.write(piece);
    }
  };

  for (let minute = 0; minute < SPAN_MINUTES; minute += 1) {
    const goal = Math.round((options.records * (minute + 1)) / SPAN_MINUTES);
    for (const _ of traffic.drawMinute(minute, goal)) {
      if (mixer.full.length >= 8) await drain();
      if (part < parts - 1 && traffic.records >= (options.records * (part + 1)) / parts) {
        mixer.flush();
        await drain();
        await (sink as Sink | null)?.close();
        sink = null;
        part += 1;
      }
    }
  }
  traffic.finish();
  mixer.flush();
  await drain();
  await (sink as Sink | null)?.close();

  const { records, connections, exchanges, reusedPorts, ipv6, longerThanOneWindow, twoVantages, states } =
    traffic;
  const truth: LogTruth = {
    records,
    connections,
    exchanges,
    reusedPorts,
    ipv6,
    longerThanOneWindow,
    twoVantages,
    states,
    bytesWritten,
    files,
    seed: options.seed,
    format: options.format,
  };
  writeFileSync(join(options.directory, 'truth.json'), `${JSON.stringify(truth, null, 2)}\n`);
  return truth;
};

const readWhole = (name: string, text: string, least: number): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} ${text}: expected a whole number of ${least} or more`);
  return value;
};

const readFormat = (text: string): LogFormat => {
  if (text !== 'v2' && text !== 'v3') throw new Error(`--format ${text}: expected v2 or v3`);
  return text;
};

const runAlone = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '2000000' },
      seed: { type: 'string', default: '7' },
      output: { type: 'string', short: 'o', default: '.bench' },
      format: { type: 'string', default: 'v3' },
      'gzip-parts': { type: 'string', default: '0' },
    },
  });
  const truth = await generateLogs({
    records: readWhole('records', values.records, 1),
    seed: readWhole('seed', values.seed, 0),
    directory: values.output,
    format: readFormat(values.format),
    gzipParts: readWhole('gzip-parts', values['gzip-parts'], 0),
  });
  const megabytes = (truth.bytesWritten / 1e6).toFixed(0);
  console.log(
    `${truth.records} records, ${truth.connections} connections, ${megabytes} MB in ${values.output}`,
  );
};

const startedAs = process.argv[1];
if (startedAs !== undefined && realpathSync(startedAs) === fileURLToPath(import.meta.url)) await runAlone();
