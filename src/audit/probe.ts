/**
 * What may have been no more than an attempt, where no flags tell: either end sent as little as an attempt and its answer are.
 * A refusal looks so, and a port that was found open, and so does a talk of a few bytes: one alone proves nothing.
 */
import { isSeenOneWay, MOST_ATTEMPT_PACKETS } from '../meaning/unanswered.ts';
import type { Outline, OutlineParty } from '../model/outline.ts';

/**
 * The largest packet of an attempt on the average: a SYN with the options of Linux. Bytes prove payload from 80 (IPv6: 100) a
 * packet on only; what is below this holds none, or hardly any.
 */
const LARGEST_ATTEMPT_PACKET = { v4: 60, v6: 80 } as const;

const sentLittle = (party: OutlineParty): boolean => {
  const { packets, bytes } = party;
  if (packets === null || bytes === null || packets > MOST_ATTEMPT_PACKETS) return false;
  // The text of an address is made for whoever asks: IPv4 is told without it.
  const isV6 = party.ipv4 === undefined && party.address.includes(':');
  return bytes <= packets * LARGEST_ATTEMPT_PACKET[isV6 ? 'v6' : 'v4'];
};

/** Of what was seen in one interval only. */
export const isProbe = (connection: Outline): boolean => {
  const { state, verdict, rejectedSide, oneSided, initiator, responder } = connection;
  if (state !== 'flagless' || rejectedSide !== null) return false;
  if (!sentLittle(initiator)) return false;
  if (oneSided) return isSeenOneWay(connection);
  return (verdict === 'accepted' || verdict === 'unknown') && sentLittle(responder);
};
