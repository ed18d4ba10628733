/** The engine's kernel by example; what holds on any input are laws (property-tests/laws). */
import { describe, expect, it } from 'vitest';
import { KernelMemory } from '../../src/engine/kernel/kernel-memory.ts';
import { MARK, OUTLINE } from '../../src/engine/outlines/outline-rows.ts';
import { both, KERNEL, line, talk } from './both-ways.ts';

describe('the engine kernel', () => {
  it('writes outlines where they are read', () => {
    const memory = new KernelMemory(KERNEL);
    for (const [name, value] of Object.entries({ ...OUTLINE, ...MARK }))
      expect([name, memory.value(name)]).toEqual([name, value]);
  });

  it('counts connections that are alike at once', () => {
    const lines = Array.from({ length: 300 }, (_, i) => talk({ ports: `${40000 + i} 443` })).flat();
    const { rows, counts } = both(lines);
    expect(rows).toHaveLength(300);
    expect(counts).toMatchObject({ engine: { flows: 600 }, tally: { shown: 300 } });
  });

  it('knows a rejected reply, and one that came after the close', () => {
    const back = { from: '10.0.0.9', to: '10.0.0.5', ports: '443 40000', action: 'REJECT' } as const;
    const { rows } = both([line({ flags: '2' }), line({ ...back, flags: '18' })]);
    expect(rows).toMatchObject([
      { state: 'blocked', verdict: 'reply-rejected', conn_state: 'S1', initiator_basis: 'handshake' },
    ]);
    expect(both([line({ flags: '3' }), line({ ...back, flags: '19' })]).rows).toHaveLength(1);
    // What comes rejected after both have closed is late, and was nothing else stopped.
    const late = { ...back, flags: '0', times: '1760000040 1760000050' };
    expect(both([...talk(), line(late)]).rows).toMatchObject([{ verdict: 'late', records: 3 }]);
  });

  it('takes a SYN inside the interval of a rejected record for its own', () => {
    const rejected = { action: 'REJECT', flags: '0', times: '1760000000 1760000600' } as const;
    const { rows } = both([
      line(rejected),
      line({ action: 'REJECT', flags: '2', times: '1760000100 1760000130' }),
    ]);
    expect(rows).toMatchObject([{ records: 2 }]);
  });

  it('tells duplicates, what many interfaces saw, and protocols that have no name', () => {
    const many = Array.from({ length: 9 }, (_, i) => line({ ports: '40003 443', eni: `eni-${i}` }));
    const lines = [
      ...talk({ ports: '40001 443' }),
      ...talk({ ports: '40002 443' }),
      ...talk({ ports: '40002 443' }),
      ...many,
      line({ ports: '0 0', protocol: 47, flags: '-' }),
    ];
    const { rows } = both(lines);
    expect(rows.map((row) => [row.protocol, row.initiator_port ?? 0, row.records, row.vantages])).toEqual([
      ['tcp', 40001, 2, 1],
      ['tcp', 40002, 2, 1],
      ['tcp', 40003, 9, 9],
      ['47', 0, 1, 1],
    ]);
  });

  it('knows datagrams, pings and what carries no flags', () => {
    const ends = Array.from({ length: 20 }, (_, i) => `${5000 + i} 53`);
    const lines = ends.flatMap((ports) => [
      line({ ports, protocol: 17, flags: '-' }),
      line({ ports, flags: '-' }),
      line({ from: `10.0.1.${Number(ports.slice(0, 4)) - 4999}`, ports: '0 0', protocol: 1, flags: '-' }),
      line({ from: `fd00::${ports.slice(0, 4)}`, to: 'fd00::9', ports: '0 0', protocol: 58, flags: '-' }),
    ]);
    const { rows } = both(lines);
    expect(rows).toHaveLength(80);
  });

  it('learns of ends that nobody was thought to ask for, of few one by one and of many all at once', () => {
    for (const keys of [5, 200]) {
      // A handshake, and two hours later the same ports again, where no SYN tells who opened.
      const lines = Array.from({ length: keys }, (_, i) => [
        ...talk({ ports: `${40000 + i} 9999` }),
        line({ ports: `${40000 + i} 9999`, flags: '0', times: '1760007200 1760007230' }),
      ]).flat();
      const { rows } = both(lines);
      expect(rows.filter((row) => row.initiator_basis === 'service')).toHaveLength(keys);
    }
  });

  it('tells apart two networks that use the same private addresses', () => {
    const lines = Array.from({ length: 40 }, (_, i) =>
      ['vpc-1', 'vpc-2'].map((vpc) => line({ ports: `${40000 + i} 443`, eni: `eni-of-${vpc}`, vpc })),
    ).flat();
    expect(both(lines).rows).toHaveLength(80);
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

  it('adds up beyond whole numbers as doubles do', () => {
    const first = line({ counts: '1 9007199254740991' });
    const next = line({ counts: '1 9007199254740990', flags: '0', times: '1760000031 1760000060' });
    // The sum, 18014398509481981, lies between two doubles: the even one is 18014398509481980.
    expect(both([first, next]).lines).toContain('"initiator_bytes":18014398509481980,');
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
});
