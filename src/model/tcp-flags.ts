/**
 * The bits of `tcp-flags`. AWS ORs the flags of all packets of one direction in one interval and reports the
 * ACK bit only as part of SYN-ACK, so 18 says "sent a SYN-ACK" and 16 never means "sent an ACK".
 * Source: "Flow log records", field tcp-flags, Amazon VPC User Guide.
 *
 * Transit gateways report more: PSH (8), URG (32), and ACK (16) of any packet ("Transit Gateway Flow Log records"). There SYN
 * and ACK together are a SYN-ACK, or the SYN of a side that went on with an ACK: which of the two is not in the record.
 */
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
/** The SYN-ACK marker: ACK is reported only through SYN-ACK (18). */
export const ACK = 16;
export const SYN_ACK = SYN | ACK;

/** Every value that ORs of FIN, SYN, RST and SYN-ACK can give. */
export const VPC_FLAG_VALUES: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6, 7, 18, 19, 22, 23]);

/** A SYN without its ACK: the sender opened. A plain SYN beside a SYN-ACK is hidden by it (2|18 is 18). */
export const hasPlainSyn = (flags: number): boolean => (flags & SYN_ACK) === SYN;
/** A SYN-ACK: the sender answered. */
export const hasSynAck = (flags: number): boolean => (flags & SYN_ACK) === SYN_ACK;
/** A SYN or a SYN-ACK of which the record does not tell which it is, since a transit gateway wrote it. */
export const hidesWhoOpened = (flags: number, byGateway: boolean): boolean => byGateway && hasSynAck(flags);
export const hasFin = (flags: number): boolean => (flags & FIN) !== 0;
export const hasRst = (flags: number): boolean => (flags & RST) !== 0;

/** The flags as words, for people: `SYN FIN`, `SYN-ACK`, `none`; `SYN or SYN-ACK` where a transit gateway hides which. */
export const describeFlags = (flags: number, byGateway = false): string => {
  const words: string[] = [];
  if (hidesWhoOpened(flags, byGateway)) words.push('SYN or SYN-ACK');
  else if (hasSynAck(flags)) words.push('SYN-ACK');
  else if (hasPlainSyn(flags)) words.push('SYN');
  if (hasFin(flags)) words.push('FIN');
  if (hasRst(flags)) words.push('RST');
  return words.length > 0 ? words.join(' ') : 'none';
};

/**
 * The flags of one side of a connection as words. Of whoever opened, SYN and ACK together are no proof of a SYN-ACK: a transit
 * gateway notes them from different packets, and where both sides opened, a SYN-ACK hides the SYN before it.
 */
export const describeSideFlags = (flags: number, side: 'initiator' | 'responder'): string =>
  describeFlags(flags, side === 'initiator');
