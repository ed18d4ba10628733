/** How many columns of a terminal text takes, and how to fill or cut it to a number of them. */
import stringWidth from 'fast-string-width';

/** Of ASCII and the signs of our own tables each takes one column. Measuring the rest costs a thousand times more. */
const OUR_SIGNS: ReadonlySet<number> = new Set([...'\xa0–…†‡±≤≥×→←⇢⇥⇤⇄─•'].map((sign) => sign.charCodeAt(0)));

const takesOneColumn = (code: number): boolean => (code <= 0x7e ? code >= 0x20 : OUR_SIGNS.has(code));

/** Columns of a terminal; the text holds no control characters. */
export const textWidth = (text: string): number => {
  for (let i = 0; i < text.length; i++) if (!takesOneColumn(text.charCodeAt(i))) return stringWidth(text);
  return text.length;
};

/** The text with blanks to its right, or left, up to the width; longer text stays whole. */
export const padText = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + blanks : blanks + text;
};

/** The text, or as much of it as fits before an ellipsis. */
export const cutText = (text: string, width: number): string => {
  if (textWidth(text) <= width) return text;
  let cut = '';
  for (const character of text) {
    if (textWidth(cut + character) > width - 1) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
};

/** The percentage at the end of an inferred reason. */
const TAIL = / \(\d+ %\)$/;

/** Like {@link cutText}, but a percentage at the end survives: how sure matters more than why. */
export const cutBeforePercent = (text: string, width: number): string => {
  const tail = TAIL.exec(text)?.[0] ?? '';
  return cutText(text.slice(0, text.length - tail.length), width - tail.length) + tail;
};

/** Holds two words of {@link wrapText} on one line; comes out as a blank. */
export const NO_BREAK = '\u00a0';

/** Words in lines of at most the width; a word that is longer gets its own line and stays whole. */
export const wrapText = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const word of text.split(' ')) {
    const columns = textWidth(word);
    const fits = line === '' || taken + 1 + columns <= width;
    if (!fits) lines.push(line);
    taken = line === '' || !fits ? columns : taken + 1 + columns;
    line = line === '' || !fits ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => each.replaceAll(NO_BREAK, ' '));
};

/** Sentences are readable from this width on: a narrower terminal breaks them itself. */
export const readableWidth = (width: number): number => Math.max(40, width);

/** A text in lines that fit the width, each behind an indent; `first` stands in its place before the first line. */
export function* indentText(text: string, width: number, indent: string, first = indent): Generator<string> {
  for (const [i, line] of wrapText(text, readableWidth(width) - indent.length).entries())
    yield `${i === 0 ? first : indent}${line}`;
}
