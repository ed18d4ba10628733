/** What people type becomes values, or a sentence that names the option, the value and what was expected. */
import { describe, expect, it } from 'vitest';
import { readAddressRange } from '../../src/cli/address-range.ts';
import { closestWord } from '../../src/cli/closest-word.ts';
import { chooseFormat, engineOptions, FORMATS, filterOptions } from '../../src/cli/options.ts';
import { parseDuration } from '../../src/cli/parse-duration.ts';
import { matchesEndpoint, parseEndpoint } from '../../src/cli/parse-endpoint.ts';
import { parseTime } from '../../src/cli/parse-time.ts';

describe('a moment', () => {
  // 2019-08-26 is day 18134 of Unix time: 49 years of 365 days, 12 leap days, and 237 days of 2019.
  const DAY = 18134 * 86400;

  it.each([
    ['2019-08-26', DAY],
    ['2019-08-26T19:47:55', 1566848875], // the start that AWS's example gives
    ['2019-08-26 19:47:55', 1566848875],
    ['2019-08-26T19:47', 1566848875 - 55],
    ['2019-08-26T19:47:55Z', 1566848875],
    ['2019-08-26T21:47:55+02:00', 1566848875],
    ['2019-08-26T16:17:55-0330', 1566848875],
    ['1566848875', 1566848875],
    ['0', 0],
    [' 2019-08-26 ', DAY],
  ])('"%s" is second %i', (text, seconds) => {
    expect(parseTime(text, '--since')).toBe(seconds);
  });

  it.each([
    'yesterday',
    '',
    '2019-02-30',
    '2019-13-01',
    '2019-08-26T24:00',
    '2019-08-26T19:60',
    '2019-08-26T19:47+24:00',
    '2019-08-26T19:47-0160',
    '-5',
    '1566848875000',
    '26.08.2019',
    '2019-08',
    '0050-01-01x',
  ])('"%s" is refused with what is expected', (text) => {
    expect(() => parseTime(text, '--since')).toThrow(/^--since is ".*"; expected a date \(2019-08-26\)/);
  });
});

describe('a duration', () => {
  it.each([
    ['90', 90],
    ['90s', 90],
    ['10m', 600],
    ['1h', 3600],
    ['2d', 172800],
    ['1.5h', 5400],
    ['10 m', 600],
  ])('"%s" is %i seconds', (text, seconds) => {
    expect(parseDuration(text, '--idle')).toBe(seconds);
  });

  it.each(['', '0', '-1', 'h', '1w', '1h30m', '1e3'])('"%s" is refused', (text) => {
    expect(() => parseDuration(text, '--idle')).toThrow(/^--idle is ".*"; expected seconds such as 90/);
  });
});

describe('an address or range', () => {
  it.each([
    ['10.0.0.62', '10.0.0.62', true],
    ['10.0.0.62', '10.0.0.63', false],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3/8', '10.9.9.9', true], // host bits do not matter
    ['0.0.0.0/0', '203.0.113.5', true],
    ['0.0.0.0/0', '2001:db8::1', false], // families stay apart
    ['::/0', '2001:db8::1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:DB8:0:0::/32', '2001:db9::1', false],
    ['2001:db8::1', '2001:db8::1', true],
    ['10.0.0.0/31', '10.0.0.1', true],
    ['10.0.0.0/31', '10.0.0.2', false],
    ['10.0.0.0/8', 'not an address', false],
  ])('%s holds %s: %s', (range, address, inside) => {
    const holds = readAddressRange(range);
    expect(holds?.(address)).toBe(inside);
    expect(holds?.(address)).toBe(inside); // and once more, from memory
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.1/33',
    '::/129',
    '10.0.0.1/',
    '10.0.0.1/8/8',
    '010.0.0.1',
    'fe80::1%eth0',
    '1.2.3.4/-1',
    'x',
  ])('"%s" is none', (text) => {
    expect(readAddressRange(text)).toBeUndefined();
  });
});

describe('an endpoint', () => {
  const at = (address: string, port: number | null) => ({ address, port });

  it.each([
    ['10.0.0.62', at('10.0.0.62', 5001), true],
    ['10.0.0.62', at('10.0.0.62', null), true],
    ['10.0.0.62:5001', at('10.0.0.62', 5001), true],
    ['10.0.0.62:5001', at('10.0.0.62', 5002), false],
    ['10.0.0.0/24:5001', at('10.0.0.9', 5001), true],
    ['10.0.0.0/24:5001', at('10.0.1.9', 5001), false],
    [':5001', at('192.0.2.1', 5001), true],
    [':5001', at('192.0.2.1', null), false],
    ['[2001:db8::1]:443', at('2001:db8::1', 443), true],
    ['[2001:db8::1]:443', at('2001:db8::1', 80), false],
    ['[2001:db8::1]', at('2001:db8::1', 80), true],
    ['2001:db8::1:443', at('2001:db8::1:443', 80), true], // an address: brackets make a port
    ['2001:db8::/32:443', at('2001:db8::9', 443), true],
    ['[2001:db8::/32]:443', at('2001:db8::9', 443), true],
    [' 10.0.0.62 ', at('10.0.0.62', 1), true],
  ])('%s matches %o: %s', (text, end, matches) => {
    expect(matchesEndpoint(parseEndpoint(text), end)).toBe(matches);
  });

  it.each(['', 'nonsense', ':', ':65536', '10.0.0.62:', '10.0.0.62:x', '10.0.0:80', '[10.0.0.1', ':443:443'])(
    '"%s" is refused with what is expected',
    (text) => {
      expect(() => parseEndpoint(text)).toThrow(/^ENDPOINT is ".*"; expected an address \(10\.0\.0\.62\)/);
    },
  );

  it('never shows what the terminal would obey', () => {
    expect(() => parseEndpoint('\u001b[31m')).toThrow('\\x1b[31m');
  });
});

