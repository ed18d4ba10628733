/** Flow logs in Parquet, as AWS, DuckDB and other tools write it: the same connections as from the text, or a sentence. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeParquet } from '../../../property-tests/network/write-parquet.ts';
import { findSources } from '../../../src/input/find-sources.ts';
import { gatherParquet } from '../../../src/input/parquet/gather.ts';
import { readLayout } from '../../../src/input/parquet/layout.ts';
import { ParquetLog } from '../../../src/input/parquet/parquet-log.ts';
import { unsnappy } from '../../../src/input/parquet/snappy.ts';
import { wholeOf } from '../../../src/input/parquet/whole.ts';
import { readSource } from '../../../src/input/read-source.ts';
import { conntrail } from '../../cli/run-command.ts';
import { type ReadAll, readAll as read } from '../read-all.ts';

const folder = mkdtempSync(join(tmpdir(), 'conntrail-parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags';
const REQUEST =
  '3 111122223333 eni-0aa11bb22cc33dd44 198.51.100.23 10.20.1.15 50122 443 6 12 2210 1760000005 1760000061 ACCEPT OK 3';
const REPLY =
  '3 111122223333 eni-0aa11bb22cc33dd44 10.20.1.15 198.51.100.23 443 50122 6 10 9180 1760000005 1760000061 ACCEPT OK 19';
const NODATA = '3 111122223333 eni-0aa11bb22cc33dd44 - - - - - - - 1760000065 1760000121 - NODATA -';
const LINES = [REQUEST, REPLY, NODATA];
/** As many connections as it takes for pages, dictionaries and row groups to have an end: each from another port. */
const MANY = Array.from({ length: 3000 }, (_, i) =>
  [REQUEST.replace('50122', String(20_000 + i)), REPLY.replace('50122', String(20_000 + i))].map((line) =>
    line.replaceAll('17600000', `176000${String(i % 97).padStart(2, '0')}`),
  ),
).flat();

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(size);
  // Filled anew each time, as a caller may.
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}
const textOf = (lines: readonly string[]): string => [HEADER, ...lines].join('\n');

/** What a file gives as lines, below the names of its columns. */
const linesIn = async (bytes: Uint8Array): Promise<string[]> => {
  const log = await ParquetLog.open('any', wholeOf(bytes));
  const lines = [log.columns?.names.join(' ') ?? ''];
  for await (const piece of log.lines())
    lines.push(...Buffer.from(piece).toString().split('\n').slice(0, -1));
  return lines;
};
const columnsOf = (
  columns: Readonly<Record<string, readonly unknown[]>>,
  type?: 'STRING' | 'DOUBLE',
): Buffer =>
  Buffer.from(
    parquetWriteBuffer({
      columnData: Object.entries(columns).map(([name, data]) => ({
        name,
        data: [...data],
        ...(type === undefined ? {} : { type }),
      })),
    }),
  );

let text: ReadAll;
let many: ReadAll;
beforeAll(async () => {
  text = await read(write('text.log', textOf(LINES)));
  many = await read(write('many.log', textOf(MANY)));
});

