/** Folders in which flow logs lie among other files: what is a flow log is read, what is not is named. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givesLines } from '../../src/input/containers/holds-flow-log.ts';
import { findSources } from '../../src/input/find-sources.ts';
import { describeNotRead } from '../../src/model/report.ts';
import { reconstruct } from '../../src/reconstruct.ts';

const CASES = join(import.meta.dirname, '../cases/containers');
const folder = mkdtempSync(join(tmpdir(), 'conntrail-mixed-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FOREIGN = {
  'package.json': '{"name":"x","version":"1.0.0","files":["a"]}',
  'prices.csv': 'name,price\nbread,2\n',
  'connections.jsonl':
    '{"uid":"C1","initiator_address":"10.0.0.9","responder_address":"10.0.0.5","interface_id":"eni-1"}\n',
  // Its legs would read as records.
  'facts.jsonl':
    '{"conntrail":"facts","version":1}\n{"run":{"legs":[{"vantage":"eni-1","src_addr":"10.0.0.9","dst_addr":"10.0.0.5"}]}}\n',
  'connections.csv': 'uid,initiator_address,responder_address,interface_id\nC1,10.0.0.9,10.0.0.5,eni-1\n',
};

beforeAll(() => {
  cpSync(CASES, folder, { recursive: true });
  for (const [name, text] of Object.entries(FOREIGN)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'README.md'), 'What lies here.');
});

describe('a folder of every container among other files', () => {
  it('gives the sources that hold flow logs, and names the others', async () => {
    const passed: string[] = [];
    const found = await findSources([folder], undefined, (path) => void passed.push(basename(path)));
    expect(passed.sort()).toEqual(Object.keys(FOREIGN).sort());
    expect(found.length).toBe(19);
  });

  it('is read as one log, and says what it did not read', async () => {
    const run = reconstruct(folder);
    for await (const _ of run);
    // Two records each, of Logs Insights too.
    expect(run.report?.placement).toMatchObject({ records: 38, rejected: 0 });
    expect(run.report?.sources).toBe(19);
    expect(run.report?.notRead.files).toBe(5);
    expect(describeNotRead(run.report as NonNullable<typeof run.report>)).toBe(
      `5 files of folders are no flow log that is read: ${[
        'connections.csv',
        'connections.jsonl',
        'facts.jsonl',
      ]
        .map((name) => join(folder, name))
        .join(', ')}, 2 more`,
    );
  });

  it('takes what is named outright, whatever it holds', async () => {
    const passed: string[] = [];
    const [source] = await findSources(
      [join(folder, 'prices.csv')],
      undefined,
      (path) => void passed.push(path),
    );
    expect([source?.name, passed]).toEqual([join(folder, 'prices.csv'), []]);
  });
});

describe('the beginning of a file', () => {
  const record = '7 eni-1 10.0.0.1 10.0.0.2 443 40000';
  it.each([
    // Formats that nothing proves are still flow logs: --fields tells them.
    ['messages of a format of its own', JSON.stringify({ message: record })],
    ['an interval without traffic', 'timestamp,message\n1,2 123456789012 eni-1 - - - - - - - 1 2 - NODATA\n'],
    ['JSON that is cut', JSON.stringify({ events: [{ message: record }, { message: record }] }).slice(0, -9)],
    ['a header and nothing else', 'srcaddr,dstaddr\n'],
  ])('gives lines: %s', (_, text) => {
    expect(givesLines(Buffer.from(text))).toBe(true);
  });

  it.each([
    ['settings', '{\n  "compilerOptions": {}\n}'],
    ['an error', '{"message":"The security token included in the request is expired"}'],
    ['prose', 'From 10.0.0.1 it came.\n'],
    ['damage', '{"a":}'],
  ])('gives none: %s', (_, text) => {
    expect(givesLines(Buffer.from(text))).toBe(false);
  });
});

describe('a folder of packed logs, events and what cannot be read', () => {
  const packed = mkdtempSync(join(tmpdir(), 'conntrail-packed-'));
  afterAll(() => rmSync(packed, { recursive: true }));
  const LINE =
    '2 111122223333 eni-0aa11bb22cc33dd44 198.51.100.23 10.20.1.15 50122 443 6 12 2210 1760000005 1760000061 ACCEPT OK\n';
  const event = {
    class_uid: 4001,
    src_endpoint: { ip: '10.0.0.1', port: 1 },
    dst_endpoint: { ip: '10.0.0.2', port: 2 },
  };
  const TAKEN = {
    'a.log': LINE,
    'b.log.gz': gzipSync(LINE),
    'c.log.zst': zstdCompressSync(LINE),
    'd.zst': zstdCompressSync(JSON.stringify([LINE])),
    // Packed under the names of what they hold.
    'e.json': zstdCompressSync(JSON.stringify({ message: LINE })),
    'f.csv': gzipSync(`message\n${LINE}`),
    'g.jsonl': JSON.stringify(event),
  };
  const PASSED = {
    'other.jsonl': JSON.stringify({ class_uid: 4003, class_name: 'DNS Activity' }),
    'packed.json': zstdCompressSync('{"a":1}'),
    'page.html': '<p>',
  };

  it('reads what it can, and names the rest', async () => {
    for (const [name, bytes] of Object.entries({ ...TAKEN, ...PASSED }))
      writeFileSync(join(packed, name), bytes);
    const passed: string[] = [];
    const found = await findSources([packed], undefined, (path) => void passed.push(basename(path)));
    expect(found.map(({ name }) => basename(name))).toEqual(Object.keys(TAKEN));
    expect(passed).toEqual(Object.keys(PASSED));
    const run = reconstruct(packed);
    for await (const _ of run);
    expect(run.report?.placement).toMatchObject({ records: 7, rejected: 0 });
    expect(run.report?.notRead.files).toBe(3);
  });

  it('goes on without what is damaged, and says which and why', async () => {
    writeFileSync(join(packed, 'h.log.zst'), zstdCompressSync(LINE.repeat(9)).subarray(0, -4));
    const damage: string[] = [];
    const run = reconstruct(packed, {
      keepGoing: true,
      onDamage: (error) => void damage.push(error.message),
    });
    for await (const _ of run);
    expect(damage).toEqual([expect.stringContaining('h.log.zst ends in the middle of its compressed data')]);
    expect(run.report?.sources).toBeGreaterThanOrEqual(7);
  });
});
