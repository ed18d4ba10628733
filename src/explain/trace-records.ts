/**
 * The machine's way through the records of one connection. The rules tell every step that a record was; what it was read as
 * is looked up in the table event by event, and where that leads elsewhere, it is a fault and said so.
 */

import type { Traced, TracedRecord } from '../engine/outlines/traces.ts';
import { eventsOf } from '../meaning/events.ts';
import { NOTE_OF_EITHER, NOTES } from '../meaning/notes.ts';
import { step } from '../meaning/step.ts';
import type { SideState } from '../meaning/transitions.ts';
import type { OfEnds } from '../model/end.ts';
import { hidesWhoOpened } from '../model/tcp-flags.ts';
import type { ExplainedStep, Sides } from './explanation.ts';

/** What one record did to the machine. */
export interface RecordSteps {
  readonly provesPayload: boolean;
  readonly steps: readonly ExplainedStep[];
  readonly before: Sides | null;
  readonly after: Sides | null;
}

/** The steps of a record of TCP. */
const stepsOf = ({
  direction,
  flags,
  byGateway,
  provesPayload,
  before,
  after,
}: TracedRecord): ExplainedStep[] => {
  let from = before[direction];
  const hides = flags !== null && hidesWhoOpened(flags, byGateway);
  const steps = eventsOf(flags, provesPayload, byGateway).map((event) => {
    const { state, contradicts } = step(from, event);
    const note = event === 'data' && hides ? NOTE_OF_EITHER : (NOTES[`${event}.${from}`] ?? null);
    const taken = { event, before: from, after: state, contradicts, note };
    from = state;
    return taken;
  });
  if (from !== after[direction]) throw new Error('The steps of a record do not lead where the rules are.');
  return steps;
};

/** What a record did. */
export const traceRecord = ({ connection, initiator }: Traced, record: TracedRecord): RecordSteps => {
  const { provesPayload } = record;
  if (connection.state === null) return { provesPayload, steps: [], before: null, after: null };
  const sides = (ends: OfEnds<SideState>): Sides => ({
    initiator: ends[initiator],
    responder: ends[initiator === 0 ? 1 : 0],
  });
  return {
    provesPayload,
    steps: stepsOf(record),
    before: sides(record.before),
    after: sides(record.after),
  };
};
