/** What work hands on is what is asked for, in order; work that is too fast waits, and ends with whoever asks. */
import { describe, expect, it } from 'vitest';
import { Channel } from '../../src/split/channel.ts';

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

describe('a channel', () => {
  it('gives what is put, in order, also several at once and behind one another', async () => {
    const channel = new Channel<number>();
    const work = async (): Promise<void> => {
      channel.put(1);
      channel.put(2);
      expect(channel.isBehind).toBe(true);
      await channel.wait();
      expect(channel.isBehind).toBe(false);
      channel.put(3);
      await channel.wait();
      channel.put(4);
    };
    expect(await all(channel.items(work()))).toEqual([1, 2, 3, 4]);
  });

  it('gives nothing of work that puts nothing', async () => {
    expect(await all(new Channel<number>().items(Promise.resolve()))).toEqual([]);
  });

  it('throws what the work throws, behind what it put', async () => {
    const channel = new Channel<number>();
    const work = async (): Promise<void> => {
      channel.put(1);
      await channel.wait();
      throw new Error('broken off');
    };
    const found: number[] = [];
    const take = async (): Promise<void> => {
      for await (const item of channel.items(work())) found.push(item);
    };
    await expect(take()).rejects.toThrow('broken off');
    expect(found).toEqual([1]);
  });

  it('tells the work when whoever asked has left, and lets it go on to its end', async () => {
    const channel = new Channel<number>();
    const leaving = new AbortController();
    let isOver = false;
    const work = async (): Promise<void> => {
      for (let i = 0; !leaving.signal.aborted; i++) {
        channel.put(i);
        await channel.wait();
      }
      isOver = true;
    };
    for await (const item of channel.items(work(), () => leaving.abort())) if (item === 3) break;
    expect(isOver).toBe(true);
  });
});
