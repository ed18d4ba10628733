/** One key with very many records or interfaces. How its work grows is counted by test/rules/long-keys.test.ts. */
import { describe, expect, it, vi } from 'vitest';
import { STEP } from '../../src/model/in-steps.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { connectionsOf, HEADER, record } from '../build.ts';

describe('a key that was seen by very many interfaces', () => {
  it('is one connection where they are of one VPC, and one each where they are not', async () => {
    const lines = (vpcOf: (i: number) => string) =>
      Array.from({ length: 3000 }, (_, i) => record({ flags: 'SYN FIN', eni: `eni-${i}`, vpc: vpcOf(i) }));
    const together = await connectionsOf(lines(() => 'vpc-1'));
    expect(together.map(({ records, vantages }) => [records, vantages.length])).toEqual([[3000, 3000]]);
    const apart = await connectionsOf(lines((i) => `vpc-${i}`));
    expect(apart.length).toBe(3000);
    expect(apart.every(({ records, vantages }) => records === 1 && vantages.length === 1)).toBe(true);
    expect(new Set(apart.map(({ uid }) => uid)).size).toBe(3000);
  });
});

describe('a key with very many records', () => {
  it('ends when its signal is aborted, although its connection is not judged yet', async () => {
    // Every look at the clock finds that others have waited long enough.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 1000;
      return now;
    });
    const controller = new AbortController();
    const reason = new Error('enough');
    async function* input(): AsyncGenerator<string> {
      for (let from = 0; from < 3 * STEP; from += STEP)
        yield `${HEADER}\n${Array.from({ length: STEP }, (_, i) => record({ start: 60 * (from + i) })).join('\n')}\n`;
      // Heard in the first turn that others get once everything has been read.
      setImmediate(() => setImmediate(() => controller.abort(reason)));
    }
    const given: unknown[] = [];
    const run = async () => {
      for await (const connection of reconstruct(input(), { signal: controller.signal }))
        given.push(connection);
    };
    await expect(run()).rejects.toBe(reason);
    expect(given).toEqual([]);
    vi.restoreAllMocks();
  });
});
