/** Which records of a key belong to one network. Who wrote them is told by VPC, account and whether an instance did. */
import { describe, expect, it } from 'vitest';
import type { ReconstructOptions } from '../../src/reconstruct.ts';
import { connectionsOfRows, type Row, rowsOfConnections } from '../log-of.ts';

const ALL = {
  a: { eni: 'eni-a', vpc: 'vpc-a', account: '1' },
  b: { eni: 'eni-b', vpc: 'vpc-b', account: '1' },
  c: { eni: 'eni-c', vpc: 'vpc-c', account: '1' },
  hostOfA: { eni: 'eni-ha', vpc: 'vpc-a', instance: 'i-1' },
  hostOfB: { eni: 'eni-hb', vpc: 'vpc-b', instance: 'i-2' },
  plain: { eni: 'eni-p', account: '1' },
  other: { eni: 'eni-o', account: '2' },
  // The same interface in a format with fewer fields, and one that only tells its instance.
  plainA: { eni: 'eni-a' },
  plainHost: { eni: 'eni-p', instance: 'i-3', account: '1' },
} as const satisfies Record<string, Row>;
type Name = keyof typeof ALL;

type Scope = ReconstructOptions['scope'];

const seen = (name: Name, parts: Row = {}): Row => ({ ...ALL[name], ...parts });

/** The places of the records of each network: one connection each. */
const part = (rows: readonly Row[], scope: Scope = 'auto'): Promise<number[][]> =>
  rowsOfConnections(rows, { scope });

/** Seen through a gateway: the sender or the receiver is shown under another address. */
const src: Row = { src: '10.0.0.1' };
const dst: Row = { dst: '10.0.0.1' };
const back: Row = { by: 'high' };

describe('records of one key', () => {
  it('are one network where one observer wrote them, or one account and nobody says more', async () => {
    expect(await part([])).toEqual([]);
    expect(await part([seen('a'), seen('a', back)])).toEqual([[0, 1]]);
    expect(await part([seen('plain'), seen('plain')])).toEqual([[0, 1]]);
    expect(await part([seen('plain'), seen('plainHost')])).toEqual([[0, 1]]);
  });

  it('are parted by VPC, in the order of the names, whatever theirs is', async () => {
    for (const names of [
      ['c', 'a', 'b', 'a'],
      ['b', 'a', 'c', 'a'],
    ] as const) {
      const rows = names.map((name) => seen(name));
      const apart = (['a', 'b', 'c'] as const).map((vpc) =>
        names.flatMap((name, at) => (name === vpc ? [at] : [])),
      );
      expect(await part(rows)).toEqual(apart);
      expect(await part(rows, 'vpc')).toEqual(apart);
      expect(await part(rows, 'account')).toEqual([[0, 1, 2, 3]]);
      expect(await part(rows, 'all')).toEqual([[0, 1, 2, 3]]);
      // Globally unique addresses need no VPC to be told apart.
      const unique = rows.map((row) => ({ ...row, low: '2001:db8::5', high: '2001:db8::9' }));
      expect(await part(unique)).toEqual([[0, 1, 2, 3]]);
      expect(await part(unique, 'vpc')).toEqual(apart);
      // Unique local ones (RFC 4193) are as good as private ones of IPv4, be it one of two.
      const local = rows.map((row) => ({ ...row, low: '2001:db8::5', high: 'fd00::9' }));
      expect(await part(local)).toEqual(apart);
    }
  });

  it('are parted by interface, in the order of the names', async () => {
    expect(await part([seen('b'), seen('a')], 'interface')).toEqual([[1], [0]]);
  });

  it('of an interface are in its VPC also where the format does not say so', async () => {
    expect(await part([seen('plainA'), seen('a')], 'vpc')).toEqual([[0, 1]]);
  });

  it('whose VPC nobody names belong to the one VPC that saw the key, and to none of two', async () => {
    expect(await part([seen('other'), seen('a'), seen('plain')])).toEqual([[0, 1, 2]]);
    // account:1 comes before vpc-a by name, and behind it in the order of networks.
    expect(await part([seen('plain'), seen('a'), seen('b')])).toEqual([[1], [2], [0]]);
    expect(await part([seen('other'), seen('plain')])).toEqual([[1], [0]]);
  });
});

