/** Ways between hosts as text: who stood between, what each interface saw, and how it fits a terminal. */
import { describe, expect, it } from 'vitest';
import { addressPathLines, describePath } from '../../src/cli/address-paths.ts';
import { plain } from '../../src/cli/colours.ts';
import type { AddressLeg, AddressPath } from '../../src/model/report.ts';

const leg = (given: Partial<AddressLeg>): AddressLeg => ({
  vantage: 'eni-a',
  instanceId: null,
  srcAddr: '10.0.1.5',
  dstAddr: '203.0.113.5',
  pktSrcAddr: null,
  pktDstAddr: null,
  records: 1,
  ...given,
});

const path = (given: Partial<AddressPath>): AddressPath => ({
  hops: [
    { address: '10.0.1.5', kind: 'host' },
    { address: '203.0.113.5', kind: 'host' },
  ],
  forward: [],
  back: [],
  missingFields: [],
  ...given,
});

/** A host behind a NAT gateway; 94 columns hold a leg on one line. */
const BEHIND_NAT = path({
  hops: [
    { address: '10.0.1.5', kind: 'host' },
    { address: '10.0.0.220', kind: 'nat-gateway' },
    { address: '203.0.113.5', kind: 'host' },
  ],
  forward: [
    leg({ instanceId: 'i-1', dstAddr: '10.0.0.220', pktDstAddr: '203.0.113.5' }),
    leg({ vantage: null, srcAddr: '10.0.0.220', pktSrcAddr: '10.0.0.220', pktDstAddr: '203.0.113.5' }),
  ],
  back: [leg({ srcAddr: '203.0.113.5', dstAddr: '10.0.1.5' })],
  missingFields: ['srcport', 'dstport', 'protocol'],
});

const lines = (width: number, ...paths: AddressPath[]): string[] => [
  ...addressPathLines(paths, { paint: plain, width }),
];

