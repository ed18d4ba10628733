/** All sources of a run, one after the other, into one set of handlers: the loop that every way of reading shares. */
import { FormatError, InputError } from '../model/errors.ts';
import type { Columns } from '../model/fields.ts';
import { type OtherWork, Pauses } from '../model/pauses.ts';
import type { LearnedFrom } from '../model/report.ts';
import type { AnnotationTexts } from '../record/annotations.ts';
import { type ReadEvents, RecordReader } from '../record/read-records.ts';
import type { Dictionaries } from '../record/scan-lines.ts';
import type { Container, Door, DoorRequest, LineSink } from './containers/container.ts';
import { openDoor, plainDoor } from './containers/door.ts';
import { gatherParquet, type PieceOrWhole } from './parquet/gather.ts';
import type { Whole } from './parquet/whole.ts';

/** A source by its name, and what it holds. */
export interface Reading {
  readonly name: string;
  /** In pieces, between them records too; Parquet in a file as a whole. */
  readonly bytes: AsyncIterable<PieceOrWhole>;
}

/** What is read of all sources, in order. */
export interface ReadingHandlers extends ReadEvents {
  /** From here on everything is of this source. */
  onSource(name: string): void;
  /** What the source is wrapped in, outermost first; plain text too. */
  onContainer?(container: Container): void;
  /** A source was left out or broken off, under `keepGoing`. */
  onDamage(error: Error): void;
  /** What is done with what was handed over: more is read when it has caught up. */
  readonly work?: OtherWork | undefined;
}

export interface ReadingRequest {
  readonly dictionaries: Dictionaries;
  /** The format of lines before any header. */
  readonly declared: Columns | undefined;
  /** How that is known, where these are the bytes of a part: as for what lies before it. */
  readonly learnedFrom?: LearnedFrom | undefined;
  /** Leave out the rest of a source that cannot be read instead of throwing. */
  readonly keepGoing: boolean;
  readonly signal?: AbortSignal | undefined;
  /** The bytes are plain lines, known from where their source begins: a part of it may look like something else. */
  readonly isPlain?: boolean;
  /** Batches say what AWS tells beside packets, by the numbers of these texts. */
  readonly annotations?: AnnotationTexts | undefined;
}

/** The same handlers, told of batches that say what AWS tells beside packets. */
const annotating = async (handlers: ReadingHandlers, texts: AnnotationTexts): Promise<ReadingHandlers> => {
  const { Annotator } = await import('../record/annotations.ts');
  const annotator = new Annotator(texts);
  return {
    ...handlers,
    onBatch(batch) {
      batch.annotations = annotator.of(batch);
      handlers.onBatch(batch);
    },
  };
};

/** Damage of a source: not a line that a strict run does not accept, and nothing that befell whoever takes the records. */
const isSurvivable = (error: unknown): error is Error =>
  error instanceof FormatError || (error instanceof InputError && error.code !== 'input-rejected');

/** Bytes that are read at once: of more, others get their turns between them. */
const MOST_AT_ONCE = 1024 * 1024;

/** All rows of a Parquet file, as lines. */
const readParquet = async (
  name: string,
  whole: Whole,
  door: Door,
  sink: LineSink,
  pauses: Pauses,
): Promise<void> => {
  // Most runs read none, and the library takes time to load.
  const { ParquetLog } = await import('./parquet/parquet-log.ts');
  const log = await ParquetLog.open(name, whole);
  door.beginLines(log.holdsEvents ? ['parquet', 'ocsf'] : ['parquet'], log.columns);
  if (log.holdsEvents) await readEvents(log.events(), sink, pauses);
  for await (const lines of log.lines()) {
    door.push(lines);
    if (pauses.due) await pauses.take();
  }
};

/** Events as lines; those before damage are read. */
const readEvents = async (
  groups: AsyncIterable<Iterable<unknown>>,
  sink: LineSink,
  pauses: Pauses,
): Promise<void> => {
  const { LineBuffer } = await import('./containers/line-buffer.ts');
  const { OcsfLines } = await import('./containers/ocsf.ts');
  const lines = new LineBuffer(sink);
  const events = new OcsfLines(lines, sink);
  try {
    for await (const group of groups) {
      for (const event of group) {
        events.add(event);
        if (pauses.due) await pauses.take();
      }
    }
  } finally {
    lines.flush();
  }
};

const readOne = async (
  { name, bytes }: Reading,
  { dictionaries, declared, learnedFrom, keepGoing, isPlain = false }: ReadingRequest,
  handlers: ReadingHandlers,
  pauses: Pauses,
): Promise<void> => {
  const reader = new RecordReader(name, dictionaries, handlers, declared, undefined, learnedFrom);
  const onContainer = (container: Container): void => handlers.onContainer?.(container);
  const asked: DoorRequest = { source: name, declared, onContainer };
  let door = isPlain ? plainDoor(asked, reader) : undefined;
  try {
    try {
      for await (const piece of gatherParquet(name, bytes)) {
        door ??= await openDoor(piece, asked, reader);
        if ('read' in piece) {
          await readParquet(name, piece, door, reader, pauses);
          continue;
        }
        if (!(piece instanceof Uint8Array)) {
          door.settle();
          reader.pushRecord(piece);
          if (pauses.due) await pauses.take();
          continue;
        }
        for (let at = 0; at < piece.length; at += MOST_AT_ONCE) {
          door.push(piece.subarray(at, at + MOST_AT_ONCE));
          // What is in memory already comes without a turn of the event loop.
          if (pauses.due) await pauses.take();
        }
      }
      door?.end();
    } catch (error) {
      // What was read before the damage is kept when the run goes on.
      if (isSurvivable(error)) {
        door?.settle();
        if (keepGoing) reader.end();
      }
      throw error;
    }
    reader.end();
  } catch (error) {
    if (!keepGoing || !isSurvivable(error)) throw error;
    handlers.onDamage(error);
  }
};

/** Reads sources to their ends. Throws what a source throws, unless it is damage and the request says to go on. */
export const readSources = async (
  readings: AsyncIterable<Reading> | Iterable<Reading>,
  request: ReadingRequest,
  handlers: ReadingHandlers,
): Promise<void> => {
  const pauses = new Pauses(request.signal, handlers.work);
  const { annotations } = request;
  const told = annotations === undefined ? handlers : await annotating(handlers, annotations);
  for await (const reading of readings) {
    told.onSource(reading.name);
    await readOne(reading, request, told, pauses);
    // Small files are read without a turn of the event loop, and only in one are signals and messages heard.
    if (pauses.due) await pauses.take();
  }
};
