/**
 * The rules are one text that two worlds run: compiled to WebAssembly, and by Node as they are. Both give the same bytes, count the
 * same and leave the same keys, on every input: what one of them says is true of the other.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineKernel } from '../../src/engine/kernel/engine-kernel.ts';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import {
  kernelLines,
  type LinesRequest,
  outlined,
  spilledLines,
  wholeConnections,
} from '../../test/engine/rebuild-lines.ts';
import { anyReuse } from '../arbitraries/any-reuse.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { anySoup, SOUP_HEADER } from '../arbitraries/any-soup.ts';
import { simulate } from '../network/simulate.ts';
import { runs } from './runs.ts';

const COMPILED = compileEngineKernel();
const BY_NODE = nodeRules();

const anyRequest: fc.Arbitrary<LinesRequest> = fc.record({
  scope: fc.constantFrom('auto', 'interface', 'vpc', 'account', 'all'),
  observedOnly: fc.boolean(),
  idleSeconds: fc.constantFrom(180, 600, 3600),
});

const expectSame = (text: string, request: LinesRequest): void => {
  expect(kernelLines(BY_NODE, [text], request)).toEqual(kernelLines(COMPILED, [text], request));
};

const withHeader = (lines: readonly string[]): string => `${SOUP_HEADER}\n${lines.join('\n')}\n`;

describe('the compiled rules and the same rules run by Node', () => {
  it('write the same lines of simulated networks', () => {
    fc.assert(
      fc.property(anyScenario(), fc.nat(0xffff), anyRequest, (scenario, seed, request) => {
        const { lines, fields } = simulate(scenario, seed);
        expectSame(`${lines.join('\n')}\n`, { ...request, fields: fields.join(' ') });
      }),
      runs(200),
    );
  });

  it('write the same lines, whatever the records say', () => {
    fc.assert(
      fc.property(anySoup(), anyRequest, (lines, request) => expectSame(withHeader(lines), request)),
      runs(400),
    );
  });

  it('divide ports that are used again alike', () => {
    fc.assert(
      fc.property(anyReuse(), anyRequest, (lines, request) => expectSame(withHeader(lines), request)),
      runs(400),
    );
  });

  it.each([
    ['compiled', COMPILED],
    ['run by Node', BY_NODE],
  ] as const)('write the same lines when they have done other runs before, %s', (_, rules) => {
    const kernel = new EngineKernel(rules);
    const anyText = fc.oneof(
      anySoup().map(withHeader),
      anyReuse().map(withHeader),
      fc.tuple(anyScenario(), fc.nat(0xffff)).map(([scenario, seed]) => {
        const { lines, fields } = simulate(scenario, seed);
        return `${fields.join(' ')}\n${lines.filter((line) => line !== fields.join(' ')).join('\n')}\n`;
      }),
    );
    fc.assert(
      fc.property(anyText, anyRequest, (text, request) => {
        const again = kernelLines(kernel, [text], request);
        kernel.beginAnew();
        expect(again).toEqual(kernelLines(COMPILED, [text], request));
      }),
      runs(200),
    );
  });

  it('outline the same connections', async () => {
    await fc.assert(
      fc.asyncProperty(anySoup(), anyRequest, async (lines, request) => {
        const outline = (module: typeof COMPILED) =>
          outlined(module, [withHeader(lines)], request, (number) => number % 3 === 0);
        expect(await outline(BY_NODE)).toEqual(await outline(COMPILED));
      }),
      runs(100),
    );
  });

  it('write the same whole rows', async () => {
    await fc.assert(
      fc.asyncProperty(anySoup(), anyRequest, fc.boolean(), async (lines, request, windows) => {
        const whole = (module: typeof COMPILED) =>
          wholeConnections(module, [withHeader(lines)], { ...request, windows });
        expect(await whole(BY_NODE)).toEqual(await whole(COMPILED));
      }),
      runs(100),
    );
  });

  it('write the same lines of records that went to temporary files', async () => {
    await fc.assert(
      fc.asyncProperty(anySoup(), anyRequest, async (lines, request) => {
        const spilled = (module: typeof COMPILED) =>
          spilledLines(module, [withHeader(lines)], { ...request, memoryBytes: 1 });
        expect(await spilled(BY_NODE)).toEqual(await spilled(COMPILED));
      }),
      runs(50),
    );
  });
});
