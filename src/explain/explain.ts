/**
 * The story of one connection, told by the engine that decided it. The input is read twice: once to rebuild and find
 * the connection, once for the lines behind its records. Nothing is decided here.
 */
import type { Traced, TracedRecord } from '../engine/outlines/traces.ts';
import { Rebuild } from '../engine/rebuild.ts';
import { type ReadingHandlers, readSources } from '../input/read-sources.ts';
import { InputError } from '../model/errors.ts';
import type { Rejection } from '../model/flow-record.ts';
import type { Steps } from '../model/in-steps.ts';
import { Pauses } from '../model/pauses.ts';
import type { RecordBatch } from '../model/record-batch.ts';
import { type ReconstructSource, reconstruct, usualMemoryBytes } from '../reconstruct.ts';
import { AddressBook } from '../record/address-book.ts';
import { AnnotationTexts } from '../record/annotations.ts';
import { parseDeclared } from '../record/columns.ts';
import { describeRejection } from '../record/describe-rejection.ts';
import { Interner } from '../record/interner.ts';
import type { ExplainedRecord, Explanation, Place } from './explanation.ts';
import { tellInitiator } from './initiator-story.ts';
import { KeyLines, type RecordLines } from './key-lines.ts';
import { tellLeftOpen } from './left-open.ts';
import { tellOutcome, tellTimes, tellVerdict } from './life-story.ts';
import { openRereadable, type RereadOptions } from './rereadable.ts';
import { isSelected, parseSelector, type Selector } from './selector.ts';
import { traceRecord } from './trace-records.ts';

type Family = readonly Traced[];

/** Records that are told between two rests. */
const FEW = 1024;

/** All connections of each key that holds a selected one: duplicates may belong to any of them. */
const findKeys = async (rebuild: Rebuild, selector: Selector, pauses: Pauses): Promise<Family[]> => {
  const found: Family[] = [];
  for (const family of rebuild.traced((outline) => isSelected(selector, outline))) {
    if (pauses.due) await pauses.take();
    if (family !== undefined) found.push(family);
  }
  return found;
};

/** What else telling takes. */
interface Telling {
  readonly lines: ReadonlyMap<TracedRecord, RecordLines>;
  readonly observedOnly: boolean;
  /** Whether the log shows both directions of anything at all. */
  readonly showsAnswers: boolean;
  readonly nameOf: (observer: number) => string | null;
}

const placeOf = ({ source, lineNumber }: Place): Place => ({ source, lineNumber });

const tellRecord = (traced: Traced, record: TracedRecord, { lines, nameOf }: Telling): ExplainedRecord => {
  const { line, duplicates } = lines.get(record) as RecordLines;
  return {
    ...placeOf(line),
    line: line.text,
    duplicates: duplicates.map(placeOf),
    sender: record.direction === traced.initiator ? 'initiator' : 'responder',
    start: record.start,
    end: record.end,
    packets: record.packets,
    bytes: record.bytes,
    flags: record.flags,
    byGateway: record.byGateway,
    action: record.accept ? 'ACCEPT' : record.reject ? 'REJECT' : null,
    vantage: nameOf(record.observer),
    straggler: record.straggler,
    ...traceRecord(traced, record),
  };
};

function* tell(traced: Traced, telling: Telling): Steps<Explanation> {
  const placeOfRecord = (record: TracedRecord): Place =>
    placeOf((telling.lines.get(record) as RecordLines).line);
  const records: ExplainedRecord[] = [];
  for (const record of traced.records) {
    records.push(tellRecord(traced, record, telling));
    if (records.length % FEW === 0) yield;
  }
  return {
    connection: traced.connection,
    records,
    initiator: tellInitiator(traced, telling.observedOnly, placeOfRecord),
    outcome: tellOutcome(traced),
    times: tellTimes(traced, placeOfRecord),
    verdict: tellVerdict(traced, telling.nameOf),
    leftOpen: tellLeftOpen(traced, telling.showsAnswers),
  };
}

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
  const annotations = new AnnotationTexts();
  const rebuild = new Rebuild(dictionaries, {
    annotations,
    scope: options.scope ?? 'auto',
    observedOnly: options.observedOnly ?? false,
    idleSeconds: options.idleSeconds,
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
  const declared = options.fields === undefined ? undefined : parseDeclared(options.fields);
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
      {
        dictionaries,
        annotations: isFirst ? annotations : undefined,
        declared,
        keepGoing: options.keepGoing === true,
        signal: options.signal,
      },
      handlers,
    );
  };
  let families: Family[];
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
  const lines = new KeyLines(
    families.map(([first]) => first as Traced),
    observers,
  );
  await pass((batch, name) => lines.add(batch, name), false);
  const nameOf = (observer: number): string | null => {
    const { interfaceId, resourceId } = observers.read(observer);
    return interfaceId ?? resourceId;
  };
  const pauses = new Pauses(options.signal);
  const stories: Explanation[] = [];
  for (const family of families) {
    const matched = await pauses.through(lines.match(family));
    const telling: Telling = {
      lines: matched,
      observedOnly: options.observedOnly ?? false,
      showsAnswers: rebuild.known.bothWays.isAnywhere,
      nameOf,
    };
    for (const traced of family) {
      if (!isSelected(wanted, traced.connection)) continue;
      stories.push(await pauses.through(tell(traced, telling)));
    }
  }
  return stories;
};
