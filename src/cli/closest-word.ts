/** "Did you mean": the known word nearest to a mistyped one, or none when nothing is near. It only compares. */

/** Single-letter edits from one word to the other (Levenshtein). */
const editsBetween = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
};

/** No known word is longer; a longer text is no typing mistake. */
const LONGEST = 40;

/**
 * The word that somebody probably meant, or undefined.
 * @example closestWord('blokced', ['blocked', 'closed']) // 'blocked'
 */
export const closestWord = (typed: string, words: readonly string[]): string | undefined => {
  if (typed.length > LONGEST) return undefined;
  const lower = typed.toLowerCase();
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const word of words) {
    const edits = editsBetween(lower, word);
    if (edits < fewest) [best, fewest] = [word, edits];
  }
  // A third of the word wrong is a mistake, more is another word.
  return best !== undefined && fewest <= Math.max(1, Math.floor(best.length / 3)) ? best : undefined;
};
