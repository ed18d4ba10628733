/** Which errors bad input may end in: ours, with a code from the documented set and a sentence that is safe to print. */
import assert from 'node:assert/strict';
import { type ErrorCode, isConntrailError } from '../../src/model/errors.ts';
import { checkVisible } from './visible-text.ts';

/** Enough for a sentence that quotes a line and suggests a format. What somebody typed is quoted in full. */
const LONGEST_SENTENCE = 4096;

/** Passes an expected error over and throws everything else on. */
export const checkError = (error: unknown, codes: readonly ErrorCode[]): void => {
  if (!isConntrailError(error) || !codes.includes(error.code)) throw error;
  checkVisible(error.message, 'the message of an error');
  const isTooLong = error.code !== 'option-invalid' && error.message.length > LONGEST_SENTENCE;
  assert.ok(!isTooLong, `a message of ${error.message.length} characters`);
};

/** What work gives, or undefined when it ends in an error that it may end in. */
export const valueOrError = <T>(work: () => T, codes: readonly ErrorCode[]): T | undefined => {
  try {
    return work();
  } catch (error) {
    checkError(error, codes);
    return undefined;
  }
};
