/** What may reach a terminal, whatever the log: the rule is written here once more, apart from the code that keeps it. */
import assert from 'node:assert/strict';

/**
 * What is neither letter, mark, number, punctuation, symbol nor blank by its category (Unicode Standard, table 4-4),
 * and what a program shows nothing of by default (section 5.21).
 */
export const UNSEEN = /[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]|\p{Default_Ignorable_Code_Point}/u;

/** The same in lines of text: their ends may stand. */
export const UNSEEN_IN_LINES = new RegExp(`(?!\\n)(?:${UNSEEN.source})`, 'u');

/** Holds a text without its own line ends to it. @param what it is, for the message */
export const checkVisible = (text: string, what: string): void => {
  const found = UNSEEN.exec(text);
  assert.equal(
    found,
    null,
    `${what} holds a character that nobody sees: ${JSON.stringify(text.slice(0, 300))}`,
  );
};