describe('a way', () => {
  it('is told hop by hop, with what each one is, and whether it goes back', () => {
    const hops = [
      { address: '10.0.1.5', kind: 'host' },
      { address: '10.0.0.220', kind: 'nat-gateway' },
      { address: '10.0.9.1', kind: 'gateway' },
      { address: '203.0.113.5', kind: 'host' },
    ] as const;
    const there = '10.0.1.5 → NAT gateway 10.0.0.220 → gateway 10.0.9.1 → 203.0.113.5';
    expect(describePath(path({ hops }))).toBe(there);
    expect(describePath(path({ hops, back: [leg({})] }))).toBe(`${there} and back`);
  });

  it('is counted, and says nothing where there is none', () => {
    expect(lines(80)).toEqual([]);
    expect(lines(80, path({}))).toEqual(['1 way between addresses', '  10.0.1.5 → 203.0.113.5']);
    expect(lines(80, path({}), path({}))[0]).toBe('2 ways between addresses');
  });

  it('has what each interface saw in columns where a leg has room on one line', () => {
    const wide = [
      '1 way between addresses',
      '  10.0.1.5 → NAT gateway 10.0.0.220 → 203.0.113.5 and back',
      '    there eni-a (i-1)           10.0.1.5 → 10.0.0.220     in the packet 10.0.1.5 → 203.0.113.5',
      '          an unnamed interface  10.0.0.220 → 203.0.113.5',
      '    back  eni-a                 203.0.113.5 → 10.0.1.5',
      '    for connections these fields are missing: srcport, dstport, protocol',
    ];
    expect(lines(94, BEHIND_NAT)).toEqual(wide);
    expect(lines(Number.POSITIVE_INFINITY, BEHIND_NAT)).toEqual(wide);
  });

  it('has what was seen below who saw it where it has not', () => {
    const narrow = [
      '1 way between addresses',
      '  10.0.1.5 → NAT gateway 10.0.0.220 → 203.0.113.5 and back',
      '    there eni-a (i-1)',
      '            10.0.1.5 → 10.0.0.220  in the packet 10.0.1.5 → 203.0.113.5',
      '          an unnamed interface',
      '            10.0.0.220 → 203.0.113.5',
      '    back  eni-a',
      '            203.0.113.5 → 10.0.1.5',
      '    for connections these fields are missing: srcport, dstport, protocol',
    ];
    expect(lines(93, BEHIND_NAT)).toEqual(narrow);
    expect(lines(72, BEHIND_NAT)).toEqual(narrow);
    // One column less than the last line needs, and just as many as the packet's.
    expect(lines(71, BEHIND_NAT)).toEqual([
      ...narrow.slice(0, -1),
      '    for connections these fields are missing: srcport, dstport,',
      '    protocol',
    ]);
    expect(lines(70, BEHIND_NAT).slice(2, 6)).toEqual([
      '    there eni-a (i-1)',
      '            10.0.1.5 → 10.0.0.220',
      '            in the packet 10.0.1.5 → 203.0.113.5',
      '          an unnamed interface',
    ]);
  });

  it('is wrapped at blanks, in no less than 40 columns', () => {
    expect(lines(60, BEHIND_NAT)[1]).toBe('  10.0.1.5 → NAT gateway 10.0.0.220 → 203.0.113.5 and back');
    expect(lines(59, BEHIND_NAT).slice(1, 3)).toEqual([
      '  10.0.1.5 → NAT gateway 10.0.0.220 → 203.0.113.5 and',
      '    back',
    ]);
    expect(lines(10, BEHIND_NAT)).toEqual([
      '1 way between addresses',
      '  10.0.1.5 → NAT gateway 10.0.0.220 →',
      '    203.0.113.5 and back',
      '    there eni-a (i-1)',
      '            10.0.1.5 → 10.0.0.220',
      '            in the packet 10.0.1.5 →',
      '            203.0.113.5',
      '          an unnamed interface',
      '            10.0.0.220 → 203.0.113.5',
      '    back  eni-a',
      '            203.0.113.5 → 10.0.1.5',
      '    for connections these fields are',
      '    missing: srcport, dstport, protocol',
    ]);
  });

  it('has no empty line below two long addresses whose packet had the same', () => {
    const [srcAddr, dstAddr] = [
      '2001:db8:1111:2222:3333:4444:5555:6666',
      '2001:db8:1111:2222:3333:4444:5555:7777',
    ];
    expect(lines(80, path({ forward: [leg({ srcAddr, dstAddr })] })).slice(2)).toEqual([
      '    there eni-a',
      `            ${srcAddr} →`,
      `            ${dstAddr}`,
    ]);
  });

  it('has each name once: beside the hop, and in what an interface saw beside what is no hop', () => {
    const names = (address: string): string => `n-${address.split('.').at(-1)}`;
    const forward = [leg({ srcAddr: '192.0.2.9', pktSrcAddr: '10.0.1.5' })];
    expect([...addressPathLines([path({ forward })], { paint: plain, width: 200, names })].slice(1)).toEqual([
      '  10.0.1.5 (n-5) → 203.0.113.5 (n-5)',
      '    there eni-a  192.0.2.9 (n-9) → 203.0.113.5  in the packet 10.0.1.5 → 203.0.113.5',
    ]);
  });

  it('tells the packet wherever one end of it was another', () => {
    const forward = [leg({ pktSrcAddr: '192.0.2.1' }), leg({ pktDstAddr: '192.0.2.2' })];
    expect(lines(200, path({ forward })).slice(2)).toEqual([
      '    there eni-a  10.0.1.5 → 203.0.113.5  in the packet 192.0.2.1 → 203.0.113.5',
      '          eni-a  10.0.1.5 → 203.0.113.5  in the packet 10.0.1.5 → 192.0.2.2',
    ]);
  });

  it('has a bold heading, and what is missing is dim', () => {
    const paint = (text: string, style: string | undefined): string => `<${style}>${text}`;
    expect([...addressPathLines([path({ missingFields: ['srcport'] })], { paint, width: 80 })]).toEqual([
      '<bold>1 way between addresses',
      '  10.0.1.5 → 203.0.113.5',
      '<dim>    for connections these fields are missing: srcport',
    ]);
  });

  it('lets nothing of a hostile log reach the terminal', () => {
    const bell = (name: string): string => `${name}\u0007`;
    const forward = [
      leg({
        vantage: bell('v'),
        instanceId: bell('i'),
        srcAddr: bell('s'),
        dstAddr: bell('d'),
        pktSrcAddr: bell('ps'),
        pktDstAddr: bell('pd'),
      }),
    ];
    const hops = [{ address: bell('h'), kind: 'host' }] as const;
    expect(lines(200, path({ hops, forward })).slice(1)).toEqual([
      '  h\\x07',
      '    there v\\x07 (i\\x07)  s\\x07 → d\\x07  in the packet ps\\x07 → pd\\x07',
    ]);
  });
});
