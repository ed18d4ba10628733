/** Zstandard to the last byte: frames in a row, what lies between them, and what is said where there is no more. */
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync, constants as zlib, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isZstd } from '../../src/input/is-zstd.ts';
import { readSource } from '../../src/input/read-source.ts';
import { unpackingOf } from '../../src/input/unpacking-of.ts';
import { unzstd } from '../../src/input/unzstd.ts';

const MIB = 2 ** 20;
const LINE =
  '2 123456789010 eni-1235b8ca123456789 10.0.0.1 10.0.0.2 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n';

const pack = (text: string | Uint8Array, params: Readonly<Record<number, number>> = {}): Buffer =>
  zstdCompressSync(text, { params });
const checked = (text: string): Buffer => pack(text, { [zlib.ZSTD_c_checksumFlag]: 1 });
/** A frame of the magic 184D2A5x, its length and anything (RFC 8878 §3.1.2). */
const skippable = (length: number, kind = 0): Buffer => {
  const frame = Buffer.alloc(8 + length, 'x');
  frame.writeUInt32LE(0x184d2a50 + kind, 0);
  frame.writeUInt32LE(length, 4);
  return frame;
};

const inPieces = (bytes: Uint8Array, length: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) =>
    bytes.slice(i * length, (i + 1) * length),
  );

async function* given(pieces: readonly Uint8Array[], failure?: Error): AsyncGenerator<Uint8Array> {
  yield* pieces;
  if (failure !== undefined) throw failure;
}

const read = async (
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ bytes: Buffer; ended: { code: string; message: string } | null }> => {
  const all: Uint8Array[] = [];
  try {
    for await (const piece of unzstd('a.log.zst', pieces, null)) all.push(piece);
  } catch (error) {
    return { bytes: Buffer.concat(all), ended: error as { code: string; message: string } };
  }
  return { bytes: Buffer.concat(all), ended: null };
};
const textOf = async (bytes: Uint8Array, length = bytes.length): Promise<string> => {
  const { bytes: text, ended } = await read(given(inPieces(bytes, Math.max(1, length))));
  if (ended !== null) throw ended;
  return text.toString();
};

const CUT = 'a.log.zst ends in the middle of its compressed data.';
const BEHIND = 'a.log.zst holds bytes behind its compressed data that are not zstd.';
const DAMAGED = 'a.log.zst is damaged: its compressed data does not unpack.';

describe('a zstd frame', () => {
  it('begins with 28 B5 2F FD, or is passed over and begins with 50…5F 2A 4D 18 (RFC 8878 §3.1)', () => {
    const heads = ['28b52ffd', '502a4d18', '5f2a4d18', '28b52ffc', '28b52f', '602a4d18', '502a4d19', ''];
    expect(heads.map((head) => isZstd(Buffer.from(head, 'hex')))).toEqual(heads.map((_, i) => i < 3));
    expect(unpackingOf(skippable(0))).toBeDefined();
    expect(unpackingOf(Buffer.from('text'))).toBeUndefined();
  });

  it('of a few bytes by hand is its one block as it stands', async () => {
    // One segment whose length has one byte (0x20), 3; last block, raw, of 3 bytes: 3 << 3 | 1.
    const frame = Buffer.concat([Buffer.from('28b52ffd2003190000', 'hex'), Buffer.from('abc')]);
    expect(await textOf(frame)).toBe('abc');
    // Last block of one byte that is repeated 3 times: 3 << 3 | 1 << 1 | 1.
    expect(await textOf(Buffer.from('28b52ffd20031b000061', 'hex'))).toBe('aaa');
  });

  it.each([
    ['frames in a row', [pack('one\n'), checked('two\n'), pack('')], 'one\ntwo\n'],
    [
      'frames with others around them',
      [skippable(3), pack('one\n'), skippable(70_000, 15), pack('two\n'), skippable(0)],
      'one\ntwo\n',
    ],
    [
      'zero bytes between and behind',
      [pack('one\n'), Buffer.alloc(600), checked('two\n'), Buffer.alloc(3)],
      'one\ntwo\n',
    ],
    ['nothing but what is passed over', [skippable(5)], ''],
    ['an empty frame', [pack('')], ''],
  ])('gives all of it: %s, however it comes', async (_, parts, text) => {
    const whole = Buffer.concat(parts);
    for (const length of [whole.length, 1, 2, 7, 64]) expect(await textOf(whole, length)).toBe(text);
  });

  it('gives back any text in any frames in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 50 }),
        async (parts, length) => {
          const whole = Buffer.concat(parts.flatMap((part) => [pack(part), skippable(part.length % 4)]));
          expect(await textOf(whole, length)).toBe(Buffer.from(parts.join('')).toString());
        },
      ),
      { numRuns: 50 },
    );
  });

  it('that is cut anywhere says so, and gives what came before', async () => {
    const first = pack(LINE.repeat(3));
    const whole = Buffer.concat([first, skippable(9), checked(LINE)]);
    for (let length = 5; length < whole.length; length++) {
      if (length === first.length || length === first.length + 17) continue; // between two frames
      for (const size of [length, 5]) {
        const { bytes, ended } = await read(given(inPieces(whole.subarray(0, length), size)));
        expect(ended, `cut at ${length}`).toMatchObject({ code: 'input-corrupt' });
        // Less than a magic number is no frame.
        const isMagic = length < first.length || length >= first.length + 4;
        const isFrame = isMagic && (length < first.length + 17 || length >= first.length + 21);
        expect(ended?.message, `cut at ${length}`).toContain(isFrame ? CUT : BEHIND);
        if (length > first.length) expect(bytes.toString()).toContain(LINE.repeat(3));
      }
    }
  });

  it.each([
    ['text', Buffer.from('text'), BEHIND],
    ['text behind zeros', Buffer.from('\0\0text'), BEHIND],
    ['gzip', gzipSync(LINE), BEHIND],
    ['half of a magic number', Buffer.of(0x28, 0xb5), BEHIND],
    // Descriptor with the reserved bit; a block of the reserved kind 3.
    ['a header that means nothing', Buffer.from('28b52ffd2803190000616263', 'hex'), DAMAGED],
    ['a block that means nothing', Buffer.from('28b52ffd20031f0000616263', 'hex'), DAMAGED],
  ])('does not hide what lies behind it: %s', async (_, rest, says) => {
    for (const length of [1, 1000]) {
      const { bytes, ended } = await read(given(inPieces(Buffer.concat([pack(LINE), rest]), length)));
      expect(ended).toMatchObject({ code: 'input-corrupt', message: expect.stringContaining(says) });
      expect(bytes.toString()).toBe(LINE);
    }
  });

  it('whose checksum is another one is damaged', async () => {
    const whole = checked(LINE.repeat(50));
    whole[whole.length - 2] = (whole[whole.length - 2] as number) ^ 1;
    const { ended } = await read(given([whole]));
    expect(ended?.message).toContain(DAMAGED);
    expect(ended?.message).toContain('--keep-going');
  });
});

