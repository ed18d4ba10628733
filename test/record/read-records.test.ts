import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/model/errors.ts';
import { BATCH_CAPACITY } from '../../src/model/record-batch.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { parseColumns } from '../../src/record/columns.ts';
import { GATEWAY_COLUMNS } from '../../src/record/detect-columns.ts';
import { Interner } from '../../src/record/interner.ts';
import { LONGEST_LINE } from '../../src/record/parse-line.ts';
import { RecordReader } from '../../src/record/read-records.ts';
import { readText } from './read-text.ts';

const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
/** AWS's SSH example, its port changed so that lines differ. */
const ssh = (port = 20641): string =>
  `2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 ${port} 22 6 20 4249 1418530010 1418530070 ACCEPT OK`;

const portsOf = ({ records }: ReturnType<typeof readText>) => records.map(({ srcPort }) => srcPort);

const errorOf = (...pieces: string[]): FormatError => {
  try {
    readText(pieces);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error('the source was read');
};

/** A reader and all it hands over, while it does. */
const reading = () => {
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const seen = { batches: [] as number[], interfaces: [] as string[], rejections: 0, headers: 0 };
  const reader = new RecordReader('flow.log', dictionaries, {
    onBatch(batch) {
      seen.batches.push(batch.count);
      for (let row = 0; row < batch.count; row++)
        seen.interfaces.push(dictionaries.strings.text(batch.interfaceId[row] as number));
    },
    onRejection: () => void seen.rejections++,
    onFormat() {},
    onHeader: () => void seen.headers++,
    onComment() {},
  });
  const push = (text: string): void => reader.push(encoder.encode(text));
  return { reader, seen, push };
};

const encoder = new TextEncoder();

describe('lines', () => {
  const whole = [V2, ssh(1), ssh(2), ssh(3)];

  it.each<[what: string, text: string]>([
    ['LF', `${whole.join('\n')}\n`],
    ['CRLF', `${whole.join('\r\n')}\r\n`],
    ['no final newline', whole.join('\n')],
    ['CRLF and no final newline', whole.join('\r\n')],
    ['a byte-order mark', `\ufeff${whole.join('\n')}\n`],
    ['runs of blanks and tabs', whole.join('\n').replaceAll(' ', ' \t ')],
    ['blanks around', whole.map((line) => `  ${line}  `).join('\n')],
    ['comments behind', whole.map((line) => `${line} # as on the AWS page`).join('\n')],
  ])('are read with %s', (_, text) => {
    const read = readText([text]);
    expect(portsOf(read)).toEqual([1, 2, 3]);
    expect(read.lineNumbers).toEqual([2, 3, 4]);
    expect([read.headers, read.comments, read.rejections.length]).toEqual([1, 0, 0]);
    expect(read.formats).toEqual([[V2, 'header']]);
  });

  it('that are empty or only a comment are counted, not refused', () => {
    const read = readText([`# two records\n${V2}\n\n${ssh(1)}\n   \n\t# more\n${ssh(2)}\n\n`]);
    expect(portsOf(read)).toEqual([1, 2]);
    expect(read.lineNumbers).toEqual([4, 7]);
    expect([read.comments, read.rejections.length]).toEqual([5, 0]);
  });

  it('that are empty are so with CRLF too', () => {
    const read = readText([`${V2}\r\n\r\n \r\n${ssh(1)}\r\n`]);
    expect([read.records.length, read.comments, read.rejections.length]).toEqual([1, 2, 0]);
  });

  it('may be cut anywhere, one byte a piece', () => {
    const text = `\ufeff${whole.join('\r\n')}\n# end`;
    const bytes = new TextEncoder().encode(text);
    const read = readText(Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(read).toEqual(readText([text]));
    expect(portsOf(read)).toEqual([1, 2, 3]);
  });

  it('of nothing are no records', () => {
    for (const pieces of [[], [''], ['\n'], ['\ufeff'], ['', '', '']]) {
      const read = readText(pieces);
      expect([read.records, read.rejections]).toEqual([[], []]);
    }
  });

  it('may be more than a batch holds', () => {
    const count = BATCH_CAPACITY * 2 + 5;
    const text = [V2, ...Array.from({ length: count }, (_, i) => ssh(i % 65536))].join('\n');
    const read = readText([text]);
    expect(portsOf(read)).toEqual(Array.from({ length: count }, (_, i) => i % 65536));
    expect(read.lineNumbers).toEqual(Array.from({ length: count }, (_, i) => i + 2));
  });

  it('come in full batches, and never in empty ones', () => {
    const { reader, seen, push } = reading();
    push([V2, ...Array<string>(BATCH_CAPACITY * 2 + 5).fill(ssh()), ''].join('\n'));
    reader.end();
    expect(seen.batches).toEqual([BATCH_CAPACITY, BATCH_CAPACITY, 5]);
  });

  it('of different pieces keep their own words, where those of another stood', () => {
    const { reader, seen, push } = reading();
    push('interface-id\n');
    // Each line is cut, so that its halves meet where the last line's did; then each comes whole, in bytes of its own.
    for (const word of ['eni-aa', 'eni-bb', 'eni-cc']) {
      push(word.slice(0, 4));
      push(`${word.slice(4)}\n`);
    }
    for (const word of ['eni-dd', 'eni-ee']) push(`${word}\n`);
    reader.end();
    expect(seen.interfaces).toEqual(['eni-aa', 'eni-bb', 'eni-cc', 'eni-dd', 'eni-ee']);
  });

  it('of one array that is filled again keep their own words', () => {
    const { reader, seen } = reading();
    const bytes = encoder.encode('interface-id\n');
    reader.push(bytes);
    for (const word of ['eni-aaaaaaaa', 'eni-bbbbbbbb', 'eni-cccccccc']) {
      bytes.set(encoder.encode(`${word}\n`));
      reader.push(bytes);
    }
    reader.end();
    expect(seen.interfaces).toEqual(['eni-aaaaaaaa', 'eni-bbbbbbbb', 'eni-cccccccc']);
  });

  it('lose three bytes in front only where these are a byte-order mark', () => {
    const wordOf = (...bytes: number[]): unknown =>
      readText(['word dstport\n', Uint8Array.from([...bytes, 0x7a, 0x20, 0x38, 0x0a])]).records;
    const of = (word: string) => [{ dstPort: 8, extra: { word } }];
    expect(wordOf(0xef, 0xbb, 0xbf)).toEqual(of('z'));
    // U+FEFE, U+FEBF and U+EEFF: one byte each is another than that of U+FEFF.
    expect(wordOf(0xef, 0xbb, 0xbe)).toEqual(of('\ufefez'));
    expect(wordOf(0xef, 0xba, 0xbf)).toEqual(of('\ufebfz'));
    expect(wordOf(0xee, 0xbb, 0xbf)).toEqual(of('\ueeffz'));
  });

  it('that are refused keep their place, and lose nobody else', () => {
    const read = readText([`${V2}\n${ssh(1)}\n${ssh(99999)}\nwhat is this\n${ssh(2)}\n`]);
    expect(portsOf(read)).toEqual([1, 2]);
    expect(read.rejections).toEqual([
      { source: 'flow.log', lineNumber: 3, field: 'srcport', reason: 'out-of-range', text: ssh(99999) },
      // Three words: the fourth field of the format is the first that is missing.
      { source: 'flow.log', lineNumber: 4, field: 'srcaddr', reason: 'too-few-fields', text: 'what is this' },
    ]);
  });

  it('of bytes that no text has are refused as binary data', () => {
    const read = readText([`${V2}\n`, Uint8Array.of(0x1f, 0x8b, 0, 0, 10), ssh(1)]);
    expect(read.rejections.map(({ lineNumber, reason }) => [lineNumber, reason])).toEqual([
      [2, 'binary-data'],
    ]);
    expect(portsOf(read)).toEqual([1]);
  });
});

describe('long lines', () => {
  const tail = (length: number): string => `${ssh(7)} #${'x'.repeat(length - ssh(7).length - 2)}`;

  it('are read up to 64 KiB, in one piece or many', () => {
    const text = `${V2}\n${tail(LONGEST_LINE)}\n${ssh(8)}\n`;
    expect(LONGEST_LINE).toBe(65_536);
    expect(portsOf(readText([text]))).toEqual([7, 8]);
    expect(portsOf(readText(text.match(/[\s\S]{1,1000}/g) ?? []))).toEqual([7, 8]);
  });

  it('are refused from there on, quoted up to 200 characters, and what follows is read', () => {
    const text = `${V2}\n${tail(LONGEST_LINE + 1)}\n${ssh(8)}\n`;
    for (const pieces of [[text], text.match(/[\s\S]{1,1000}/g) ?? []]) {
      const read = readText(pieces);
      expect(portsOf(read)).toEqual([8]);
      expect(read.lineNumbers).toEqual([3]);
      expect(read.rejections).toEqual([
        {
          source: 'flow.log',
          lineNumber: 2,
          field: null,
          reason: 'line-too-long',
          text: tail(LONGEST_LINE).slice(0, 200),
        },
      ]);
    }
  });

  it('without end are one rejection, however many pieces come', () => {
    const read = readText([`${V2}\n`, ...Array<string>(100).fill('y'.repeat(10_000))]);
    expect(read.rejections.map(({ lineNumber, reason, text }) => [lineNumber, reason, text.length])).toEqual([
      [2, 'line-too-long', 200],
    ]);
  });
});

describe('long lines of a single piece', () => {
  it('are quoted from their beginning as those of many pieces are, whole characters of the first 200 bytes', () => {
    // é is two bytes: 100 of them.
    const line = 'é'.repeat(LONGEST_LINE);
    for (const pieces of [[`${V2}\n${line}\n`], [`${V2}\n${line}`, '\n'], [`${V2}\n`, 'é', line, '\n']]) {
      const { rejections } = readText(pieces);
      expect(rejections.map(({ reason, text }) => [reason, text])).toEqual([
        ['line-too-long', 'é'.repeat(100)],
      ]);
    }
  });

  it('cost no memory, come as they may', () => {
    const MEBI = 1 << 20;
    const piece = new Uint8Array(64 * MEBI).fill(120);
    for (const length of [MEBI, 64 * MEBI]) {
      const { reader, push } = reading();
      push(`${V2}\n`);
      const before = process.memoryUsage().arrayBuffers;
      for (let at = 0; at < piece.length; at += length) reader.push(piece.subarray(at, at + length));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * MEBI);
    }
  });
});

describe('headers', () => {
  it('in the middle of a stream reset the columns, as zcat *.gz gives them', () => {
    const ports = 'dstport srcport';
    const read = readText([`${V2}\n${ssh(1)}\n${ports}\n80 2\n${V2}\n${ssh(3)}\n`]);
    expect(portsOf(read)).toEqual([1, 2, 3]);
    expect(read.records[1]).toEqual({ dstPort: 80, srcPort: 2 });
    expect(read.formats.map(([names]) => names)).toEqual([V2, ports, V2]);
    expect([read.headers, read.rejections.length]).toEqual([3, 0]);
  });

  it('may be a piece that is cut: records before one keep their format', () => {
    const text = `${V2}\n${ssh(1)}\ndstport srcport\n80 2\n`;
    for (let at = 1; at < text.length; at++) {
      expect(portsOf(readText([text.slice(0, at), text.slice(at)]))).toEqual([1, 2]);
    }
  });

  it('may each bring a byte-order mark, as files do that were joined', () => {
    const read = readText([`\ufeff${V2}\n${ssh(1)}\n\ufeffdstport srcport\n80 2\n\ufeff81 3\n`]);
    expect(portsOf(read)).toEqual([1, 2, 3]);
    expect([read.headers, read.rejections.length]).toEqual([2, 0]);
  });

  it('that name a field twice stop the source, with their place: what follows has other columns', () => {
    const error = errorOf(`${V2}\n${ssh(1)}\nsrcaddr src_addr\n10.0.0.1 10.0.0.2\n`);
    expect(error.code).toBe('format-invalid');
    expect(error.message).toMatch(/^flow\.log:3: .*"srcaddr"/);
    expect(error.cause).toBeInstanceOf(FormatError);
  });

  // Each is a header that somebody meant: what follows has columns that nobody knows, and must not be read in the old ones.
  const names = V2.split(' ');
  const LOOKALIKES: readonly (readonly [what: string, header: string, says: RegExp])[] = [
    ['a field twice in one spelling', V2.replace('packets', 'bytes'), /"bytes" is named twice/],
    [
      'a field twice in quotes',
      names
        .map((name) => `"${name}"`)
        .join(',')
        .replace('packets', 'bytes'),
      /twice/,
    ],
    [
      'a field twice in braces',
      names
        .map((name) => `\${${name}}`)
        .join(' ')
        .replace('packets', 'bytes'),
      /twice/,
    ],
    ['a field twice in upper case', V2.replace('packets', 'bytes').toUpperCase(), /twice/],
    ['a field twice behind a byte-order mark', `\ufeff${V2.replace('packets', 'bytes')}`, /twice/],
    ['a field twice and nothing else', 'srcaddr srcaddr', /twice/],
    ['a name that cannot be one', V2.replace('packets', 'packets!'), /"packets!" cannot be a field name/],
    ['a number among its names', `${V2} 14`, /"14" cannot be a field name/],
    [
      'a brace that does not close',
      `\${version} \${account-id \${srcaddr} \${dstaddr}`,
      /cannot be a field name/,
    ],
    ['semicolons between its names', names.join(';'), /cannot be a field name/],
    ['bars between its names', names.join(' | '), /"\|" cannot be a field name/],
    [
      'brackets around its names',
      `[${names.map((name) => `'${name}'`).join(', ')}]`,
      /cannot be a field name/,
    ],
    ['NUL between its names', names.join('\0'), /cannot be a field name/],
    ['more letters than a line may have', `${V2} ${'x'.repeat(70_000)}`, /a header of more than 65536 bytes/],
  ];

  it.each(LOOKALIKES)('that are none stop the source: %s', (_, header, says) => {
    for (const before of ['', `${V2}\n${ssh(1)}\n`, `${ssh(1)}\n`]) {
      const error = errorOf(`${before}${header}\n${ssh(2)}\n`);
      expect(error.code).toBe('format-invalid');
      expect(error.message).toMatch(says);
      expect(error.message).toMatch(new RegExp(`^flow\\.log:${before.split('\n').length}: `));
    }
  });

  it.each(LOOKALIKES)('that are none stop the source also below --fields: %s', (_, header, says) => {
    expect(() => readText([`${ssh(1)}\n${header}\n`], parseColumns(V2))).toThrow(says);
  });

  it('are taken in single quotes and behind a comma too, wherever they stand', () => {
    for (const header of ["'srcaddr','dstport'", ',srcaddr,dstport'])
      expect(readText([`${V2}\n${ssh(1)}\n${header}\n10.0.0.1 80\n`]).records[1]).toEqual({
        srcAddr: '10.0.0.1',
        dstPort: 80,
      });
  });

  it('are not seen in what is only a bad record or a sentence: it costs itself', () => {
    const lines = [
      ssh(1).replace(' 20 ', ' bytes '),
      ssh(1).replace('ACCEPT', 'action'),
      'at the end',
      'Start again 10.0.0.1 bytes',
      `{"version":2,"srcaddr":"10.0.0.1","dstaddr":"10.0.0.2","bytes":40,"action":"ACCEPT"}`,
      'version=2 start=1 end=2 action=ACCEPT',
    ];
    for (const line of lines) {
      const read = readText([`${V2}\n${line}\n${ssh(2)}\n`]);
      expect([line, portsOf(read), read.rejections.length]).toEqual([line, [2], 1]);
    }
  });

  it('are not seen in a record whose texts are names of fields', () => {
    const read = readText(
      ['start end 10.0.0.1\nbytes type 10.0.0.2\n'],
      parseColumns('ecs-cluster-name ecs-service-name srcaddr'),
    );
    expect(read.records.map(({ srcAddr }) => srcAddr)).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('that stop the source take nothing from what was read before them', () => {
    const { reader, seen, push } = reading();
    expect(() => push(`${V2}\n${ssh(1)}\n${ssh(2)}\nsrcaddr src_addr\n`)).toThrow(FormatError);
    reader.end();
    expect(seen.batches).toEqual([2]);
  });

  it('are taken in every spelling', () => {
    for (const header of ['"srcaddr","dstport"', 'SRCADDR dst_port', `\${srcaddr} \${dstport}`]) {
      expect(readText([`${header}\n10.0.0.1 80\n`]).records).toEqual([{ srcAddr: '10.0.0.1', dstPort: 80 }]);
    }
  });

  it('carry fields that nobody knows yet', () => {
    const read = readText(['srcaddr brand-new dstport\n10.0.0.1 what-it-says 80\n']);
    expect(read.records).toEqual([
      { srcAddr: '10.0.0.1', dstPort: 80, extra: { 'brand-new': 'what-it-says' } },
    ]);
  });

  it('alone are a format without records', () => {
    const read = readText([V2]);
    expect([read.records, read.headers]).toEqual([[], 1]);
  });

  it('stand above --fields: what is declared holds only for lines before one', () => {
    const read = readText(['1\ndstport\n2\n'], parseColumns('srcport'));
    expect(read.records).toEqual([{ srcPort: 1 }, { dstPort: 2 }]);
    expect(read.formats).toEqual([
      ['srcport', 'option'],
      ['dstport', 'header'],
    ]);
  });
});

describe('lines without a header', () => {
  it('of the default format are recognised', () => {
    const read = readText([`${ssh(1)}\n${ssh(2)}\n`]);
    expect(portsOf(read)).toEqual([1, 2]);
    expect(read.formats).toEqual([[V2, 'default']]);
    expect(read.headers).toBe(0);
  });

  it("of another known order are recognised when content proves it: AWS's NAT example", () => {
    const read = readText(['- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5']);
    expect(read.formats).toEqual([
      ['instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr', 'content'],
    ]);
    expect(read.records).toHaveLength(1);
  });

  it('wait for the line that proves their format, and are then read with it', () => {
    const unproven = ssh(1).replace('eni-1235b8ca123456789', '-');
    const read = readText([`# note\n${unproven}\nbroken\n${ssh(2)}\n${ssh(3)}\n`]);
    expect(portsOf(read)).toEqual([1, 2, 3]);
    expect(read.lineNumbers).toEqual([2, 4, 5]);
    expect(read.rejections.map(({ lineNumber, reason }) => [lineNumber, reason])).toEqual([
      [3, 'too-few-fields'],
    ]);
  });

  it('are no CSV of something else, and no order of fields is asked for', () => {
    const error = errorOf('uid,protocol,initiator_address,"state"\nC1,tcp,10.0.0.1,closed\n');
    expect([error.code, error.message]).toEqual([
      'format-unknown',
      'flow.log:1: this is CSV, and none of its columns is srcaddr or dstaddr: "uid,protocol,initiator_address,"state"". Name a flow log, or CSV with the fields of one.',
    ]);
    // A record is no header.
    expect(errorOf('eni-1,10.0.0.1,x\n').message).toContain('by their looks');
  });

  it('are never guessed at: the error shows the line, its fields and the --fields to try', () => {
    const error = errorOf('# mine\neni-1 10.0.0.1 10.0.0.2 443 ACCEPT OK\n');
    expect(error.code).toBe('format-unknown');
    expect(error.message).toContain('flow.log:2:');
    expect(error.message).toContain('6 fields');
    expect(error.message).toContain('"eni-1 10.0.0.1 10.0.0.2 443 ACCEPT OK"');
    expect(error.message).toContain(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: AWS's own spelling
      "--fields; by their looks the fields are '${interface-id} ${address-1} ${address-2} ${unknown-1} ${action} ${log-status}'; nothing tells which address is srcaddr and which is dstaddr.",
    );
  });

  it('that the error quotes are cut and shown without control characters', () => {
    const { message } = errorOf(`\u001b[31m${'x '.repeat(5000)}\n`);
    expect(message).toContain('\\x1b[31m');
    expect(message).not.toContain('\u001b');
    expect(message.length).toBeLessThan(1600);
  });

  it('of which 1,000 prove nothing are refused, not kept', () => {
    const unproven = 'eni-1 10.0.0.1 10.0.0.2';
    // 999 may wait: the thousandth line proves the format after all.
    const late = readText([`${`${unproven}\n`.repeat(998)}${ssh(1)}\n`]);
    expect([late.records.length, late.rejections.length]).toEqual([1, 998]);
    expect(errorOf(`${`${unproven}\n`.repeat(1000)}${ssh(1)}\n`).message).toContain('flow.log:1:');
  });

  it('before a header are of a format that nothing tells: the source is not read on', () => {
    expect(errorOf(`eni-1 10.0.0.1\n${V2}\n${ssh(1)}\n`).message).toContain('flow.log:1:');
    const { reader, seen, push } = reading();
    expect(() => push(`eni-1 10.0.0.1\n${V2}\n${ssh(1)}\n`)).toThrow(FormatError);
    // Refused once: who goes on without this source is not told again.
    reader.end();
    expect([seen.headers, seen.batches]).toEqual([0, []]);
  });

  it('are counted in words that fit their number', () => {
    expect(errorOf('10.0.0.1\n').message).toContain('this line of 1 field does not');
    expect(errorOf('10.0.0.1 2\n').message).toContain('this line of 2 fields does not');
  });

  it('are read as --fields says, in any spelling of it', () => {
    for (const fields of [`\${srcaddr} \${dstport}`, 'srcaddr,dst_port', 'srcaddr dstport']) {
      const read = readText(['10.0.0.1 80\n10.0.0.2 443'], parseColumns(fields));
      expect(read.records).toEqual([
        { srcAddr: '10.0.0.1', dstPort: 80 },
        { srcAddr: '10.0.0.2', dstPort: 443 },
      ]);
      expect(read.formats).toEqual([['srcaddr dstport', 'option']]);
    }
  });
});

describe('VPC and transit gateway lines without a header', () => {
  // The line of flow-log-format.md section 7.
  const gateway = (port = 50122): string =>
    `6 TransitGateway 111122223333 tgw-0a1b tgw-attach-0c2d 111122223333 444455556666 vpc-01 vpc-02 subnet-01 subnet-02 eni-01 eni-02 euw1-az1 euw1-az2 tgw-attach-0e3f 10.20.1.15 10.30.2.9 ${port} 443 6 12 2210 1760000005 1760000061 OK IPv4 0 0 0 0 27 eu-west-1 ingress - -`;
  const V6 = GATEWAY_COLUMNS.names.join(' ');

  it('are each read in their own order, with their line numbers, and each change is told', () => {
    const text = [ssh(1), ssh(2), gateway(3), ssh(4), gateway(5), gateway(6), ''].join('\n');
    const read = readText([text]);
    expect(portsOf(read)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(read.lineNumbers).toEqual([1, 2, 3, 4, 5, 6]);
    expect(read.rejections).toEqual([]);
    expect(read.headers).toBe(0);
    expect(read.records.map(({ tgwAttachmentId, interfaceId }) => tgwAttachmentId ?? interfaceId)).toEqual([
      ...['eni-1235b8ca123456789', 'eni-1235b8ca123456789', 'tgw-attach-0c2d'],
      ...['eni-1235b8ca123456789', 'tgw-attach-0c2d', 'tgw-attach-0c2d'],
    ]);
    expect(read.formats).toEqual([
      [V2, 'default'],
      [V6, 'content'],
      [V2, 'default'],
      [V6, 'content'],
    ]);
  });

  it('are read in any pieces, the gateway first too', () => {
    const text = [gateway(1), ssh(2), gateway(3), ssh(4)].join('\n');
    for (const size of [1, 7, 100, 1000]) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, i * size + size),
      );
      const read = readText(pieces);
      expect(portsOf(read)).toEqual([1, 2, 3, 4]);
      expect(read.formats[0]).toEqual([V6, 'content']);
    }
  });

  it('are read where they waited for the proof of a format', () => {
    // Without log-status and addresses the first proves nothing: 14 fields that could be many things.
    const silent = '2 123456789010 - - - - - - - - 1418530010 1418530070 - OK';
    const read = readText([[silent, gateway(1), ssh(2)].join('\n')]);
    expect(read.lineNumbers).toEqual([1, 2, 3]);
    expect(read.rejections).toEqual([]);
  });

  it.each([
    // Too large a port, in the order that its fields are counted for.
    [ssh(99_999), 'srcport', 'out-of-range'],
    [gateway(99_999), 'srcport', 'out-of-range'],
    // 34 fields of a gateway: the 35th is missing. Four of a VPC: the fifth is.
    [gateway().slice(0, -4), 'pkt-src-aws-service', 'too-few-fields'],
    ['6 TransitGateway 111122223333', 'tgw-id', 'too-few-fields'],
    [`${gateway()} more`, null, 'too-many-fields'],
  ])('%s is rejected alike whatever came before it', (bad, field, reason) => {
    for (const before of [[ssh(1)], [ssh(1), gateway(2)], [gateway(1)], [gateway(1), ssh(2)]]) {
      const { rejections } = readText([[...before, bad, ssh(3), gateway(4)].join('\n')]);
      expect(rejections).toEqual([
        { source: 'flow.log', lineNumber: before.length + 1, field, reason, text: bad.slice(0, 200) },
      ]);
    }
  });

  it('names the missing field of what may be either by the order that the source begins with', () => {
    const fieldOf = (...lines: string[]) => readText([lines.join('\n')]).rejections[0]?.field;
    // Three words: the fourth field of a VPC line is srcaddr, of a gateway line tgw-id.
    expect(fieldOf(ssh(1), 'a b c', gateway(2))).toBe('srcaddr');
    expect(fieldOf(ssh(1), gateway(2), 'a b c')).toBe('srcaddr');
    expect(fieldOf(gateway(1), 'a b c', ssh(2))).toBe('tgw-id');
    expect(fieldOf(gateway(1), ssh(2), 'a b c')).toBe('tgw-id');
  });

  it('are not told apart below a header or with --fields, which hold', () => {
    const mixed = [ssh(1), gateway(2), ssh(3)];
    expect(portsOf(readText([[V2, ...mixed].join('\n')]))).toEqual([1, 3]);
    expect(portsOf(readText([[V6, ...mixed].join('\n')]))).toEqual([2]);
    expect(portsOf(readText([mixed.join('\n')], parseColumns(V2)))).toEqual([1, 3]);
    // Also a header on the way.
    expect(portsOf(readText([[...mixed, V2, gateway(4), ssh(5)].join('\n')]))).toEqual([1, 2, 3, 5]);
  });

  it('are not told from lines of other orders', () => {
    const more = `${ssh(1)} vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456 19 IPv4 172.31.16.139 172.31.16.21`;
    const { rejections, records } = readText([[more, gateway(2), ssh(3)].join('\n')]);
    expect(records).toHaveLength(1);
    expect(rejections.map(({ reason }) => reason)).toEqual(['too-many-fields', 'too-few-fields']);
  });
});
