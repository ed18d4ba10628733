/** Lines written by several threads: the same bytes as one thread writes, and the end of all when one of them dies. */
import { describe, expect, it } from 'vitest';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { compileEngineKernel } from './compile-engine-kernel.ts';
import { type HeldRequest, heldLines, kernelLines, linesTogether, outlined } from './rebuild-lines.ts';

const KERNEL = compileEngineKernel();
const HEADER =
  'interface-id vpc-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags';

/** Enough keys for several threads, of every kind: told by SYNs, inferred, asked about, copied, over IPv6. */
function* keys(): Generator<string> {
  for (let i = 0; i < 34_000; i++) {
    const isV6 = i % 7 === 0;
    const client = isV6 ? `2600:1f14::${(i % 5000).toString(16)}` : `10.1.${(i >> 8) & 255}.${i & 255}`;
    const server = isV6 ? '2600:1f14::ffff' : '10.0.0.9';
    const port = 20_000 + (i % 30_000);
    const from = 1_760_000_000 + (i % 3000);
    const line = (reply: boolean, flags: number, action: string, at = from, packets = 5, vpc = 1): string => {
      const [src, dst] = reply ? [server, client] : [client, server];
      const ports = reply ? `443 ${port}` : `${port} 443`;
      return `eni-${vpc}-${i % 3} vpc-${vpc} ${src} ${dst} ${ports} 6 ${packets} ${packets * 60} ${at} ${at + 30} ${action} ${flags}\n`;
    };
    // Bare ACKs, which name nobody; a close that was rejected; a port used twice, with packets enough for two; a whole one.
    if (i % 10 === 1) yield line(false, 0, 'ACCEPT') + line(true, 0, 'ACCEPT');
    else if (i % 10 === 2) yield line(false, 3, 'ACCEPT') + line(true, 19, 'REJECT');
    else if (i % 10 === 3)
      yield line(false, 3, 'ACCEPT') + line(true, 19, 'ACCEPT') + line(false, 3, 'ACCEPT', from + 50, 12);
    // The same twice; what two networks saw; an end that nobody was thought to ask for.
    else if (i % 10 === 4) yield (line(false, 3, 'ACCEPT') + line(true, 19, 'ACCEPT')).repeat(2);
    else if (i % 10 === 5) yield line(false, 3, 'ACCEPT') + line(false, 3, 'ACCEPT', from, 7, 2);
    else if (i % 100 === 6) yield line(false, 2, 'ACCEPT') + line(false, 0, 'ACCEPT', from + 9000);
    else yield line(false, 3, 'ACCEPT') + line(true, 19, 'ACCEPT');
  }
}
const TEXT = [`${HEADER}\n${[...keys()].join('')}`];
/** Nothing that threads have to leave to the first: pieces are handed on from where they wrote them. */
const PLAIN_TEXT = [
  `${HEADER}\n${Array.from(
    { length: 40_000 },
    (_, i) =>
      `eni-1 vpc-1 10.1.${i >> 8}.${i & 255} 10.0.0.9 ${20_000 + i} 443 6 5 400 1760000000 1760000030 ACCEPT 3\n`,
  ).join('')}`,
];

