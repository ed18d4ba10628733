/** What paths call interfaces, and at which end of a connection an interface stands by what it says itself. */
import type { Vantage, VantageRole } from '../model/connection.ts';
import type { End } from '../model/end.ts';

/** An interface with its role, as paths name it. */
export const labelOf = (name: string, role: VantageRole, sees: Vantage['sees']): string => {
  if (role === 'unknown') return name;
  if (role !== 'gateway' || sees === 'both') return `${name} (${role})`;
  return `${name} (gateway, ${sees === 'initiator' ? 'request' : 'reply'})`;
};

/**
 * At which end, by flow-direction: what leaves an interface was sent by its own end. With an attachment of a transit gateway
 * it is the other way round: packets enter the gateway (ingress) where their sender is attached, and leave it (egress) where
 * their receiver is.
 */
export const endByDirection = (flowDirection: number, direction: End, isAttachment: boolean): End | null => {
  if (flowDirection === 0) return null;
  const isSenders = (flowDirection === 2) !== isAttachment;
  return isSenders ? direction : direction === 0 ? 1 : 0;
};
