/** In a real Spark: whatever the number of parts and workers, the rows are those of one run, or the error is told. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readParquet, typesOfParquet } from '../read-parquet.ts';
import { CONNTRAIL } from './environment.ts';
import { writeLogs, writeOneConnection } from './logs.ts';
import { type Cluster, type Submitted, startCluster, submit } from './spark.ts';

const why = inject('whyNoSpark');

let folder = '';
let logs = '';
const place = (name: string): string => join(folder, name);

/** Rows in the order of their uids, a text each. */
const sorted = async (files: string): Promise<string[]> =>
  (await readParquet(files)).map((row) => JSON.stringify(row)).sort();

/** What one run gives of an input. */
const alone = async (input: string, ...options: readonly string[]): Promise<string[]> => {
  const file = place('alone.parquet');
  execFileSync(process.execPath, [CONNTRAIL, input, '-q', '-o', file, ...options], { stdio: 'ignore' });
  return sorted(file);
};

const expectSame = async (out: string, expected: readonly string[]): Promise<void> => {
  const rows = await sorted(`${out}/*.parquet`);
  // Of thousands of rows, the first that differs says enough.
  const at = rows.findIndex((row, i) => row !== expected[i]);
  expect([rows.length, rows[at]]).toEqual([expected.length, expected[at]]);
};

const expectDone = ({ code, log }: Submitted): void => {
  expect(code, log.slice(-5000)).toBe(0);
};

describe.skipIf(why !== '')('in Spark', () => {
  let expected: readonly string[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'conntrail-spark-'));
    logs = place('logs');
    writeLogs(logs);
    expected = await alone(logs);
    expect(expected.length).toBeGreaterThan(3000);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe('in one process with two threads', () => {
    it.each([1, 8])('the rows are those of one run: %i parts', async (parts) => {
      const out = place(`local-${parts}`);
      const ran = await submit('local[2]', ['--parts', String(parts), logs, out]);
      expectDone(ran);
      await expectSame(out, expected);
      expect(ran.said.at(-1)).toBe(`conntrail: ${expected.length.toLocaleString('en')} rows in ${out}`);
    });

    it('the columns are those of one run, with their types', async () => {
      expect(await typesOfParquet(place('local-8/*.parquet'))).toEqual(
        await typesOfParquet(place('alone.parquet')),
      );
    });

    it('objects that workers cannot open as files are handed to them as a whole', async () => {
      const out = place('objects');
      const conf = { 'spark.hadoop.fs.viewfs.mounttable.store.link./logs': `file://${logs}` };
      expectDone(await submit('local[2]', ['--parts', '3', 'viewfs://store/logs', out], { conf }));
      await expectSame(out, expected);
    });

    it('options mean what they mean to one run', async () => {
      const options = [
        '--scope',
        'all',
        '--idle',
        '10m',
        '--observed-only',
        '--columns',
        'uid,initiator_basis,state',
      ];
      const out = place('options');
      expectDone(await submit('local[2]', ['--parts', '3', ...options, logs, out]));
      await expectSame(out, await alone(logs, ...options));
    });

    it('parts may be empty: one connection in eight parts', async () => {
      const [one, out] = [place('one'), place('one-out')];
      writeOneConnection(one);
      expectDone(await submit('local[2]', ['--parts', '8', one, out]));
      await expectSame(out, await alone(one));
    });

    describe('what cannot be done is told in a sentence', () => {
      const refused = async (
        args: readonly string[],
      ): Promise<readonly [number | null, string | undefined]> => {
        const { code, said } = await submit('local[2]', args);
        return [code, said.at(-1)];
      };

      it('a damaged object is named, and nothing is written', async () => {
        const [damaged, out] = [place('damaged'), place('damaged-out')];
        writeLogs(damaged);
        const object = join(damaged, 'AWSLogs/123456789012/one.log.gz');
        const bytes = readFileSync(object);
        writeFileSync(object, bytes.subarray(0, bytes.length / 2));
        expect(await refused(['--parts', '2', damaged, out])).toEqual([
          3,
          'conntrail: 123456789012/one.log.gz ends in the middle of its compressed data. Fetch it again, or go on without it with --keep-going.',
        ]);
        expect(existsSync(out)).toBe(false);
      });

      it('with --keep-going the rest is rebuilt, as one run does it', async () => {
        const [damaged, out] = [place('damaged'), place('kept-going')];
        const ran = await submit('local[2]', ['--parts', '2', '--keep-going', damaged, out]);
        expect([ran.code, ran.said.filter((line) => line.includes('one.log.gz'))]).toEqual([
          3,
          [expect.any(String)],
        ]);
        await expectSame(out, await aloneKeepingOn(damaged));
      });

      it('a result that is there already is not written over', async () => {
        const out = place('local-1');
        expect(await refused(['--parts', '1', logs, out])).toEqual([
          6,
          `conntrail: ${out} is there already: name another folder, or write over it with --overwrite.`,
        ]);
      });

      it('an input that is not there is missed', async () => {
        const [code, said] = await refused([place('no-logs'), place('out')]);
        expect([code, said]).toEqual([3, expect.stringContaining('no-logs')]);
      });

      it('an input is not written over', async () => {
        expect(await refused(['--overwrite', logs, folder])).toEqual([
          2,
          `conntrail: ${folder} is where the input is: name another folder for the result.`,
        ]);
      });

      it('an input without any line that is understood is no result', async () => {
        const noise = place('noise.log');
        writeFileSync(noise, 'one two three\n');
        const [code, said] = await refused([noise, place('out')]);
        expect([code, said]).toEqual([5, expect.stringContaining('No line could be read')]);
      });

      it('what conntrail refuses is refused in its words', async () => {
        expect(await refused(['--scope', 'world', logs, place('out')])).toEqual([
          2,
          'conntrail: --scope is "world"; expected one of auto, interface, vpc, account, all.',
        ]);
      });
    });
  });

  describe('on a cluster of two workers', () => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await startCluster(place('cluster'));
    });
    afterAll(() => cluster.stop());

    it.each([1, 8])('the rows are those of one run: %i parts', async (parts) => {
      const out = place(`cluster-${parts}`);
      expectDone(await submit(cluster.master, ['--parts', String(parts), logs, out]));
      await expectSame(out, expected);
    });

    it('a damaged object ends the run with its name, after as many tries as Spark makes', async () => {
      const { code, said } = await submit(cluster.master, ['--parts', '8', place('damaged'), place('out')]);
      expect([code, said.at(-1)]).toEqual([3, expect.stringContaining('one.log.gz ends in the middle')]);
    });

    // The last of this cluster: a worker is missing afterwards.
    it('a worker that is killed in the middle costs time and no row', async () => {
      const out = place('killed');
      const ran = await submit(cluster.master, ['--parts', '8', logs, out], {
        onLine: (line) => {
          if (line.endsWith(': judging')) cluster.killWorker();
        },
      });
      expectDone(ran);
      expect(ran.log).toMatch(/Lost executor/);
      await expectSame(out, expected);
    });
  });
});

/** One run under --keep-going ends with 3 where it has left something out. */
const aloneKeepingOn = async (input: string): Promise<string[]> => {
  try {
    return await alone(input, '--keep-going');
  } catch {
    return sorted(place('alone.parquet'));
  }
};
