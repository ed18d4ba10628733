/**
 * Log content is hostile. Whatever of it reaches a terminal or a sentence goes through here: characters
 * that move the cursor, change colours, turn the reading direction or break a line become visible text.
 */
const HOSTILE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]/gu;

/** The text with every control, direction and invisible character as `\xNN` or `\u{NNNN}`. */
export const escapeControls = (text: string): string =>
  text.replace(HOSTILE, (character) => {
    const code = character.codePointAt(0) as number;
    const hex = code.toString(16).padStart(2, '0');
    return code < 256 ? `\\x${hex}` : `\\u{${hex}}`;
  });

/** The text for a place between the tags of HTML or XML, or in double quotes there. */
export const escapeMarkup = (text: string): string =>
  escapeControls(text)
    // No characters to XML, whatever their spelling (XML 1.0 §2.2).
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
