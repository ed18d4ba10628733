/** `conntrail spark-bundle`: conntrail, what it depends on and a Node.js as one archive for the workers of Apache Spark. */
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { packBundle } from '../spark/pack-bundle.ts';
import { compressedOutput } from './compression.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { formatSize } from './format-size.ts';
import { openFileOutput } from './output.ts';
import type { Surroundings } from './surroundings.ts';

export interface SparkBundleFlags {
  readonly output?: string;
  readonly node?: string;
  readonly quiet?: boolean;
}

/** Spark unpacks what has one of these endings. */
const ARCHIVE = /\.(?:tgz|tar\.gz)$/;

/** Both packages' layouts, src/cli and dist/cli, have it two folders up. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** @throws OptionError where no archive is named */
const outputName = ({ output }: SparkBundleFlags): string => {
  if (output !== undefined && ARCHIVE.test(output)) return output;
  const said = output === undefined ? 'A bundle is a file' : `--output is "${escapeControls(output)}"`;
  throw new OptionError(
    'option-invalid',
    `${said}: name it with -o conntrail.tgz; Spark unpacks .tgz and .tar.gz.`,
  );
};

/** Runs the command; the exit code comes back. */
export const runSparkBundle = async (
  flags: SparkBundleFlags,
  { stderr, signal }: Surroundings,
): Promise<number> => {
  const name = outputName(flags);
  const { files, bytes } = await packBundle(ROOT, flags.node ?? process.execPath);
  const output = compressedOutput(await openFileOutput(name), createGzip());
  try {
    for await (const piece of bytes) {
      signal.throwIfAborted();
      await output.write(piece as Uint8Array);
    }
    await output.finish();
  } catch (error) {
    await output.discard();
    throw error;
  }
  if (flags.quiet !== true) {
    const { size } = await stat(name);
    const node =
      flags.node === undefined
        ? `Node.js ${process.versions.node} for ${process.platform} ${process.arch}`
        : escapeControls(flags.node);
    stderr.write(
      `${escapeControls(name)}: ${files.length} files, ${formatSize(size)}; workers run it with ${node}.\n` +
        `Next: tar -xzf ${escapeControls(name)} conntrail_spark.py, then\n` +
        `spark-submit --archives ${escapeControls(name)}#conntrail conntrail_spark.py IN OUT\n`,
    );
  }
  return EXIT_CODES.ok.code;
};
