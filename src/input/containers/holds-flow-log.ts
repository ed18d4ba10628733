/** Whether a file of a folder that may hold anything (JSON, CSV, Parquet) holds a flow log: by what its beginning gives, unpacked. */
import { type FileHandle, open } from 'node:fs/promises';
import { isHeader } from '../../record/columns.ts';
import { isFacts } from '../is-facts.ts';
import { isParquet } from '../parquet/whole.ts';
import { unpackingOf } from '../unpacking-of.ts';
import type { LineSink } from './container.ts';
import { nameTwoAddresses } from './looks-like-record.ts';
import { Unwrapper } from './unwrapper.ts';

const HEAD_BYTES = 64 * 1024;

const isLine = (line: string): boolean => {
  const words = line.trim().split(/\s+/);
  return (
    isHeader(words.join(' ')) ||
    words.some((word) => word === 'NODATA' || word === 'SKIPDATA') ||
    nameTwoAddresses(words)
  );
};

/** Whether the beginning of a source gives lines of a flow log. */
export const givesLines = (head: Uint8Array): boolean => {
  if (isFacts(head)) return false;
  let isNamed = false;
  let text = '';
  const decoder = new TextDecoder();
  const names = (): void => {
    isNamed = true;
  };
  const sink: LineSink = {
    push: (bytes) => {
      if (text.length < HEAD_BYTES) text += decoder.decode(bytes);
    },
    pushHeader: names,
    pushFormat: names,
    pushRejection: () => {},
  };
  const unwrapper = new Unwrapper({ source: '', declared: undefined, onContainer: () => {} }, sink);
  try {
    unwrapper.push(head);
    unwrapper.settle();
  } catch {
    // Damage is said when it is read: what came before it tells what it is.
  }
  return isNamed || text.split('\n').some(isLine);
};

/** The beginning of what a packed beginning holds. */
const unpackHead = async (head: Uint8Array): Promise<Uint8Array> => {
  const unpacking = unpackingOf(head);
  if (unpacking === undefined) return head;
  const pieces: Uint8Array[] = [];
  try {
    let length = 0;
    for await (const piece of unpacking('', pieceOf(head), head.length)) {
      pieces.push(piece);
      length += piece.length;
      if (length >= HEAD_BYTES) break;
    }
  } catch {
    // It goes on behind the beginning, or it is damaged, which is said when it is read.
  }
  return Buffer.concat(pieces).subarray(0, HEAD_BYTES);
};

async function* pieceOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The footer of a Parquet file tells what its columns are. */
const hasFlowLog = async (file: FileHandle, head: Uint8Array): Promise<boolean> => {
  const { isFlowLog } = await import('../parquet/parquet-log.ts');
  const { size } = await file.stat();
  const read = async (from: number, to: number): Promise<Uint8Array> => {
    if (to <= head.length) return head.subarray(from, to);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
    return buffer.subarray(0, bytesRead);
  };
  return isFlowLog({ size, read });
};

/** @returns true also for a file that cannot be opened: whoever reads it says why */
export const holdsFlowLog = async (path: string): Promise<boolean> => {
  try {
    const file = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(HEAD_BYTES);
      const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, 0);
      const head = buffer.subarray(0, bytesRead);
      if (isParquet(head)) return await hasFlowLog(file, head);
      return bytesRead === 0 || givesLines(await unpackHead(head));
    } finally {
      await file.close();
    }
  } catch {
    return true;
  }
};
