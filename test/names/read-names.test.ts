/** Files of names: each kind as people have it, known by its content, and refused with its line where it cannot be taken. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/model/errors.ts';
import type { NameOf } from '../../src/model/name-of.ts';
import { nameBook } from '../../src/names/name-book.ts';
import { namesInFile, readNames } from '../../src/names/read-names.ts';

const FILES = join(import.meta.dirname, 'files');
const INTERFACES = readFileSync(join(FILES, 'interfaces.json'), 'utf8');
const INSTANCES = readFileSync(join(FILES, 'instances.json'), 'utf8');

const told = (content: string | Uint8Array): NameOf =>
  nameBook(namesInFile(Buffer.from(content as string), 'names.txt'));

/** The code of the error and what it says. */
const refusal = (content: string | Uint8Array): string => {
  try {
    namesInFile(Buffer.from(content as string), 'names.txt');
  } catch (error) {
    if (error instanceof InputError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'taken';
};

const folder = mkdtempSync(join(tmpdir(), 'conntrail-names-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('aws ec2 describe-network-interfaces', () => {
  const names = told(INTERFACES);

  it('names every address of an interface by its tag Name', () => {
    for (const address of ['10.0.1.17', '10.0.1.18', '198.51.100.7', '2001:db8:1234:1a00::123'])
      expect(names(address), address).toBe('web-1');
    // Another spelling of the same address.
    expect(names('2001:0db8:1234:1a00:0:0:0:0123')).toBe('web-1');
  });

  it('names it by its description, else its instance, else its id, where it has no such tag', () => {
    expect(names('10.0.1.40')).toBe('ELB app/front/50dc6c495c0c9188');
    expect(names('10.0.2.3')).toBe('i-0aaaaaaaaaaaaaaa3');
    expect(names('10.0.3.4')).toBe('eni-0000000000000004d');
  });

  it('names the addresses of a prefix that was delegated to it', () => {
    // 10.0.2.16/28 is 10.0.2.16 to 10.0.2.31.
    expect(['10.0.2.15', '10.0.2.16', '10.0.2.31', '10.0.2.32'].map(names)).toEqual([
      null,
      'i-0aaaaaaaaaaaaaaa3',
      'i-0aaaaaaaaaaaaaaa3',
      null,
    ]);
  });
});

describe('aws ec2 describe-instances', () => {
  it('names every address of every interface by the instance: its tag Name, else its id', () => {
    const names = told(INSTANCES);
    for (const address of ['10.1.0.10', '203.0.113.10', '2001:db8:5::10', '10.1.9.10'])
      expect(names(address), address).toBe('db-1');
    expect(names('10.1.0.11')).toBe('i-0bbbbbbbbbbbbbbb2');
  });
});

describe('JSON of these commands', () => {
  const { NetworkInterfaces } = JSON.parse(INTERFACES);
  const { Reservations } = JSON.parse(INSTANCES);

  it('may be several pages one after another', () => {
    const names = told(`${INTERFACES}\n${INSTANCES}${JSON.stringify({ NetworkInterfaces: [] })}`);
    expect([names('10.0.1.17'), names('10.1.0.10')]).toEqual(['web-1', 'db-1']);
  });

  it.each([
    ['NetworkInterfaces[]', NetworkInterfaces, '10.0.1.17', 'web-1'],
    ['NetworkInterfaces[0]', NetworkInterfaces[0], '10.0.1.17', 'web-1'],
    ['Reservations[]', Reservations, '10.1.0.10', 'db-1'],
    [
      'Reservations[*].Instances[*]',
      Reservations.map((each: never) => each['Instances']),
      '10.1.0.10',
      'db-1',
    ],
    [
      'Reservations[].Instances[]',
      Reservations.flatMap((each: never) => each['Instances']),
      '10.1.0.10',
      'db-1',
    ],
  ])('may be what --query %s leaves', (_, left, address, name) => {
    expect(told(JSON.stringify(left))(address)).toBe(name);
  });

  it('may be UTF-16 with a byte-order mark, as PowerShell writes it', () => {
    expect(told(Buffer.from(`\ufeff${INTERFACES}`, 'utf16le'))('10.0.1.17')).toBe('web-1');
  });

  it('is refused where it is of another kind', () => {
    for (const other of ['{"Vpcs": []}', '["10.0.1.17"]', '{}', '[{"ip": "10.0.1.17", "name": "web-1"}]'])
      expect(refusal(other)).toMatch(
        /^input-unsupported: names.txt holds other JSON than aws ec2 describe-network/,
      );
  });

  it('is refused with the line where it breaks', () => {
    const lines = INTERFACES.split('\n');
    // Cut in the middle: what is missing is missing at the end of what is there.
    expect(refusal(lines.slice(0, 20).join('\n'))).toBe(
      'input-corrupt: names.txt, line 20: this is no valid JSON from here on; write the file once more.',
    );
    const broken = lines.with(9, `${lines[9]} oops`).join('\n');
    expect(refusal(broken)).toContain('names.txt, line 10: this is no valid JSON');
    const whole = INTERFACES.trimEnd();
    expect(refusal(`${whole}\nAn error occurred`)).toContain(
      `names.txt, line ${whole.split('\n').length + 1}: this is no valid JSON`,
    );
  });

  it('is refused with the line of an address that is none', () => {
    const at = INTERFACES.split('\n').findIndex((line) => line.includes('1a00::123')) + 1;
    expect(refusal(INTERFACES.replace('2001:db8:1234:1a00::123', '2001:db8::g'))).toBe(
      `input-corrupt: names.txt, line ${at}: "2001:db8::g" is no address and no CIDR range; write the file once more with aws ec2 describe-network-interfaces --output json.`,
    );
  });
});

describe('a hosts file', () => {
  const HOSTS = [
    '# made by hand',
    '127.0.0.1\tlocalhost',
    '::1 localhost ip6-localhost # loopback, of this machine',
    '',
    '  10.0.1.17   web-1.example web-1',
    'fe80::1%lo0 router',
  ].join('\r\n');

  it('names each address by its first name', () => {
    const names = told(HOSTS);
    expect(['127.0.0.1', '::1', '10.0.1.17', 'fe80::1', '10.0.1.18'].map(names)).toEqual([
      'localhost',
      'localhost',
      'web-1.example',
      'router',
      null,
    ]);
  });

  it('is refused with the line that is none', () => {
    expect(refusal('10.0.0.1 a\n\n10.0.0.256 b\n')).toBe(
      'input-corrupt: names.txt, line 3: "10.0.0.256" is no address and no CIDR range; correct the line, or begin it with # to leave it out.',
    );
    expect(refusal('10.0.0.1 a\n10.0.0.2 # b\n')).toBe(
      'input-corrupt: names.txt, line 2: "10.0.0.2" has no name; correct the line, or begin it with # to leave it out.',
    );
  });
});

describe('CSV of ranges and names', () => {
  it.each([
    ['commas', '10.0.0.0/8,corporate net\n10.0.1.17,web-1\n'],
    ['semicolons', '10.0.0.0/8;corporate net\r\n10.0.1.17;web-1\r\n'],
    ['tabs', '10.0.0.0/8\tcorporate net\n10.0.1.17\tweb-1'],
    ['a header', 'CIDR block,Name\n10.0.0.0/8,corporate net\n10.0.1.17,web-1\n'],
    ['a header of tabs', 'cidr\tname\n10.0.0.0/8\tcorporate net\n10.0.1.17\tweb-1\n'],
    [
      'a header that says which columns',
      'id;name;cidr\nvpc-1;corporate net;10.0.0.0/8\ni-1;web-1;10.0.1.17\n',
    ],
    ['more columns', '10.0.0.0/8,corporate net,Dublin\n10.0.1.17,web-1,\n'],
    ['quotes and blanks', '"10.0.0.0/8","corporate net"\n10.0.1.17 , web-1 \n'],
    [
      'a byte-order mark and comments',
      '\ufeff# ours\n\n10.0.0.0/8,corporate net\n# theirs\n10.0.1.17,web-1\n',
    ],
  ])('with %s', (_, content) => {
    const names = told(content);
    expect(['10.0.1.17', '10.0.1.18', '11.0.0.1'].map(names)).toEqual(['web-1', 'corporate net', null]);
  });

  it('may have commas, quotes and signs in names', () => {
    const names = told('10.0.0.1,"a, ""b"""\n10.0.0.2,web #2\n10.0.0.3,Zürich – 東京\n');
    expect(['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(names)).toEqual(['a, "b"', 'web #2', 'Zürich – 東京']);
  });

  it('takes no line that it does not understand, and no mistyped address for a header', () => {
    const advice = 'correct the line, or begin it with # to leave it out.';
    expect(refusal('10.0.0/8,corporate net\n')).toBe(
      `input-corrupt: names.txt, line 1: "10.0.0/8" is no address and no CIDR range; ${advice}`,
    );
    expect(refusal('10.0.0.0/33,a\n')).toContain('"10.0.0.0/33" is no address and no CIDR range');
    expect(refusal('cidr,name\n10.0.0.0/8,a\ncidr,name\n')).toContain('line 3: "cidr" is no address');
    expect(refusal('10.0.0.0/8,a\n10.1.0.0/16,\n')).toBe(
      `input-corrupt: names.txt, line 2: expected an address or CIDR range, a comma and a name, and found "10.1.0.0/16,"; ${advice}`,
    );
    expect(refusal('10.0.0.0/8;a\n10.1.0.0/16,b\n')).toContain(
      'line 2: expected an address or CIDR range, a semicolon',
    );
    // A tag of AWS has 256 characters at most.
    expect(refusal(`10.0.0.1,${'n'.repeat(257)}\n`)).toMatch(
      /line 1: the name "n{60}…" has 257 characters and may have 256; /,
    );
    expect(told(`10.0.0.1,${'n'.repeat(256)}\n`)('10.0.0.1')).toHaveLength(256);
  });

  it('says what is hostile without doing it', () => {
    expect(refusal('\x1b[31m10.0.0.1 web\n')).toContain('"\\x1b[31m10.0.0.1" is no address');
  });
});

describe('a file of names', () => {
  it('that names nothing is refused', () => {
    for (const empty of ['', '# nothing yet\n', 'cidr,name\n', '{"NetworkInterfaces": []}', '[]'])
      expect(refusal(empty)).toMatch(
        /^input-empty: There is no address with a name in names\.txt: expected /,
      );
  });

  it('that is no text is refused with the line', () => {
    expect(
      refusal(Buffer.from([0x31, 0x30, 0x2e, 0x30, 0x2e, 0x30, 0x2e, 0x31, 0x20, 0x61, 0x0a, 0xff, 0x0a])),
    ).toBe('input-corrupt: names.txt, line 2: this is no UTF-8; save the file as UTF-8 text.');
  });

  it('that is not there is said to be so', async () => {
    await expect(readNames(join(folder, 'none.csv'))).rejects.toThrow(
      /Cannot read .*none\.csv: it does not exist\./,
    );
    await expect(readNames(folder)).rejects.toThrow(/: it is a folder\./);
  });

  it('goes before those behind it where they name the same, and gives way to longer prefixes', async () => {
    const paths = [
      fileOf('a', '10.0.0.0/16,first\n10.0.0.0/16,again\n'),
      fileOf('b', '10.0.0.0/16,second\n10.0.0.0/24,narrower\n'),
    ];
    const names = await readNames(paths);
    expect([names('10.0.1.1'), names('10.0.0.1')]).toEqual(['first', 'narrower']);
    const turned = await readNames(paths.toReversed());
    expect([turned('10.0.1.1'), turned('10.0.0.1')]).toEqual(['second', 'narrower']);
  });
});
