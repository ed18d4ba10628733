/**
 * Records of a source that are read and thrown away, in one thread: what unpacking and scanning cost, and decoding of Parquet. Run by
 * the bench as a process of its own.
 *
 *     node test/bench/read-alone.ts flow.log.gz
 */
/** The built package, typed by its sources: there may be no build where types are looked at. */
const built = (file: string): string => new URL(`../../dist/${file}.js`, import.meta.url).href;
const { findSources } = (await import(
  built('input/find-sources')
)) as typeof import('../../src/input/find-sources.ts');
const { readSource } = (await import(
  built('input/read-source')
)) as typeof import('../../src/input/read-source.ts');
const { readSources } = (await import(
  built('input/read-sources')
)) as typeof import('../../src/input/read-sources.ts');
const { AddressBook } = (await import(
  built('record/address-book')
)) as typeof import('../../src/record/address-book.ts');
const { Interner } = (await import(
  built('record/interner')
)) as typeof import('../../src/record/interner.ts');

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('name a log');
const [source] = await findSources([path]);
if (source === undefined) throw new Error(`${path} is no log`);
let records = 0;
const nothing = (): void => {};
await readSources(
  [{ name: source.name, bytes: readSource(source, {}) }],
  {
    dictionaries: { strings: new Interner(), addresses: new AddressBook() },
    declared: undefined,
    keepGoing: false,
  },
  {
    onSource: nothing,
    onBatch: ({ count }) => {
      records += count;
    },
    onRejection: nothing,
    onFormat: nothing,
    onHeader: nothing,
    onComment: nothing,
    onDamage: nothing,
  },
);
console.log(`${records} records`);
