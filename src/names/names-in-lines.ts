/**
 * Names in lines: a hosts file (an address, its name, aliases), or CSV of addresses or ranges and names, parted by commas, semicolons or
 * tabs. Every line is taken or refused; empty ones and those that begin with # are comments.
 */
import { valuesOf } from '../input/containers/csv.ts';
import { readPrefix } from '../record/prefix.ts';
import type { NamedPrefix } from './name-book.ts';
import { quoteShort, toldName, wrongLine } from './told-name.ts';

interface Line {
  readonly number: number;
  readonly text: string;
}

const ADVICE = 'correct the line, or begin it with # to leave it out';

const isAddress = (text: string): boolean => readPrefix(text) !== undefined;

function* linesOf(text: string): Generator<Line> {
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    const trimmed = line.trim();
    if (trimmed !== '' && !trimmed.startsWith('#')) yield { number: i + 1, text: trimmed };
  }
}

/** The value that a line begins with, in quotes perhaps, and a comma or a semicolon behind it. */
const PARTED = /^(?:"[^"]*"|[^\s,;"]+)\s*([,;])/;

/** What stands between the values of CSV; null where it is a hosts file. */
const separatorOf = (lines: readonly Line[]): string | null => {
  const { text = '' } = lines[0] ?? {};
  const parted = PARTED.exec(text)?.[1];
  if (parted !== undefined) return parted;
  const beginsWithAddress = isAddress(text.split(/\s/, 1)[0] as string);
  if (!beginsWithAddress) return /[,;\t]/.exec(text)?.[0] ?? null;
  // Hosts files have tabs too, but no ranges.
  const isTable = lines.every((line) => line.text.includes('\t'));
  return isTable && lines.some((line) => line.text.split('\t', 1)[0]?.includes('/')) ? '\t' : null;
};

function* namesInHosts(lines: Iterable<Line>, source: string): Generator<NamedPrefix> {
  for (const { number, text } of lines) {
    const spot = { source, line: number };
    const [address = '', name] = text
      .replace(/\s#.*$/, '')
      .trim()
      .split(/\s+/);
    // The zone of a link-local address, as some systems write it, is known on that machine alone.
    const told = toldName(address.replace(/%[^/]*$/, ''), name ?? '', () => spot, ADVICE);
    if (name === undefined) throw wrongLine(spot, `${quoteShort(address)} has no name; ${ADVICE}`);
    yield told;
  }
}

/** Titles of columns, the ones that are looked for first in front. */
const ADDRESS_TITLES = ['cidr', 'cidr block', 'cidrblock', 'address', 'ip', 'ip address', 'range', 'network'];
const NAME_TITLES = ['name', 'label', 'hostname', 'host', 'description'];

/** Which values of a line are meant. */
interface Places {
  readonly address: number;
  readonly name: number;
}

const IN_ORDER: Places = { address: 0, name: 1 };

/** Titles are words: what looks like an address that was mistyped is none. */
const isHeader = (cells: readonly string[]): boolean =>
  /^\p{L}[\p{L} _-]*$/u.test(cells[0] ?? '') && !cells.some(isAddress);

const placesOf = (cells: readonly string[]): Places => {
  const titles = cells.map((cell) => cell.toLowerCase().replaceAll(/[_-]/g, ' '));
  const find = (names: readonly string[]): number | undefined =>
    names.map((name) => titles.indexOf(name)).find((at) => at >= 0);
  const address = find(ADDRESS_TITLES) ?? (find(NAME_TITLES) === 0 ? 1 : 0);
  return { address, name: find(NAME_TITLES) ?? (address === 0 ? 1 : 0) };
};

const SEPARATOR_NAMES: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab' };

function* namesInCsv(lines: Iterable<Line>, separator: string, source: string): Generator<NamedPrefix> {
  let places: Places | undefined;
  for (const { number, text } of lines) {
    const spot = { source, line: number };
    const cells = valuesOf(text, separator).map((cell) => cell.trim());
    if (places === undefined && isHeader(cells)) {
      places = placesOf(cells);
      continue;
    }
    places ??= IN_ORDER;
    const name = cells[places.name] ?? '';
    if (name === '')
      throw wrongLine(
        spot,
        `expected an address or CIDR range, a ${SEPARATOR_NAMES[separator]} and a name, and found ${quoteShort(text)}; ${ADVICE}`,
      );
    yield toldName(cells[places.address] ?? '', name, () => spot, ADVICE);
  }
}

/**
 * The names that lines tell, in their order.
 * @param source the file, as messages name it
 * @throws InputError naming the first line that cannot be taken
 */
export const namesInLines = (text: string, source: string): Iterable<NamedPrefix> => {
  const lines = [...linesOf(text)];
  const separator = separatorOf(lines);
  return separator === null ? namesInHosts(lines, source) : namesInCsv(lines, separator, source);
};
