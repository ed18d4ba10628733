/** Pieces of text as one, for those who ask for a string: where a string has no room for them, that is said. */
import { OptionError } from './errors.ts';

/**
 * All pieces in one string.
 * @param what is joined, and how to ask for less of it
 * @throws OptionError when there is more text than a string can hold (512 MiB in V8)
 */
export const joinPieces = (pieces: Iterable<string>, what: { is: string; advice: string }): string => {
  let text = '';
  for (const piece of pieces) {
    try {
      text += piece;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new OptionError(
        'option-invalid',
        `${what.is} has more text than one string can hold: ${what.advice}.`,
        { cause: error },
      );
    }
  }
  return text;
};