describe('what DuckDB writes', () => {
  const copy = async (name: string, options: string, columns = '*'): Promise<string> => {
    const path = join(folder, name);
    const database = await DuckDBInstance.create(':memory:');
    const connection = await database.connect();
    const numbers =
      "{'packets': 'BIGINT', 'bytes': 'BIGINT', 'start': 'BIGINT', 'end': 'BIGINT', 'srcport': 'INTEGER', 'dstport': 'INTEGER', 'account-id': 'VARCHAR'}";
    await connection.run(
      `COPY (SELECT ${columns} FROM read_csv('${join(folder, 'many.log')}', delim = ' ', header = true, nullstr = '-', types = ${numbers})) TO '${path}' (FORMAT parquet, ${options})`,
    );
    connection.closeSync();
    database.closeSync();
    return path;
  };

  it.each([
    'CODEC gzip',
    'CODEC snappy, ROW_GROUP_SIZE 2048',
    'CODEC zstd, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1',
    'CODEC brotli, PARQUET_VERSION V2',
    'CODEC uncompressed, DICTIONARY_SIZE_LIMIT 1, ROW_GROUP_SIZE 2048',
  ])('with %s gives the connections of the text', async (options) => {
    const found = await read(await copy('duck.parquet', options));
    expect(found.lines).toBe(many.lines);
    expect(found.report.placement).toMatchObject({ records: MANY.length, rejected: 0 });
    expect(found.report.containers.map(({ containers }) => containers)).toEqual([['parquet']]);
  });

  it.each(['TIMESTAMP', 'TIMESTAMP_MS', 'TIMESTAMP_S', 'TIMESTAMP_NS', 'TIMESTAMPTZ'])(
    'with times as %s',
    async (type) => {
      const time = (name: string) =>
        `CAST(to_timestamp("${name}") AT TIME ZONE 'UTC' AS ${type}) AS "${name}"`;
      const zoned = (name: string) => `to_timestamp("${name}") AS "${name}"`;
      const columns = `* REPLACE (${['start', 'end'].map(type === 'TIMESTAMPTZ' ? zoned : time).join(', ')})`;
      expect((await read(await copy('times.parquet', 'CODEC gzip', columns))).lines).toBe(many.lines);
    },
  );

  it('packed as LZ4 is refused by name', async () => {
    await expect(read(await copy('lz4.parquet', 'CODEC lz4_raw'))).rejects.toMatchObject({
      code: 'input-unsupported',
      message: expect.stringContaining(
        'is packed as LZ4_RAW, which is not read; write it with gzip, snappy or zstd',
      ),
    });
  });

  it('with structs is refused by its columns', async () => {
    const nested = "{'address': srcaddr} AS src, {'address': dstaddr} AS dst";
    await expect(read(await copy('nested.parquet', 'CODEC gzip', nested))).rejects.toMatchObject({
      code: 'input-unsupported',
      message: expect.stringMatching(
        /has no columns of a flow log, such as srcaddr and dstaddr: its columns are src\.address, dst\.address\. Leave it out, or go on/,
      ),
    });
  });

  it('of the results of conntrail is told as what it is', async () => {
    const rows = 'srcaddr AS initiator_address, dstaddr AS responder_address, dstport AS responder_port';
    await expect(read(await copy('results.parquet', 'CODEC gzip', rows))).rejects.toMatchObject({
      code: 'input-unsupported',
      message: expect.stringContaining(
        'but those of results of conntrail: its columns are initiator_address,',
      ),
    });
  });
});

describe('every way in', () => {
  it('a file, large or small, gzip of it, and its bytes cut anywhere give the same', async () => {
    for (const [lines, plain] of [
      [LINES, text],
      [MANY, many],
    ] as const) {
      const bytes = writeParquet(HEADER, lines, { codec: 'UNCOMPRESSED', encoding: 'PLAIN' });
      for (const source of [
        write('any.parquet', bytes),
        write('any.gz', gzipSync(bytes)),
        inPieces(bytes, 1000),
        inPieces(bytes, 61),
      ]) {
        const found = await read(source);
        expect(found.lines).toBe(plain.lines);
        expect(found.report.placement.records).toBe(lines.length);
      }
    }
  });

  it('threads of their own', async () => {
    const path = write('apart.parquet', writeParquet(HEADER, MANY, { codec: 'SNAPPY' }));
    expect((await read([path, join(folder, 'text.log')], { threads: 2 })).lines).toBe(
      (await read([join(folder, 'many.log'), join(folder, 'text.log')])).lines,
    );
  });

  it('folders: a flow log is taken, what has other columns is not, what has no end is said', async () => {
    const inside = mkdtempSync(join(folder, 'in-'));
    writeFileSync(join(inside, 'flow.log.parquet'), writeParquet(HEADER, LINES));
    writeFileSync(join(inside, 'other.parquet'), columnsOf({ name: ['a'], price: [1] }));
    const passed: string[] = [];
    const found = await findSources([inside], undefined, (path) => void passed.push(path));
    expect(found.map(({ name }) => name)).toEqual([join(inside, 'flow.log.parquet')]);
    expect(passed).toEqual([join(inside, 'other.parquet')]);
    writeFileSync(join(inside, 'other.parquet'), 'PAR1 and no more');
    await expect(read(inside)).rejects.toMatchObject({ code: 'input-corrupt' });
  });

  it('gathers no more than it may', async () => {
    const bytes = writeParquet(HEADER, LINES);
    const gather = async (most: number): Promise<number> => {
      let pieces = 0;
      for await (const _ of gatherParquet('-', inPieces(bytes, 100), most)) pieces++;
      return pieces;
    };
    expect(await gather(bytes.length)).toBe(1);
    await expect(gather(bytes.length - 1)).rejects.toMatchObject({
      code: 'input-unsupported',
      message: expect.stringContaining('Save it to a file'),
    });
  });

  it('a file that grows is read as far as it went; one that is cut has changed', async () => {
    const bytes = writeParquet(HEADER, MANY, { codec: 'UNCOMPRESSED', encoding: 'PLAIN' });
    const path = write('changing.parquet', bytes);
    const [source] = await findSources([path]);
    if (source === undefined) throw new Error('no source');
    const rows = async (): Promise<number> => {
      let count = 0;
      for await (const whole of readSource(source)) {
        if (whole instanceof Uint8Array) throw new Error('not handed on as a whole');
        const log = await ParquetLog.open(source.name, whole);
        for await (const lines of log.lines()) count += Buffer.from(lines).toString().split('\n').length - 1;
      }
      return count;
    };
    appendFileSync(path, 'more');
    expect(await rows()).toBe(MANY.length);
    writeFileSync(path, bytes.subarray(0, 1000));
    await expect(rows()).rejects.toMatchObject({ code: 'input-changed' });
  });
});

