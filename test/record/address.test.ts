/** Addresses, held against ipaddr.js and the parser of URLs; where we are stricter, each case says so. */
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { writeIPv4 } from '../../src/model/ipv4.ts';
import { canonicalAddress, isPrivateIPv4, readIPv4, readIPv6, writeIPv6 } from '../../src/record/address.ts';

const encoder = new TextEncoder();

const v4Of = (text: string): number => {
  const bytes = encoder.encode(text);
  return readIPv4(bytes, 0, bytes.length);
};

const v6Of = (text: string): number[] | undefined => {
  const bytes = encoder.encode(text);
  const out = new Uint8Array(16).fill(0xaa);
  return readIPv6(bytes, 0, bytes.length, out) ? [...out] : undefined;
};

/** What the library says of strict dotted decimal: four parts, none with a leading zero. */
const libraryV4 = (text: string): number => {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return -1;
  return ipaddr.IPv4.parse(text)
    .toByteArray()
    .reduce((value, octet) => value * 256 + octet, 0);
};

/**
 * What the parser of URLs says (WHATWG URL, IPv6 parser): as strict as RFC 4291 §2.2. ipaddr.js takes more (a gap that
 * stands for no group) and reads `::1.2.3.4` as an IPv4-mapped address, so it only turns the result into bytes.
 */
const standardV6 = (text: string): number[] | undefined => {
  const url = `http://[${text}]/`;
  return URL.canParse(url) ? ipaddr.IPv6.parse(new URL(url).hostname.slice(1, -1)).toByteArray() : undefined;
};

const anyGroups = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 0xffff })), { minLength: 8, maxLength: 8 });

describe('readIPv4', () => {
  it('reads dotted decimal as an unsigned number of 32 bits', () => {
    // 10·2^24 + 62; 192.168.1.2 by hand: 0xC0A80102.
    expect(v4Of('10.0.0.62')).toBe(167_772_222);
    expect(v4Of('192.168.1.2')).toBe(0xc0a80102);
    expect(v4Of('0.0.0.0')).toBe(0);
    expect(v4Of('255.255.255.255')).toBe(4_294_967_295);
  });

  it('reads only the bytes that it is given', () => {
    const bytes = encoder.encode('x 10.0.0.62 y');
    expect(readIPv4(bytes, 2, 11)).toBe(167_772_222);
    expect(readIPv4(bytes, 2, 10)).toBe(167_772_166);
    expect(readIPv4(bytes, 2, 12)).toBe(-1);
  });

  it('refuses what two programs could read differently', () => {
    const odd = [
      '10.1',
      '10.0.0',
      '1.2.3.4.5',
      '010.0.0.1',
      '10.0.0.01',
      '10.0.0.00',
      '0x0a.0.0.1',
      '167772222',
    ];
    const broken = [
      '',
      '.',
      '1..2.3',
      '.1.2.3',
      '1.2.3.',
      '256.0.0.1',
      '1.2.3.256',
      '1.2.3.4 ',
      '-1.2.3.4',
      '1.2.3.٣',
    ];
    for (const text of [...odd, ...broken]) expect([text, v4Of(text)]).toEqual([text, -1]);
  });

  it('agrees with ipaddr.js on any text of digits and dots', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.'), maxLength: 16 }), (text) => {
        expect(v4Of(text)).toBe(libraryV4(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back what writeIPv4 writes, and ipaddr.js writes the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), (value) => {
        expect(v4Of(writeIPv4(value))).toBe(value);
        const octets = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
        expect(writeIPv4(value)).toBe(new ipaddr.IPv4(octets).toString());
      }),
    );
  });
});

