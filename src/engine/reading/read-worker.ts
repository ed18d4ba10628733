/**
 * The reading thread: reads, unpacks and scans all sources of a run, with dictionaries of its own, and sends what it
 * has read in packets. Its ids are those of the other thread, which learns every word in the same order.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Source } from '../../input/find-sources.ts';
import { readSource } from '../../input/read-source.ts';
import { type Reading, type ReadingHandlers, readSources } from '../../input/read-sources.ts';
import type { RecordBatch } from '../../model/record-batch.ts';
import { AddressBook } from '../../record/address-book.ts';
import { parseColumns } from '../../record/columns.ts';
import { Interner } from '../../record/interner.ts';
import { BatchSlots, type Failure, failureOf, type NewWords, type Notice, type Packet } from './packets.ts';

/** What the thread is given. */
export interface ReadingOrder {
  readonly sources: readonly Source[];
  /** The names of the fields of lines before any header. */
  readonly declared: readonly string[] | undefined;
  readonly keepGoing: boolean;
  readonly memory: SharedArrayBuffer;
}

/** Notices that are sent although no batch is full. */
const MOST_NOTICES = 1000;

const { sources, declared, keepGoing, memory } = workerData as ReadingOrder;
const slots = new BatchSlots(memory);
const strings = new Interner();
const addresses = new AddressBook();

let sent = 0;
let notices: Notice[] = [];
let comments = 0;
let bytes = 0;
let knownStrings = strings.size;
let knownAddresses = addresses.size;

const newWords = (): NewWords | null => {
  if (strings.size === knownStrings && addresses.size === knownAddresses) return null;
  const texts = Array.from({ length: strings.size - knownStrings }, (_, i) =>
    strings.bytes(knownStrings + i),
  );
  let end = 0;
  const ends = texts.map((text) => {
    end += text.length;
    return end;
  });
  const numbers = new Uint8Array((addresses.size - knownAddresses) * 16);
  for (let i = 0; i * 16 < numbers.length; i++) numbers.set(addresses.bytes(knownAddresses + i), i * 16);
  knownStrings = strings.size;
  knownAddresses = addresses.size;
  return { texts: Buffer.concat(texts), ends, addresses: numbers };
};

const addCounts = (): void => {
  if (comments > 0) notices.push({ kind: 'comments', count: comments });
  if (bytes > 0) notices.push({ kind: 'bytes', count: bytes });
  comments = 0;
  bytes = 0;
};

const send = (batch: RecordBatch | null, end?: Failure | null): void => {
  addCounts();
  slots.waitForRoom(sent);
  if (batch !== null) slots.put(sent, batch);
  const packet: Packet = { notices, words: newWords(), rows: batch?.count ?? 0 };
  parentPort?.postMessage(end === undefined ? packet : { ...packet, end });
  sent++;
  notices = [];
};

const note = (notice: Notice): void => {
  notices.push(notice);
  if (notices.length >= MOST_NOTICES) send(null);
};

const handlers: ReadingHandlers = {
  onSource: (name) => note({ kind: 'source', name }),
  onBatch: (batch) => send(batch),
  onRejection: (rejection) => note({ kind: 'rejection', rejection }),
  onFormat: ({ names }, learnedFrom) => note({ kind: 'format', names, learnedFrom }),
  onHeader: () => note({ kind: 'header' }),
  onComment: () => {
    comments++;
  },
  onDamage: (error) => note({ kind: 'damage', failure: failureOf(error) }),
};

function* readings(): Generator<Reading> {
  const onBytes = (count: number): void => {
    bytes += count;
  };
  for (const source of sources) yield { name: source.name, bytes: readSource(source, { onBytes }) };
}

let end: Failure | null = null;
try {
  const columns = declared === undefined ? undefined : parseColumns(declared.join(' '));
  await readSources(
    readings(),
    { dictionaries: { strings, addresses }, declared: columns, keepGoing },
    handlers,
  );
} catch (error) {
  end = failureOf(error);
}
send(null, end);