describe('values', () => {
  it('that are missing, empty or a dash are dashes', async () => {
    expect(
      await linesIn(
        columnsOf(
          { srcaddr: ['10.0.0.1', null, '', '-'], dstaddr: [null, null, null, '10.0.0.2'] },
          'STRING',
        ),
      ),
    ).toEqual(['srcaddr dstaddr', '10.0.0.1 -', '- -', '- -', '- 10.0.0.2']);
  });

  it('of numbers of any width, also of those that pandas makes', async () => {
    const addresses = {
      srcaddr: ['10.0.0.1', '10.0.0.1', '10.0.0.1'],
      dstaddr: ['10.0.0.2', '10.0.0.2', '10.0.0.2'],
    };
    const bytes = columnsOf({
      ...addresses,
      srcport: [0, -1, 2 ** 31 - 1],
      bytes: [0n, 2n ** 53n + 1n, -(2n ** 63n)],
      packets: [443.5, Number.NaN, 1_000_000_000_000.5],
    });
    expect((await linesIn(bytes)).slice(1)).toEqual([
      '10.0.0.1 10.0.0.2 0 0 443.5',
      '10.0.0.1 10.0.0.2 -1 9007199254740993 -',
      '10.0.0.1 10.0.0.2 2147483647 -9223372036854775808 1000000000000.5',
    ]);
    expect((await linesIn(columnsOf({ srcaddr: ['::1'], dstaddr: ['::2'], dstport: [443] }))).at(1)).toBe(
      '::1 ::2 443',
    );
  });

  it('that hold blanks, ends of lines or a hash forge neither fields nor lines', async () => {
    const hostile = ['10.0.0.1 10.0.0.2\n2 a', '#\r', '\t'];
    expect(
      (await linesIn(columnsOf({ srcaddr: hostile, dstaddr: ['::1', '::1', '::1'] }, 'STRING'))).slice(1),
    ).toEqual(['10.0.0.1%2010.0.0.2%0A2%20a ::1', '%23%0D ::1', '%09 ::1']);
    const messages = await linesIn(columnsOf({ message: [`${REQUEST}\n${REPLY}`, ''] }, 'STRING'));
    expect(messages).toEqual(['', `${REQUEST}%0A${REPLY}`, '']);
  });

  it('that are too long are rejected as a line is, in little memory', async () => {
    const long = 'a'.repeat(200_000);
    const lines = await linesIn(
      columnsOf({ srcaddr: new Array(60).fill(long), dstaddr: new Array(60).fill(long) }, 'STRING'),
    );
    expect(lines.length).toBe(61);
    for (const line of lines.slice(1)) expect(line.length).toBeLessThan(70_000);
    const found = await read(inPieces(columnsOf({ srcaddr: [long], dstaddr: ['::1'] }, 'STRING'), 5000));
    expect(found.report.placement.rejected).toBe(1);
  });

  it('of two names of one field are one, the first that is there; unknown columns are carried', async () => {
    const bytes = columnsOf(
      {
        sourceaddress: ['', '10.0.0.1'],
        dstaddr: ['::1', '::1'],
        srcaddr: ['10.0.0.9', '10.0.0.8'],
        year: ['2025', '2025'],
      },
      'STRING',
    );
    expect(await linesIn(bytes)).toEqual(['srcaddr dstaddr year', '10.0.0.9 ::1 2025', '10.0.0.1 ::1 2025']);
  });

  it('of written times become Unix seconds, the end rounded up', async () => {
    const bytes = columnsOf(
      {
        srcaddr: ['::1'],
        dstaddr: ['::2'],
        start: ['2025-10-09 08:53:25.5'],
        end: ['2025-10-09 08:53:25.5'],
      },
      'STRING',
    );
    // 2025-10-09 is day 20,370: 20370 * 86400 + 8 * 3600 + 53 * 60 + 25.
    expect((await linesIn(bytes)).at(1)).toBe('::1 ::2 1760000005 1760000006');
  });
});

