/**
 * The signs of the table and what they mean. A sign is explained under the table when it was used there,
 * and only then: a table of ordinary connections needs no legend.
 */

import { STILL_OPEN } from '../model/lasted.ts';

export const SIGNS = {
  inferred: { sign: '⇢', says: 'the initiator is inferred, not observed' },
  rejected: { sign: '⇥', says: 'rejected by a security group or network ACL' },
  replyRejected: {
    sign: '⇤',
    says: 'the reply was rejected: security groups let replies through, so only a network ACL does this, or the answer was not asked for',
  },
  simultaneous: { sign: '⇄', says: 'both sides sent a SYN' },
  unknown: { sign: '?', says: 'nothing tells who opened it: the lower endpoint stands first' },
  before: { sign: '≤', says: 'opened then or before: the log does not show the opening' },
  stillOpen: { sign: STILL_OPEN, says: 'no close seen up to the end of the log' },
  cutOff: { sign: '×', says: 'it was open and then rejected: a rule was changed, or tracking had ended' },
  lost: { sign: '⊘', says: 'a transit gateway dropped packets of it: routing, not filtering' },
  unanswered: { sign: '∅', says: 'tried, no answer: the log shows answers to others' },
  oneWay: { sign: '½', says: 'seen one way only: whether an answer came cannot be told' },
  late: {
    sign: '•',
    says: 'a reply or a late packet of a conversation that the log does not show was rejected: harmless',
  },
  mixed: { sign: '±', says: 'some of its records were accepted and some rejected' },
  gap: { sign: '†', says: 'AWS lost records while it was open (SKIPDATA): counts and end may be wrong' },
  reuse: {
    sign: '‡',
    says: 'the ports may have been used again, unseen within one interval: this may be several connections',
  },
  contradicted: {
    sign: '!',
    says: 'a record contradicts the others, such as a SYN inside an open connection',
  },
} as const;

export type Sign = keyof typeof SIGNS;

/** One line a sign, in the order above. */
export const explainSigns = (used: ReadonlySet<Sign>): string[] =>
  (Object.keys(SIGNS) as Sign[])
    .filter((sign) => used.has(sign))
    .map((sign) => `${SIGNS[sign].sign}  ${SIGNS[sign].says}`);
