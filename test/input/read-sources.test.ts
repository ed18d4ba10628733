import { describe, expect, it } from 'vitest';
import { type ReadingHandlers, readSources } from '../../src/input/read-sources.ts';
import { FormatError, InputError, OutputError } from '../../src/model/errors.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { Interner } from '../../src/record/interner.ts';
import { HEADER, record } from '../build.ts';

const TEXT = Buffer.from(`${HEADER}\n${record()}\n`);

/** Reads two sources on and on; a handler throws when it is told of records. */
const readKeepingGoing = async (thrown: Error | null, first: Uint8Array = TEXT) => {
  const damage: Error[] = [];
  let records = 0;
  const handlers: ReadingHandlers = {
    onSource() {},
    onBatch: (batch) => {
      if (thrown !== null) throw thrown;
      records += batch.count;
    },
    onRejection() {},
    onFormat() {},
    onHeader() {},
    onComment() {},
    onDamage: (error) => void damage.push(error),
  };
  const readings = [first, TEXT].map((bytes, i) => ({
    name: `${i}.log`,
    bytes: (async function* () {
      yield bytes;
    })(),
  }));
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  await readSources(readings, { dictionaries, declared: undefined, keepGoing: true }, handlers);
  return { damage, records };
};

describe('reading on when a source is damaged', () => {
  it('leaves out the rest of a source whose format is none, and tells of it', async () => {
    const { damage, records } = await readKeepingGoing(
      null,
      Buffer.concat([TEXT, Buffer.from('srcaddr src_addr\n')]),
    );
    expect(damage.map((error) => error instanceof FormatError && error.message.slice(0, 8))).toEqual([
      '0.log:3:',
    ]);
    expect(records).toBe(2);
  });

  it.each([
    ['the disk is full', new OutputError('spill-failed', 'No room for records.')],
    ['a line is not accepted', new InputError('input-rejected', '0.log:2: not accepted.')],
    ['there is a fault', new TypeError('undefined is not a function')],
  ])('does not go on when that is not what it is: %s', async (_, error) => {
    await expect(readKeepingGoing(error)).rejects.toBe(error);
  });
});

describe('reading sources', () => {
  /** What handlers are told, in order; `damaged` ends the first source after its text. */
  const tellOf = async (texts: readonly string[], damaged: Error | null, keepGoing: boolean) => {
    const told: string[] = [];
    const handlers: ReadingHandlers = {
      onSource: (name) => void told.push(name),
      onBatch: ({ count }) => void told.push(...Array.from({ length: count }, () => 'a record')),
      onRejection() {},
      onFormat() {},
      onHeader() {},
      onComment() {},
      onDamage: (error) => void told.push(error.message),
    };
    const readings = texts.map((text, i) => ({
      name: `${i}.log`,
      bytes: (async function* () {
        yield Buffer.from(text);
        if (i === 0 && damaged !== null) throw damaged;
      })(),
    }));
    const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
    const error = await readSources(
      readings,
      { dictionaries, declared: undefined, keepGoing },
      handlers,
    ).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return { told, error };
  };
  const lines = `${HEADER}\n${record()}\n${record({ start: 60 })}`;

  it('tells whose records come, and reads a last line without its line feed', async () => {
    expect(await tellOf([lines, `${lines}\n`], null, false)).toEqual({
      told: ['0.log', 'a record', 'a record', '1.log', 'a record', 'a record'],
      error: null,
    });
  });

  it('keeps what was read before the damage when it goes on, and ends with it when it does not', async () => {
    const damage = new InputError('input-corrupt', '0.log ends in the middle.');
    expect(await tellOf([lines, lines], damage, true)).toEqual({
      told: ['0.log', 'a record', 'a record', '0.log ends in the middle.', '1.log', 'a record', 'a record'],
      error: null,
    });
    const { told, error } = await tellOf([lines, lines], damage, false);
    expect(error).toBe(damage);
    // The line that the damage cut off is no record.
    expect(told).toEqual(['0.log', 'a record']);
  });
});
