/**
 * Sharing a run out loses nothing and keeps together what belongs together: every flow of the input is in one part, both
 * directions of a key in the same one, in the order of the input, and reads there as it does here.
 */
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InputSource, readInput } from '../../src/engine/reading/read-input.ts';
import { InputNotes } from '../../src/engine/report-run.ts';
import type { ReadingHandlers } from '../../src/input/read-sources.ts';
import { FIELDS } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { writeIPv4 } from '../../src/model/ipv4.ts';
import { IS_V6, KIND, type RecordBatch } from '../../src/model/record-batch.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { parseDeclared } from '../../src/record/columns.ts';
import { Interner } from '../../src/record/interner.ts';
import type { Dictionaries } from '../../src/record/scan-lines.ts';
import { splitInput } from '../../src/split/split-input.ts';
import { anyFlowRecord } from '../arbitraries/any-flow-record.ts';
import { anyLine } from '../arbitraries/any-line.ts';
import { LOG_KINDS, LOGS } from '../arbitraries/any-log.ts';
import { anySoup, SOUP_HEADER } from '../arbitraries/any-soup.ts';
import { writeParquet } from '../network/write-parquet.ts';
import { runs } from './runs.ts';
import { spellRow } from './spell-row.ts';

interface Flow {
  /** Its ends, ports and protocol, the same from both sides. */
  readonly key: string;
  readonly reads: string;
}

const keyOf = (batch: RecordBatch, row: number, { addresses }: Dictionaries): string => {
  const isV6 = ((batch.families[row] as number) & IS_V6.from) !== 0;
  const text = (address: number | undefined): string =>
    isV6 ? addresses.text(address as number) : writeIPv4(address as number);
  const ends = [
    `${text(batch.fromAddr[row])} ${batch.srcPort[row]}`,
    `${text(batch.toAddr[row])} ${batch.dstPort[row]}`,
  ];
  return `${batch.protocol[row]} ${ends.sort().join(' ')}`;
};

const NOTHING = (): void => {};

interface Read {
  readonly flows: readonly Flow[];
  readonly others: number;
  readonly rejected: number;
  readonly damage: number;
}

/** The flows of an input, in order; of a source that cannot be read on, those before. */
const readFlows = async (source: InputSource, fields?: string): Promise<Read> => {
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const flows: Flow[] = [];
  let [others, rejected, damage] = [0, 0, 0];
  const handlers: ReadingHandlers = {
    onSource: NOTHING,
    onBatch(batch) {
      for (let row = 0; row < batch.count; row++) {
        if (batch.kind[row] !== KIND.flow) others++;
        else {
          const key = keyOf(batch, row, dictionaries);
          flows.push({ key, reads: JSON.stringify(spellRow(batch, row, dictionaries)) });
        }
      }
    },
    onRejection: () => void rejected++,
    onFormat: NOTHING,
    onHeader: NOTHING,
    onComment: NOTHING,
    onDamage: () => void damage++,
  };
  const declared = fields === undefined ? undefined : parseDeclared(fields);
  await readInput(source, { keepGoing: true }, { dictionaries, declared }, handlers, new InputNotes());
  return { flows, others, rejected, damage };
};

async function* inPieces<T>(pieces: readonly T[]): AsyncGenerator<T> {
  yield* pieces;
}

interface Input {
  readonly pieces: readonly (string | Uint8Array)[] | readonly FlowRecord[];
  readonly fields?: string;
}

const sourceOf = ({ pieces }: Input): InputSource => inPieces(pieces as readonly string[]) as InputSource;

/** What is handed over of each part, in order. */
const share = async (input: Input, parts: number, isHeaded: boolean): Promise<Buffer[][]> => {
  const pieces = Array.from({ length: parts }, (): Buffer[] => []);
  const take = (part: number, lines: Uint8Array): void => void pieces[part]?.push(Buffer.from(lines));
  const fields = input.fields === undefined ? {} : { fields: input.fields };
  const options = { parts, keepGoing: true, ...fields };
  const { records, report } = await splitInput(sourceOf(input), options, { take, isHeaded });
  const { flows, others, rejected } = await readFlows(sourceOf(input), input.fields);
  expect(records.reduce((sum, count) => sum + count, 0)).toBe(flows.length);
  const { connections, exchanges, addressOnly, nodata, skipdata, ...rest } = report.placement;
  expect(connections + exchanges).toBe(flows.length);
  expect(addressOnly + nodata + skipdata).toBe(others);
  expect(rest.rejected).toBe(rejected);
  return pieces;
};

const holdToLaw = async (input: Input, parts: number, isHeaded: boolean): Promise<void> => {
  const pieces = await share(input, parts, isHeaded);
  const { flows } = await readFlows(sourceOf(input), input.fields);
  const partOf = new Map<string, number>();
  const found: Flow[][] = [];
  for (const [part, some] of pieces.entries()) {
    // As a file, and where every piece has its header, in any choice of its pieces too.
    const read = await readFlows(inPieces([Buffer.concat(some)]));
    expect(read).toMatchObject({ others: 0, rejected: 0, damage: 0 });
    found.push([...read.flows]);
    if (isHeaded) {
      const alone = await Promise.all(some.map((piece) => readFlows(inPieces([piece]))));
      expect(alone.flatMap(({ flows: all }) => all)).toEqual(read.flows);
    }
    for (const { key } of read.flows) {
      expect(partOf.get(key) ?? part).toBe(part);
      partOf.set(key, part);
    }
  }
  expect(found).toEqual(found.map((_, part) => flows.filter(({ key }) => partOf.get(key) === part)));
  expect(found.flat()).toHaveLength(flows.length);
};

