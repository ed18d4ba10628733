/**
 * JSON that goes to a terminal instead of a file: JSON.stringify leaves C1 controls, direction marks and what nobody
 * sees as they are. Written as \uNNNN, two of them beyond U+FFFF, they are the same JSON and only text.
 */
import { escapeControls } from '../model/escape.ts';

/** The same JSON value, with nothing in it that a terminal would act on; line feeds stay. */
export const jsonForTerminal = (json: string): string =>
  json.replace(/[^\x20-\x7e\n]/gu, (character) =>
    escapeControls(character) === character
      ? character
      : character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
