/**
 * What is fuzzed: every reader of bytes that come from outside, each with its invariants. A target takes any bytes and
 * throws when a promise is broken; that the bytes are bad is never a reason to throw.
 */
import { checkAddress } from './check-address.ts';
import { checkContainer } from './check-container.ts';
import { checkFile } from './check-file.ts';
import { checkGzip } from './check-gzip.ts';
import { checkHeader } from './check-header.ts';
import { checkLine } from './check-line.ts';
import { checkOptions } from './check-options.ts';
import { checkParquet } from './check-parquet.ts';
import { checkReader } from './check-reader.ts';

export interface Target {
  readonly about: string;
  /** Inputs are not made longer than this. */
  readonly mostBytes: number;
  readonly check: (bytes: Uint8Array) => void | Promise<void>;
}

const KIB = 1024;

export const TARGETS = {
  address: { about: 'one address, in a log or an option', mostBytes: KIB, check: checkAddress },
  header: { about: 'a header line or --fields', mostBytes: 64 * KIB, check: checkHeader },
  line: { about: 'lines of one format, parser and scanner', mostBytes: 64 * KIB, check: checkLine },
  reader: {
    about: 'a source in pieces, with the kernel or without',
    mostBytes: KIB * KIB,
    check: checkReader,
  },
  container: {
    about: 'what lines come wrapped in: JSON, CSV, prefixes, UTF-16, base64',
    mostBytes: 128 * KIB,
    check: checkContainer,
  },
  gzip: { about: 'a file or pipe that may be gzip or zstd', mostBytes: KIB * KIB, check: checkGzip },
  parquet: { about: 'a Parquet file, of lines or of OCSF events', mostBytes: 256 * KIB, check: checkParquet },
  file: { about: 'a whole input, every export and page', mostBytes: 128 * KIB, check: checkFile },
  options: { about: 'the values of options', mostBytes: 4 * KIB, check: checkOptions },
} as const satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof TARGETS;
export const TARGET_NAMES = Object.keys(TARGETS) as readonly TargetName[];

export const isTargetName = (name: string): name is TargetName => Object.hasOwn(TARGETS, name);
