/** Whether words are a record of a flow log, before anything tells its format. */
import { canonicalAddress } from '../../record/address.ts';
import { detectColumns } from '../../record/detect-columns.ts';

/** A record names both ends of its packets. */
export const nameTwoAddresses = (words: readonly string[]): boolean =>
  words.filter((word) => canonicalAddress(word) !== undefined).length >= 2;

/** A record of a known order, or what may be one of a format that must be said. */
export const looksLikeRecord = (words: readonly string[]): boolean =>
  detectColumns(words.join(' ')) !== undefined || nameTwoAddresses(words);
