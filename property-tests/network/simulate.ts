/**
 * The door of the truth lab: a scenario and a seed in, the log as AWS would have written it and the truth behind it
 * out. The same two arguments always give the same result; nothing is read from outside.
 */
import type { FieldName } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { aggregate, deliver, type LoggedRecord } from './aggregate.ts';
import { type Observed, observe } from './observer.ts';
import { playTalk } from './play-talk.ts';
import { FORMATS, printRecords, projectRecord } from './print-records.ts';
import type { Sighting } from './sighting.ts';
import type { Scenario } from './story.ts';
import { type TruthConnection, tellTruth } from './truth.ts';

export interface Simulation {
  /** The file, a header line first if the scenario asks for one; no line endings. */
  readonly lines: readonly string[];
  readonly fields: readonly FieldName[];
  /** The records of the lines, in their order, with the format's fields only. */
  readonly records: readonly FlowRecord[];
  /** Every record there was, lost ones included, with the packets behind it. */
  readonly logged: readonly LoggedRecord[];
  /** Every packet at every logging interface. */
  readonly sightings: readonly Sighting[];
  readonly truth: readonly TruthConnection[];
  /** What can still be known of each true connection, in the same order. */
  readonly observed: readonly Observed[];
}

/** Plays a scenario. The seed decides interval phases, lateness, losses, duplicates and disorder. */
export const simulate = (scenario: Scenario, seed: number): Simulation => {
  const fields: readonly FieldName[] = FORMATS[scenario.logging.format];
  const sightings = scenario.talks.flatMap((talk, index) => playTalk(talk, index, scenario.began));
  const logged = aggregate(sightings, scenario.logging, scenario.began, seed);
  const delivered = deliver(logged, scenario.logging, seed).map(({ record }) => record);
  const truth = tellTruth(sightings);
  return {
    lines: printRecords(delivered, fields, scenario.logging.header),
    fields,
    records: delivered.map((record) => projectRecord(record, fields)),
    logged,
    sightings,
    truth,
    observed: observe(truth, logged, sightings, scenario.logging),
  };
};
