/** A packet as one interface saw it: what flow logs are made of, and what the truth is counted from. */
import type { Hop } from './places.ts';
import type { Party } from './story.ts';

export interface Sighting {
  /** Unix seconds with fraction, at the interface. */
  readonly time: number;
  /** The talk's number in its scenario, and which dial on its ports this is. */
  readonly talk: number;
  readonly dial: number;
  readonly hop: Hop;
  readonly by: Party;
  readonly protocol: number;
  readonly family: 4 | 6;
  /** As in the packet itself. */
  readonly sourceAddress: string;
  readonly targetAddress: string;
  readonly sourcePort: number;
  readonly targetPort: number;
  /** As AWS reports the flags of one packet. */
  readonly flags: number;
  readonly bytes: number;
  readonly action: 'ACCEPT' | 'REJECT';
}

/** The name of the packet-level connection a sighting belongs to: talk, leg and dial. */
export const connectionIdOf = (sighting: Sighting): string =>
  `${sighting.talk + 1}.${sighting.dial + 1}${sighting.hop.leg > 0 ? ' behind the gateway' : ''}`;
