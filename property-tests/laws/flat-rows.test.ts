/**
 * The fast lanes say what the plain one says: judging plain keys in one pass and spelling rows as bytes gives,
 * byte for byte, the JSON Lines of the connections; and so does the kernel, which counts what the engine counts and leaves
 * no key to the plain path.
 */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { PlainJudge } from '../../src/engine/plain-judge.ts';
import { jsonPiecesAlone } from '../../src/export/json-bytes.ts';
import { toJsonLine } from '../../src/export/json-lines.ts';
import { type ReconstructOptions, reconstruct } from '../../src/reconstruct.ts';
import { compileEngineKernel } from '../../test/engine/compile-engine-kernel.ts';
import { kernelLines, plainLines as rebuiltPlainly } from '../../test/engine/rebuild-lines.ts';
import { anyCrowd, CROWD_HEADER } from '../arbitraries/any-crowd.ts';
import { anyReuse } from '../arbitraries/any-reuse.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { anySoup, SOUP_HEADER } from '../arbitraries/any-soup.ts';
import { anyHostileLog, printSections } from '../model/any-hostile-log.ts';
import { simulate } from '../network/simulate.ts';
import { rebuildText } from './rebuild-text.ts';
import { runs } from './runs.ts';

const fastLines = async (text: string, options: ReconstructOptions): Promise<string> => {
  const run = reconstruct(
    (async function* () {
      yield text;
    })(),
    options,
  );
  const source = await run.flatRows();
  const decoder = new TextDecoder();
  let lines = '';
  for (const piece of jsonPiecesAlone(source, () => {})) lines += decoder.decode(piece);
  return lines;
};

const plainLines = async (text: string, options: ReconstructOptions): Promise<string> =>
  (await rebuildText([text], options)).connections.map((each) => `${toJsonLine(each)}\n`).join('');

const RUNS = runs(500);

const anyOptions: fc.Arbitrary<ReconstructOptions> = fc.record({
  scope: fc.constantFrom('auto', 'interface', 'vpc', 'account', 'all'),
  observedOnly: fc.boolean(),
  idleSeconds: fc.constantFrom(180, 600, 3600),
});

describe('flat rows', () => {
  it('give the same JSON Lines as connections do, on simulated networks', async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario(), fc.nat(0xffff), async (scenario, seed) => {
        const { lines, fields } = simulate(scenario, seed);
        const options = { fields: fields.join(' ') };
        const text = `${lines.join('\n')}\n`;
        expect(await fastLines(text, options)).toBe(await plainLines(text, options));
      }),
      RUNS,
    );
  });

  it('give the same JSON Lines as connections do, whatever the records say', async () => {
    await fc.assert(
      fc.asyncProperty(anySoup(), anyOptions, async (lines, options) => {
        const text = `${SOUP_HEADER}\n${lines.join('\n')}\n`;
        expect(await fastLines(text, options)).toBe(await plainLines(text, options));
      }),
      runs(2000),
    );
  });
});

const KERNEL = compileEngineKernel();

/** The text in pieces, so that the kernel gets several batches. */
const cutIntoPieces = (text: string, cuts: readonly number[]): string[] => {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return places.slice(1).map((to, i) => text.slice(places[i], to));
};

/** Records between two rests: one, a few, or as many as are worth it. */
const anyLooks = fc.constantFrom({ mostLooks: 1 }, { mostLooks: 7 }, {});

const anyCuts = fc.array(fc.nat(), { maxLength: 3 });

/** Lines by the kernel: no key of them is left to the plain path. */
const linesOfKernel = (...request: Parameters<typeof kernelLines>): ReturnType<typeof kernelLines> => {
  const plain = vi.spyOn(PlainJudge.prototype, 'judged');
  try {
    const lines = kernelLines(...request);
    expect(plain).not.toHaveBeenCalled();
    return lines;
  } finally {
    plain.mockRestore();
  }
};

describe('the engine kernel', () => {
  it('gives the lines and the counts of the plain path, on simulated networks', () => {
    fc.assert(
      fc.property(anyScenario(), fc.nat(0xffff), anyCuts, (scenario, seed, cuts) => {
        const { lines, fields } = simulate(scenario, seed);
        const request = { fields: fields.join(' ') };
        const pieces = cutIntoPieces(`${lines.join('\n')}\n`, cuts);
        const { lines: got, counts } = linesOfKernel(KERNEL, pieces, request);
        const plain = rebuiltPlainly(pieces, request);
        expect(got).toBe(plain.lines);
        expect(counts).toEqual(plain.counts);
      }),
      RUNS,
    );
  });

  it('gives the lines and the counts of the plain path, whatever the records say', () => {
    fc.assert(
      fc.property(anySoup(), anyOptions, anyCuts, (lines, options, cuts) => {
        const pieces = cutIntoPieces(`${SOUP_HEADER}\n${lines.join('\n')}\n`, cuts);
        const { lines: got, counts } = linesOfKernel(KERNEL, pieces, options);
        const plain = rebuiltPlainly(pieces, options);
        expect(got).toBe(plain.lines);
        expect(counts).toEqual(plain.counts);
      }),
      RUNS,
    );
  });

  it('gives the lines and the counts of the plain path for hostile logs', () => {
    fc.assert(
      fc.property(anyHostileLog(), anyOptions, anyCuts, (sections, options, cuts) => {
        const pieces = cutIntoPieces(printSections(sections), cuts);
        const { lines: got, counts } = linesOfKernel(KERNEL, pieces, options);
        const plain = rebuiltPlainly(pieces, options);
        expect(got).toBe(plain.lines);
        expect(counts).toEqual(plain.counts);
      }),
      RUNS,
    );
  });

  it('gives the lines and the counts of the plain path where very many saw one key, resting or not', () => {
    fc.assert(
      fc.property(anyCrowd(), anyOptions, anyCuts, anyLooks, (lines, options, cuts, looks) => {
        const pieces = cutIntoPieces(`${CROWD_HEADER}\n${lines.join('\n')}\n`, cuts);
        const { lines: got, counts } = linesOfKernel(KERNEL, pieces, { ...options, ...looks });
        const plain = rebuiltPlainly(pieces, options);
        expect(got).toBe(plain.lines);
        expect(counts).toEqual(plain.counts);
      }),
      runs(1000),
    );
  });

  it('divides ports that are used again where the plain path divides them', () => {
    fc.assert(
      fc.property(anyReuse(), anyOptions, (lines, options) => {
        const pieces = [`${SOUP_HEADER}\n${lines.join('\n')}\n`];
        const { lines: got, counts } = linesOfKernel(KERNEL, pieces, options);
        const plain = rebuiltPlainly(pieces, options);
        expect(got).toBe(plain.lines);
        expect(counts).toEqual(plain.counts);
      }),
      RUNS,
    );
  });
});
