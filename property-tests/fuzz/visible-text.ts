/** What may reach a terminal, whatever the log: the rule is written here once more, apart from the code that keeps it. */
import assert from 'node:assert/strict';

/** C0 and C1 controls, marks that turn the reading direction, and what some programs take for line ends. */
const MOVES_A_TERMINAL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** Holds a text without its own line ends to it. @param what it is, for the message */
export const checkVisible = (text: string, what: string): void => {
  const found = MOVES_A_TERMINAL.exec(text);
  assert.equal(found, null, `${what} holds a control character: ${JSON.stringify(text.slice(0, 300))}`);
};
