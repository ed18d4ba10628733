/** Reading in a thread of its own tells the engine what reading in this one does, whatever the files hold. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readApart } from '../../src/engine/reading/read-apart.ts';
import { readSource } from '../../src/input/read-source.ts';
import { type ReadingHandlers, readSources } from '../../src/input/read-sources.ts';
import type { Source } from '../../src/input/source.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { AnnotationTexts } from '../../src/record/annotations.ts';
import { parseColumns } from '../../src/record/columns.ts';
import { DEFAULT_COLUMNS, GATEWAY_COLUMNS } from '../../src/record/detect-columns.ts';
import { Interner } from '../../src/record/interner.ts';
import type { Dictionaries } from '../../src/record/scan-lines.ts';
import { anyLine } from '../arbitraries/any-line.ts';
import { anySoup, SOUP_HEADER } from '../arbitraries/any-soup.ts';
import { runs } from './runs.ts';
import { spellRow } from './spell-row.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'reading-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** Everything the handlers are told, in order, batches by their rows: batches may be cut at other places. */
const listen = (
  dictionaries: Dictionaries,
  annotations: AnnotationTexts,
): { readonly told: unknown[]; readonly handlers: ReadingHandlers } => {
  const told: unknown[] = [];
  return {
    told,
    handlers: {
      onSource: (name) => told.push(['source', name]),
      onBatch: (batch) => {
        for (let row = 0; row < batch.count; row++)
          told.push(['row', ...spellRow(batch, row, dictionaries, annotations)]);
      },
      onRejection: (rejection) => told.push(['rejection', rejection]),
      onFormat: ({ names }, learnedFrom) => told.push(['format', names, learnedFrom]),
      onHeader: () => told.push(['header']),
      onComment: () => told.push(['comment']),
      onDamage: ({ name, message }) => told.push(['damage', name, message]),
    },
  };
};

interface Options {
  readonly keepGoing: boolean;
  readonly declared: string | undefined;
  readonly threads: number;
  /** Bytes of a part of a file. */
  readonly partBytes: number;
  /** Words that a thread remembers from one job to the next. */
  readonly mostWords: number;
}

/** What is told beside the rows keeps its order only against rows of other batches: each kind is compared by itself. */
const byKind = (told: readonly unknown[]): Record<string, unknown[]> => {
  const kinds: Record<string, unknown[]> = {};
  for (const each of told as [string][]) {
    kinds[each[0]] ??= [];
    kinds[each[0]]?.push(each);
  }
  return kinds;
};

const read = async (
  isApart: boolean,
  sources: readonly Source[],
  { keepGoing, declared, threads, partBytes, mostWords }: Options,
) => {
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const annotations = new AnnotationTexts();
  const { told, handlers } = listen(dictionaries, annotations);
  let bytes = 0;
  const onBytes = (count: number): void => {
    bytes += count;
  };
  const columns = declared === undefined ? undefined : parseColumns(declared);
  const request = { dictionaries, annotations, declared: columns, keepGoing };
  let failure: unknown = null;
  try {
    if (isApart)
      await readApart(
        sources,
        { ...request, onBytes, signal: undefined, threads, partBytes, mostWords, hasText: true },
        handlers,
      );
    else {
      const readings = sources.map((source) => ({
        name: source.name,
        bytes: readSource(source, { onBytes }),
      }));
      await readSources(readings, request, handlers);
    }
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    failure = { name, message, code };
  }
  // What lies behind the line that ended it is read ahead by one of them and not by the other.
  return { told: byKind(told), failure, bytes: failure === null ? bytes : null };
};

interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const OTHER_HEADERS = [
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  'srcaddr dstaddr src_addr start end',
  'srcaddr dstaddr srcaddr start end',
  'srcaddr dstaddr srcport; start 14 end',
];

/** Behind the fields of a soup, what AWS tells beside packets. */
const ADDED = 'ecs-task-id traffic-path pkt-dst-aws-service';
const anyAdded = fc
  .tuple(
    anySoup(),
    fc.array(fc.constantFrom('- - -', 'a - S3', 'b 8 -', 'a 1 S3', '\u00e9 7 DYNAMODB'), { minLength: 1 }),
  )
  .map(([soup, added]) =>
    [`${SOUP_HEADER} ${ADDED}`, ...soup.map((line, i) => `${line} ${added[i % added.length]}`), ''].join(
      '\n',
    ),
  );

/** Lines of VPCs and of transit gateways without a header, damaged ones among them, and perhaps a header on the way. */
const VPC =
  '2 012345678901 eni-0a1b2c3d4e 10.0.0.1 10.9.9.9 20000 443 6 9 1200 1760000000 1760000050 ACCEPT OK';
const GATEWAY =
  '6 TransitGateway 111122223333 tgw-0a1b tgw-attach-0c2d 111122223333 444455556666 vpc-01 vpc-02 subnet-01 subnet-02 eni-01 eni-02 euw1-az1 euw1-az2 tgw-attach-0e3f 10.20.1.15 10.30.2.9 50122 443 6 12 2210 1760000005 1760000061 OK IPv4 0 3 0 0 27 eu-west-1 ingress - -';
