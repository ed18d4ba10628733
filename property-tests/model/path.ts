/**
 * The way the packets took, as text: the initiator's interface, gateways that carry the request, those whose place is
 * not known, the responder's interface, gateways that carry only the reply.
 */
import type { List } from 'immutable';
import type { Vantage, VantageRole } from '../../src/model/connection.ts';
import { compareText } from './observer.ts';

/** One interface on the way. */
export interface Stop {
  readonly name: string;
  readonly role: VantageRole;
  readonly sees: Vantage['sees'];
}

const placeOnTheWay = ({ role, sees }: Stop): number => {
  switch (role) {
    case 'initiator':
      return 0;
    case 'gateway':
      return sees === 'responder' ? 4 : 1;
    case 'unknown':
      return 2;
    case 'responder':
      return 3;
    default:
      return role satisfies never;
  }
};

export const compareStops = (a: Stop, b: Stop): number =>
  placeOnTheWay(a) - placeOnTheWay(b) || compareText(a.name, b.name);

const labelOf = ({ name, role, sees }: Stop): string => {
  if (role === 'unknown') return name;
  if (role !== 'gateway' || sees === 'both') return `${name} (${role})`;
  return `${name} (gateway, ${sees === 'initiator' ? 'request' : 'reply'})`;
};

/** @param stops along the way; null when the format names none of them */
export const pathOf = (stops: List<Stop>): string | null => {
  const named = stops.filter(({ name }) => name !== '');
  return named.isEmpty() ? null : named.map(labelOf).join(' > ');
};
