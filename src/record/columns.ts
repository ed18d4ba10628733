/**
 * From a header line or a format string to columns. Every spelling in circulation leads to AWS's own name;
 * a name that is not known is kept as it is, because a newer record version is not an error.
 */
import { FormatError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { type Columns, FIELDS, type Field, fieldNamed } from '../model/fields.ts';

/** Names that tables in circulation give to AWS's fields (Athena examples, Logs Insights), squeezed. */
const ALIASES: Readonly<Record<string, string>> = {
  account: 'account-id',
  sourceaddress: 'srcaddr',
  destinationaddress: 'dstaddr',
  sourceport: 'srcport',
  destinationport: 'dstport',
  numpackets: 'packets',
  numbytes: 'bytes',
  starttime: 'start',
  endtime: 'end',
  traffictype: 'type',
  packetsourceaddress: 'pkt-srcaddr',
  packetdestinationaddress: 'pkt-dstaddr',
};

const squeeze = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '');

const BY_SQUEEZED: ReadonlyMap<string, Field> = new Map([
  ...FIELDS.map((field) => [squeeze(field.name), field] as const),
  ...Object.entries(ALIASES).map(([alias, name]) => [alias, fieldNamed(name) as Field] as const),
]);

const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** `${tcp-flags}`, `$${tcp-flags}` (Terraform), `"tcp_flags"`, `tcpFlags` and `tcp-flags` are one name. */
const bareName = (token: string): string =>
  token.replace(/^\$?\$\{(.+)\}$/, '$1').replace(/^(["'])(.+)\1$/, '$2');

/** Whether a name in a header is taken as it stands, quotes and braces aside. */
export const isPlainName = (name: string): boolean => PLAIN_NAME.test(name);

/** The field that a name in a header means, in whatever spelling. */
export const fieldMeant = (name: string): Field | undefined => BY_SQUEEZED.get(squeeze(name));

/** The columns of names that are already apart. */
export const columnsOf = (names: readonly string[]): Columns => {
  const fields = names.map(fieldMeant);
  return { names: names.map((name, i) => fields[i]?.name ?? name), fields };
};

/**
 * Reads a header line or a format string: `${version} ${account-id}`, hyphens or underscores, blanks or
 * commas between the names.
 * @throws FormatError (format-invalid) for an empty format, a name that cannot be one, or a name given twice.
 * @example parseColumns('${srcaddr} ${dstaddr}').names // ['srcaddr', 'dstaddr']
 */
export const parseColumns = (format: string): Columns => {
  const tokens = format
    .split(/[\s,]+/)
    .filter((token) => token !== '')
    .map(bareName);
  if (tokens.length === 0) {
    throw new FormatError('format-invalid', 'The field format is empty: name at least one field.');
  }
  const odd = tokens.find((token) => !PLAIN_NAME.test(token));
  if (odd !== undefined) {
    throw new FormatError(
      'format-invalid',
      `"${escapeControls(odd.slice(0, 80))}" cannot be a field name: expected names such as \${srcaddr}, tcp-flags or tcp_flags.`,
    );
  }
  const columns = columnsOf(tokens);
  const twice = columns.names.find((name, i) => columns.names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new FormatError('format-invalid', `The field "${twice}" is named twice in the format.`);
  }
  return columns;
};

/** What a shell leaves of `${account-id}` in double quotes: the word behind the first hyphen. */
const LEFT_BY_SHELL = new Set(
  FIELDS.filter(({ name }) => name.includes('-')).map(({ name }) => name.slice(name.indexOf('-') + 1)),
);

/**
 * The format that `--fields` tells.
 * @throws FormatError (format-invalid) as {@link parseColumns} does, and for one that a shell has replaced
 */
export const parseDeclared = (format: string): Columns => {
  const tokens = format.split(/[\s,]+/).filter((token) => token !== '');
  // A known name is left too (pkt-srcaddr), and stands in a format of its own right: it needs a word that is none beside it.
  const isLeft =
    tokens.length === 0
      ? format !== ''
      : tokens.every((token) => LEFT_BY_SHELL.has(token)) &&
        tokens.some((token) => fieldMeant(token) === undefined);
  if (isLeft) {
    throw new FormatError(
      'format-invalid',
      `The format "${escapeControls(format.slice(0, 80))}" is what a shell leaves of \${version} \${account-id} in double quotes: use single quotes.`,
    );
  }
  return parseColumns(format);
};

const isKnown = (name: string): boolean => fieldMeant(name) !== undefined;

const isBraced = (token: string): boolean => /^\$?\$\{.+\}$/.test(token);

/** Names in AWS's braces are those of a format, as soon as so many of them are known. */
const FEWEST_KNOWN = 2;

/**
 * Whether a line is a header: nothing but names, most of them known, or all of them in braces. A record never is one, since each has
 * an address, a number or a dash somewhere. A header may still be none that can be read: {@link parseColumns} tells.
 */
export const isHeader = (line: string): boolean => {
  const tokens = line.split(/[\s,]+/).filter((token) => token !== '');
  const names = tokens.map(bareName);
  if (names.length === 0 || !names.every((name) => PLAIN_NAME.test(name))) return false;
  const known = names.filter(isKnown).length;
  return known * 2 >= names.length || (known >= FEWEST_KNOWN && tokens.every(isBraced));
};

/**
 * The header that is read as these columns, of which two at least are known. With names among them that nobody knows all are in braces: then
 * nothing takes it for anything else.
 */
export const headerOf = ({ names, fields }: Columns): string =>
  (fields.includes(undefined) ? names.map((name) => `\${${name}}`) : names).join(' ');

/**
 * Whether a line that is no record was meant as a header, whatever stands between its names or is wrong with some of
 * them: most of its words are known, or half of them where none is a number.
 */
export const looksLikeHeader = (line: string): boolean => {
  const words = line.split(/[^A-Za-z0-9_-]+/).filter((word) => word !== '');
  const known = words.filter(isKnown).length;
  if (known < 2) return false;
  return (
    known * 2 > words.length || (known * 2 === words.length && words.every((word) => PLAIN_NAME.test(word)))
  );
};
