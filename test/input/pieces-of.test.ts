/** What callers hand over instead of files: it is theirs to cut, and to fill again. */
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/explain.ts';
import { piecesOf } from '../../src/input/pieces-of.ts';
import type { Connection } from '../../src/model/connection.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { type ReconstructSource, reconstruct } from '../../src/reconstruct.ts';

const HEADER = 'version interface-id srcaddr dstaddr srcport dstport protocol start end tcp-flags action';
const lineOf = (i: number): string =>
  `3 eni-${i} 10.0.0.${i} 10.0.1.1 4000${i} 443 6 1760000000 1760000050 2 ACCEPT`;
const TEXT = `${[HEADER, ...[1, 2, 3, 4].map(lineOf)].join('\n')}\n`;

const interfacesOf = async (source: ReconstructSource): Promise<unknown[]> => {
  const found: unknown[] = [];
  for await (const { vantages } of reconstruct(source)) found.push(vantages[0]?.interfaceId);
  return found.sort();
};
const FOUR = ['eni-1', 'eni-2', 'eni-3', 'eni-4'];

/** Text in one array that is filled again for each piece; empty lines fill up the last. */
const refilled = function* (text: string, size: number): Generator<Uint8Array> {
  const bytes = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / size) * size, '\n'));
  const piece = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    piece.set(bytes.subarray(at, at + size));
    yield piece;
  }
};
const later = async function* <T>(pieces: Iterable<T>): AsyncGenerator<T> {
  for (const piece of pieces) {
    await new Promise(setImmediate);
    yield piece;
  }
};

describe('bytes of one array that is filled again', () => {
  // 83 is the length of a line with its line feed: each piece is a record where that of another stood.
  it.each([1, 7, lineOf(1).length + 1, 100, 1000])(
    'are each read as they came, %i at a time',
    async (size) => {
      expect(await interfacesOf(later(refilled(TEXT, size)))).toEqual(FOUR);
      // Its header is as long as a line, so that all lines lie alike.
      const even = `${HEADER}\n${' '.repeat(size)}`.slice(
        0,
        Math.ceil((HEADER.length + 1) / size) * size - 1,
      );
      const lines = TEXT.slice(HEADER.length + 1);
      expect(await interfacesOf(later(refilled(`${even}\n${lines}`, size)))).toEqual(FOUR);
    },
  );
});

describe('pieces', () => {
  it('of text may be cut within a character', async () => {
    const pieces: string[] = [];
    for await (const piece of piecesOf(later(['a😀b\ud83d', '\ude00', 'c', '\ud83d'])))
      pieces.push(new TextDecoder().decode(piece as Uint8Array));
    // The last half has no other: it is shown as U+FFFD, as a TextEncoder does.
    expect(pieces.join('')).toBe('a😀b😀c\ufffd');
  });

  it('are given one by one, and half a character comes before whatever is no text', async () => {
    const given = async (...pieces: (string | Uint8Array)[]): Promise<string[]> => {
      const texts: string[] = [];
      for await (const piece of piecesOf(later(pieces)))
        texts.push(new TextDecoder().decode(piece as Uint8Array));
      return texts;
    };
    const bytes = new TextEncoder().encode('b');
    expect(await given('a', bytes, 'c')).toEqual(['a', 'b', 'c']);
    expect(await given('a\ud83d', bytes, 'c')).toEqual(['a', '\ufffd', 'b', 'c']);
    // What comes behind the bytes is not its other half.
    expect(await given('a\ud83d', bytes, '\ude00')).toEqual(['a', '\ufffd', 'b', '\ufffd']);
    expect(await given('a\ud83d')).toEqual(['a', '\ufffd']);
  });
});

describe('records', () => {
  const records: FlowRecord[] = [1, 2, 3, 4].map((i) => ({
    version: 3,
    ...{
      interfaceId: `eni-${i}`,
      srcAddr: `10.0.0.${i}`,
      dstAddr: '10.0.1.1',
      srcPort: 40_000 + i,
      dstPort: 443,
    },
    ...{ protocol: 6, start: 1_760_000_000, end: 1_760_000_050, tcpFlags: 2, action: 'ACCEPT' },
  }));

  it('may be one object that is filled again', async () => {
    const one: Record<string, unknown> = {};
    const filled = function* (): Generator<FlowRecord> {
      for (const record of records) yield Object.assign(one, record);
    };
    expect(await interfacesOf(filled())).toEqual(FOUR);
    expect(await interfacesOf(later(filled()))).toEqual(FOUR);
  });

  it('of which one would be two lines are refused with their field, and counted', async () => {
    const [first, second] = records as [FlowRecord, FlowRecord];
    const run = reconstruct([first, { ...second, interfaceId: `eni-2\n${lineOf(3)}` }]);
    let connections = 0;
    for await (const _ of run) connections++;
    expect(connections).toBe(1);
    expect(run.report.placement).toMatchObject({ records: 2, connections: 1, rejected: 1, headers: 1 });
    expect(run.report.firstRejections).toMatchObject([
      { source: '-', lineNumber: 3, field: 'interface-id', reason: 'bad-text' },
    ]);
  });

  it('end a run that is strict when one is refused', async () => {
    const run = reconstruct([{ ...records[0], vpcId: 'a b' }], { strict: true });
    await expect(run[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'input-rejected' });
  });

  it('that are none are misuse', async () => {
    const stray = [null] as unknown as FlowRecord[];
    await expect(reconstruct(stray)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'option-invalid',
    });
  });

  it('are explained as they are rebuilt', async () => {
    const { tcpFlags: _, ...flagless } = records[0] as FlowRecord;
    const connections: Connection[] = [];
    for await (const connection of reconstruct([flagless])) connections.push(connection);
    const [connection] = connections;
    const [story] = await explain([flagless], '10.0.0.1 10.0.1.1');
    // A format without tcp-flags is another than one whose flags are not known.
    expect(connection?.state).toBe('flagless');
    expect(story?.connection).toEqual(connection);
  });
});
