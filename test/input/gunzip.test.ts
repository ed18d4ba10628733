/** What came before a damage is handed over, however slowly it is read. */
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip, isGzip } from '../../src/input/gunzip.ts';

const MIB = 1024 * 1024;
/** Eight pieces of a MiB when it is unpacked; stored as it is, so that its length in the archive is known. */
const ARCHIVE = gzipSync(Buffer.alloc(8 * MIB, 'x'), { level: 0 });

/** Reads to the end, and before every piece leaves zlib all the time it wants to go ahead. */
const readSlowly = async (pieces: AsyncIterable<Uint8Array>): Promise<{ bytes: number; ended: unknown }> => {
  let bytes = 0;
  try {
    for await (const piece of gunzip('cut.log.gz', pieces, null)) {
      bytes += piece.length;
      await wait(30);
    }
  } catch (error) {
    return { bytes, ended: error };
  }
  return { bytes, ended: null };
};

async function* given(bytes: Uint8Array, failure?: Error): AsyncGenerator<Uint8Array> {
  yield bytes;
  if (failure !== undefined) throw failure;
}

describe('gzip that is read slowly', () => {
  it('is handed over whole', async () => {
    expect(await readSlowly(given(ARCHIVE))).toEqual({ bytes: 8 * MIB, ended: null });
  });

  it('is handed over up to where it was cut', async () => {
    const { bytes, ended } = await readSlowly(given(ARCHIVE.subarray(0, ARCHIVE.length - 1000)));
    expect(ended).toMatchObject({ code: 'input-corrupt' });
    // 992 of the bytes cut off are its text: 8 are its check and length (RFC 1952 §2.3.1).
    expect(bytes).toBe(8 * MIB - 992);
  });

  it('is handed over up to where reading it failed, and fails with that', async () => {
    const failure = new Error('the file is another one');
    const { bytes, ended } = await readSlowly(given(ARCHIVE.subarray(0, ARCHIVE.length - 1000), failure));
    expect(ended).toBe(failure);
    expect(bytes).toBe(8 * MIB - 992);
  });

  it('fails with that also behind its last byte', async () => {
    const failure = new Error('the file is another one');
    expect(await readSlowly(given(ARCHIVE, failure))).toEqual({ bytes: 8 * MIB, ended: failure });
  });
});

describe('gzip is handed over in pieces', () => {
  const lengthsOf = async (packed: Uint8Array, size: number | null): Promise<number[]> => {
    const lengths: number[] = [];
    for await (const piece of gunzip('a.log.gz', given(packed), size)) lengths.push(piece.length);
    return lengths;
  };
  const PACKED = gzipSync(Buffer.alloc(3 * MIB, 'x'));

  it('of a mebibyte where nobody knows how long it is, or where it is long', async () => {
    expect(await lengthsOf(PACKED, null)).toEqual([MIB, MIB, MIB]);
    expect(await lengthsOf(PACKED, 70_000)).toEqual([MIB, MIB, MIB]);
  });

  it('of sixteen times its length where it is short, and of 64 KiB at least', async () => {
    // 3 MiB are 15 times 200,000 bytes and a rest, and 48 times 64 KiB.
    const long = Array.from({ length: 15 }, () => 200_000);
    expect(await lengthsOf(PACKED, 12_500)).toEqual([...long, 3 * MIB - 15 * 200_000]);
    expect(await lengthsOf(PACKED, 1)).toEqual(Array.from({ length: 48 }, () => 65_536));
  });
});

describe('a gzip member', () => {
  const MEMBER = gzipSync('a line\n');
  const textOf = async (...pieces: Uint8Array[]): Promise<string> => {
    const all = (async function* () {
      yield* pieces;
    })();
    let text = '';
    for await (const piece of gunzip('a.log.gz', all, null)) text += Buffer.from(piece).toString();
    return text;
  };
  const bytewise = (bytes: Uint8Array): Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte));
  const NO_GZIP = 'a.log.gz holds bytes behind its compressed data that are not gzip';

  it('begins with 1F 8B, both of them (RFC 1952 §2.3.1)', () => {
    const heads = [[0x1f, 0x8b], [0x1f, 0x8c], [0x20, 0x8b], [0x1f], []];
    expect(heads.map((head) => isGzip(Uint8Array.from(head)))).toEqual([true, false, false, false, false]);
  });

  it('is known although it comes byte by byte, behind padding too', async () => {
    expect(await textOf(...bytewise(MEMBER))).toBe('a line\n');
    const zeros = new Uint8Array(3);
    expect(await textOf(...bytewise(Buffer.concat([MEMBER, zeros, MEMBER, zeros])))).toBe('a line\na line\n');
  });

  it('is missed where half of its beginning is all there is, or nothing', async () => {
    await expect(textOf(MEMBER, new Uint8Array(3), Uint8Array.of(0x1f))).rejects.toThrow(NO_GZIP);
    await expect(textOf(Uint8Array.of(0x1f))).rejects.toThrow(NO_GZIP);
    await expect(textOf()).rejects.toThrow(NO_GZIP);
  });

  it('is followed by text where that comes behind zeros, whatever piece it begins', async () => {
    const zeros = new Uint8Array(3);
    for (const pieces of [
      [MEMBER, zeros, Buffer.from('text')],
      [MEMBER, zeros, zeros, Buffer.from('text')],
      [MEMBER, Buffer.from('\0\0text')],
    ])
      await expect(textOf(...pieces)).rejects.toThrow(NO_GZIP);
  });

  it('is all there is: what an iterator returns behind its pieces is none of them', async () => {
    const pieces = (async function* (): AsyncGenerator<Uint8Array, Uint8Array> {
      yield MEMBER;
      return Buffer.from('text');
    })();
    let text = '';
    for await (const piece of gunzip('a.log.gz', pieces, null)) text += Buffer.from(piece).toString();
    expect(text).toBe('a line\n');
  });
});
