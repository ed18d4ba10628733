import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/model/errors.ts';
import { FIELDS } from '../../src/model/fields.ts';
import { columnsOf, headerOf, isHeader, parseColumns } from '../../src/record/columns.ts';

const NAMES = 'version account-id srcaddr dstaddr tcp-flags pkt-srcaddr pkt-dst-aws-service flow-direction';
const namesOf = (format: string): string => parseColumns(format).names.join(' ');

/** Apart, so that it does not read as a template. */
const DOLLAR = '$';

const errorOf = (format: string): FormatError => {
  try {
    parseColumns(format);
  } catch (error) {
    if (error instanceof FormatError) return error;
  }
  throw new Error(`"${format}" was taken`);
};

describe('parseColumns', () => {
  it.each<[spelling: string, format: string]>([
    ['a header line of AWS', NAMES],
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: AWS's own spelling
      '${name}, as CreateFlowLogs and Terraform have it',
      NAMES.replaceAll(/\S+/g, (name) => `\${${name}}`),
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: AWS's own spelling
    ['${name} with underscores', NAMES.replaceAll(/\S+/g, (name) => `\${${name.replaceAll('-', '_')}}`)],
    ['underscores, as Parquet and Athena have them', NAMES.replaceAll('-', '_')],
    ['commas', NAMES.replaceAll(' ', ',')],
    ['commas and blanks', NAMES.replaceAll(' ', ', ')],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: AWS's own spelling
    ['${name} with commas', NAMES.replaceAll(/\S+/g, (name) => `\${${name}}`).replaceAll(' ', ',')],
    ['double quotes', NAMES.replaceAll(/\S+/g, (name) => `"${name}"`).replaceAll(' ', ',')],
    ['single quotes', NAMES.replaceAll(/\S+/g, (name) => `'${name}'`)],
    ['capitals', NAMES.toUpperCase()],
    ['tabs and doubled blanks', `  ${NAMES.replaceAll(' ', ' \t ')}  `],
    ['one name a line', NAMES.replaceAll(' ', '\r\n')],
    ['a byte-order mark', `\ufeff${NAMES}`],
    [
      'camel case, as Logs Insights shows it',
      'version accountId srcAddr dstAddr tcpFlags pktSrcAddr pktDstAwsService flowDirection',
    ],
  ])('reads %s', (_, format) => {
    expect(namesOf(format)).toBe(NAMES);
  });

  it('knows each of the fields in every spelling', () => {
    for (const { name, property } of FIELDS) {
      for (const spelling of [name, name.replaceAll('-', '_'), `\${${name}}`, name.toUpperCase(), property])
        expect([spelling, namesOf(spelling)]).toEqual([spelling, name]);
    }
  });

  it('knows the names that tables in circulation use (flow-log-format.md section 6.5)', () => {
    expect(
      namesOf(
        'account interfaceid sourceaddress destinationaddress sourceport destinationport numpackets numbytes starttime endtime logstatus',
      ),
    ).toBe('account-id interface-id srcaddr dstaddr srcport dstport packets bytes start end log-status');
    expect(
      namesOf(
        'vpcid subnetid instanceid tcpflags traffictype packetsourceaddress packetdestinationaddress pktsrcawsservice flowdirection trafficpath',
      ),
    ).toBe(
      'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr pkt-src-aws-service flow-direction traffic-path',
    );
    expect(namesOf('start_time end_time')).toBe('start end');
  });

  it('carries a field that it does not know, under the name it was given', () => {
    const { names, fields } = parseColumns('srcaddr quantum-state New_Field dstaddr');
    expect(names).toEqual(['srcaddr', 'quantum-state', 'New_Field', 'dstaddr']);
    expect(fields.map((field) => field?.property)).toEqual(['srcAddr', undefined, undefined, 'dstAddr']);
  });

  it('gives the field behind each column, in any order', () => {
    const { fields } = parseColumns('log-status bytes packets');
    expect(fields.map((field) => field?.property)).toEqual(['logStatus', 'bytes', 'packets']);
  });

  it('refuses an empty format', () => {
    for (const format of ['', '   ', ' , ,', '\ufeff']) {
      expect(errorOf(format).code).toBe('format-invalid');
      expect(errorOf(format).message).toContain('empty');
    }
  });

  it('refuses a field that is named twice, in whatever spelling, and names it', () => {
    expect(errorOf('srcaddr dstaddr srcaddr').message).toContain('"srcaddr"');
    expect(errorOf('tcp-flags tcp_flags').message).toContain('"tcp-flags"');
    expect(errorOf('sourceaddress srcaddr').message).toContain('"srcaddr"');
    expect(errorOf('quantum quantum').message).toContain('"quantum"');
  });

  it('refuses what cannot be a name, shows it, and says what is expected', () => {
    for (const odd of ['10.0.0.1', '-', '12', `${DOLLAR}{srcaddr`, `${DOLLAR}{}`, '""', 'a;b', '*']) {
      const error = errorOf(`srcaddr ${odd}`);
      expect([odd, error.code, error.message.includes(`"${odd}"`)]).toEqual([odd, 'format-invalid', true]);
      expect(error.message).toContain('expected names such as');
    }
  });

  it('shows no control characters of a hostile name', () => {
    expect(errorOf('\u001b[31mred').message).toContain('\\x1b[31mred');
    expect(errorOf(`${'!'.repeat(5000)}`).message.length).toBeLessThan(250);
  });
});

