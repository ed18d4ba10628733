/**
 * The lines behind the records of a key. Lines are filed by the rules into a kernel of their own, so that what is known of a
 * line is what the engine knew of it; which of them repeat a record has been decided by then.
 */

import { COLUMNS, type EngineKernel, shippedKernel } from '../engine/kernel/engine-kernel.ts';
import type { Observers } from '../engine/observers/observers.ts';
import { printOf, type Traced, type TracedRecord } from '../engine/outlines/traces.ts';
import { tooLittleMemory } from '../engine/too-little-memory.ts';
import { InputError } from '../model/errors.ts';
import type { Steps } from '../model/in-steps.ts';
import { IS_V6, KIND, RecordBatch } from '../model/record-batch.ts';
import type { Place } from './explanation.ts';

/** One line of the input. */
export interface Line extends Place {
  readonly text: string;
}

/** The lines of one record: its own, and those that repeat it. */
export interface RecordLines {
  readonly line: Line;
  readonly duplicates: readonly Line[];
}

type NamedEnd = readonly [address: number, port: number];

/** One name for both directions. */
const nameEnds = (protocol: number, isV6: boolean, a: NamedEnd, b: NamedEnd): string =>
  `${protocol} ${isV6 ? 6 : 4} ${[a.join(':'), b.join(':')].sort().join(' ')}`;

/** Names the key of a connection within a run. */
const nameKey = (traced: Traced): string => {
  const [low, high] = traced.storedPorts;
  const [lowAddress, highAddress] = traced.addresses;
  return nameEnds(traced.protocol, traced.isV6, [lowAddress, low], [highAddress, high]);
};

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** Records that are looked at between two rests: each takes some microseconds. */
const FEW = 1024;

const changed = (): InputError =>
  new InputError(
    'input-changed',
    'The input changed between the two readings that explaining takes: a record was read that is not there any more.',
  );

/** Collects the lines of some keys while the input is read again. */
export class KeyLines {
  readonly #kernel: EngineKernel;
  readonly #observers: Observers;
  readonly #ports: ReadonlySet<number>;
  /** By the name of each wanted key, the numbers of its lines. */
  readonly #wanted: ReadonlyMap<string, number[]>;
  readonly #lines: Line[] = [];
  readonly #picked = new RecordBatch({ names: [], fields: [] });
  /** By the kernel's number of an observer, ours. */
  readonly #known: number[] = [];

  /** @throws InputError (input-too-large) where there is no memory for them */
  constructor(keys: readonly Traced[], observers: Observers) {
    this.#kernel = shippedKernel();
    this.#observers = observers;
    this.#ports = new Set(keys.flatMap(({ storedPorts }) => storedPorts));
    this.#wanted = new Map(keys.map((key) => [nameKey(key), []]));
  }

  /** Keeps the lines of a batch that belong to one of the keys. */
  add(batch: RecordBatch, source: string): void {
    const picked = this.#picked;
    picked.count = 0;
    for (let row = 0; row < batch.count; row++) {
      if (batch.kind[row] !== KIND.flow) continue;
      const numbers = this.#numbersFor(batch, row);
      if (numbers === undefined) continue;
      numbers.push(this.#lines.length);
      this.#lines.push({
        source,
        lineNumber: batch.firstLineNumber + (batch.lineOffset[row] as number),
        text: decoder.decode(batch.text.subarray(batch.lineFrom[row], batch.lineTo[row])),
      });
      for (const column of COLUMNS) picked[column][picked.count] = batch[column][row] as number;
      picked.count++;
    }
    if (picked.count > 0) this.#file();
  }

  #file(): void {
    const observers = this.#observers;
    const noting = {
      append: (batch: RecordBatch, row: number): number => {
        const observer = observers.of(batch, row);
        this.#known.push(observer);
        return observer;
      },
      vantageOf: (observer: number): number => observers.vantageOf(observer),
    };
    if (!this.#kernel.add(this.#picked, noting, () => {})) throw tooLittleMemory();
  }

  /** Where the number of a row's line goes; undefined where nobody wants it. */
  #numbersFor(batch: RecordBatch, row: number): number[] | undefined {
    const srcPort = batch.srcPort[row] as number;
    const dstPort = batch.dstPort[row] as number;
    if (!this.#ports.has(srcPort) || !this.#ports.has(dstPort)) return undefined;
    const isV6 = ((batch.families[row] as number) & IS_V6.from) !== 0;
    const from = batch.fromAddr[row] as number;
    const to = batch.toAddr[row] as number;
    return this.#wanted.get(nameEnds(batch.protocol[row] as number, isV6, [from, srcPort], [to, dstPort]));
  }

  /**
   * Finds the lines of every record of a key.
   * @param family all connections of the key
   * @throws InputError when a record has no line: the input has changed meanwhile
   */
  *match(family: readonly Traced[]): Steps<ReadonlyMap<TracedRecord, RecordLines>> {
    const found = new Map<TracedRecord, { line: Line; duplicates: Line[] }>();
    /** By what is known of a line, the record that it is or that it repeats. */
    const byPrint = new Map<string, TracedRecord>();
    const repeated = new Map<string, TracedRecord>();
    let looked = 0;
    let count = 0;
    for (const { records } of family) {
      count += records.length;
      for (const record of records) {
        if (++looked % FEW === 0) yield;
        byPrint.set(record.print, record);
        for (const copy of record.copies) repeated.set(copy, record);
      }
    }
    const read = this.#reader();
    const repeats: { readonly line: Line; readonly print: string }[] = [];
    const [first] = family;
    for (const number of (first === undefined ? undefined : this.#wanted.get(nameKey(first))) ?? []) {
      if (++looked % FEW === 0) yield;
      const line = this.#lines[number] as Line;
      const print = read(number);
      const same = byPrint.get(print);
      if (same === undefined || found.has(same)) repeats.push({ line, print });
      else found.set(same, { line, duplicates: [] });
    }
    for (const { line, print } of repeats) {
      if (++looked % FEW === 0) yield;
      const original = found.get(repeated.get(print) as TracedRecord);
      if (original === undefined) throw changed();
      original.duplicates.push(line);
    }
    if (found.size !== count) throw changed();
    return found;
  }

  /** Reads what is known of lines that have been filed. */
  #reader(): (number: number) => string {
    const { memory } = this.#kernel;
    const view = new DataView(memory.buffer);
    const [start, end, packets, bytes] = ['HAS_START', 'HAS_END', 'HAS_PACKETS', 'HAS_BYTES'].map((name) =>
      memory.value(name),
    ) as [number, number, number, number];
    const bits = memory.unsigned('BY_STORE');
    return (number) => {
      const at = memory.exports.recordAt(number) >>> 0;
      const info = view.getUint32(at + 32, true);
      const known = (bit: number, value: number): number => ((info & bit) === 0 ? -1 : value);
      const begins = known(start, view.getUint32(at + 16, true));
      const ends = known(end, view.getUint32(at + 20, true));
      return printOf(
        this.#known[view.getUint32(at + 28, true)] as number,
        info & bits,
        view.getUint32(at + 36, true),
        known(packets, view.getFloat64(at, true)),
        known(bytes, view.getFloat64(at + 8, true)),
        begins < 0 ? ends : begins,
        ends < 0 ? begins : ends,
      );
    };
  }
}
