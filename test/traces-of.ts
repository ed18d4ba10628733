/** How connections came to be, told by the rules: what explaining a connection goes by. */
import type { Traced } from '../src/engine/outlines/traces.ts';
import { Rebuild } from '../src/engine/rebuild.ts';
import { AddressBook } from '../src/record/address-book.ts';
import { Interner } from '../src/record/interner.ts';
import { RecordReader } from '../src/record/read-records.ts';

const NOTHING = (): void => {};

/** The traces of all connections of a log, in their order. */
export const tracesOf = (text: string): readonly Traced[] => {
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const rebuild = new Rebuild(dictionaries, { scope: 'auto', observedOnly: false });
  const reader = new RecordReader('flow.log', dictionaries, {
    onBatch: (batch) => rebuild.add(batch),
    onRejection: ({ reason, text: line }) => {
      throw new Error(`${reason}: ${line}`);
    },
    onFormat: NOTHING,
    onHeader: NOTHING,
    onComment: NOTHING,
  });
  reader.push(Buffer.from(text));
  reader.end();
  return [...rebuild.traced(() => true)].flatMap((traced) => traced ?? []);
};
