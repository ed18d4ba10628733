/** The engine's kernel by example; that it agrees with the plain path on any input is a property (laws/flat-rows.test.ts). */
import { describe, expect, it } from 'vitest';
import { INFO } from '../../src/correlate/record-store.ts';
import { KernelMemory } from '../../src/engine/kernel/kernel-memory.ts';
import { compileEngineKernel } from './compile-engine-kernel.ts';
import { kernelLines, plainLines } from './rebuild-lines.ts';

const KERNEL = compileEngineKernel();
const HEADER =
  'interface-id vpc-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags';

interface Parts {
  readonly eni?: string;
  readonly from?: string;
  readonly to?: string;
  readonly ports?: string;
  readonly protocol?: number;
  readonly counts?: string;
  readonly times?: string;
  readonly flags?: string;
  readonly action?: 'ACCEPT' | 'REJECT';
}

const line = ({
  eni = 'eni-1',
  from = '10.0.0.5',
  to = '10.0.0.9',
  ports = '40000 443',
  protocol = 6,
  counts = '5 400',
  times = '1760000000 1760000030',
  flags = '3',
  action = 'ACCEPT',
}: Parts = {}): string =>
  `${eni} vpc-1 ${from} ${to} ${ports} ${protocol} ${counts} ${times} ${action} ${flags}`;

/** Request and reply of one connection. */
const talk = (parts: Parts = {}): string[] => {
  const { from = '10.0.0.5', to = '10.0.0.9', ports = '40000 443' } = parts;
  const back = ports.split(' ').reverse().join(' ');
  return [line(parts), line({ ...parts, from: to, to: from, ports: back, flags: '19' })];
};

const textOf = (lines: readonly string[]): string[] => [`${HEADER}\n${lines.join('\n')}\n`];

/** What both ways give: the same, or the test ends here. */
const both = (lines: readonly string[]) => {
  const text = textOf(lines);
  const got = kernelLines(KERNEL, text);
  const plain = plainLines(text);
  expect(got.lines).toBe(plain.lines);
  expect(got.counts).toEqual(plain.counts);
  return {
    ...got,
    rows: got.lines
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each)),
  };
};

