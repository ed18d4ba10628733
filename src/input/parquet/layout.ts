/**
 * The footer of a Parquet file: which columns it has, and where in it their values lie. What the footer says is held
 * against the file and against itself before anything is read, since nothing else tells whether it is true.
 */
import type { CompressionCodec, FileMetaData, SchemaElement } from 'hyparquet';
import { parquetMetadata } from 'hyparquet/src/metadata.js';
import { ParquetFault } from './fault.ts';
import { checkElements } from './schema-elements.ts';
import { ThriftReader } from './thrift.ts';
import type { Whole } from './whole.ts';

/** Bytes of a footer, and what it may say: that of a file of 300 million records with all fields. */
const MOST_FOOTER = 16 * 2 ** 20;
const MOST_SAID = 2_000_000;
/** The footer is mostly in so many bytes at the end. */
const TAIL = 64 * 1024;
/** The length of the footer and the last magic. */
const FRAME = 8;
/** Groups in groups of columns. */
const MOST_DEPTH = 32;

/**
 * Rows that a file of a size may have: several times as many as gzip packs into it. A page of a few bytes may say that its
 * value stands in a billion rows, and each would be read.
 */
export const mostRows = (size: number): number => 2 ** 20 + 64 * size;

/** A column with values of its own. */
export interface LeafColumn {
  /** Its own name behind those of the groups that it is in. */
  readonly path: readonly string[];
  readonly element: SchemaElement;
  /** A value is there where its definition level is this. */
  readonly definition: number;
  /** How many lists it is in: in one, a row has any number of values, each with a level of repetition that is 0 where a row begins. */
  readonly repetition: number;
}

/** Where the values of a column in a row group lie: bytes [from, to). */
export interface Chunk {
  readonly codec: CompressionCodec;
  readonly from: number;
  readonly to: number;
  /** Those that are not there included. */
  readonly values: number;
}

export interface RowGroup {
  readonly rows: number;
  /** One a column. */
  readonly chunks: readonly Chunk[];
}

export interface Layout {
  readonly columns: readonly LeafColumn[];
  readonly groups: readonly RowGroup[];
}

const endsWith = (bytes: Uint8Array, magic: string): boolean =>
  Buffer.from(bytes.subarray(-4)).toString('latin1') === magic;

const encrypted = (): ParquetFault =>
  new ParquetFault('is encrypted, which is not read; write it without encryption', 'input-unsupported');

/** The bytes of the footer with its frame. */
const readFooter = async (whole: Whole): Promise<Uint8Array> => {
  const { size } = whole;
  const tail = await whole.read(Math.max(0, size - TAIL), size);
  if (tail.length >= 4 && endsWith(tail, 'PARE')) throw encrypted();
  if (size < 4 + FRAME || !endsWith(tail, 'PAR1'))
    throw new ParquetFault('has no end: its footer is missing');
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(tail.length - FRAME, true);
  if (length > size - FRAME - 4) throw new ParquetFault('is damaged: its footer is longer than the file');
  if (length > MOST_FOOTER) throw new ParquetFault(`has a footer of more than ${MOST_FOOTER} bytes`);
  const framed = length + FRAME;
  return framed <= tail.length ? tail.subarray(-framed) : whole.read(size - framed, size);
};

const parseFooter = (framed: Uint8Array): FileMetaData => {
  try {
    // The library makes room for whatever a length says, so lengths are looked at first.
    checkElements(new ThriftReader(framed.subarray(0, -FRAME), 0, MOST_SAID).struct());
    return parquetMetadata(framed, { geoparquet: false });
  } catch (error) {
    const what = error instanceof ParquetFault ? error.message : 'cannot be read';
    throw new ParquetFault(`is damaged: its footer ${what}`);
  }
};

const damaged = (what: string): ParquetFault => new ParquetFault(`is damaged: its footer ${what}`);

