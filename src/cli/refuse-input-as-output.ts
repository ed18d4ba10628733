/**
 * `-o` onto one of the inputs would destroy evidence, so it is refused: by identity of the file, not by its
 * spelling. A target that does not exist yet is nobody's input.
 */
import { stat } from 'node:fs/promises';
import { findSources } from '../input/find-sources.ts';
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';

/** @throws OptionError when the output is one of the files that would be read. */
export const refuseInputAsOutput = async (output: string, inputs: readonly string[]): Promise<void> => {
  const target = await stat(output).catch(() => undefined);
  if (target?.isFile() !== true) return;
  for (const input of inputs) {
    // An input that cannot be found is told about when it is read.
    const sources = await findSources([input]).catch(() => []);
    for (const { path } of sources) {
      const source = path === null ? undefined : await stat(path).catch(() => undefined);
      if (source?.ino === target.ino && source.dev === target.dev) {
        throw new OptionError(
          'option-invalid',
          `--output ${escapeControls(output)} is one of the inputs; it would be overwritten. Choose another name.`,
        );
      }
    }
  }
};
