/**
 * The WebAssembly kernel as the reader sees it: a place for text and a batch in its memory, and a scan that
 * goes as far as lines are plain good records. What the kernel does not vouch for it leaves to the TypeScript
 * scanner, line by line, into the same batch.
 */
import type { Columns, Field, FieldName } from '../../model/fields.ts';
import { LOSSES } from '../../model/losses.ts';
import { hasPorts } from '../../model/protocols.ts';
import { BATCH_CAPACITY, type BatchColumn, RecordBatch } from '../../model/record-batch.ts';
import { type Dictionaries, formatBits, kindWithoutAddresses } from '../scan-lines.ts';
import { type KernelExports, type KernelModule, loadKernel } from './load-kernel.ts';

/** Fields that the kernel reads by a role of their own, by the name of the role in layout.ts. */
const ROLES: Partial<Record<FieldName, string>> = {
  protocol: 'PROTOCOL_AT',
  srcport: 'SRC_PORT_AT',
  dstport: 'DST_PORT_AT',
  packets: 'PACKETS_AT',
  bytes: 'BYTES_AT',
  start: 'START_AT',
  end: 'END_AT',
  'tcp-flags': 'TCP_FLAGS_AT',
  action: 'ACTION_AT',
  'flow-direction': 'DIRECTION_AT',
  'log-status': 'STATUS_AT',
};

/** In the order the kernel numbers them. */
const ADDRESSES: readonly string[] = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];

const IDENTIFIERS: Partial<Record<FieldName, BatchColumn>> = {
  'interface-id': 'interfaceId',
  'resource-id': 'resourceId',
  'tgw-attachment-id': 'resourceId',
  'vpc-id': 'vpcId',
  'subnet-id': 'subnetId',
  'instance-id': 'instanceId',
  'account-id': 'accountId',
};

/** What a transit gateway lost, which is rare, is for the TypeScript scanner to keep. */
const LOST: readonly string[] = Object.values(LOSSES).map(({ field }) => field);

/** The largest value of a column of integers that the kernel takes. */
const mostOf = (field: Field): number =>
  LOST.includes(field.name) ? 0 : 'most' in field ? field.most : Number.MAX_SAFE_INTEGER;

const NO_COLUMNS: Columns = { names: [], fields: [] };

/** Whether the kernel reads lines of a format: not too many fields, none that fills another's column. */
const isForKernel = (columns: Columns, mostColumns: number): boolean => {
  const filled = columns.fields.map((field, i) =>
    field === undefined ? `column ${i}` : (IDENTIFIERS[field.name] ?? field.name),
  );
  return columns.names.length <= mostColumns && new Set(filled).size === filled.length;
};

export class ScanKernel {
  /** Where text is put before it is scanned. */
  readonly text: Uint8Array;
  /** Rows go here; its columns are views of the kernel's memory. */
  readonly batch: RecordBatch;
  readonly #exports: KernelExports;
  #columns = NO_COLUMNS;
  #takesColumns = false;

  constructor(module: KernelModule, { strings, addresses }: Dictionaries) {
    const kernel = module.instantiate({
      internIdentifier: (from, to) => strings.intern(this.text, from, to),
      internAddress: (from, to) => addresses.intern(this.text, from, to),
    });
    const { buffer } = kernel.memory;
    this.#exports = kernel;
    if (this.#at('CAPACITY') !== BATCH_CAPACITY) throw new Error('The kernel was built for another batch.');
    this.text = new Uint8Array(buffer, this.#at('TEXT'), this.#at('TEXT_LENGTH'));
    this.batch = new RecordBatch(NO_COLUMNS, { buffer, offsetOf: (column) => this.#at(column) });
    const ported = new Uint8Array(buffer, this.#at('PORTED'), 256);
    for (let protocol = 0; protocol < 256; protocol++) ported[protocol] = Number(hasPorts(protocol));
  }

  /** Forgets the ids that its dictionaries have given: they have forgotten them too. */
  forget(): void {
    const known = this.#at('IDENTIFIERS');
    new Uint8Array(this.text.buffer, known, this.#at('MEMORY_END') - known).fill(0);
  }

  /** Makes lines of this format the ones that {@link scan} reads; false when they are not for the kernel. */
  choose(columns: Columns): boolean {
    if (columns === this.#columns) return this.#takesColumns;
    this.#columns = columns;
    this.#takesColumns = isForKernel(columns, this.#at('MOST_COLUMNS'));
    if (this.#takesColumns) this.#teach(columns);
    return this.#takesColumns;
  }

  /**
   * Scans lines of text[from, to), the last of which ends in a line feed, into rows behind those of the batch.
   * @param lineOffset of the first line from the batch's first
   * @returns where it stopped: at the end, before a line that is not for it, or because the batch is full
   */
  scan(from: number, to: number, lineOffset: number): number {
    const kernel = this.#exports;
    kernel.rows.value = this.batch.count;
    const end = kernel.scan(from, to, lineOffset);
    this.batch.count = kernel.rows.value;
    return end;
  }

  #teach(columns: Columns): void {
    const kernel = this.#exports;
    kernel.beginFormat(columns.names.length, formatBits(columns), kindWithoutAddresses(columns));
    for (const [column, field] of columns.fields.entries()) {
      if (field === undefined) continue;
      const role = ROLES[field.name];
      const identifier = IDENTIFIERS[field.name];
      if (role !== undefined) kernel.placeField(this.#at(role), column);
      else if (identifier !== undefined) kernel.addIdentifier(column, this.#at(identifier));
      else if (field.kind === 'address') kernel.addAddress(column, ADDRESSES.indexOf(field.name));
      else if (field.kind === 'integer') kernel.addInteger(column, mostOf(field));
    }
  }

  #at(name: string): number {
    const constant = this.#exports[name];
    if (constant === undefined) throw new Error(`The kernel has no ${name}.`);
    return constant.value;
  }
}

/** A kernel of a module; null where the system has no address space for its memory: TypeScript scans everything then. */
export const scanKernelOf = (module: KernelModule, dictionaries: Dictionaries): ScanKernel | null => {
  try {
    return new ScanKernel(module, dictionaries);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};

let shipped: KernelModule | null | undefined;
/** Null for a run that has none: it is not tried again for each of its sources. */
const kernels = new WeakMap<Dictionaries, ScanKernel | null>();

/** The one kernel of a run, whose ids are those of its dictionaries; null where none is shipped or can be had. */
export const kernelOf = (dictionaries: Dictionaries): ScanKernel | null => {
  shipped ??= loadKernel(new URL('scan.wasm', import.meta.url)) ?? null;
  if (shipped === null) return null;
  let kernel = kernels.get(dictionaries);
  if (kernel === undefined) {
    kernel = scanKernelOf(shipped, dictionaries);
    kernels.set(dictionaries, kernel);
  }
  return kernel;
};
