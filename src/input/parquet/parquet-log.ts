/**
 * A Parquet file as the lines that its rows are, under AWS's names: from there on they are read like any others, and the number
 * of a line is that of its row. Rows of Security Lake are events instead. Of a row group only the columns that are fields are read.
 */
import { InputError } from '../../model/errors.ts';
import { escapeControls } from '../../model/escape.ts';
import type { Columns } from '../../model/fields.ts';
import { fieldMeant } from '../../record/columns.ts';
import { type Naming, namingOf } from '../containers/named-values.ts';
import { type ColumnReader, Room } from './column-reader.ts';
import { ParquetFault } from './fault.ts';
import { type Field, inColumn, type Packed, readerOf } from './field.ts';
import { type Chunk, type Layout, type LeafColumn, mostRows, type RowGroup, readLayout } from './layout.ts';
import { eventsOf, type OcsfColumn, ocsfColumnsOf } from './ocsf-rows.ts';
import { ROWS_AT_ONCE, RowLines } from './row-lines.ts';
import { type Role, spellingOf } from './spell-values.ts';
import type { Whole } from './whole.ts';

/** Packed bytes of a row group, all of which are held. */
const MOST_PACKED = 2 ** 30;
/** Names in one sentence. */
const MOST_NAMED = 12;

/** What the rows of a file are: lines. */
interface LineReading {
  readonly layout: Layout;
  readonly fields: readonly Field[];
  /** Null where each row is a line as it stands. */
  readonly columns: Columns | null;
  /** Of each field of a line the columns that it may come from, by their places in `fields`: the first that is there. */
  readonly from: readonly (readonly number[])[];
}

/** Or events of OCSF. */
interface EventReading {
  readonly layout: Layout;
  readonly fields: readonly OcsfColumn[];
}

type Reading = LineReading | EventReading;

const isFlat = ({ path, repetition }: LeafColumn): boolean => path.length === 1 && repetition === 0;

const strange = (columns: readonly LeafColumn[]): ParquetFault => {
  const names = columns.map(({ path }) => path.join('.'));
  const shown = names.slice(0, MOST_NAMED).map((name) => escapeControls(name.slice(0, 60)));
  const isOurs = names.includes('responder_address') && names.includes('responder_port');
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return new ParquetFault(
    `has no columns of a flow log, such as srcaddr and dstaddr${isOurs ? ', but those of results of conntrail' : ''}: its columns are ${shown.join(', ')}${more}`,
    'input-unsupported',
  );
};

/** What each column is for, by what becomes of it. */
const rolesOf = ({ message, columns, from }: Naming, count: number): Role[] => {
  const roles = new Array<Role>(count).fill('field');
  if (message !== null) roles[message] = 'message';
  for (const [i, values] of from.entries()) {
    const name = columns.names[i];
    if (name === 'start' || name === 'end') for (const value of values) roles[value] = name;
  }
  return roles;
};

const readingOf = (layout: Layout): Reading => {
  const events = ocsfColumnsOf(layout.columns);
  return events === undefined ? linesReadingOf(layout) : { layout, fields: events };
};

const linesReadingOf = (layout: Layout): LineReading => {
  const places = layout.columns
    .map((column, place) => ({ column, place, name: column.path[0] as string }))
    // A field must be read; what nobody knows is carried where that can be.
    .filter(
      ({ column, name }) =>
        isFlat(column) &&
        (spellingOf(column.element, 'field') !== undefined || fieldMeant(name) !== undefined),
    );
  const naming = namingOf(places.map(({ name }) => name));
  if (naming === undefined) throw strange(layout.columns);
  const roles = rolesOf(naming, places.length);
  const wanted = naming.message === null ? naming.from.flat() : [naming.message];
  const fields = wanted.map((i) => {
    const { column, place, name } = places[i] as (typeof places)[number];
    const spell = spellingOf(column.element, roles[i] as Role);
    if (spell === undefined)
      throw new ParquetFault(
        `holds ${column.element.type} in its column "${escapeControls(name)}", which is not read`,
        'input-unsupported',
      );
    return { column, place, spell };
  });
  const from = (naming.message === null ? naming.from : [[naming.message]]).map((values) =>
    values.map((value) => wanted.indexOf(value)),
  );
  return { layout, fields, columns: naming.message === null ? naming.columns : null, from };
};

/** The lines of a row group; each piece is the consumer's until it asks for the next. */
function* linesOf(reading: LineReading, rows: number, packed: readonly Packed[]): Generator<Uint8Array> {
  const { fields } = reading;
  const room = new Room();
  const readers = packed.map((each, i) => readerOf(fields[i] as Field, each, room));
  const lines = new RowLines(
    reading.from.map((columns) => columns.map((i) => readers[i] as ColumnReader)),
    reading.columns === null,
  );
  const each = (work: (reader: ColumnReader) => void): void => {
    for (const [i, reader] of readers.entries()) inColumn(fields[i] as Field, () => work(reader));
  };
  try {
    for (let row = 0; row < rows; ) {
      each((reader) => reader.open());
      let count = Math.min(ROWS_AT_ONCE, rows - row);
      for (const { left } of readers) count = Math.min(count, left);
      each((reader) => reader.read(count));
      lines.add(count);
      row += count;
      if (lines.isFull) yield lines.take();
    }
    each((reader) => reader.open()); // held to what its last page says
  } catch (error) {
    yield lines.take(); // the rows before the damage
    throw error;
  }
  yield lines.take();
}