describe('the engine kernel', () => {
  it('knows the bits of a record by the same numbers as the store', () => {
    const memory = new KernelMemory(KERNEL);
    const { ingress, egress, ...bits } = INFO;
    for (const [name, bit] of Object.entries(bits)) {
      expect([name, memory.value(name.replaceAll(/[A-Z]/g, '_$&').toUpperCase())]).toEqual([name, bit]);
    }
    expect([1 << memory.value('FLOW_DIRECTION'), 2 << memory.value('FLOW_DIRECTION')]).toEqual([
      ingress,
      egress,
    ]);
  });

  it('counts plain connections that are alike at once, without one row in TypeScript', () => {
    const lines = Array.from({ length: 300 }, (_, i) => talk({ ports: `${40000 + i} 443` })).flat();
    const { rows, alone } = both(lines);
    expect(rows).toHaveLength(300);
    expect(alone).toBe(0);
  });

  it('knows a rejected reply, but leaves a rejected reply after a close to TypeScript', () => {
    const back = { from: '10.0.0.9', to: '10.0.0.5', ports: '443 40000', action: 'REJECT' } as const;
    const { rows, alone } = both([line({ flags: '2' }), line({ ...back, flags: '18' })]);
    expect(rows).toMatchObject([
      { state: 'blocked', verdict: 'reply-rejected', conn_state: 'REJ', initiator_basis: 'handshake' },
    ]);
    // Two of a kind are told at once; one that is told alone was counted by the kernel or written by TypeScript.
    expect(alone).toBeLessThanOrEqual(1);
    expect(both([line({ flags: '3' }), line({ ...back, flags: '19' })]).rows).toHaveLength(1);
  });

  it('leaves a SYN inside the interval of a rejected record to TypeScript', () => {
    const rejected = { action: 'REJECT', flags: '0', times: '1760000000 1760000600' } as const;
    const { rows } = both([
      line(rejected),
      line({ action: 'REJECT', flags: '2', times: '1760000100 1760000130' }),
    ]);
    expect(rows).toMatchObject([{ records: 2 }]);
  });

  it('leaves what is not plain to TypeScript and keeps the order of all', () => {
    const lines = [
      ...talk({ ports: '40001 443' }),
      line({ ports: '5353 53', protocol: 17, flags: '-' }),
      ...talk({ ports: '40002 443' }),
      line({ ports: '40003 443', flags: '0' }),
    ];
    const { rows } = both(lines);
    expect(rows.map((row) => [row.protocol, row.initiator_port ?? 0, row.state])).toEqual(
      expect.arrayContaining([
        ['tcp', 40001, 'closed'],
        ['tcp', 40002, 'closed'],
      ]),
    );
    expect(rows).toHaveLength(4);
  });

  it('divides a port that is used again after both sides have closed', () => {
    const { rows } = both([
      ...talk({ times: '1760000000 1760000030' }),
      ...talk({ times: '1760000100 1760000130' }),
      ...talk({ times: '1760000140 1760000170' }),
    ]);
    expect(rows.map((row) => row.opened_at)).toEqual([1760000000, 1760000100, 1760000140]);
  });

  it('spells counts and times of any length', () => {
    for (const counts of [
      '1 9',
      '10 99',
      '99 100',
      '1000 9999',
      '10000 99999',
      '4294967295 9007199254740991',
    ]) {
      const [row] = both(talk({ counts })).rows;
      expect(`${row.initiator_packets} ${row.initiator_bytes}`).toBe(counts);
    }
    for (const times of [
      '1 9',
      '10 100',
      '999999999 1000000000',
      '1000009999 1000010000',
      '4294967294 4294967295',
    ]) {
      const [row] = both(talk({ times })).rows;
      expect(`${row.first_seen} ${row.last_seen}`).toBe(times);
    }
  });

  it('leaves sums beyond whole numbers to TypeScript', () => {
    const lines = talk({ counts: '1 9007199254740991' });
    both([...lines, line({ counts: '1 9007199254740990', flags: '0', times: '1760000031 1760000060' })]);
  });

  it('spells addresses as RFC 5952 says', () => {
    const ends: readonly (readonly [string, string])[] = [
      ['2001:db8::1', '2001:DB8:0:0:1::1'],
      ['2001:db8:0:1:1:1:1:1', '::'],
      ['::ffff:10.0.0.1', '1:2:3:4:5:6:7:8'],
      ['fe80:0:0:1::', '0:0:1:2:3:4:0:0'],
    ];
    const spelt = ends.map(([from, to]) => {
      const [row] = both(talk({ from, to })).rows;
      return [row.initiator_address, row.responder_address];
    });
    expect(spelt).toEqual([
      ['2001:db8::1', '2001:db8::1:0:0:1'],
      ['2001:db8:0:1:1:1:1:1', '::'],
      ['::ffff:10.0.0.1', '1:2:3:4:5:6:7:8'],
      ['fe80:0:0:1::', '::1:2:3:4:0:0'],
    ]);
  });

  it('spells identifiers that JSON escapes, or that are long', () => {
    for (const eni of ['eni-"1"', 'eni\\1', 'é', '\u0001', 'x'.repeat(40_000)]) {
      const [row] = both(talk({ eni })).rows;
      expect(row.interface_id).toBe(eni);
      expect(row.path).toBe(`${eni} (initiator)`.slice(0, row.path.length));
    }
  });

  it('gives way to TypeScript where its memory ends, wherever that is', () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => {
      const ports = `${1024 + (i % 60_000)} ${443 + Math.floor(i / 60_000)}`;
      return i % 500 === 0 ? line({ ports, flags: '0' }) : line({ ports, flags: '2' });
    });
    const pieces = [`${HEADER}\n`, ...lines.map((each) => `${each}\n`)];
    const cut = [pieces.slice(0, 20_000).join(''), pieces.slice(20_000).join('')];
    const plain = plainLines(cut);
    // From the start; at the second block of keys and records; with all filed but none ordered; never.
    for (const pages of [19, 80, 110, 140, undefined]) {
      const got = kernelLines(KERNEL, cut, {}, pages);
      expect(got.lines === plain.lines).toBe(true);
      expect(got.counts).toEqual(plain.counts);
    }
  });
});
