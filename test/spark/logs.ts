/** A folder of logs with everything in it that parts could get wrong, small enough for a Spark on a laptop. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeParquet } from '../../property-tests/network/write-parquet.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SIMULATE = join(ROOT, 'property-tests/network/run-simulate.ts');

const simulated = (folder: string, ...args: readonly string[]): string => {
  execFileSync(process.execPath, [SIMULATE, '--no-truth', '-o', folder, ...args], { stdio: 'ignore' });
  const text = readFileSync(join(folder, 'flow.log'), 'utf8');
  rmSync(folder, { recursive: true });
  return text;
};

/** Lines in turn to so many files, as interfaces share a talk between theirs. */
const dealtOut = (lines: readonly string[], files: number): string[][] =>
  Array.from({ length: files }, (_, file) => lines.filter((_, i) => i % files === file));

/** Writes the logs into a new folder: text, gzip and Parquet, several formats, IPv6, copies, damage, and what is no log. */
export const writeLogs = (folder: string): void => {
  mkdirSync(join(folder, 'AWSLogs/123456789012/a b%20é'), { recursive: true });
  const write = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(folder, 'AWSLogs/123456789012', name), content);

  const [header = '', ...lines] = simulated(join(folder, 'made'), '--connections', '3000').trim().split('\n');
  const [first, second, third, fourth] = dealtOut(lines, 4) as [string[], string[], string[], string[]];
  const text = (some: readonly string[]): string => `${[header, ...some].join('\n')}\n`;
  write('one.log.gz', gzipSync(text(first)));
  write('two.log', text(second));
  write('a b%20é/three.parquet', new Uint8Array(writeParquet(header, third)));
  // A copy of what another file holds, and lines that nobody understands.
  write(
    'a b%20é/four.log.gz',
    gzipSync(text([...fourth, ...first.slice(0, 500), 'not a record', header.replace(/ .*/, '')])),
  );
  // Another format without a header, and without tcp-flags.
  write(
    'default.log',
    simulated(join(folder, 'made'), '--connections', '500', '--seed', '8', '--format', 'v2', '--no-header'),
  );
  // NODATA, SKIPDATA, a NAT gateway, a transit gateway, IPv6.
  cpSync(join(ROOT, 'samples'), join(folder, 'AWSLogs/samples'), { recursive: true });
  write('notes.md', 'no log');
  write('manifest.json', '{"files":[]}');
};

/** One connection, so that of several parts all but one are empty. */
export const writeOneConnection = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, 'samples/short-lived.log'), join(folder, 'short-lived.log'));
};
