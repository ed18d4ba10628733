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
    // What cannot be found is told about when it is read.
    const sources = await findSources([input], () => {});
    for (const { stamp } of sources) {
      if (stamp?.inode === target.ino && stamp.device === target.dev) {
        throw new OptionError(
          'option-invalid',
          `--output ${escapeControls(output)} is one of the inputs; it would be overwritten. Choose another name.`,
        );
      }
    }
  }
};