describe('writing together', () => {
  it('gives the same lines in the same order with any number of threads, and counts the same', async () => {
    const one = kernelLines(KERNEL, TEXT);
    expect(one.lines.split('\n').length).toBeGreaterThan(34_000);
    for (const threads of [2, 3, 8]) {
      const many = await linesTogether(KERNEL, TEXT, threads);
      expect(many.lines === one.lines).toBe(true);
      expect(many.counts).toEqual(one.counts);
    }
  });

  it.each([2, 4])(
    'gives the same portion by portion, where records went to temporary files: %i threads',
    async (threads) => {
      const one = kernelLines(KERNEL, TEXT);
      const many = await linesTogether(KERNEL, TEXT, threads, { memoryBytes: 2 ** 19 });
      expect(many.lines === one.lines).toBe(true);
      expect(many.counts).toEqual(one.counts);
    },
  );

  it('gives the same where ends of a portion are asked for by most of its keys', async () => {
    // Bare ACKs alone: nobody is told by a SYN, and each portion learns of its ends when it is first asked.
    const bare = TEXT.map((text) => text.replace(/ \d+$/gm, ' 16'));
    const request = { memoryBytes: 2 ** 19 };
    const one = kernelLines(KERNEL, bare);
    const many = await linesTogether(KERNEL, bare, 3, request);
    expect(many.lines === one.lines).toBe(true);
    expect(many.counts).toEqual(one.counts);
  });

  it('gives a line that no piece has room for', async () => {
    const crowd = Array.from(
      { length: 9000 },
      (_, i) =>
        `eni-${'x'.repeat(60)}-${i} vpc-1 10.7.0.1 10.7.0.2 40000 443 6 5 400 1760000000 1760000030 ACCEPT 3\n`,
    ).join('');
    const text = [PLAIN_TEXT[0] + crowd];
    const one = kernelLines(KERNEL, text);
    expect(one.lines.split('\n').some((line) => line.length > 600_000)).toBe(true);
    expect(kernelLines(nodeRules(), text).lines === one.lines).toBe(true);
    const many = await linesTogether(KERNEL, text, 3);
    expect(many.lines === one.lines).toBe(true);
    expect(many.counts).toEqual(one.counts);
  });

  it('gives the same lines where Node runs the rules in every thread', async () => {
    const one = kernelLines(KERNEL, TEXT);
    const many = await linesTogether(nodeRules(), TEXT, 3);
    expect(many.lines === one.lines).toBe(true);
    expect(many.counts).toEqual(one.counts);
  });

  it('gives the same outlines, and connections where they are asked for', async () => {
    const isAsked = (number: number): boolean => number % 10 === 4;
    const one = await outlined(KERNEL, TEXT, {}, isAsked);
    expect(one.wholes.length).toBeGreaterThan(3000);
    for (const request of [{}, { memoryBytes: 2 ** 19 }]) {
      const two = await outlined(KERNEL, TEXT, request, isAsked, 2);
      expect(two.counts).toEqual(one.counts);
      expect(JSON.stringify(two.told) === JSON.stringify(one.told)).toBe(true);
      expect(JSON.stringify(two.wholes) === JSON.stringify(one.wholes)).toBe(true);
      expect(JSON.stringify(two.laters) === JSON.stringify(one.laters)).toBe(true);
    }
  });

  it.each<[string, HeldRequest]>([
    ['lines of one thread', {}],
    ['outlines of one thread', { isOutline: true }],
    ['lines of two threads', { threads: 2, pauseMilliseconds: 5 }],
    ['lines of many threads', { threads: 4, pauseMilliseconds: 5 }],
    ['outlines of many threads', { threads: 4, isOutline: true, pauseMilliseconds: 5 }],
    ['lines of portions from temporary files', { memoryBytes: 2 ** 19 }],
    ['lines of portions, with a rest at every look', { memoryBytes: 2 ** 19, mostLooks: 1 }],
    ['lines of many threads, with a rest at every look', { threads: 4, mostLooks: 1, pauseMilliseconds: 5 }],
    ['outlines of portions from temporary files', { memoryBytes: 2 ** 19, isOutline: true }],
    ['lines of portions by two threads', { memoryBytes: 2 ** 19, threads: 2, pauseMilliseconds: 5 }],
    [
      'lines of portions by many threads, with a rest at every look',
      { memoryBytes: 2 ** 19, threads: 4, mostLooks: 1, pauseMilliseconds: 5 },
    ],
    ['outlines of portions by many threads', { memoryBytes: 2 ** 19, threads: 4, isOutline: true }],
  ])('leaves pieces to whoever holds one while he asks for the next: %s', async (_, request) => {
    for (const text of [TEXT, PLAIN_TEXT]) {
      const held = await heldLines(KERNEL, text, request);
      // More than all the rooms that pieces are written into: two of one thread, six of each of many.
      expect(held.pieces).toBeGreaterThan(15);
      expect(held.changed).toBe(0);
      // Outlines of a portion bear the places that its keys have there.
      if (request.isOutline === true && request.memoryBytes !== undefined) continue;
      const one = await heldLines(KERNEL, text, { isOutline: request.isOutline === true });
      expect(held.bytes.equals(one.bytes)).toBe(true);
    }
  });

  it('is not worth it for few keys', async () => {
    const few = [`${HEADER}\n${[...keys()].slice(0, 100).join('')}`];
    await expect(linesTogether(KERNEL, few, 2)).rejects.toThrow('One thread writes this.');
  });

  it('ends with the reason of the thread that dies', async () => {
    // What it is given to run is no kernel.
    const broken: KernelModule = { ...KERNEL, compiled: {} };
    await expect(linesTogether(broken, TEXT, 2, { pauseMilliseconds: 100 })).rejects.toThrow(
      /WebAssembly\.Instance/,
    );
  });
});
