/** The archive that `spark-submit --archives` takes to every worker: the same files give the same bytes. */
import type { Readable } from 'node:stream';
import { type BundleFile, bundleFiles } from './bundle-files.ts';

/** When all files of the archive were last changed: what is in it decides, not when it was packed. */
const MOMENT = new Date('2000-01-01T00:00:00Z');

export interface Bundle {
  readonly files: readonly BundleFile[];
  /** Bytes of the archive, not yet compressed. */
  readonly bytes: Readable;
}

/**
 * Packs this package, what it depends on and a Node.js.
 * @param root the folder of this package
 * @param node the program that is to run it
 * @throws InputError see {@link bundleFiles}
 */
export const packBundle = async (root: string, node: string): Promise<Bundle> => {
  const files = await bundleFiles(root, node);
  // Most runs pack nothing.
  const { packTar } = await import('modern-tar/fs');
  const entries = files.map(({ name, path, isProgram }) => ({
    type: 'file' as const,
    source: path,
    target: name,
    mode: isProgram ? 0o755 : 0o644,
    mtime: MOMENT,
    uid: 0,
    gid: 0,
  }));
  return { files, bytes: packTar(entries) };
};