describe('columnsOf', () => {
  it('takes names that are already apart', () => {
    expect(columnsOf(['srcaddr', 'tcp_flags', 'new']).names).toEqual(['srcaddr', 'tcp-flags', 'new']);
  });
});

describe('isHeader', () => {
  it('takes lines of names, most of them known', () => {
    for (const line of [
      NAMES,
      NAMES.replaceAll('-', '_'),
      NAMES.replaceAll(' ', ','),
      '"srcaddr","dstaddr"',
      'version account-id brand-new-field',
      'srcaddr brand-new-field',
      'srcaddr',
    ])
      expect([line, isHeader(line)]).toEqual([line, true]);
  });

  it('takes no record for one', () => {
    for (const line of [
      '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK',
      '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA',
      'i-01234567890123456 eni-1111aaaa2222bbbb3 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5',
      'eni-1 vpc-1 subnet-1',
      'ACCEPT OK',
      'NODATA',
      'IPv4 egress',
      '-',
      '',
      ',',
    ])
      expect([line, isHeader(line)]).toEqual([line, false]);
  });

  it('takes no line whose names are mostly unknown', () => {
    expect(isHeader('srcaddr one two')).toBe(false);
    expect(isHeader('srcaddr dstaddr one two three')).toBe(false);
  });

  it('takes names in braces, two of them known, for a format', () => {
    const braced = (names: string): string => names.replaceAll(/\w+/g, `${DOLLAR}{$&}`);
    expect(isHeader(braced('srcaddr dstaddr one two three'))).toBe(true);
    expect(isHeader(braced('srcaddr one two three'))).toBe(false);
    expect(isHeader(`${braced('srcaddr dstaddr one two')} three`)).toBe(false);
  });

  it('takes a line that repeats a name for a header that somebody meant: parseColumns refuses it', () => {
    expect(isHeader('srcaddr srcaddr')).toBe(true);
    expect(errorOf('srcaddr srcaddr').message).toContain('named twice');
  });
});

describe('headerOf', () => {
  it.each([NAMES, 'srcaddr dstaddr', 'srcaddr dstaddr one Two_3 x-y-all four', 'dstaddr srcaddr field-15'])(
    'gives a header that is read as the same columns: %s',
    (names) => {
      const columns = parseColumns(names);
      const header = headerOf(columns);
      expect(isHeader(header)).toBe(true);
      expect(parseColumns(header)).toEqual(columns);
    },
  );

  it('puts names into braces where nobody knows all of them, and only there', () => {
    expect(headerOf(parseColumns('srcaddr dstaddr'))).toBe('srcaddr dstaddr');
    expect(headerOf(parseColumns('srcaddr new'))).toBe(`${DOLLAR}{srcaddr} ${DOLLAR}{new}`);
  });
});

describe('names and what stands around them', () => {
  it.each([
    ['a brace that closes too early', `${DOLLAR}{srcaddr}x dstaddr`],
    ['something before the dollar', `x${DOLLAR}{srcaddr} dstaddr`],
    ['something behind a quote', '"srcaddr"x dstaddr'],
    ['something before a quote', 'x"srcaddr" dstaddr'],
  ])('%s is no name', (_what, format) => {
    expect(errorOf(format).message).toMatch(/cannot be a field name/);
  });

  it('a byte-order mark is a blank like others (ECMA-262 §12.2)', () => {
    expect(namesOf('\uFEFFsrcaddr dstaddr')).toBe('srcaddr dstaddr');
  });

  it('a header may begin and end with blanks', () => {
    expect(isHeader('  srcaddr   dstaddr , start ')).toBe(true);
  });

  it('a line of names is no header when one of them cannot be one', () => {
    expect(isHeader('srcaddr dstaddr start 10.0.0.1')).toBe(false);
  });
});
