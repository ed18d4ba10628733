/**
 * The rules are one text that two worlds run: compiled to WebAssembly, and by Node as they are. Both give the same bytes and count the
 * same, on every input: what one of them says is true of the other.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineKernel } from '../../src/engine/kernel/engine-kernel.ts';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { kernelLines, outlined, spilledLines, wholeConnections } from '../../test/engine/rebuild-lines.ts';
import { anyLogOptions, LOG_KINDS, LOGS } from '../arbitraries/any-log.ts';
import { runs } from './runs.ts';

const COMPILED = compileEngineKernel();
const BY_NODE = nodeRules();
type Rules = typeof COMPILED;

describe('the compiled rules and the same rules run by Node', () => {
  it.each(LOG_KINDS)('write the same lines of %s', (kind) => {
    fc.assert(
      fc.property(LOGS[kind], anyLogOptions, ({ pieces, ...rest }, options) => {
        const lines = (rules: Rules) => kernelLines(rules, pieces, { ...rest, ...options });
        expect(lines(BY_NODE)).toEqual(lines(COMPILED));
      }),
      runs(150),
    );
  });

  it.each([
    ['compiled', COMPILED],
    ['run by Node', BY_NODE],
  ] as const)('write the same lines when they have done other runs before, %s', (_, rules) => {
    const kernel = new EngineKernel(rules);
    fc.assert(
      fc.property(fc.oneof(...Object.values(LOGS)), anyLogOptions, ({ pieces, ...rest }, options) => {
        const request = { ...rest, ...options };
        const again = kernelLines(kernel, pieces, request);
        kernel.beginAnew();
        expect(again).toEqual(kernelLines(COMPILED, pieces, request));
      }),
      runs(150),
    );
  });

  it('outline the same connections', async () => {
    await fc.assert(
      fc.asyncProperty(LOGS.soups, anyLogOptions, async ({ pieces }, options) => {
        const outline = (rules: Rules) => outlined(rules, pieces, options, (number) => number % 3 === 0);
        expect(await outline(BY_NODE)).toEqual(await outline(COMPILED));
      }),
      runs(100),
    );
  });

  it('write the same whole rows', async () => {
    await fc.assert(
      fc.asyncProperty(LOGS.soups, anyLogOptions, fc.boolean(), async ({ pieces }, options, windows) => {
        const whole = (rules: Rules) => wholeConnections(rules, pieces, { ...options, windows });
        expect(await whole(BY_NODE)).toEqual(await whole(COMPILED));
      }),
      runs(100),
    );
  });

  it('write the same lines of records that went to temporary files', async () => {
    await fc.assert(
      fc.asyncProperty(LOGS.soups, anyLogOptions, async ({ pieces }, options) => {
        const spilled = (rules: Rules) => spilledLines(rules, pieces, { ...options, memoryBytes: 1 });
        expect(await spilled(BY_NODE)).toEqual(await spilled(COMPILED));
      }),
      runs(50),
    );
  });
});
