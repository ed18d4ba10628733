/**
 * Log content is hostile. Whatever of it reaches a terminal or a sentence goes through here: characters that move
 * the cursor, change colours, turn the reading direction, break a line or cannot be seen become visible text. Unicode's
 * own properties say which, as this Node.js knows them: what a newer Unicode adds is spelt out until it does.
 */
// C is all that is no text: controls, formats, surrogates, private use, unassigned. The last are letters, marks and signs
// by their category that nobody sees: fillers and selectors of a variant.
const HOSTILE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Printed ASCII, which most of it is: told without a look at Unicode's tables. */
const isPrintedAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
};

/** The text with every character that is not to be seen as `\xNN` or `\u{NNNN}`; letters, marks, signs and blanks stay. */
export const escapeControls = (text: string): string => {
  if (isPrintedAscii(text)) return text;
  return text.replace(HOSTILE, (character) => {
    const code = character.codePointAt(0) as number;
    const hex = code.toString(16).padStart(2, '0');
    return code < 256 ? `\\x${hex}` : `\\u{${hex}}`;
  });
};

/** The text for a place between the tags of HTML or XML, or in double quotes there. */
export const escapeMarkup = (text: string): string =>
  escapeControls(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