describe('readIPv6', () => {
  it('reads only the bytes that it is given', () => {
    const out = new Uint8Array(16);
    // Behind the address: a digit more, a dot, a colon.
    for (const behind of ['f', '.', ':']) {
      const bytes = encoder.encode(`2001:db8::1${behind}`);
      expect(readIPv6(bytes, 0, 11, out)).toBe(true);
      expect(writeIPv6(out)).toBe('2001:db8::1');
    }
  });

  it('takes zeros in dotted decimal, and refuses a second gap behind one at the beginning', () => {
    expect(v6Of('::0.0.0.0')).toEqual(new Array(16).fill(0));
    expect(v6Of('::1::2')).toBeUndefined();
    expect(v6Of('1::2::3')).toBeUndefined();
  });

  it('takes no character beside the sixteen digits for one', () => {
    // The neighbours of 0 to 9, A to F and a to f in ASCII.
    for (const odd of ['/', ':', '@', 'G', '`', 'g']) expect(v6Of(`2001:db8::1${odd}`)).toBeUndefined();
  });

  it('reads the three forms of RFC 4291 §2.2', () => {
    const full = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 8, 8, 0, 0x20, 0x0c, 0x41, 0x7a];
    expect(v6Of('2001:DB8:0:0:8:800:200C:417A')).toEqual(full);
    expect(v6Of('2001:DB8::8:800:200C:417A')).toEqual(full);
    expect(v6Of('::FFFF:129.144.52.38')).toEqual([
      ...Array<number>(10).fill(0),
      ...[255, 255, 129, 144, 52, 38],
    ]);
    expect(v6Of('::')).toEqual(Array(16).fill(0));
    expect(v6Of('::1')).toEqual([...Array<number>(15).fill(0), 1]);
    expect(v6Of('1::')).toEqual([0, 1, ...Array<number>(14).fill(0)]);
  });

  it('refuses what is none', () => {
    const odd = [
      ...[
        '',
        ':',
        ':::',
        '1:2:3:4:5:6:7',
        '1:2:3:4:5:6:7:8:9',
        '1::2::3',
        ':1:2:3:4:5:6:7',
        '1:2:3:4:5:6:7:',
      ],
      ...[
        '12345::',
        'g::1',
        '1:2:3:4:5:6:7::8:9',
        '::1.2.3',
        '::1.2.3.256',
        '1.2.3.4::',
        '1:2:3:4:5:6:7:1.2.3.4',
      ],
      ...[
        'fe80::1%eth0',
        '[::1]',
        '::1/64',
        ' ::1',
        '::ffff:01.2.3.4',
        '2001:db8:::1',
        '::1:2:3:4:5:6:7:1.2.3.4',
      ],
    ];
    for (const text of odd) expect([text, v6Of(text)]).toEqual([text, undefined]);
  });

  it('refuses a gap that stands for no group: it must stand for one at least', () => {
    expect(v6Of('1:2:3:4:5:6:7::')).toBeDefined();
    expect(v6Of('1:2:3:4::5:6:7:8')).toBeUndefined();
  });

  it('agrees with the parser of URLs on addresses in any spelling, and on what is nearly one', () => {
    const anySpelling = anyGroups.chain((groups) => {
      const address = new ipaddr.IPv6([...groups]);
      return fc.constantFrom(
        address.toString(),
        address.toRFC5952String(),
        address.toNormalizedString(),
        groups.map((group) => group.toString(16).toUpperCase().padStart(4, '0')).join(':'),
      );
    });
    const anyNearly = fc.string({ unit: fc.constantFrom(...'01af:.'), maxLength: 24 });
    fc.assert(
      fc.property(fc.oneof(anySpelling, anyNearly, fc.ipV6()), (text) => {
        expect(v6Of(text)).toEqual(standardV6(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writeIPv6', () => {
  const written = (text: string): string => writeIPv6(Uint8Array.from(v6Of(text) ?? []));

  it.each<[rule: string, text: string, expected: string]>([
    ['§4.1 no leading zeros', '2001:0db8::0001', '2001:db8::1'],
    ['§4.2.1 as short as can be', '2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['§4.2.2 no gap for one group', '2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['§4.2.3 the longest run', '2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['§4.2.3 the first of equal runs', '2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['§4.3 lower case', '2001:DB8::AAAA', '2001:db8::aaaa'],
    ['a run at the start', '0:0:0:0:0:0:0:1', '::1'],
    ['a run at the end', '1:0:0:0:0:0:0:0', '1::'],
    ['nothing but zeros', '0:0:0:0:0:0:0:0', '::'],
    ['§5 IPv4-mapped, dotted', '::ffff:c000:221', '::ffff:192.0.2.33'],
  ])('follows RFC 5952: %s', (_, text, expected) => {
    expect(written(text)).toBe(expected);
  });

  it('agrees with ipaddr.js on every address that is not IPv4-mapped, and is read back', () => {
    fc.assert(
      fc.property(anyGroups, (groups) => {
        const address = new ipaddr.IPv6([...groups]);
        fc.pre(!address.isIPv4MappedAddress());
        const bytes = address.toByteArray();
        const text = writeIPv6(Uint8Array.from(bytes));
        expect(text).toBe(address.toRFC5952String());
        expect(v6Of(text)).toEqual(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('canonicalAddress', () => {
  it('gives one spelling for all of one address, and none for text that is no address', () => {
    const spellings = ['2001:db8::8e', '2001:DB8:0:0:0:0:0:8E', '2001:0db8::008e', '2001:db8::0.0.0.142'];
    expect(spellings.map(canonicalAddress)).toEqual(spellings.map(() => '2001:db8::8e'));
    expect(canonicalAddress('10.0.0.62')).toBe('10.0.0.62');
    for (const text of ['', '-', 'eni-1', '443', 'é', '10.0.0.0/8'])
      expect([text, canonicalAddress(text)]).toEqual([text, undefined]);
  });
});

describe('isPrivateIPv4', () => {
  it('knows RFC 1918 and RFC 6598 to their first and last address', () => {
    const inside = [
      '10.0.0.0',
      '10.255.255.255',
      '172.16.0.0',
      '172.31.255.255',
      '192.168.0.0',
      '192.168.255.255',
    ];
    const shared = ['100.64.0.0', '100.127.255.255'];
    const outside = [
      '9.255.255.255',
      '11.0.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '192.167.255.255',
      '192.169.0.0',
    ];
    const around = ['100.63.255.255', '100.128.0.0', '0.0.0.0', '255.255.255.255'];
    for (const text of [...inside, ...shared])
      expect([text, isPrivateIPv4(v4Of(text))]).toEqual([text, true]);
    for (const text of [...outside, ...around])
      expect([text, isPrivateIPv4(v4Of(text))]).toEqual([text, false]);
  });

  it('agrees with the ranges of ipaddr.js', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), (value) => {
        const range = ipaddr.IPv4.parse(writeIPv4(value)).range();
        expect(isPrivateIPv4(value)).toBe(range === 'private' || range === 'carrierGradeNat');
      }),
      { numRuns: 1000 },
    );
  });
});
