/** What paths call interfaces, and at which end of a connection an interface stands by what it says itself. */
import type { Vantage, VantageRole } from '../model/connection.ts';
import type { End } from '../model/end.ts';

/** An interface with its role, as paths name it. */
export const labelOf = (name: string, role: VantageRole, sees: Vantage['sees']): string => {
  if (role === 'unknown') return name;
  if (role !== 'gateway' || sees === 'both') return `${name} (${role})`;
  return `${name} (gateway, ${sees === 'initiator' ? 'request' : 'reply'})`;
};

/** At which end, by flow-direction: what leaves an interface was sent by its own end. */
export const endByDirection = (flowDirection: number, direction: End): End | null => {
  if (flowDirection === 2) return direction;
  return flowDirection === 1 ? (direction === 0 ? 1 : 0) : null;
};
