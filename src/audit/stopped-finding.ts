/** What was stopped at an interface as a finding of the audit: grouped, told and advised on by `blocked`. */
import { adviseOn, describeBlockage, describeCounts } from '../blocked/advice.ts';
import type { Blockage } from '../blocked/blockages.ts';
import type { NameOf } from '../model/name-of.ts';
import { FINDING_KINDS, type STOPPED_KINDS, type Unnumbered } from './finding.ts';

type Stopped = (typeof STOPPED_KINDS)[number];

/** Of one client whose connection is observed the rest of a finding tells all there is. */
export const describeStopped = (blockage: Blockage, names?: NameOf): string => {
  const what = describeBlockage(blockage, names);
  const isPlain = blockage.clients === 1 && blockage.inferred === 0;
  return isPlain ? what : `${what} ${describeCounts(blockage)}.`;
};

/** @param blockage one of a kind that the audit asks for */
export const stoppedFinding = (blockage: Blockage): Unnumbered => {
  const { clients, from, responder, port, connections, firstSeen, lastSeen, uids } = blockage;
  const kind = blockage.kind as Stopped;
  return {
    kind,
    initiator: clients === 1 ? from : null,
    responder,
    port,
    openAt: null,
    says: FINDING_KINDS[kind],
    evidence: describeStopped(blockage),
    advice: adviseOn(blockage),
    count: connections,
    inferred: blockage.inferred,
    confidence: null,
    firstSeen,
    lastSeen,
    uids,
    blockage,
  };
};
