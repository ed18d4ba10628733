/**
 * What a caller hands over instead of files, as pieces that a reader takes: text or bytes cut anywhere, or records.
 * Nothing of the caller's is kept; whatever is none of these is misuse and said so.
 */
import type { FlowRecord } from '../model/flow-record.ts';
import { type RecordLine, RecordPrinter } from '../record/print-records.ts';

/** Bytes cut anywhere, or one record. */
export type Piece = Uint8Array | RecordLine;

/** Text or bytes in pieces, or records. */
export type PieceSource =
  | AsyncIterable<Uint8Array | string>
  | Iterable<FlowRecord>
  | AsyncIterable<FlowRecord>;

const encoder = new TextEncoder();

/** Ends with the first half of a character beyond U+FFFF, which has no bytes without the second. */
const endsInHalf = (text: string): boolean => /[\ud800-\udbff]$/.test(text);

/** @throws OptionError (option-invalid) for what is neither text nor bytes nor a record */
export async function* piecesOf(source: PieceSource): AsyncGenerator<Piece> {
  const printer = new RecordPrinter();
  let half = '';
  for await (const item of source as AsyncIterable<Uint8Array | string | FlowRecord>) {
    if (typeof item === 'string') {
      const text = half + item;
      half = endsInHalf(text) ? text.slice(-1) : '';
      yield encoder.encode(half === '' ? text : text.slice(0, -1));
      continue;
    }
    if (half !== '') yield encoder.encode(half);
    half = '';
    yield item instanceof Uint8Array ? item : printer.print(item);
  }
  if (half !== '') yield encoder.encode(half);
}