const anyParts = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.constantFrom(1, 2, 4095));

const hold = (inputs: Arbitrary<Input>, count: number): Promise<void> =>
  fc.assert(fc.asyncProperty(inputs, anyParts, fc.boolean(), holdToLaw), runs(count));

const inBraces = (names: string): string => names.replaceAll(/[\w-]+/g, '\u0024{$&}');

const OTHER_FORMATS = [
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  'srcaddr dstaddr srcport dstport protocol',
  inBraces('srcaddr dstaddr srcport dstport protocol tcp-flags log-status'),
  // More names that nobody knows than others: braces tell that they are names.
  inBraces('srcaddr dstaddr srcport dstport protocol one Two_3 x-y-all four five six'),
  'pkt-dstaddr pkt-srcaddr dstport srcport protocol interface-id',
];

/** A line of some format: a soup's values where it has them, else a word that is nobody's. */
const lineIn = (format: string, soup: string): string => {
  const values = new Map(soup.split(' ').map((value, i) => [SOUP_HEADER.split(' ')[i], value]));
  return format
    .split(' ')
    .map((name) => values.get(name.replace(/^\$\{(.*)\}$/, '$1')) ?? 'x')
    .join(' ');
};

/** How a line may stand in a text: what surrounds it is none of it. */
const DISGUISES: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => `\ufeff${line}`,
  (line) => `  \t${line}  `,
  (line) => `${line} # a comment`,
  (line) => line.replaceAll(' ', '\t '),
];

const anySections: Arbitrary<Input> = fc
  .array(
    fc.record({
      format: fc.constantFrom(SOUP_HEADER, ...OTHER_FORMATS),
      soup: anySoup(6),
      noise: fc.option(anyLine(), { freq: 4, nil: undefined }),
      disguise: fc.constantFrom(...DISGUISES),
      end: fc.constantFrom('\n', '\r\n', '\n\n# a comment\n'),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((sections) => ({
    pieces: [
      sections
        .map(({ format, soup, noise, disguise, end }) => {
          const lines = soup.map((line) => disguise(lineIn(format, line)));
          return [format, ...(noise === undefined ? [] : [noise]), ...lines].join(end) + end;
        })
        .join(''),
    ],
  }));

/** Names as tables have them, some of nobody's, one that means a field only when its blank is none. */
const TABLE_NAMES = 'srcAddr,dst addr,srcport,dstport,protocol,a b,Über,x,y,z,w,v,u,t,start';

const anyTable: Arbitrary<Input> = anySoup(6).map((soup) => ({
  pieces: [
    `${TABLE_NAMES}\n${soup
      .map((line) => {
        const [, , , , , , , from, to, fromPort, toPort, , , protocol, , , start] = line.split(' ');
        return [from, to, fromPort, toPort, protocol, '1', 'é', '', '', '', '', '', '', '', start].join();
      })
      .join('\n')}\n`,
  ],
}));

const anyObjects: Arbitrary<Input> = anySoup(6).map((soup) => ({
  pieces: soup.map((line) => {
    const names = SOUP_HEADER.split(' ').map((name) => name.replaceAll('-', '_'));
    return JSON.stringify(Object.fromEntries(line.split(' ').map((value, i) => [names[i], value])));
  }),
}));

const anyParquet: Arbitrary<Input> = anySoup(6).map((soup) => ({
  pieces: [writeParquet(SOUP_HEADER, soup, { rowsPerGroup: 2 })],
}));

const anyRecords: Arbitrary<Input> = fc
  .array(
    fc.tuple(
      fc.oneof(
        anyFlowRecord(),
        anyFlowRecord(FIELDS.map(({ name }) => name)),
        anyFlowRecord(['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol']),
      ),
      fc.option(fc.dictionary(fc.constantFrom('one', 'Two', 'x-y-all', 'z_9'), fc.constantFrom('a', '7'))),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) => ({
    pieces: all.map(([record, extra]) => (extra === null ? record : { ...record, extra })),
  }));

describe('sharing a run out', () => {
  it.each(LOG_KINDS)('puts every flow of %s into one part, with its key, as it reads', async (kind) => {
    await hold(LOGS[kind], 30);
  });

  it('does so with formats that change, lines that are none and whatever stands around lines', async () => {
    await hold(anySections, 200);
  });

  it('does so with tables, objects of fields, Parquet and records, names that nobody knows among them', async () => {
    await hold(anyTable, 30);
    await hold(anyObjects, 30);
    await hold(anyParquet, 20);
    await hold(anyRecords, 60);
  });
});
