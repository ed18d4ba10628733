/** Builds observers of the identifiers that matter, as a scanner and the engine would. Expectations are never taken from here. */
import { type Observer, Observers } from '../src/engine/observers/observers.ts';
import { RecordBatch } from '../src/model/record-batch.ts';
import { parseColumns } from '../src/record/columns.ts';
import { Interner } from '../src/record/interner.ts';

const IDS = ['interfaceId', 'resourceId', 'vpcId', 'subnetId', 'instanceId', 'accountId'] as const;

/** Observers numbered in the order given, and the strings their vantages are ids of. */
export const observersOf = (
  all: readonly Partial<Observer>[],
): { readonly observers: Observers; readonly strings: Interner } => {
  const strings = new Interner();
  const observers = new Observers(strings);
  const batch = new RecordBatch(parseColumns('srcaddr dstaddr'));
  for (const observer of all) {
    for (const name of IDS) {
      const id = observer[name] ?? '';
      batch[name][0] = id === '' ? 0 : strings.internText(id);
    }
    observers.of(batch, 0);
  }
  return { observers, strings };
};