/** What to do: of a file whose footer tells nothing no row is read. */
const ADVICE = {
  file: {
    'input-corrupt': 'Fetch it again, or go on without it with --keep-going.',
    'input-unsupported': 'Leave it out, or go on without it with --keep-going.',
  },
  rows: {
    'input-corrupt': 'Fetch it again, or read up to there with --keep-going.',
    'input-unsupported': 'Write it anew, or read up to there with --keep-going.',
  },
} as const;

/** @param place of what is wrong with rows, with a blank behind it */
const told = (source: string, error: unknown, place = ''): unknown => {
  if (!(error instanceof ParquetFault)) return error;
  const advice = ADVICE[place === '' ? 'file' : 'rows'][error.code];
  const text = `${escapeControls(source)} is a Parquet file that ${place}${error.message}. ${advice}`;
  return new InputError(error.code, text, { cause: error });
};

/** The same, with what is thrown told in other words. */
function* saying<T>(items: Iterable<T>, said: (error: unknown) => unknown): Generator<T> {
  try {
    yield* items;
  } catch (error) {
    throw said(error);
  }
}

/** A flow log in Parquet. */
export class ParquetLog {
  /** The fields of its lines; null where its rows are lines as they stand, or events. */
  readonly columns: Columns | null;
  /** Its rows are events of OCSF, and it has no lines. */
  readonly holdsEvents: boolean;
  readonly #source: string;
  readonly #whole: Whole;
  readonly #reading: Reading;

  private constructor(source: string, whole: Whole, reading: Reading) {
    this.holdsEvents = !('columns' in reading);
    this.columns = 'columns' in reading ? reading.columns : null;
    this.#source = source;
    this.#whole = whole;
    this.#reading = reading;
  }

  /**
   * @param source the name shown in errors
   * @throws InputError input-corrupt, or input-unsupported for what is no flow log or cannot be read; whatever the bytes throw
   */
  static async open(source: string, whole: Whole): Promise<ParquetLog> {
    try {
      return new ParquetLog(source, whole, readingOf(await readLayout(whole)));
    } catch (error) {
      throw told(source, error);
    }
  }

  /**
   * Its rows, a line each. Each piece is the consumer's until it asks for the next.
   * @throws InputError input-corrupt or input-unsupported, after the rows before; whatever the bytes throw
   */
  async *lines(): AsyncGenerator<Uint8Array> {
    const reading = this.#reading;
    if (!('columns' in reading)) return;
    for (const [i, group] of reading.layout.groups.entries()) {
      try {
        yield* linesOf(reading, group.rows, await this.#readPacked(group));
      } catch (error) {
        throw told(this.#source, error, `in row group ${i + 1} `);
      }
    }
  }

  /**
   * The rows of one row group after the other, as objects for `ocsfReading`; they throw as {@link lines} does.
   * @throws InputError input-corrupt or input-unsupported; whatever the bytes throw
   */
  async *events(): AsyncGenerator<Iterable<unknown>> {
    const reading = this.#reading;
    if ('columns' in reading) return;
    for (const [i, group] of reading.layout.groups.entries()) {
      const said = (error: unknown): unknown => told(this.#source, error, `in row group ${i + 1} `);
      let packed: Packed[];
      try {
        packed = await this.#readPacked(group);
      } catch (error) {
        throw said(error);
      }
      yield saying(eventsOf(reading.fields, group.rows, packed, mostRows(this.#whole.size)), said);
    }
  }

  async #readPacked({ chunks }: RowGroup): Promise<Packed[]> {
    const wanted = this.#reading.fields.map(({ place }) => chunks[place] as Chunk);
    const length = wanted.reduce((sum, { from, to }) => sum + to - from, 0);
    if (length > MOST_PACKED)
      throw new ParquetFault(
        `has more than ${MOST_PACKED} bytes; write it in smaller row groups`,
        'input-unsupported',
      );
    return Promise.all(
      wanted.map(async (chunk) => ({ chunk, bytes: await this.#whole.read(chunk.from, chunk.to) })),
    );
  }
}

/** Whether a Parquet file has the columns of a flow log; true also for one whose footer cannot be read: whoever reads it says why. */
export const isFlowLog = async (whole: Whole): Promise<boolean> => {
  try {
    readingOf(await readLayout(whole));
    return true;
  } catch (error) {
    return !(error instanceof ParquetFault && error.code === 'input-unsupported');
  }
};