describe('two VPCs', () => {
  const joined = [[0, 1]];
  const apart = [[0], [1]];

  it('are joined where each sees the other end through a gateway, in either direction', async () => {
    expect(await part([seen('a', dst), seen('b', src)])).toEqual(joined);
    expect(await part([seen('a', src), seen('b', dst)])).toEqual(joined);
    expect(await part([seen('a', dst), seen('b', { ...back, ...dst })])).toEqual(joined);
    expect(await part([seen('a', { ...back, ...src }), seen('b', src)])).toEqual(joined);
    expect(await part([seen('b', dst), seen('a', src)])).toEqual(joined);
  });

  it('are not where both see the same end so, or one sees all true', async () => {
    expect(await part([seen('a', dst), seen('b', dst)])).toEqual(apart);
    expect(await part([seen('a', src), seen('b', src)])).toEqual(apart);
    expect(await part([seen('a', dst), seen('b', { ...back, ...src })])).toEqual(apart);
    expect(await part([seen('a', dst), seen('b')])).toEqual(apart);
    expect(await part([seen('a'), seen('b', src)])).toEqual(apart);
    expect(await part([seen('a', src), seen('b')])).toEqual(apart);
    expect(await part([seen('a'), seen('b', dst)])).toEqual(apart);
  });

  it('are not where instances show other addresses than the packets: those are of pods', async () => {
    expect(await part([seen('hostOfA', dst), seen('hostOfB', src)])).toEqual(apart);
    expect(await part([seen('a', dst), seen('hostOfB', src)])).toEqual(apart);
  });

  it('leave a third apart that sees all true, and take along what nobody names when there is no third', async () => {
    const rows = [seen('c'), seen('b', src), seen('a', dst)];
    // vpc-c comes first in the order of networks: those that are joined go by the last of them that was joined.
    expect(await part(rows)).toEqual([[0], [1, 2]]);
    expect(await part([seen('plain'), ...rows.slice(1)])).toEqual([[0, 1, 2]]);
  });
});

describe('the name of a network', () => {
  /** The uid of the connection that holds the first row: all rows are of one second, so that only the network may differ. */
  const uidOf = async (rows: readonly Row[], scope: Scope = 'auto'): Promise<string | undefined> => {
    const connections = await connectionsOfRows(rows, { scope });
    expect(connections).toHaveLength(1);
    return connections[0]?.uid;
  };

  it('is that of the VPC, also for records that do not name it', async () => {
    const vpc = await uidOf([seen('a')]);
    expect(await uidOf([seen('hostOfA')])).toBe(vpc);
    expect(await uidOf([seen('plainA', { packets: 6 }), seen('a')], 'vpc')).toBe(vpc);
    expect(await uidOf([seen('other'), seen('a'), seen('plain')])).toBe(vpc);
    expect(await uidOf([seen('b')])).not.toBe(vpc);
  });

  it('is that of the account where nobody names a VPC, and is what its own records say', async () => {
    const account = await uidOf([seen('plain')]);
    expect(await uidOf([seen('plain'), seen('plainHost')])).toBe(account);
    expect(await uidOf([seen('other')])).not.toBe(account);
    const nobody = await uidOf([seen('plainA')]);
    expect(await uidOf([{ eni: 'eni-x' }])).toBe(nobody);
    expect([account, await uidOf([seen('a')])]).not.toContain(nobody);
    // That another record of the interface names its VPC elsewhere in the input changes no name.
    const together = await connectionsOfRows([seen('plainA'), seen('a', { ports: [50_000, 50_009] })]);
    expect(together.map(({ uid }) => uid)).toContain(nobody);
  });

  it('is that of all that are joined, whoever came first', async () => {
    const both = await uidOf([seen('a', dst), seen('b', src)]);
    expect(await uidOf([seen('b', src), seen('a', dst)])).toBe(both);
    expect(await uidOf([seen('plain'), seen('b', src), seen('a', dst)])).toBe(both);
    expect([await uidOf([seen('a')]), await uidOf([seen('b')])]).not.toContain(both);
    const unique = { low: '2001:db8::5', high: '2001:db8::9' };
    const three = await uidOf([seen('a', unique), seen('b', unique), seen('c', unique)]);
    expect(await uidOf([seen('c', unique), seen('b', unique), seen('a', unique)])).toBe(three);
    expect(await uidOf([seen('a', unique), seen('b', unique)])).not.toBe(three);
  });

  it('is that of the interface, the account or all, as is asked for', async () => {
    const rows = [seen('a'), seen('a', back)];
    const names = await Promise.all(
      (['interface', 'vpc', 'account', 'all'] as const).map((scope) => uidOf(rows, scope)),
    );
    expect(new Set(names).size).toBe(4);
    expect(await uidOf([seen('plainA')], 'interface')).toBe(names[0]);
    expect(await uidOf([seen('b')], 'account')).toBe(names[2]);
    expect(await uidOf([seen('other')], 'all')).toBe(names[3]);
    // Who names no interface may name a resource in its place.
    const resource = await uidOf([{ eni: null, resource: 'tgw-1' }], 'interface');
    expect(await uidOf([{ eni: 'tgw-1' }], 'interface')).toBe(resource);
    expect(await uidOf([{ eni: null }], 'interface')).not.toBe(resource);
  });
});
