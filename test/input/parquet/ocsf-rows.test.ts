/** Events of OCSF in the Parquet of Security Lake, as DuckDB writes it: the same connections as from the same events in JSON. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JSON_LINES } from '../../../src/export/json-lines.ts';
import { findSources } from '../../../src/input/find-sources.ts';
import { readLayout } from '../../../src/input/parquet/layout.ts';
import { ParquetLog } from '../../../src/input/parquet/parquet-log.ts';
import { wholeOf } from '../../../src/input/parquet/whole.ts';
import type { RunReport } from '../../../src/model/report.ts';
import { type ReconstructOptions, type ReconstructSource, reconstruct } from '../../../src/reconstruct.ts';

const folder = mkdtempSync(join(tmpdir(), 'conntrail-ocsf-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The record of the format's description, an ingress record of version 5, and what was answered. */
const REQUEST = {
  ...{ class_uid: 4001, class_name: 'Network Activity', activity_id: 6, status_code: 'OK' },
  ...{ time: 1760000005000, start_time: 1760000005000, end_time: 1760000061000 },
  src_endpoint: { ip: '198.51.100.23', port: 50122 },
  dst_endpoint: { ip: '10.20.1.15', port: 443, interface_uid: 'eni-0aa11bb22cc33dd44', vpc_uid: 'vpc-01' },
  connection_info: { protocol_num: 6, direction_id: 1, tcp_flags: 3, boundary_id: 99 },
  traffic: { packets: 12, bytes: 2210 },
  cloud: { account: { uid: 'a12' }, region: 'eu-west-1', provider: 'AWS' },
  metadata: { product: { name: 'Amazon VPC', version: '5' }, profiles: ['cloud', 'security_control'] },
  observables: [{ name: 'src_endpoint.ip', type_id: 2 }],
};
const REPLY = {
  ...REQUEST,
  src_endpoint: REQUEST.dst_endpoint,
  dst_endpoint: { ip: '198.51.100.23', port: 50122 },
  connection_info: { protocol_num: 6, direction_id: 2, tcp_flags: 19, boundary_id: 11 },
  traffic: { packets: 10, bytes: 9180 },
};
/** Through another address: the packet went on to 203.0.113.5. */
const THROUGH = {
  ...REPLY,
  src_endpoint: { ip: '10.20.1.15', port: 8080, interface_uid: 'eni-02' },
  dst_endpoint: { ip: '203.0.113.5', port: 8864, intermediate_ips: ['10.20.0.1', '10.20.0.2'] },
  unmapped: { reject_reason: 'BPA', some_new_field: 'x', ecs_task_id: 't1' },
};
const DNS = { class_uid: 4003, class_name: 'DNS Activity', src_endpoint: { ip: '10.0.0.1' } };
const EVENTS = [REQUEST, DNS, THROUGH, REPLY, { ...REQUEST, activity_id: 5, unmapped: {} }];
/** As many as it takes for pages and row groups to have an end: each from another port. */
const MANY = Array.from({ length: 1000 }, (_, i) =>
  EVENTS.map((event) => ({
    ...event,
    src_endpoint: { ...event.src_endpoint, port: 20_000 + i },
  })),
).flat();

const json = (name: string, events: readonly unknown[]): string => {
  const path = join(folder, name);
  writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return path;
};
const UNMAPPED_MAP = '* REPLACE (CAST(to_json(unmapped) AS MAP(VARCHAR, VARCHAR)) AS unmapped)';
const copy = async (from: string, options = 'CODEC gzip', columns = '*'): Promise<string> => {
  const path = from.replace(/json$/, 'parquet');
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  await connection.run(
    `COPY (SELECT ${columns} FROM read_json('${from}', sample_size = -1, map_inference_threshold = -1)) TO '${path}' (FORMAT parquet, ${options})`,
  );
  connection.closeSync();
  database.closeSync();
  return path;
};
const read = async (source: ReconstructSource, options: ReconstructOptions = {}) => {
  const run = reconstruct(source, options);
  let lines = '';
  for await (const connection of run) lines += JSON_LINES.line(connection);
  return { lines, report: run.report as RunReport };
};
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.slice(at, at + 1000);
}

