/**
 * The machine's way through the records of one connection. The engine's own draft is stepped again, record by
 * record, and every single step is looked up in the table: where the two should differ, that is a fault and said so.
 */
import { carriesPayload, Draft } from '../correlate/draft.ts';
import type { KeyRecord } from '../correlate/key-records.ts';
import { eventsOf } from '../tcp/events.ts';
import { NOTES } from '../tcp/notes.ts';
import { step } from '../tcp/step.ts';
import type { SideState } from '../tcp/transitions.ts';
import type { Captured } from './capture.ts';
import type { ExplainedStep, Sides } from './explanation.ts';

/** What one record did to the machine. */
export interface Traced {
  readonly provesPayload: boolean;
  readonly steps: readonly ExplainedStep[];
  readonly before: Sides | null;
  readonly after: Sides | null;
}

const stepsOf = (record: KeyRecord, payload: boolean, from: SideState): ExplainedStep[] => {
  let before = from;
  return eventsOf(record.flags, payload).map((event) => {
    const { state: after, contradicts } = step(before, event);
    const taken = { event, before, after, contradicts, note: NOTES[`${event}.${before}`] ?? null };
    before = after;
    return taken;
  });
};

/** The steps of every record, in the engine's order. */
export const traceRecords = ({ key, records, initiator, ended, evidence }: Captured): Traced[] => {
  const { isTcp } = evidence;
  const draft = new Draft(isTcp, key.isV6);
  const sides = (): Sides => ({
    initiator: draft.side(initiator),
    responder: draft.side(initiator === 0 ? 1 : 0),
  });
  const traced = records.map((record): Traced => {
    const provesPayload = carriesPayload(record, key.isV6);
    const before = sides();
    const steps = isTcp ? stepsOf(record, provesPayload, draft.side(record.direction)) : [];
    draft.add(record);
    const reached = steps.at(-1)?.after ?? draft.side(record.direction);
    if (reached !== draft.side(record.direction))
      throw new Error('The steps of a record do not lead where its draft is.');
    return { provesPayload, steps, before: isTcp ? before : null, after: isTcp ? sides() : null };
  });
  if (draft.side(0) !== ended[0] || draft.side(1) !== ended[1])
    throw new Error('The records of a connection do not lead to the state that was reported.');
  return traced;
};
