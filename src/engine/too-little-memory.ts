/** How a run ends that has no room left where it needs some: whatever could wait in a temporary file does so by then. */
import { InputError } from '../model/errors.ts';

export const tooLittleMemory = (): InputError =>
  new InputError(
    'input-too-large',
    'There is not enough memory. Give the process more, or ask for less: a smaller --memory, --threads 1, fewer files at once.',
  );