const linesOf = ({ firstRejections }: RunReport) => firstRejections.map(({ source: _, ...said }) => said);

let few: string;
let many: string;
let twins: (readonly [string, Awaited<ReturnType<typeof read>>])[];
beforeAll(async () => {
  few = json('few.json', EVENTS);
  many = json('many.json', MANY);
  twins = [
    [few, await read(few)],
    [many, await read(many)],
  ];
});

describe('events of Security Lake', () => {
  it.each([
    ['maps', 'CODEC zstd', UNMAPPED_MAP],
    ['structs', 'CODEC gzip', '*'],
    ['pages of the second version', 'CODEC snappy, PARQUET_VERSION V2', UNMAPPED_MAP],
    ['plain values', 'CODEC uncompressed, DICTIONARY_SIZE_LIMIT 1, ROW_GROUP_SIZE 2048', UNMAPPED_MAP],
    ['times as TIMESTAMP', 'CODEC gzip', `* EXCLUDE (start_time), epoch_ms(start_time) AS start_time_dt`],
  ])('with %s give what they give in JSON', async (_, options, columns) => {
    for (const [path, twin] of twins) {
      const parquet = await copy(path, options, columns);
      const found = await read(parquet);
      expect(found.lines).toBe(twin.lines);
      expect(found.report.placement).toEqual(twin.report.placement);
      expect(linesOf(found.report)).toEqual(linesOf(twin.report));
      expect(found.report.containers.map(({ containers }) => containers)).toEqual([['parquet', 'ocsf']]);
      expect((await read(inPieces(readFileSync(parquet)))).lines).toBe(twin.lines);
    }
    // The event of another class.
    expect(twins[0]?.[1].report.placement).toMatchObject({ records: 5, rejected: 1 });
  });

  it('have the values of the record, its row as number, and what is of another class is said', async () => {
    const log = await ParquetLog.open(
      'any',
      wholeOf(readFileSync(await copy(few, 'CODEC gzip', UNMAPPED_MAP))),
    );
    const events: unknown[] = [];
    for await (const group of log.events()) events.push(...group);
    // Values that tell of no flow are left out.
    expect(JSON.parse(JSON.stringify(events[2]))).toMatchObject({
      start_time: '1760000005000',
      src_endpoint: { ip: '10.20.1.15', port: '8080', interface_uid: 'eni-02' },
      dst_endpoint: { ip: '203.0.113.5', intermediate_ips: ['10.20.0.1', '10.20.0.2'] },
    });
    expect(events[2]).not.toHaveProperty('observables');
    const { report } = await read(few.replace(/json$/, 'parquet'));
    expect(report.firstRejections).toMatchObject([
      { lineNumber: 2, reason: 'other-event', text: 'class_uid 4003 (DNS Activity)' },
    ]);
  });

  it('are taken from a folder', async () => {
    const inside = mkdtempSync(join(folder, 'in-'));
    writeFileSync(join(inside, 'lake.gz.parquet'), readFileSync(await copy(few)));
    expect((await findSources([inside])).map(({ name }) => name)).toEqual([join(inside, 'lake.gz.parquet')]);
  });

  it('before damage are read when the run goes on', async () => {
    const path = await copy(many, 'CODEC gzip, ROW_GROUP_SIZE 2048', UNMAPPED_MAP);
    const damaged = readFileSync(path);
    // In the ports of the second row group: the first has 2048 rows.
    const { columns, groups } = await readLayout(wholeOf(damaged));
    const port = columns.findIndex((column) => column.path.join('.') === 'src_endpoint.port');
    const { from = 0, to = 0 } = groups[1]?.chunks[port] ?? {};
    damaged.fill(0xa5, (from + to) >> 1, to);
    writeFileSync(path, damaged);
    await expect(read(path).then(() => 'read')).rejects.toMatchObject({ code: 'input-corrupt' });
    const damage: Error[] = [];
    const { report } = await read(path, { keepGoing: true, onDamage: (error) => damage.push(error) });
    expect(damage.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /is a Parquet file that in row group 2 has a page of the column "src_endpoint\.port" that .*--keep-going\.$/,
      ),
    ]);
    expect(report.placement.records).toBe(2048);
  });
});