describe('rows have the numbers of lines', () => {
  it('in rejections, in a strict run and in explain', async () => {
    const path = write(
      'rows.parquet',
      writeParquet(HEADER, [REQUEST, REPLY.replace('443', 'x'), NODATA], { rowsPerGroup: 1 }),
    );
    const { report } = await read(path);
    expect(report.placement.rejected).toBe(1);
    expect(report.firstRejections).toMatchObject([{ source: path, lineNumber: 2, field: 'srcport' }]);
    const strict = await conntrail([path, '--strict']);
    expect([strict.code, strict.stdout]).toEqual([5, '']);
    expect(strict.stderr).toContain(`${path}:2: srcport: `);
    const told = await conntrail(['explain', '198.51.100.23:50122 10.20.1.15:443', path]);
    expect(told.code).toBe(0);
    expect(told.stdout).toContain('198.51.100.23');
    expect(told.stdout).toContain(`${path}:1`);
    expect((await conntrail([path])).stderr).toContain(`${path}:2`);
  });
});

describe('damage', () => {
  const whole = writeParquet(HEADER, MANY, { codec: 'GZIP', rowsPerGroup: 1000 });

  it('of a file that was cut anywhere is said, and nothing is read', async () => {
    for (const length of [4, 11, 12, 100, whole.length >> 1, whole.length - 8, whole.length - 1])
      await expect(read(inPieces(whole.subarray(0, length), 50_000))).rejects.toMatchObject({
        code: 'input-corrupt',
      });
  });

  it('in a page keeps the rows before it when the run goes on', async () => {
    const bytes = Buffer.from(whole);
    // In the fourth column of the third row group: two groups are whole.
    const { from = 0, to = 0 } = (await readLayout(wholeOf(whole))).groups[2]?.chunks[3] ?? {};
    const place = (from + to) >> 1;
    bytes[place] = (bytes[place] as number) ^ 0x10;
    const damage: Error[] = [];
    await expect(read(write('damaged.parquet', bytes))).rejects.toMatchObject({ code: 'input-corrupt' });
    const { report } = await read(join(folder, 'damaged.parquet'), {
      keepGoing: true,
      onDamage: (error) => damage.push(error),
    });
    expect(report.placement.records).toBe(2000);
    expect(damage.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /damaged\.parquet is a Parquet file that in row group 3 has a page of the column "srcaddr" that .*--keep-going\.$/,
      ),
    ]);
  });

  it('with a footer that tells nothing is to be gone on without: none of its rows is read', async () => {
    for (const cut of [whole.subarray(0, -20), whole.subarray(0, 200)])
      await expect(read(inPieces(cut, 9000))).rejects.toMatchObject({
        code: 'input-corrupt',
        message: expect.stringMatching(/Fetch it again, or go on without it with --keep-going\.$/),
      });
  });

  it('encryption is refused by name', async () => {
    const bytes = Buffer.from(whole);
    bytes.write('PARE', bytes.length - 4);
    for (const encrypted of [bytes, Buffer.from('PARE1234')])
      await expect(read(inPieces(encrypted, 9000))).rejects.toMatchObject({
        code: 'input-unsupported',
        message: expect.stringContaining('is encrypted'),
      });
  });
});

describe('snappy', () => {
  it('that says impossible lengths ends in a sentence', () => {
    // A literal whose four bytes of length would be below zero: the library's own never ends on it.
    const endless = Uint8Array.from([10, 0, 65, 63 << 2, 0xf8, 0xff, 0xff, 0xff, 1, 1, 1, 1]);
    expect(() => unsnappy(endless, 10)).toThrow('do not unpack');
    // "aaaaaaaaaa": one literal, then nine bytes from one before.
    expect(Buffer.from(unsnappy(Uint8Array.from([10, 0, 97, (5 << 2) | 1, 1]), 10)).toString()).toBe(
      'a'.repeat(10),
    );
    expect(() => unsnappy(Uint8Array.from([10, 0, 97, (5 << 2) | 1, 2]), 10)).toThrow('do not unpack');
    expect(() => unsnappy(Uint8Array.from([10, 0, 97]), 10)).toThrow('do not unpack');
  });
});
