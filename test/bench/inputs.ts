/** The logs that the bench runs on: simulated once, the others made from them, all kept under .bench until their settings change. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const DUCKDB = join(import.meta.dirname, 'duckdb/run-job.ts');
const SIMULATOR = join(REPOSITORY, 'property-tests/network/run-simulate.ts');
/** Everything that the bench makes; not part of the repository. */
export const BENCH_FOLDER: string = join(REPOSITORY, '.bench');

export interface BenchInput {
  /** A file, or a folder of files. */
  readonly path: string;
  readonly records: number;
}

interface Made {
  readonly records: number;
}

/** Makes an input once; its folder tells when it is whole. */
const madeOnce = async (
  name: string,
  file: string,
  make: (folder: string) => Promise<number>,
): Promise<BenchInput> => {
  const folder = join(BENCH_FOLDER, name);
  const told = join(folder, 'made.json');
  if (!existsSync(told)) {
    mkdirSync(folder, { recursive: true });
    console.log(`making ${name}, once …`);
    writeFileSync(told, JSON.stringify({ records: await make(folder) } satisfies Made));
  }
  return { path: join(folder, file), records: (JSON.parse(readFileSync(told, 'utf8')) as Made).records };
};

/** The mixed workload of the truth lab, in the 21 fields of versions 2 and 3. */
export const simulated = (connections: number, seed: number): Promise<BenchInput> =>
  madeOnce(`${connections}-connections-seed-${seed}`, 'flow.log', async (folder) => {
    const settings = ['--connections', String(connections), '--seed', String(seed), '--no-truth'];
    const { status } = spawnSync(process.execPath, [SIMULATOR, ...settings, '-o', folder], {
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error(`The simulator ended with exit code ${status}.`);
    return (JSON.parse(readFileSync(join(folder, 'simulation.json'), 'utf8')) as Made).records;
  });

/** Lines into a file, packed or not. */
class LineFile {
  readonly #stream;
  readonly #file;
  #text = '';

  constructor(path: string) {
    this.#file = createWriteStream(path);
    const packer = path.endsWith('.gz') ? createGzip() : null;
    packer?.pipe(this.#file);
    this.#stream = packer ?? this.#file;
  }

  async add(line: string): Promise<void> {
    this.#text += `${line}\n`;
    if (this.#text.length >= 1 << 16) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    this.#stream.end();
    await finished(this.#file);
  }

  async #flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (!this.#stream.write(text)) await once(this.#stream, 'drain');
  }
}

const linesOf = (path: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });

/** The same log as so many gzip objects, as a delivery to S3 makes them: each with its header. */
export const packed = (from: BenchInput, name: string, objects: number): Promise<BenchInput> =>
  madeOnce(`${name}-gzip-${objects}`, '', async (folder) => {
    const most = Math.ceil(from.records / objects);
    let header: string | undefined;
    let file: LineFile | undefined;
    let number = 0;
    let lines = 0;
    for await (const line of linesOf(from.path)) {
      if (header === undefined) {
        header = line;
        continue;
      }
      if (lines % most === 0) {
        await file?.close();
        file = new LineFile(join(folder, `flow-${String(++number).padStart(3, '0')}.log.gz`));
        await file.add(header);
      }
      lines++;
      await file?.add(line);
    }
    await file?.close();
    return lines;
  });

/** The same log as one Parquet file of AWS's kind: columns packed with gzip, names with underscores. */
export const inParquet = (from: BenchInput, name: string): Promise<BenchInput> =>
  madeOnce(`${name}-parquet`, 'flow.log.parquet', async (folder) => {
    const file = join(folder, 'flow.log.parquet');
    const { status } = spawnSync(process.execPath, [DUCKDB, 'to-parquet', from.path, file], {
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error(`DuckDB ended with exit code ${status}.`);
    return from.records;
  });

/** Events of one page. */
const PAGE_EVENTS = 10_000;

/** The same lines as `aws logs filter-log-events` prints them: JSON, many pages one after another. */
export const inEvents = (from: BenchInput, name: string): Promise<BenchInput> =>
  madeOnce(`${name}-events`, 'events.json', async (folder) => {
    const file = new LineFile(join(folder, 'events.json'));
    let events: unknown[] = [];
    let lines = 0;
    const page = async (): Promise<void> => {
      await file.add(JSON.stringify({ events, searchedLogStreams: [] }));
      events = [];
    };
    for await (const message of linesOf(from.path)) {
      lines++;
      const timestamp = 1760000000000 + lines;
      const eventId = String(lines).padStart(56, '3');
      events.push({ logStreamName: 'eni-all', timestamp, message, ingestionTime: timestamp, eventId });
      if (events.length === PAGE_EVENTS) await page();
    }
    await page();
    await file.close();
    return lines - 1;
  });

const DEFAULT_FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
    ' ',
  );

/** The same log in AWS's default format of version 2, without a header. */
export const inDefaultFormat = (from: BenchInput, name: string): Promise<BenchInput> =>
  madeOnce(`${name}-v2`, 'flow.log', async (folder) => {
    const file = new LineFile(join(folder, 'flow.log'));
    let places: readonly number[] | undefined;
    let lines = 0;
    for await (const line of linesOf(from.path)) {
      const values = line.split(' ');
      if (places === undefined) {
        places = DEFAULT_FIELDS.map((field) => values.indexOf(field));
        continue;
      }
      values[places[0] as number] = '2';
      await file.add(places.map((place) => values[place]).join(' '));
      lines++;
    }
    await file.close();
    return lines;
  });

/** From here on ports are what systems choose for those who dial (Linux takes 32768 to 60999). */
const EPHEMERAL = 32_768;
const EPHEMERALS = 28_232;
/** Ports of one day lie so far from those of the day before: no port comes again in few days. */
const PORTS_A_DAY = 2731;
/** Between two days nobody speaks: longer than connections may be silent. */
const NIGHT_SECONDS = 7200;

/** The same log again and again, each time later and from other ephemeral ports: more connections, no more of them at once. */
export const repeated = (from: BenchInput, name: string, times: number): Promise<BenchInput> =>
  madeOnce(`${name}-times-${times}`, 'flow.log', async (folder) => {
    const file = new LineFile(join(folder, 'flow.log'));
    let places = { ports: [0], times: [0], end: 0 };
    let lines = 0;
    let [first, last] = [Number.POSITIVE_INFINITY, 0];
    for (let day = 0; day < times; day++) {
      const later = day === 0 ? 0 : day * (last - first + NIGHT_SECONDS);
      let isHeader = true;
      for await (const line of linesOf(from.path)) {
        const values = line.split(' ');
        if (isHeader) {
          isHeader = false;
          const at = (field: string): number => values.indexOf(field);
          places = { ports: [at('srcport'), at('dstport')], times: [at('start'), at('end')], end: at('end') };
          if (day === 0) await file.add(line);
          continue;
        }
        if (day === 0) {
          const end = Number(values[places.end]);
          first = Math.min(first, end);
          last = Math.max(last, end);
        }
        for (const place of places.ports) {
          const port = Number(values[place]);
          if (port >= EPHEMERAL && port < EPHEMERAL + EPHEMERALS)
            values[place] = String(EPHEMERAL + ((port - EPHEMERAL + day * PORTS_A_DAY) % EPHEMERALS));
        }
        for (const place of places.times) values[place] = String(Number(values[place]) + later);
        await file.add(values.join(' '));
        lines++;
      }
    }
    await file.close();
    return lines;
  });

/** Of lines: those that AWS says it lost (SKIPDATA), those that come twice, those that are missing. */
const LITTER = { skipped: 0.02, copied: 0.02, lost: 0.01 } as const;

/** From 0 to 1 without 1, by the number of a line: the same for each that makes the log. */
const chanceOf = (line: number): number => {
  let mixed = Math.imul(line ^ (line >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
};

/** The same log as it comes when AWS is hard pressed: a few lines in a hundred are SKIPDATA, come twice or are missing. */
export const littered = (from: BenchInput, name: string): Promise<BenchInput> =>
  madeOnce(`${name}-littered`, 'flow.log', async (folder) => {
    const file = new LineFile(join(folder, 'flow.log'));
    let fields: readonly string[] | undefined;
    let lines = 0;
    let read = 0;
    for await (const line of linesOf(from.path)) {
      if (fields === undefined) {
        fields = line.split(' ');
        await file.add(line);
        continue;
      }
      const chance = chanceOf(read++);
      if (chance < LITTER.lost) continue;
      await file.add(line);
      lines++;
      if (chance < LITTER.lost + LITTER.copied) {
        await file.add(line);
        lines++;
      } else if (chance < LITTER.lost + LITTER.copied + LITTER.skipped) {
        const values = line.split(' ');
        const kept = new Set(['version', 'account-id', 'interface-id', 'start', 'end']);
        await file.add(
          fields
            .map((field, i) => (field === 'log-status' ? 'SKIPDATA' : kept.has(field) ? values[i] : '-'))
            .join(' '),
        );
        lines++;
      }
    }
    await file.close();
    return lines;
  });

/** So many records, those of as many connections one behind the other in time: one that lasts, or many. */
export const sharedOut = (records: number, connections: number): Promise<BenchInput> =>
  madeOnce(`${records}-records-of-${connections}-connections`, 'flow.log', async (folder) => {
    const file = new LineFile(join(folder, 'flow.log'));
    await file.add(
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags log-status',
    );
    const head = '3 123456789012 eni-00000000000000001';
    for (let i = 0; i < records; i += 2) {
      // Every connection has its records in order, request and reply, a minute apart.
      const [connection, window] = [(i >> 1) % connections, Math.floor((i >> 1) / connections)];
      const client = `10.${(connection >> 14) & 255}.${(connection >> 6) & 255}.${connection & 63}`;
      const times = `${1_600_000_000 + window * 60} ${1_600_000_059 + window * 60}`;
      const [syn, synAck] = window === 0 ? [2, 18] : [0, 0];
      await file.add(`${head} ${client} 10.200.0.1 40000 443 6 9 1200 ${times} ACCEPT ${syn} OK`);
      await file.add(`${head} 10.200.0.1 ${client} 443 40000 6 12 9200 ${times} ACCEPT ${synAck} OK`);
    }
    await file.close();
    return records;
  });

/** So many connections that are all open at once: request and reply in each of three windows, from two networks. */
export const openAtOnce = (connections: number): Promise<BenchInput> =>
  madeOnce(`${connections}-open-at-once`, 'flow.log', async (folder) => {
    const file = new LineFile(join(folder, 'flow.log'));
    await file.add(
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags log-status',
    );
    let lines = 0;
    for (let window = 0; window < 3; window++) {
      const times = `${1_760_000_000 + window * 60} ${1_760_000_059 + window * 60}`;
      for (let i = 0; i < connections; i++) {
        const client = `10.${(i >> 14) & 255}.${(i >> 6) & 255}.${i & 63}`;
        const server = `10.200.0.${i % 16}`;
        const ports = [20_000 + (i % 40_000), 443] as const;
        const flags = window === 0 ? [2, 18] : [0, 0];
        const head = `3 123456789012 eni-${String(i % 16).padStart(17, '0')}`;
        await file.add(
          `${head} ${client} ${server} ${ports[0]} ${ports[1]} 6 9 1200 ${times} ACCEPT ${flags[0]} OK`,
        );
        await file.add(
          `${head} ${server} ${client} ${ports[1]} ${ports[0]} 6 12 9200 ${times} ACCEPT ${flags[1]} OK`,
        );
        lines += 2;
      }
    }
    await file.close();
    return lines;
  });
