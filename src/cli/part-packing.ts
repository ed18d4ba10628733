/**
 * How parts are compressed: `--compress`. Each piece of a part is compressed by itself, since members of gzip and frames of zstd may
 * follow each other: nothing is kept of a part between two pieces, however many parts there are.
 */
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { OptionError } from '../model/errors.ts';
import { oneOf } from './options.ts';

export interface Packing {
  /** What the names of files end in. */
  readonly ending: string;
  pack(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Makes what compresses; undefined where this Node cannot. */
type Packer = () => Packing | undefined;

/** Older Nodes that are allowed have no zstd. */
const { constants, gzip, zstdCompress } = zlib as Pick<typeof zlib, 'constants' | 'gzip'> &
  Partial<Pick<typeof zlib, 'zstdCompress'>>;

/** Parts are written once and read once, soon: the fastest level. */
const FASTEST = 1;

const byGzip: Packer = () => {
  const pack = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(gzip);
  return { ending: '.gz', pack: (bytes) => pack(bytes, { level: FASTEST }) };
};

const byZstd: Packer = () => {
  if (zstdCompress === undefined) return undefined;
  const pack = promisify<Uint8Array, zlib.ZstdOptions, Uint8Array>(zstdCompress);
  const params = {
    [constants.ZSTD_c_compressionLevel]: FASTEST,
    [constants.ZSTD_c_checksumFlag]: 1,
  };
  return { ending: '.zst', pack: (bytes) => pack(bytes, { params }) };
};

const PACKERS = { gzip: byGzip, zstd: byZstd } as const;

/**
 * What `--compress` asks for; null where nothing is compressed.
 * @throws OptionError for another word, and where this Node.js cannot do it
 */
export const packingOf = (
  compress = 'none',
  packers: Readonly<Record<keyof typeof PACKERS, Packer>> = PACKERS,
): Packing | null => {
  const word = oneOf(compress, ['none', 'gzip', 'zstd'], '--compress');
  if (word === 'none') return null;
  const packing = packers[word]();
  if (packing !== undefined) return packing;
  throw new OptionError(
    'option-invalid',
    `--compress zstd: Node.js has zstd from 22.15 and 23.8 on; this is ${process.versions.node}: take gzip.`,
  );
};