/** The columns below a group, in order, and the place behind it. */
const leavesIn = (
  schema: readonly SchemaElement[],
  at: number,
  above: Omit<LeafColumn, 'element'>,
  leaves: LeafColumn[],
): number => {
  const element = schema[at];
  if (element !== undefined && at > 0 && element.repetition_type === undefined)
    throw damaged('says of a column what cannot be');
  if (element === undefined || above.path.length > MOST_DEPTH) throw damaged('has no whole schema');
  const inside = {
    path: at === 0 ? [] : [...above.path, element.name],
    definition: above.definition + (at > 0 && element.repetition_type !== 'REQUIRED' ? 1 : 0),
    repetition: above.repetition + (at > 0 && element.repetition_type === 'REPEATED' ? 1 : 0),
  };
  const children = element.num_children ?? 0;
  if (at > 0 && children === 0) {
    if (element.type === undefined) throw damaged('has a column of no type');
    leaves.push({ ...inside, element });
    return at + 1;
  }
  let next = at + 1;
  for (let i = 0; i < children; i++) next = leavesIn(schema, next, inside, leaves);
  return next;
};

const columnsIn = ({ schema }: FileMetaData): LeafColumn[] => {
  const leaves: LeafColumn[] = [];
  const end = leavesIn(schema, 0, { path: [], definition: 0, repetition: 0 }, leaves);
  if (end !== schema.length) throw damaged('has columns outside of its schema');
  return leaves;
};

type FooterGroup = FileMetaData['row_groups'][number];

const chunkOf = (
  { file_path, meta_data, crypto_metadata }: FooterGroup['columns'][number],
  column: LeafColumn,
  rows: number,
  bodyEnd: number,
): Chunk => {
  if (crypto_metadata !== undefined) throw encrypted();
  if (file_path !== undefined)
    throw new ParquetFault('is a summary of other Parquet files; name those', 'input-unsupported');
  if (meta_data === undefined) throw damaged('says of a column not where it is');
  const { type, codec, path_in_schema, num_values, total_compressed_size } = meta_data;
  if (type !== column.element.type || path_in_schema.join('\0') !== column.path.join('\0'))
    throw damaged('says two things of one column');
  const values = Number(num_values);
  if (column.repetition > 0 ? values < rows : values !== rows)
    throw damaged('says of a column that it has more or fewer values than rows');
  const data = Number(meta_data.data_page_offset);
  const dictionary = Number(meta_data.dictionary_page_offset ?? 0);
  const from = dictionary > 0 && dictionary < data ? dictionary : data;
  const to = from + Number(total_compressed_size);
  if (!(from >= 4 && from <= to && to <= bodyEnd)) throw damaged('has columns that lie outside of the file');
  return { codec, from, to, values };
};

const groupOf = (
  { columns: chunks, num_rows }: FooterGroup,
  columns: readonly LeafColumn[],
  bodyEnd: number,
): RowGroup => {
  const rows = Number(num_rows);
  if (!(rows >= 0) || chunks.length !== columns.length) throw damaged('has a row group without all columns');
  return { rows, chunks: chunks.map((chunk, i) => chunkOf(chunk, columns[i] as LeafColumn, rows, bodyEnd)) };
};

const checkApart = (groups: readonly RowGroup[]): void => {
  const chunks = groups.flatMap((group) => group.chunks).sort((a, b) => a.from - b.from);
  if (chunks.some(({ from }, i) => i > 0 && from < (chunks[i - 1] as Chunk).to))
    throw damaged('has columns that lie over each other');
};

/** @throws ParquetFault; whatever the bytes throw that are read */
export const readLayout = async (whole: Whole): Promise<Layout> => {
  const head = await whole.read(0, 4);
  if (endsWith(head, 'PARE')) throw encrypted();
  const framed = await readFooter(whole);
  const footer = parseFooter(framed);
  try {
    const columns = columnsIn(footer);
    const bodyEnd = whole.size - framed.length;
    const groups = footer.row_groups.map((group) => groupOf(group, columns, bodyEnd));
    checkApart(groups);
    const rows = groups.reduce((sum, group) => sum + group.rows, 0);
    if (rows !== Number(footer.num_rows)) throw damaged('says two things of the number of its rows');
    if (rows > mostRows(whole.size))
      throw damaged(`says that it has ${rows} rows, more than can be in ${whole.size} bytes`);
    return { columns, groups };
  } catch (error) {
    if (error instanceof ParquetFault) throw error;
    throw damaged('cannot be read'); // a part of it is missing or of another kind
  }
};
