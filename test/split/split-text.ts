/** Text shared out by the rules of either world. */
import { EngineKernel } from '../../src/engine/kernel/engine-kernel.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { type Shared, type SharingOptions, splitInput } from '../../src/split/split-input.ts';

export interface SplitText {
  /** The text of each part. */
  readonly parts: readonly string[];
  /** What was handed over at once, in order. */
  readonly pieces: readonly (readonly [part: number, lines: string])[];
  readonly shared: Shared;
}

async function* inPieces(pieces: readonly (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* pieces;
}

export const splitText = async (
  rules: KernelModule,
  pieces: readonly (string | Uint8Array)[],
  options: SharingOptions,
  isHeaded = false,
): Promise<SplitText> => {
  const parts = Array.from({ length: options.parts }, () => '');
  const taken: [number, string][] = [];
  const take = (part: number, bytes: Uint8Array): void => {
    const lines = Buffer.from(bytes).toString('latin1');
    parts[part] += lines;
    taken.push([part, lines]);
  };
  const shared = await splitInput(inPieces(pieces), options, { take, isHeaded }, new EngineKernel(rules));
  return { parts, pieces: taken, shared };
};