describe('a zstd frame that asks for', () => {
  it.each([
    // Window descriptor: 2^(10 + its upper five bits), and eighths of that.
    ['exactly 128 MiB', '28b52ffd0088010000', null],
    ['an eighth more', '28b52ffd0089010000', 'takes 144 MiB to unpack, more than the 128 MiB that are given'],
    ['2 GiB', '28b52ffd00a8010000', 'takes 2048 MiB to unpack'],
    // One segment whose length has eight bytes (0xe0): 2^40.
    ['one segment of a terabyte', '28b52ffde00000000000010000010000', 'takes 1048576 MiB to unpack'],
    ['dictionary 7', '28b52ffd0107010000', 'needs a dictionary'],
  ])('%s', async (_, hex, says) => {
    const frame = Buffer.from(hex, 'hex');
    // The dictionary's frame has a window of one KiB between.
    const whole = says?.includes('dictionary') ? Buffer.from('28b52ffd010007010000', 'hex') : frame;
    const { bytes, ended } = await read(given([pack(LINE), whole]));
    expect(bytes.toString()).toBe(LINE);
    if (says === null) expect(ended).toBeNull();
    else expect(ended).toMatchObject({ code: 'input-unsupported', message: expect.stringContaining(says) });
  });
});

describe('zstd that is read slowly', () => {
  // Eight pieces of a MiB, stored nearly as they are: what is no text in a row does not become shorter.
  const CONTENT = Buffer.from(Array.from({ length: 8 * MIB }, (_, i) => (i * i * 31 + (i >> 7) * 17) & 255));
  const ARCHIVE = pack(CONTENT, { [zlib.ZSTD_c_compressionLevel]: 1 });
  const readSlowly = async (pieces: AsyncIterable<Uint8Array>) => {
    let bytes = 0;
    try {
      for await (const piece of unzstd('cut.log.zst', pieces, null)) {
        bytes += piece.length;
        await wait(20);
      }
    } catch (error) {
      return { bytes, ended: error };
    }
    return { bytes, ended: null };
  };

  it('is handed over whole', async () => {
    expect(await readSlowly(given([ARCHIVE]))).toEqual({ bytes: 8 * MIB, ended: null });
  });

  it('is handed over up to the last block before it was cut, or reading it failed', async () => {
    const cut = [ARCHIVE.subarray(0, ARCHIVE.length - 10)];
    const { bytes, ended } = await readSlowly(given(cut));
    expect(ended).toMatchObject({ code: 'input-corrupt' });
    // What is lost is the last block, which holds up to 128 KiB (RFC 8878 §3.1.1.2.4).
    expect(bytes).toBeLessThan(8 * MIB);
    expect(bytes).toBeGreaterThanOrEqual(8 * MIB - 128 * 1024);
    const failure = new Error('the file is another one');
    expect(await readSlowly(given(cut, failure))).toEqual({ bytes, ended: failure });
    expect(await readSlowly(given([ARCHIVE], failure))).toEqual({ bytes: 8 * MIB, ended: failure });
  });
});

describe('where Node.js has no zstd', () => {
  it('that is said, and from when on it has', async () => {
    const reading = unzstd('a\u001b.zst', given([pack(LINE)]), null, null);
    await expect(reading.next()).rejects.toMatchObject({
      code: 'input-unsupported',
      message: `a\\x1b.zst is zstd data, which Node.js reads from 22.15 and 23.8 on; this is ${process.versions.node}: unpack it first (zstd -d).`,
    });
  });
});

describe('a source of zstd', () => {
  it('is refused for what else it holds, by name', async () => {
    const stdin = (bytes: Uint8Array) =>
      readSource({ name: '-', path: null, size: null }, { stdin: given([bytes]) }).next();
    await expect(stdin(pack('PK\x03\x04'))).rejects.toMatchObject({ code: 'input-unsupported' });
    await expect(stdin(pack('a\0b'))).rejects.toThrow('- holds binary data');
    await expect(stdin(pack(gzipSync(LINE)))).rejects.toThrow('- holds binary data');
  });
});
