import { describe, expect, it } from 'vitest';
import { parseColumns, parseDeclared } from '../../src/record/columns.ts';
import { readText } from './read-text.ts';

describe('the format that --fields tells', () => {
  it.each(['srcaddr', 'srcaddr dstaddr', 'type srcaddr', 'srcaddr packets id', '$${srcaddr} $${tcp-flags}'])(
    '%s is read',
    (format) => {
      expect(parseDeclared(format)).toEqual(parseColumns(format));
    },
  );

  it('of Terraform has two dollar signs', () => {
    expect(parseColumns('$${srcaddr} $${tcp-flags}').names).toEqual(['srcaddr', 'tcp-flags']);
    expect(readText(['$${srcaddr} $${dstaddr}\n10.0.0.1 10.0.0.2\n']).records.length).toBe(1);
  });

  // sh -c 'printf "%s|" "${version} ${account-id} ${interface-id} ${srcaddr}" "${log-status}" "${version}" "${vpc-id}"'
  it.each([' id id ', 'status', ' ', 'id'])('%j is what a shell leaves of it', (format) => {
    expect(() => parseDeclared(format)).toThrow(/use single quotes/);
  });

  it('may be empty, which is another fault', () => {
    expect(() => parseDeclared('')).toThrow('The field format is empty');
  });
});

const FIRST = '2 123456789012 eni-0a 10.0.0.1 10.0.0.2 40000 443 6 5 400 1700000000 1700000059 ACCEPT OK';
const DEFAULT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

describe('fields behind the default ones that nothing names', () => {
  it('are carried when the first 14 prove the default order', () => {
    const read = readText([`${FIRST} x 7\n${FIRST} y 8\n`]);
    expect(read.formats).toEqual([[`${DEFAULT} field-15 field-16`, 'content']]);
    expect(read.records.map(({ extra }) => extra)).toEqual([
      { 'field-15': 'x', 'field-16': '7' },
      { 'field-15': 'y', 'field-16': '8' },
    ]);
  });

  it('are not, when a line behind proves an order that has names for them', () => {
    const documented = `${FIRST} vpc-1 subnet-1 i-1 2 IPv4 10.0.0.1 10.0.0.2`;
    // The first line is damaged: an address where a VPC should stand.
    const read = readText([`${documented.replace('vpc-1', '10.0.0.9')}\n${documented}\n`]);
    expect(read.formats.map(([names]) => names.split(' ').slice(14, 18).join(' '))).toEqual([
      'vpc-id subnet-id instance-id tcp-flags',
    ]);
  });

  it.each([
    ['the first 14 prove nothing', `${FIRST.replace('eni-0a', 'x')} x y`],
    ['there are fewer than 14', FIRST.replace(' OK', '')],
  ])('are not, when %s', (_, line) => {
    expect(() => readText([`${line}\n`])).toThrow(/does not prove a known field order/);
  });
});
