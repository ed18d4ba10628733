/** What all kinds of files of names have in common: names and addresses are checked alike, and what is wrong is said with its line. */
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { readPrefix } from '../record/prefix.ts';
import type { NamedPrefix } from './name-book.ts';

/** What AWS lets a tag hold. */
const LONGEST_NAME = 256;
/** Of what is shown of a text that is wrong. */
const LONGEST_SHOWN = 60;

/** A place in a file of names. */
export interface Spot {
  readonly source: string;
  /** From 1 on. */
  readonly line: number;
}

/** What is said of a line that cannot be taken. @param says a sentence without its end: what is wrong and what to do */
export const wrongLine = ({ source, line }: Spot, says: string): InputError =>
  new InputError('input-corrupt', `${escapeControls(source)}, line ${line}: ${says}.`);

/** A text that is wrong, as a message shows it. */
export const quoteShort = (text: string): string =>
  `"${escapeControls(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text)}"`;

/**
 * An address or a range, and its name.
 * @param spotOf where it stands, asked for what is wrong alone
 * @param advice what to do about a line that cannot be taken
 * @throws InputError
 */
export const toldName = (address: string, name: string, spotOf: () => Spot, advice: string): NamedPrefix => {
  const prefix = readPrefix(address);
  if (prefix === undefined)
    throw wrongLine(spotOf(), `${quoteShort(address)} is no address and no CIDR range; ${advice}`);
  if (name.length > LONGEST_NAME)
    throw wrongLine(
      spotOf(),
      `the name ${quoteShort(name)} has ${name.length} characters and may have ${LONGEST_NAME}; ${advice}`,
    );
  return { prefix, name };
};
