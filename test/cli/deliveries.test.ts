/** Pieces are packed side by side and delivered in the order of their part; a failure is told once and ends all. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Deliveries } from '../../src/cli/deliveries.ts';

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

describe('deliveries', () => {
  it('come in the order of their part, however long each takes to pack', async () => {
    const delivered: number[][] = [];
    const deliveries = new Deliveries(
      async (piece) => {
        await delay(piece[0] as number);
        return piece;
      },
      async (part, piece) => {
        await delay(1);
        delivered.push([part, ...piece]);
      },
    );
    for (const [part, ms] of [
      [7, 30],
      [7, 1],
      [8, 5],
      [7, 10],
      [8, 1],
    ] as const)
      deliveries.add(part, bytes(ms));
    await deliveries.wait();
    expect(delivered.filter(([part]) => part === 7)).toEqual([
      [7, 30],
      [7, 1],
      [7, 10],
    ]);
    expect(delivered.filter(([part]) => part === 8)).toEqual([
      [8, 5],
      [8, 1],
    ]);
  });

  it('are copies: whoever handed a piece over may fill it again', async () => {
    const delivered: number[] = [];
    const deliveries = new Deliveries(
      async (piece) => piece,
      async (_, piece) => void delivered.push(...piece),
    );
    const lent = bytes(1);
    deliveries.add(0, lent);
    lent[0] = 2;
    deliveries.add(0, lent);
    await deliveries.wait();
    expect(delivered).toEqual([1, 2]);
  });

  it('are behind with more than 8 MiB on their way, until all have arrived', async () => {
    let arrive = (): void => {};
    const gate = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const deliveries = new Deliveries(
      async (piece) => piece,
      () => gate,
    );
    const piece = new Uint8Array(2 ** 20);
    for (let i = 0; i < 8; i++) deliveries.add(i, piece);
    expect(deliveries.isBehind).toBe(false);
    deliveries.add(8, piece);
    expect(deliveries.isBehind).toBe(true);
    arrive();
    await deliveries.wait();
    expect(deliveries.isBehind).toBe(false);
  });

  it.each(['pack', 'deliver'])(
    'end with the first failure to %s, and nothing is delivered behind it',
    async (what) => {
      const delivered: number[] = [];
      const fail = (piece: Uint8Array, when: string): void => {
        if (when === what && piece[0] === 2) throw new Error(`cannot ${what}`);
      };
      const deliveries = new Deliveries(
        async (piece) => {
          fail(piece, 'pack');
          return piece;
        },
        async (_, piece) => {
          fail(piece, 'deliver');
          delivered.push(piece[0] as number);
        },
      );
      for (const value of [1, 2, 3]) deliveries.add(0, bytes(value));
      await expect(deliveries.wait()).rejects.toThrow(`cannot ${what}`);
      expect(deliveries.isBehind).toBe(true);
      deliveries.add(0, bytes(4));
      await expect(deliveries.wait()).rejects.toThrow(`cannot ${what}`);
      expect(delivered).toEqual([1]);
    },
  );

  it('that are stopped deliver nothing any more, without a word', async () => {
    const delivered: number[] = [];
    const deliveries = new Deliveries(
      async (piece) => {
        await delay(20);
        return piece;
      },
      async (_, piece) => void delivered.push(...piece),
    );
    deliveries.add(0, bytes(1));
    await deliveries.stop();
    expect(delivered).toEqual([]);
  });
});
