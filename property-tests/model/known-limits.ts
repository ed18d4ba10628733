/**
 * What the engine does not keep of a record, and the oracle does: of two rewritten ends only the destination's own
 * address. Logs in which that decides whether two records are copies are left out of the properties.
 */
import { List } from 'immutable';
import type { FlowRecord, Rejection } from '../../src/model/flow-record.ts';
import { placeOf } from './place-line.ts';
import { ownDestination, ownSource, sightingOf, vantage } from './sighting.ts';

const isFlow = (read: FlowRecord | Rejection): read is FlowRecord =>
  ['connection', 'exchange'].includes(placeOf(read));

/** Records of one interval that count alike, one of which shows both ends under other addresses than the packet's. */
export const showsTwoAddresses = (lines: readonly (FlowRecord | Rejection)[]): boolean =>
  List(lines)
    .filter(isFlow)
    .map(sightingOf)
    .groupBy((each) =>
      List([each.key, each.sender, vantage(each), each.start, each.end, each.packets, each.bytes]),
    )
    .some(
      (alike) =>
        alike.some((each) => ownSource(each) !== null && ownDestination(each) !== null) &&
        alike.toSet().size > 1,
    );
