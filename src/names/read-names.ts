/**
 * Names of addresses from files: what the AWS CLI prints of network interfaces and instances, a hosts file, CSV of ranges and names.
 * A file is known by its content, never by its name, and taken whole or refused: a line that is left out would be a name that is missing.
 */
import { readFile } from 'node:fs/promises';
import { utf16Of } from '../input/containers/utf-16.ts';
import { unreadable } from '../input/source.ts';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { NameOf } from '../model/name-of.ts';
import { type NamedPrefix, nameBook } from './name-book.ts';
import { namesInJson } from './names-in-json.ts';
import { namesInLines } from './names-in-lines.ts';
import { wrongLine } from './told-name.ts';

/** Some millions of names: more are no list that people have. */
const MOST_BYTES = 256 * 2 ** 20;

/** The line that holds the first byte which is no UTF-8. */
const brokenLine = (bytes: Uint8Array): number => {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const feed = bytes.indexOf(10, from);
    const to = feed < 0 ? bytes.length : feed + 1;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, to));
    } catch {
      break;
    }
    from = to;
  }
  return line;
};

/** UTF-8, or UTF-16 with a byte-order mark, as PowerShell writes what a command prints. */
const decode = (bytes: Uint8Array, source: string): string => {
  try {
    return new TextDecoder(utf16Of(bytes) ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw wrongLine({ source, line: brokenLine(bytes) }, 'this is no UTF-8; save the file as UTF-8 text');
  }
};

/**
 * The names that the content of a file tells, in their order.
 * @param source the file, as messages name it
 * @throws InputError
 */
export const namesInFile = (bytes: Uint8Array, source: string): readonly NamedPrefix[] => {
  if (bytes.length > MOST_BYTES)
    throw new InputError(
      'input-unsupported',
      `${escapeControls(source)} has more than ${MOST_BYTES / 2 ** 20} MiB: give names in several smaller files.`,
    );
  const text = decode(bytes, source);
  const named = [...(/^\s*[[{]/.test(text) ? namesInJson : namesInLines)(text, source)];
  if (named.length > 0) return named;
  throw new InputError(
    'input-empty',
    `There is no address with a name in ${escapeControls(source)}: expected what aws ec2 describe-network-interfaces or describe-instances prints as JSON, a hosts file, or CSV of CIDR ranges and names.`,
  );
};

/**
 * What names addresses, from files. The longest prefix that holds an address names it; of equal ones the one that was told first, in the
 * file that is named first.
 * @throws InputError (input-unreadable, input-corrupt, input-unsupported, input-empty) with the file, the line and what to do
 * @example
 * const names = await readNames(['enis.json', 'nets.csv']);
 * names('10.2.3.4'); // 'db-1', or null
 */
export const readNames = async (paths: string | readonly string[]): Promise<NameOf> => {
  const named: NamedPrefix[] = [];
  for (const path of typeof paths === 'string' ? [paths] : paths) {
    const bytes = await readFile(path).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    for (const each of namesInFile(bytes, path)) named.push(each);
  }
  return nameBook(named);
};
