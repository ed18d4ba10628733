/**
 * Every pair and every triple of flags that AWS can log in one window: the order in which the records are read changes
 * nothing. All of them are laid side by side in one input, each on a port of its own.
 */
import { describe, expect, it } from 'vitest';
import { VPC_FLAG_VALUES } from '../../src/model/tcp-flags.ts';
import { connectionsOf, record, sortedText } from '../build.ts';

const VALUES = [...VPC_FLAG_VALUES];

const permutations = <T>(items: readonly T[]): (readonly T[])[] =>
  items.length <= 1
    ? [items]
    : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));

/** Reads all groups with their records in each order there is; gives the distinct results. */
const resultsOf = async (groups: readonly (readonly string[])[]) => {
  const orders = permutations(groups[0]?.map((_, i) => i) ?? []);
  const results = new Set<string>();
  let count = 0;
  for (const order of orders) {
    const connections = await connectionsOf(groups.flatMap((group) => order.map((i) => group[i] as string)));
    count = connections.length;
    results.add(sortedText(connections));
  }
  return { results, count };
};

const portOf = (n: number): number => 10_000 + n;

describe('the records of one window', () => {
  it('give the same connection in either order, for each of the 144 pairs of flags', async () => {
    const groups = VALUES.flatMap((client, i) =>
      VALUES.map((server, j) => {
        const clientPort = portOf(i * VALUES.length + j);
        return [record({ flags: client, clientPort }), record({ by: 'server', flags: server, clientPort })];
      }),
    );
    expect(groups).toHaveLength(144);
    const { results, count } = await resultsOf(groups);
    expect(results.size).toBe(1);
    expect(count).toBe(144);
  });

  it('give the same in all six orders, for each of the 1,728 triples: two records of one side, one of the other', async () => {
    const groups = VALUES.flatMap((first, i) =>
      VALUES.flatMap((second, j) =>
        VALUES.map((other, k) => {
          const clientPort = portOf((i * VALUES.length + j) * VALUES.length + k);
          return [
            record({ flags: first, clientPort, packets: 5 }),
            record({ flags: second, clientPort, packets: 6 }),
            record({ by: 'server', flags: other, clientPort }),
          ];
        }),
      ),
    );
    expect(groups).toHaveLength(1728);
    const { results } = await resultsOf(groups);
    expect(results.size).toBe(1);
  });

  it('give the same in all six orders when one side has two interfaces', async () => {
    const groups = VALUES.flatMap((first, i) =>
      VALUES.flatMap((second, j) =>
        VALUES.map((other, k) => {
          const clientPort = portOf((i * VALUES.length + j) * VALUES.length + k);
          return [
            record({ flags: first, clientPort, eni: 'eni-client' }),
            record({ flags: second, clientPort }),
            record({ by: 'server', flags: other, clientPort }),
          ];
        }),
      ),
    );
    const { results } = await resultsOf(groups);
    expect(results.size).toBe(1);
  });
});

describe('what one window can mean', () => {
  /** The client's flags, the server's, and the model's words (sections 3 and 4; 2.2 and 2.3 of the format page). */
  it.each<[client: number, server: number, state: string, basis: string]>([
    [2, 4, 'refused', 'syn'],
    [2, 18, 'established', 'handshake'],
    [3, 19, 'closed', 'handshake'],
    [3, 18, 'half-closed', 'handshake'],
    [2, 19, 'half-closed', 'handshake'],
    [6, 18, 'reset', 'handshake'],
    [2, 22, 'reset', 'handshake'],
    [7, 19, 'closed', 'handshake'],
    [3, 23, 'closed', 'handshake'],
    [0, 18, 'answered', 'syn-ack'],
    [1, 19, 'answered', 'syn-ack'],
  ])('%i from the client and %i from the server', async (client, server, state, basis) => {
    const [only, ...others] = await connectionsOf([
      record({ flags: client }),
      record({ by: 'server', flags: server }),
    ]);
    expect(others).toEqual([]);
    expect([only?.state, only?.initiatorBasis]).toEqual([state, basis]);
  });
});
