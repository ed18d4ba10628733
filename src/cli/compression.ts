/**
 * Results that are written compressed: a file's last ending says how, and what stands before it says what is in it. Bytes go
 * through node:zlib into an output that knows nothing of it.
 */
import { once } from 'node:events';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { Output } from './output.ts';

/** Makes what compresses; undefined where this Node cannot. */
type Codec = () => Transform | undefined;

/** Older Nodes that are allowed have no zstd. */
const { createGzip, createZstdCompress } = zlib as Pick<typeof zlib, 'createGzip'> &
  Partial<Pick<typeof zlib, 'createZstdCompress'>>;

const CODECS: Readonly<Record<string, Codec>> = {
  gz: () => createGzip(),
  zst: () => createZstdCompress?.(),
};

/** A file's name without the ending that says how it is compressed. */
export const withoutCodec = (path: string): string => path.replace(/\.(?:gz|zst)$/i, '');

/**
 * What compresses a file of this name; null where nothing does.
 * @throws OptionError where this Node.js cannot do it
 */
export const compressorFor = (path: string, codecs = CODECS): Transform | null => {
  const codec = codecs[/\.(gz|zst)$/i.exec(path)?.[1]?.toLowerCase() ?? ''];
  if (codec === undefined) return null;
  const compressor = codec();
  if (compressor !== undefined) return compressor;
  throw new OptionError(
    'option-invalid',
    `--output ${escapeControls(path)} asks for zstd, which Node.js has from 22.15 and 23.8 on; this is ${process.versions.node}: end it in .gz.`,
  );
};

/** The same output behind a compressor. */
export const compressedOutput = (output: Output, compressor: Transform): Output => {
  compressor.on('error', () => {}); // told to whoever writes
  const drain = async (): Promise<void> => {
    for await (const piece of compressor) await output.write(piece as Buffer);
  };
  /** Told when the pieces found no place: a piece that is still on its way may never be answered then. */
  let onFailure: (failure: unknown) => void = () => {};
  const drained = drain();
  drained.catch((failure) => onFailure(failure));
  return {
    write: (piece) =>
      new Promise((resolve, reject) => {
        onFailure = reject;
        compressor.write(piece, (error) => (error ? drained.then(() => reject(error), reject) : resolve()));
      }),
    async finish() {
      compressor.end();
      await drained;
      await output.finish();
    },
    async discard() {
      if (!compressor.closed) {
        compressor.destroy();
        await once(compressor, 'close');
      }
      await drained.catch(() => {});
      await output.discard();
    },
  };
};
