/**
 * The story of one connection, told by the engine that decided it. The input is read twice: once to rebuild and find
 * the connection, once for the lines behind its records. Nothing is decided here.
 */
import type { KeyRecord } from '../correlate/key-records.ts';
import { Rebuild } from '../engine/rebuild.ts';
import { type ReadingHandlers, readSources } from '../input/read-sources.ts';
import { InputError } from '../model/errors.ts';
import type { Rejection } from '../model/flow-record.ts';
import { Pauses } from '../model/pauses.ts';
import type { RecordBatch } from '../model/record-batch.ts';
import { describeRejection, type ReconstructSource, reconstruct, usualMemoryBytes } from '../reconstruct.ts';
import { AddressBook } from '../record/address-book.ts';
import { parseColumns } from '../record/columns.ts';
import { Interner } from '../record/interner.ts';
import { IDLE_LIMITS } from '../tcp/idle-limits.ts';
import { type Captured, capture } from './capture.ts';
import type { ExplainedRecord, Explanation, Place } from './explanation.ts';
import { tellInitiator } from './initiator-story.ts';
import { KeyLines, type RecordLines } from './key-lines.ts';
import { tellLeftOpen } from './left-open.ts';
import { tellOutcome, tellTimes, tellVerdict } from './life-story.ts';
import { openRereadable, type RereadOptions } from './rereadable.ts';
import { isSelected, parseSelector, type Selector } from './selector.ts';
import { traceRecords } from './trace-records.ts';

/** All connections of each key that holds a selected one: duplicates may belong to any of them. */
const findKeys = async (rebuild: Rebuild, selector: Selector, pauses: Pauses): Promise<Captured[][]> => {
  const found: Captured[][] = [];
  let current: Captured[] = [];
  let key: unknown;
  for (const judge of rebuild.judged()) {
    if (pauses.due) await pauses.take();
    if (judge === undefined) continue;
    if (judge.built.key !== key) current = [];
    key = judge.built.key;
    const captured = capture(judge);
    current.push(captured);
    if (isSelected(selector, captured.connection) && found.at(-1) !== current) found.push(current);
  }
  return found;
};

const tell = (
  captured: Captured,
  lines: ReadonlyMap<KeyRecord, RecordLines>,
  nameOf: (record: KeyRecord) => string | null,
): Explanation => {
  const linesOf = (record: KeyRecord): RecordLines => lines.get(record) as RecordLines;
  const placeOf = ({ source, lineNumber }: Place): Place => ({ source, lineNumber });
  const placeOfRecord = (record: KeyRecord): Place => placeOf(linesOf(record).line);
  const traced = traceRecords(captured);
  const records = captured.records.map((record, i): ExplainedRecord => {
    const { line, duplicates } = linesOf(record);
    return {
      ...placeOf(line),
      line: line.text,
      duplicates: duplicates.map(placeOf),
      sender: record.direction === captured.initiator ? 'initiator' : 'responder',
      start: record.start,
      end: record.end,
      packets: record.packets,
      bytes: record.bytes,
      flags: record.flags,
      action: record.accept ? 'ACCEPT' : record.reject ? 'REJECT' : null,
      vantage: nameOf(record),
      straggler: captured.stragglers.has(record),
      ...(traced[i] as (typeof traced)[number]),
    };
  });
  return {
    connection: captured.connection,
    records,
    initiator: tellInitiator(captured, placeOfRecord),
    outcome: tellOutcome(captured),
    times: tellTimes(captured, placeOfRecord),
    verdict: tellVerdict(captured, nameOf),
    leftOpen: tellLeftOpen(captured),
  };
};

/**
 * Explains every connection that is meant: none, one, or several where a port was used again.
 * @param selector a uid, or both ends: '10.0.0.62:5001 52.213.180.42:43416'
 * @throws OptionError for a selector that cannot be one; InputError and FormatError as reconstruct does, and an
 * InputError when a stream is longer than is kept or files change meanwhile
 */
export const explain = async (
  source: ReconstructSource,
  selector: string,
  options: RereadOptions = {},
): Promise<readonly Explanation[]> => {
  const wanted = parseSelector(selector);
  reconstruct(source, options); // refuses options that cannot be
  const { onProgress, onDamage, strict } = options;
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const rebuild = new Rebuild(dictionaries, {
    scope: options.scope ?? 'auto',
    observedOnly: options.observedOnly ?? false,
    openSeconds: options.idleSeconds ?? IDLE_LIMITS.openSeconds,
    memoryBytes: options.memoryBytes ?? usualMemoryBytes(),
  });
  const { read, totalBytes } = await openRereadable(source, options);
  const total = totalBytes === null ? null : totalBytes * 2;
  let records = 0;
  let rejected = 0;
  let firstRejected: Rejection | undefined;
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    onProgress?.(done, total);
  };
  const declared = options.fields === undefined ? undefined : parseColumns(options.fields);
  const pass = async (
    take: (batch: RecordBatch, source: string) => void,
    isFirst: boolean,
  ): Promise<void> => {
    let name = '';
    const handlers: ReadingHandlers = {
      onSource: (next) => {
        name = next;
      },
      onBatch: (batch) => take(batch, name),
      onRejection: (rejection) => {
        if (strict === true) throw new InputError('input-rejected', describeRejection(rejection));
        rejected++;
        firstRejected ??= rejection;
      },
      onFormat: () => {},
      onHeader: () => {},
      onComment: () => {},
      onDamage: (error) => {
        if (isFirst) onDamage?.(error);
      },
    };
    await readSources(
      read(onBytes),
      { dictionaries, declared, keepGoing: options.keepGoing === true, signal: options.signal },
      handlers,
    );
  };
  let families: Captured[][];
  try {
    await pass((batch) => {
      records += batch.count;
      rebuild.add(batch);
    }, true);
    options.onLines?.({ records: records + rejected, rejected, firstRejected });
    await rebuild.finish(options.signal);
    families = await findKeys(rebuild, wanted, new Pauses(options.signal));
  } finally {
    rebuild.close();
  }
  if (families.length === 0) return [];
  const { observers } = rebuild;
  const keys = families.map(([first]) => (first as Captured).key);
  const lines = new KeyLines(keys, observers, dictionaries.addresses);
  await pass((batch, name) => lines.add(batch, name), false);
  const nameOf = (record: KeyRecord): string | null => {
    const { interfaceId, resourceId } = observers.read(record.observer);
    return interfaceId ?? resourceId;
  };
  const pauses = new Pauses(options.signal);
  const stories: Explanation[] = [];
  for (const family of families) {
    const kept = family.flatMap(({ records }) => records);
    const matched = await pauses.through(lines.match((family[0] as Captured).key, kept));
    for (const captured of family) {
      if (!isSelected(wanted, captured.connection)) continue;
      if (pauses.due) await pauses.take();
      stories.push(tell(captured, matched, nameOf));
    }
  }
  return stories;
};