describe('options', () => {
  it('may be repeated or comma separated', () => {
    const { ports, states } = filterOptions({ port: ['22', '80, 443,'], state: ['closed,reset', 'blocked'] });
    expect(ports).toEqual([22, 80, 443]);
    expect(states).toEqual(['closed', 'reset', 'blocked']);
  });

  it.each([
    [{ port: ['http'] }, '--port is "http"; expected a number from 0 to 65535.'],
    [{ port: ['65536'] }, '--port is "65536"; expected a number'],
    [{ port: ['-1'] }, '--port is "-1"'],
    [{ port: [''] }, '--port is ""'], // an unset variable of a shell must not mean everything
    [{ verdict: ['unanswerd'] }, '--verdict is "unanswerd"; did you mean unanswered?'],
    [{ state: [','] }, '--state is ","; expected one of attempted, blocked'],
    [{ state: ['close'] }, '--state is "close"; did you mean closed?'],
    [{ address: ['10.0.0.0/33'] }, '--address is "10.0.0.0/33"; expected an address or CIDR range'],
    [{ address: [' '] }, '--address is " "'],
    [{ initiatedBy: ['host.example'] }, '--initiated-by is "host.example"; expected an address'],
    [{ since: 'noon' }, '--since is "noon"'],
    [{ until: '2019' }, undefined], // second 2019 of 1970: nothing says that a year was meant
    [{ since: '2', until: '1' }, '--since is later than --until; nothing lies between them.'],
  ])('%o', (flags, message) => {
    if (message === undefined) expect(filterOptions(flags).until).toBe(2019);
    else expect(() => filterOptions(flags)).toThrow(message);
  });

  it.each([
    [{ scope: 'planet' }, '--scope is "planet"; expected one of auto, interface, vpc, account, all.'],
    [{ scope: 'acount' }, '--scope is "acount"; did you mean account?'],
    [{ idle: 'long' }, '--idle is "long"'],
  ])('%o is refused', (flags, message) => {
    expect(() => engineOptions(flags)).toThrow(message);
  });

  it.each([
    [{}, true, 'table'],
    [{}, false, 'json'],
    [{ format: 'csv' }, true, 'csv'],
    [{ output: 'a.csv' }, true, 'csv'],
    [{ output: 'a.JSONL' }, true, 'json'],
    [{ output: 'a.json' }, true, 'json'],
    [{ output: 'a.ndjson' }, true, 'json'],
    [{ output: 'conn.log' }, true, 'zeek'],
    [{ output: 'a.zeek' }, true, 'zeek'],
    [{ output: 'a.parquet' }, true, 'parquet'],
    [{ format: 'parquet' }, false, 'parquet'],
    [{ output: 'a.txt' }, false, 'table'],
    [{ format: 'jsonl' }, true, 'json'],
    [{ format: 'ndjson', output: 'a.csv' }, true, 'json'],
    [{ output: 'a.csv', format: 'json' }, true, 'json'], // what is said beats what is meant
    [{ output: '-' }, false, 'json'],
  ] as const)('%o, on a terminal: %s, give %s', (flags, isTerminal, format) => {
    expect(chooseFormat(flags, FORMATS, isTerminal)).toBe(format);
  });

  it.each(['a', 'a.xlsx', '.', 'folder.csv/file'])('-o %s does not say a format', (output) => {
    expect(() => chooseFormat({ output }, FORMATS, true)).toThrow(/does not say the format: end it in \.csv/);
  });

  it.each([
    [
      { format: 'parquet' },
      'Parquet is no text for a terminal: name a file with -o, or send it into a pipe.',
    ],
    [{ format: 'parquet', output: '-' }, 'Parquet is no text for a terminal'],
    [
      { output: 'a.parquet.gz' },
      '--output a.parquet.gz: Parquet compresses its pages itself; leave .gz out.',
    ],
    [
      { output: 'a.ZST', format: 'parquet' },
      '--output a.ZST: Parquet compresses its pages itself; leave .ZST out.',
    ],
  ])('%o is refused on a terminal', (flags, message) => {
    expect(() => chooseFormat(flags, FORMATS, true)).toThrow(message);
  });

  it('go by the names of JSON Lines only where there are lines', () => {
    const object = (flags: { format?: string; output?: string }) =>
      chooseFormat(flags, ['table', 'json', 'markdown'], true, false);
    expect(object({ output: 'a.json' })).toBe('json');
    expect(object({ output: 'a.md' })).toBe('markdown');
    expect(() => object({ format: 'jsonl' })).toThrow('--format is "jsonl"; did you mean json?');
    expect(() => object({ output: 'a.jsonl' })).toThrow(
      '--output a.jsonl is no format of this command: end it in .json, .md or .txt, or give --format.',
    );
  });

  it.each(['a.csv', 'a.zeek', 'a.log', 'a.md'])(
    '-o %s is refused where there is no such format',
    (output) => {
      expect(() => chooseFormat({ output }, ['table', 'json'], true)).toThrow(
        `--output ${output} is no format of this command: end it in .json, .jsonl or .txt, or give --format.`,
      );
    },
  );
});

describe('a mistyped word', () => {
  it.each([
    ['blokced', 'blocked'],
    ['CLOSED', 'closed'],
    ['close', 'closed'],
    ['zzz', undefined],
    ['x'.repeat(1000), undefined],
  ])('%s: %s', (typed, meant) => {
    expect(closestWord(typed, ['blocked', 'closed', 'established'])).toBe(meant);
  });
});
