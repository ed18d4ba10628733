/** `conntrail at` as a user runs it: what it says of a moment, in every form, and what it refuses. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conntrail, emptyFolder, rowsOf, SAMPLES } from './run-command.ts';

const SAMPLE = join(SAMPLES, 'tcp-flag-sequence.log');
/** The second interval of AWS's example runs from 19:48:53 to 19:51:53. */
const DURING = '2019-08-26T19:50:00';

describe('conntrail at', () => {
  it('says of a moment what was surely and what was possibly open', async () => {
    const { code, stdout } = await conntrail(['at', DURING, SAMPLE, '-q', '--format', 'table']);
    expect(code).toBe(0);
    expect(stdout).toContain('2019-08-26 19:50:00 UTC: 0 surely open, 2 possibly.');
    // The first connection's last record ended at 19:48:53.
    expect(stdout).toContain('no record for 67 s');
  });

  it('answers several moments in one pass, in the order of time', async () => {
    const { stdout } = await conntrail(['at', DURING, SAMPLE, '-q', '--time', '1566848900']);
    const rows = rowsOf(stdout);
    expect(rows.map((row) => row['at'])).toEqual([1566848900, 1566848900, 1566849000, 1566849000]);
    // Of the larger one 100701 bytes had surely been sent at 19:50, and at most all of the 23395289.
    expect(rows.find((row) => row['at'] === 1566849000 && row['initiator_port'] === 43418)).toMatchObject({
      open: 'possibly',
      open_because: 'recorded',
      state_then: 'established',
      initiator_bytes_min: 100701,
      initiator_bytes_max: 23395289,
      uid: expect.stringMatching(/^C/),
    });
  });

  it('writes CSV with as many cells in each row as its header has names', async () => {
    const file = join(emptyFolder(), 'then.csv');
    const { code } = await conntrail(['at', DURING, SAMPLE, '-q', '-o', file]);
    expect(code).toBe(0);
    const [header, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\r\n');
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row.split(',')).toHaveLength((header as string).split(',').length);
  });

  it('counts over time from the first record on', async () => {
    const { stdout } = await conntrail(['at', 'start', SAMPLE, '-q', '--every', '1m', '--format', 'csv']);
    // Records run from 19:47:55 to 19:51:53: full minutes are 48, 49, 50 and 51. Both may be open at each.
    expect(stdout).toBe(
      'at,surely_open,possibly_open,attempts\r\n' +
        [1566848880, 1566848940, 1566849000, 1566849060].map((at) => `${at},0,2,0\r\n`).join(''),
    );
  });

  it('says where the records lie when the moment is not among them', async () => {
    const { stdout } = await conntrail(['at', '2018-01-01', SAMPLE, '-q', '--format', 'table']);
    expect(stdout).toContain(
      '0 surely open, 0 possibly. The records begin later, at 2019-08-26 19:47:55 UTC.',
    );
  });

  it('counts connections without times apart', async () => {
    const sample = join(SAMPLES, 'transit-gateway.log');
    const { stdout } = await conntrail(['at', DURING, sample, '-q', '--format', 'table']);
    expect(stdout).toMatch(/carr(y|ies) no times: nothing tells when/);
  });

  it.each([
    [['at', 'noon', SAMPLE], 'TIME is "noon"; expected a date'],
    [['at', 'start', SAMPLE], 'TIME is "start"'],
    [['at', DURING, SAMPLE, '--every', 'often'], '--every is "often"'],
    [['at', DURING, SAMPLE, '--to', DURING], 'give --every as well'],
    [['at', DURING, SAMPLE, '--every', '5m', '--time', '1'], 'give one of them'],
    [
      ['at', DURING, SAMPLE, '-o', 'x.zeek'],
      '--output x.zeek is no format of this command: end it in .csv, .json, .jsonl, .parquet or .txt, or give --format.',
    ],
    [['at', 'start', SAMPLE, '--every', '0.001'], 'take a longer step'],
  ])('refuses %j', async (args, says) => {
    const folder = emptyFolder();
    const { code, stderr } = await conntrail(args, { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain(says);
    expect(readdirSync(folder)).toEqual([]);
  });
});
