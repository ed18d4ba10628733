/**
 * Lines of chosen columns that the rules write are those that export spells of whole connections, cell by cell: whichever columns,
 * in whatever order, whoever runs the rules, wherever they rest, with records in files and by several threads.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import { chosenFormat } from '../../src/export/chosen-rows.ts';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { kernelLines, spilledLines, wholeConnections } from '../../test/engine/rebuild-lines.ts';
import { anyLogOptions, LOG_KINDS, LOGS } from '../arbitraries/any-log.ts';
import { anyColumns } from './any-columns.ts';
import { runs } from './runs.ts';

const COMPILED = compileEngineKernel();
const BY_NODE = nodeRules();
const anyFormat = fc.constantFrom('json', 'csv');

const LINE_END = { json: '\n', csv: '\r\n' } as const;

/** The lines, one by one: a difference is then shown by its line. */
const apart = (lines: string, format: keyof typeof LINE_END): string[] => lines.split(LINE_END[format]);

describe('lines of chosen columns', () => {
  it.each(LOG_KINDS)('are those of whole connections, and counted alike: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        LOGS[kind],
        anyLogOptions,
        anyColumns,
        anyFormat,
        fc.constantFrom(COMPILED, COMPILED, BY_NODE),
        fc.constantFrom({}, { mostLooks: 1 }),
        async ({ pieces, ...rest }, options, columns, format, rules, looks) => {
          const request = { ...rest, ...options };
          const whole = await wholeConnections(COMPILED, pieces, request);
          const { line } = chosenFormat(format, { columns });
          const { lines, counts } = kernelLines(rules, pieces, { ...request, ...looks, format, columns });
          expect(apart(lines, format)).toEqual(apart(whole.connections.map(line).join(''), format));
          expect(counts).toEqual(whole.counts);
        },
      ),
      runs(200),
    );
  });

  it('are the same of records that went to temporary files', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(...Object.values(LOGS)),
        anyLogOptions,
        anyColumns,
        anyFormat,
        async ({ pieces, ...rest }, options, columns, format) => {
          const request = { ...rest, ...options, columns, format };
          const spilled = await spilledLines(COMPILED, pieces, { ...request, memoryBytes: 1 });
          expect(spilled.lines).toBe(kernelLines(COMPILED, pieces, request).lines);
        },
      ),
      runs(60),
    );
  });
});
