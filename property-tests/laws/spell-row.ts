/** A row of a batch as it reads, whatever numbers a reader has given to its words. */
import { HAS_LOSSES, IS_V6, type RecordBatch } from '../../src/model/record-batch.ts';
import type { AnnotationTexts } from '../../src/record/annotations.ts';
import type { Dictionaries } from '../../src/record/scan-lines.ts';

const COLUMNS = [
  ...(['kind', 'present', 'families', 'srcPort', 'dstPort', 'protocol', 'tcpFlags', 'action'] as const),
  ...(['direction', 'packets', 'bytes', 'start', 'end'] as const),
];
const WORDS = ['interfaceId', 'resourceId', 'vpcId', 'subnetId', 'instanceId', 'accountId'] as const;
const ADDRESSES = [
  ['srcAddr', IS_V6.src],
  ['dstAddr', IS_V6.dst],
  ['fromAddr', IS_V6.from],
  ['toAddr', IS_V6.to],
] as const;

/** What a gateway lost, spelt as the sixteen bytes of an address; what stands there of other rows is nobody's business. */
const lostIn = (batch: RecordBatch, row: number, { addresses }: Dictionaries): string | null =>
  ((batch.families[row] as number) & HAS_LOSSES) === 0 ? null : addresses.text(batch.losses[row] as number);

/** A row with its words and addresses spelt out: what number a word has is nobody's business. */
export const spellRow = (
  batch: RecordBatch,
  row: number,
  { strings, addresses }: Dictionaries,
  annotations?: AnnotationTexts,
): unknown[] => [
  batch.columns.names.join(' '),
  Buffer.from(batch.text.subarray(batch.lineFrom[row], batch.lineTo[row])).toString('latin1'),
  ...COLUMNS.map((column) => batch[column][row]),
  ...WORDS.map((column) => strings.text(batch[column][row] as number)),
  lostIn(batch, row, { strings, addresses }),
  batch.annotations === null ? null : annotations?.text(batch.annotations[row] as number),
  ...ADDRESSES.map(([column, isV6]) => {
    const address = batch[column][row] as number;
    return ((batch.families[row] as number) & isV6) === 0 ? address : addresses.text(address);
  }),
];
