/**
 * Which states of `CONNECTION_STATES` are right for what two sides were seen to send: the vocabulary, applied without
 * any of the engine's machinery. Where the definitions leave room it names every word that fits, and where nothing
 * can fairly be asked for it says so with null.
 */
import type { ConnectionState } from '../../src/model/connection.ts';

/** What one side was seen to send, over all interfaces. */
export interface SideFacts {
  readonly seen: boolean;
  readonly plainSyn: boolean;
  readonly synAck: boolean;
  /** One SYN-ACK at least was not rejected. */
  readonly synAckPassed: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** Sent what only an open connection carries: payload. */
  readonly payload: boolean;
  readonly rejected: boolean;
  /** Accepted and rejected at one and the same interface. */
  readonly changed: boolean;
  readonly accepted: boolean;
}

/** Answered by SYN-ACK: what closed it. RST behind two FINs is a close to one reader and a reset to another. */
const readEnd = (initiator: SideFacts, responder: SideFacts): readonly ConnectionState[] => {
  const fins = (initiator.fin ? 1 : 0) + (responder.fin ? 1 : 0);
  if (initiator.rst || responder.rst) return fins === 2 ? ['closed', 'reset'] : ['reset'];
  if (fins === 2) return ['closed'];
  return fins === 1 ? ['half-closed'] : ['established'];
};

const readUnanswered = (initiator: SideFacts): readonly ConnectionState[] => {
  // A dial of which only one direction was logged: its payload proves an answer that the flags do not.
  const open: readonly ConnectionState[] = initiator.payload ? ['established', 'half-closed', 'reset'] : [];
  const noise: readonly ConnectionState[] = initiator.rejected ? ['blocked'] : [];
  if (initiator.fin || initiator.rst) return ['abandoned', ...open, ...noise];
  if (!initiator.rejected) return ['attempted', ...open];
  return initiator.changed || initiator.payload ? ['blocked', 'attempted', ...open] : ['blocked'];
};

/**
 * The states that fit. `complete` says that nothing of the connection is missing from what was seen.
 * Null: several readings are defensible and none can be demanded.
 */
export const readStates = (
  initiator: SideFacts,
  responder: SideFacts,
  complete: boolean,
): readonly ConnectionState[] | null => {
  if (initiator.synAck || responder.plainSyn) return null; // both dialled
  if (!initiator.plainSyn) {
    if (!responder.synAck) return ['midstream'];
    // The answer was stopped, whatever is not in the log.
    return responder.accepted ? ['answered'] : ['blocked'];
  }
  if (responder.synAck) {
    const held = responder.rejected && !responder.accepted;
    return held ? [...readEnd(initiator, responder), 'blocked'] : readEnd(initiator, responder);
  }
  if (!responder.seen) return readUnanswered(initiator);
  if (!responder.rst || !complete || initiator.payload) return null;
  return responder.rejected || initiator.rejected ? ['refused', 'blocked'] : ['refused'];
};
