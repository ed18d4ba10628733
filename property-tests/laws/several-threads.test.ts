/**
 * Threads that write together write what one writes, also of records that went to temporary files: the same bytes, order and counts. Keys enough for them to share are those
 * of a few soups, again and again under other ports.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { kernelLines, linesTogether, wholeConnections } from '../../test/engine/rebuild-lines.ts';
import { anyLogOptions } from '../arbitraries/any-log.ts';
import { anySoup, SOUP_HEADER } from '../arbitraries/any-soup.ts';
import { anyColumns } from './any-columns.ts';
import { runs } from './runs.ts';

const KERNEL = compileEngineKernel();
const FIELDS = SOUP_HEADER.split(' ');
const PROTOCOL = FIELDS.indexOf('protocol');
const PORTS = [FIELDS.indexOf('srcport'), FIELDS.indexOf('dstport')];

/** Fewer keys are left to one thread. */
const KEYS = 32_768;

/** The line with another port in the place of its larger one; what has no ports stays as it is. */
const moved = (line: string, by: number): string => {
  const fields = line.split(' ');
  const [one = 0, other = 0] = PORTS.map((at) => Number(fields[at]));
  if (Number.isNaN(one) || !['6', '17'].includes(fields[PROTOCOL] as string)) return line;
  const at = PORTS[one < other ? 1 : 0] as number;
  fields[at] = String(1024 + by);
  return fields.join(' ');
};

/** A soup and so many copies of it that there are keys enough. */
const anyManyKeys = anySoup(8)
  .map((lines) => [
    ...lines,
    '3 vpc-1 subnet-1 i-1 eni-1 1 IPv4 10.0.0.5 10.0.0.9 50000 443 10.0.0.5 10.0.0.9 6 80 2 1760000000 1760000059 ACCEPT 3 OK -',
  ])
  .map((lines) => {
    const copies = Array.from({ length: KEYS + 100 }, (_, by) =>
      lines.map((line) => moved(line, by)).join('\n'),
    );
    return `${SOUP_HEADER}\n${copies.join('\n')}\n`;
  });

describe('threads that write together', () => {
  it('give the same lines and counts as one thread', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyManyKeys,
        anyLogOptions,
        fc.constantFrom(2, 4),
        fc.oneof(
          fc.record({ format: fc.constantFrom('json', 'csv', 'zeek') }),
          fc.record({ format: fc.constantFrom('json', 'csv'), columns: anyColumns }),
        ),
        fc.constantFrom({}, { memoryBytes: 2 ** 20 }),
        async (text, options, threads, form, limits) => {
          const request = { ...options, ...form };
          const one = kernelLines(KERNEL, [text], request);
          const many = await linesTogether(KERNEL, [text], threads, { ...request, ...limits });
          expect(many.lines === one.lines).toBe(true);
          expect(many.counts).toEqual(one.counts);
        },
      ),
      runs(6),
    );
  });

  it('give the same connections as one thread', async () => {
    await fc.assert(
      fc.asyncProperty(anyManyKeys, anyLogOptions, fc.boolean(), async (text, options, windows) => {
        const whole = (threads: number) => wholeConnections(KERNEL, [text], { ...options, windows }, threads);
        expect(await whole(3)).toEqual(await whole(1));
      }),
      runs(1),
    );
  });
});