const anyMixed = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(VPC, GATEWAY, `${VPC}\n${VPC}\n${VPC}`) },
        fc.constantFrom(VPC.replace('443', '99999'), GATEWAY.replace('443', 'x'), '2 one', '# a comment', ''),
      ),
      { minLength: 1, maxLength: 40 },
    ),
    fc.option(fc.tuple(fc.nat(), fc.constantFrom(DEFAULT_COLUMNS, GATEWAY_COLUMNS)), { freq: 3 }),
  )
  .map(([lines, header]) => {
    const [at, columns] = header ?? [0, null];
    return [VPC, ...lines]
      .toSpliced(1 + (at % lines.length), 0, ...(columns === null ? [] : [columns.names.join(' ')]))
      .join('\n');
  });

const anyFile = fc
  .tuple(
    fc.oneof(
      anySoup().map((lines) => `${SOUP_HEADER}\n${lines.join('\n')}\n`),
      fc.array(anyLine(), { maxLength: 20 }).map((lines) => lines.join('\n')),
      anyAdded,
      anyMixed,
      fc
        .tuple(anySoup(), fc.array(anyLine(), { maxLength: 4 }))
        .map(([soup, lines]) =>
          [SOUP_HEADER, '# a comment', ...soup, ...lines, SOUP_HEADER, ...soup].join('\r\n'),
        ),
      // A format that changes on the way, and a header that cannot be one: parts behind them are read anew.
      fc
        .tuple(anySoup(), fc.constantFrom(...OTHER_HEADERS), fc.array(anyLine(), { maxLength: 8 }))
        .map(([soup, other, lines]) =>
          [SOUP_HEADER, ...soup, other, ...lines, ...soup, SOUP_HEADER, ...soup, ''].join('\n'),
        ),
    ),
    fc.constantFrom('plain', 'gzip', 'cut', 'damaged'),
  )
  .map(([text, how]): Uint8Array => {
    const bytes = Buffer.from(text, 'utf8');
    if (how === 'plain') return bytes;
    const packed = gzipSync(bytes);
    if (how === 'cut') return packed.subarray(0, Math.max(3, packed.length - 7));
    if (how === 'damaged') packed.fill(0x58, packed.length >> 1, (packed.length >> 1) + 4);
    return packed;
  });

const place = (files: readonly File[]): Source[] =>
  files.map(({ name, bytes }) => {
    const path = join(FOLDER, name);
    writeFileSync(path, bytes);
    return { name, path, size: bytes.length };
  });

/** Each run starts threads, which is nearly all that it costs. */
const RUNS = runs(20);

describe('reading in threads of their own', () => {
  it('tells of two orders that stand mixed what reading in this one tells, wherever parts are cut', async () => {
    const anyOptions = fc.record({
      threads: fc.constantFrom(2, 3),
      partBytes: fc.constantFrom(100, 300, 1000),
      keepGoing: fc.constant(false),
      declared: fc.constant(undefined),
      mostWords: fc.constantFrom(3, 65_536),
    });
    await fc.assert(
      fc.asyncProperty(anyMixed, anyOptions, async (text, options) => {
        const sources = place([{ name: 'mixed.log', bytes: Buffer.from(text) }]);
        expect(await read(true, sources, options)).toEqual(await read(false, sources, options));
      }),
      RUNS,
    );
  });

  it('tells what reading in this one tells: sources, formats, rows, rejections, damage and how it ends', async () => {
    const anyOptions = fc.record({
      keepGoing: fc.boolean(),
      declared: fc.option(fc.constant(SOUP_HEADER), { nil: undefined }),
      // One thread that reads, or several that take parts in turn.
      threads: fc.constantFrom(2, 2, 3, 4),
      partBytes: fc.constantFrom(100, 300, 1000, 1 << 20),
      mostWords: fc.constantFrom(3, 10, 65_536),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyFile, { maxLength: 6 }), anyOptions, async (contents, options) => {
        const sources = place(contents.map((bytes, i) => ({ name: `file-${i}.log`, bytes })));
        expect(await read(true, sources, options)).toEqual(await read(false, sources, options));
      }),
      RUNS,
    );
  });

  it('holds batches of the largest size, more than may be on their way', async () => {
    // 20 batches of 4096 rows, eight of which may be on their way.
    const line = (i: number): string =>
      `2 012345678901 eni-${i % 300} 2001:db8:1::${(i & 0xff).toString(16)} 2001:db8::${(i % 500).toString(16)} ` +
      `${i & 0xffff} 443 6 1 40 ${1_760_000_000 + i} ${1_760_000_060 + i} ACCEPT OK`;
    const bytes = Buffer.from(Array.from({ length: 20 * 4096 }, (_, i) => `${line(i)}\n`).join(''));
    const sources = place([{ name: 'large.log', bytes }]);
    const options: Options = {
      keepGoing: false,
      declared: undefined,
      threads: 3,
      partBytes: 1 << 20,
      mostWords: 400,
    };
    const apart = await read(true, sources, options);
    expect(apart.told['row']).toHaveLength(20 * 4096);
    expect(apart).toEqual(await read(false, sources, options));
  });
});
