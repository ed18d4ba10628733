/** The bytes of a source: in which pieces they come, what is told of them, and every sentence about what is none of ours. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../src/input/read-part.ts';
import { looksLikeText } from '../../src/input/read-source.ts';
import type { Source } from '../../src/input/source.ts';
import { readBytes } from './read-bytes.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'read-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const MIB = 2 ** 20;
const STDIN: Source = { name: '-', path: null, size: null };
let files = 0;

/** A regular file. */
const file = (bytes: Uint8Array | string): Source => {
  const path = join(FOLDER, `${files++}.log`);
  writeFileSync(path, bytes);
  return { name: path, path, size: bytes.length };
};

const piecesOf = async (source: Source, options: ReadOptions = {}): Promise<Buffer[]> => {
  const pieces: Buffer[] = [];
  for await (const piece of readBytes(source, options)) pieces.push(Buffer.from(piece));
  return pieces;
};

async function* inPieces(...pieces: (Uint8Array | string)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

const failure = (work: Promise<unknown>): Promise<{ code: string; message: string; cause?: unknown }> =>
  work.then(
    () => {
      throw new Error('It was expected to fail.');
    },
    (error) => error,
  );

/** Lines that are all different, so that a piece in another's place is seen. */
const numbered = (count: number): string =>
  Array.from({ length: count }, (_, i) => `line ${String(i).padStart(9, '0')}\n`).join('');

describe('a file', () => {
  it('comes in pieces of a mebibyte, each as it was when the next is asked for', async () => {
    // 200,000 lines of 15 bytes: 3,000,000 bytes, two mebibytes and a rest.
    const text = numbered(200_000);
    const pieces = await piecesOf(file(text));
    expect(pieces.map(({ length }) => length)).toEqual([MIB, MIB, 3_000_000 - 2 * MIB]);
    expect(Buffer.concat(pieces).toString()).toBe(text);
  });

  it('is told of byte by byte as it lies on the disk, unpacked or not', async () => {
    const text = numbered(100_000);
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      const told: number[] = [];
      await piecesOf(file(bytes), { onBytes: (count) => told.push(count) });
      expect(told.reduce((sum, count) => sum + count, 0)).toBe(bytes.length);
    }
  });

  it('that is no regular one is read to its end too', async () => {
    const text = numbered(150_000);
    const { name, path } = file(text);
    expect(Buffer.concat(await piecesOf({ name, path, size: null })).toString()).toBe(text);
  });

  it('packed, gives all it holds when its pieces are cut anywhere and read slowly', async () => {
    // Numbers do not pack well: this is more than a mebibyte packed, and several unpacked.
    const text = Array.from({ length: 400_000 }, (_, i) => `${(i * 2_654_435_761) % 2 ** 32}\n`).join('');
    const packed = gzipSync(text);
    expect(packed.length).toBeGreaterThan(MIB);
    let all = '';
    for await (const piece of readBytes(file(packed))) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      all += Buffer.from(piece).toString();
    }
    expect(all === text).toBe(true);
  });

  it('is told of whole when it is small, and piece by piece when nobody knows how long it is', async () => {
    const toldOf = async (source: Source): Promise<number[]> => {
      const told: number[] = [];
      await piecesOf(source, { onBytes: (count) => told.push(count) });
      return told;
    };
    const packed = gzipSync('text');
    expect(await toldOf(file('text'))).toEqual([4]);
    expect(await toldOf(file(packed))).toEqual([packed.length]);
    expect(await toldOf({ ...file('a'.repeat(MIB + 5)), size: null })).toEqual([MIB, 5]);
  });

  it('gives nothing when it is empty, packed or not, whether its length is known or not', async () => {
    for (const bytes of ['', gzipSync('')]) {
      expect(await piecesOf(file(bytes))).toEqual([]);
      expect(await piecesOf({ ...file(bytes), size: null })).toEqual([]);
    }
  });

  it('that is not there cannot be read, whether its length is known or not', async () => {
    const path = join(FOLDER, 'missing.log');
    for (const size of [5, 100_000, null])
      expect(await failure(piecesOf({ name: path, path, size }))).toMatchObject({
        code: 'input-unreadable',
        message: `Cannot read ${path}: it does not exist.`,
      });
  });

  it('is read no further when the work has been ended, whatever it is', async () => {
    const text = numbered(200_000);
    const packed = gzipSync(
      Array.from({ length: 400_000 }, (_, i) => `${(i * 2_654_435_761) % 2 ** 32}\n`).join(''),
    );
    for (const bytes of [text, packed])
      for (const source of [file(bytes), { ...file(bytes), size: null }]) {
        const controller = new AbortController();
        let told = 0;
        const reading = (async () => {
          const onBytes = (count: number) => {
            told += count;
            controller.abort(new Error('enough'));
          };
          for await (const _ of readBytes(source, { signal: controller.signal, onBytes }));
        })();
        await expect(reading).rejects.toThrow(/^enough$/);
        expect(told).toBe(MIB);
      }
  });

  it('is not read when the work has been ended before', async () => {
    const ended = AbortSignal.abort(new Error('enough'));
    await expect(piecesOf(file('text'), { signal: ended })).rejects.toThrow('enough');
    await expect(piecesOf({ ...file('text'), size: null }, { signal: ended })).rejects.toThrow('enough');
    await expect(piecesOf(STDIN, { signal: ended, stdin: inPieces('text') })).rejects.toThrow('enough');
  });
});

describe('standard input', () => {
  it('comes piece by piece, once there is enough to look at', async () => {
    // 4,096 bytes are looked at before anything is handed on.
    const told: number[] = [];
    const stdin = inPieces('a'.repeat(4000), 'b'.repeat(95), 'c', 'd', 'ef');
    const pieces = await piecesOf(STDIN, { stdin, onBytes: (count) => told.push(count) });
    expect(pieces.map(({ length }) => length)).toEqual([4096, 1, 2]);
    expect(told).toEqual([4000, 95, 1, 1, 2]);
  });

  it('may be short, or empty', async () => {
    expect((await piecesOf(STDIN, { stdin: inPieces('a', 'b') })).map(String)).toEqual(['ab']);
    expect(await piecesOf(STDIN, { stdin: inPieces() })).toEqual([]);
  });

  it('says why it cannot be read', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a'.repeat(5000));
      throw Object.assign(new Error('read EIO'), { code: 'EIO' });
    }
    const error = await failure(piecesOf(STDIN, { stdin: broken() }));
    expect(error).toMatchObject({
      code: 'input-unreadable',
      message: 'Cannot read standard input (-): the device reports an error.',
      cause: { code: 'EIO' },
    });
  });

  it('ends with the reason that the work was ended with', async () => {
    const controller = new AbortController();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a'.repeat(5000));
      controller.abort();
      throw new Error('gone');
    }
    await expect(piecesOf(STDIN, { stdin: broken(), signal: controller.signal })).rejects.toThrow(/^gone$/);
  });

  it('is let go of when the reader leaves early', async () => {
    let isLeft = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from('a'.repeat(5000));
      } finally {
        isLeft = true;
      }
    }
    for await (const _ of readBytes(STDIN, { stdin: endless() })) break;
    expect(isLeft).toBe(true);
  });
});

describe('UTF-16 text with a byte-order mark', () => {
  it.each(['\xff\xfe2\x00', '\xfe\xff\x002'])(
    '%j is handed on as it is, and is not read in parts',
    async (text) => {
      const bytes = Buffer.from(text, 'latin1');
      expect(await piecesOf(STDIN, { stdin: inPieces(bytes) })).toEqual([bytes]);
      expect(looksLikeText(bytes)).toBe(false);
    },
  );
});

describe('what is no flow log', () => {
  it.each([
    ['PK\x03\x04', 'is a zip archive, which is not read: unpack it first.'],
    ['BZh', 'is bzip2 data, which is not read: unpack it first (bunzip2).'],
    ['\xfd7zXZ', 'is xz data, which is not read: unpack it first (xz -d).'],
    ['{"conntrail":"facts"', 'is a file of facts, which is not read: give it with --facts.'],
    [' {\n "conntrail" : "facts"', 'is a file of facts, which is not read: give it with --facts.'],
  ])('%j %s', async (magic, says) => {
    const bytes = Buffer.from(magic, 'latin1');
    const refused = { code: 'input-unsupported', message: `- ${says}` };
    const read = (...pieces: Uint8Array[]) => piecesOf(STDIN, { stdin: inPieces(...pieces) });
    expect(await failure(read(bytes))).toMatchObject(refused);
    expect(await failure(read(gzipSync(bytes)))).toMatchObject(refused);
    expect(looksLikeText(bytes)).toBe(false);
    // Files are read another way than standard input, and large ones another than small ones.
    for (const whole of [bytes, Buffer.concat([bytes, Buffer.alloc(100_000, 'a')])]) {
      const source = file(whole);
      expect(await failure(piecesOf(source))).toMatchObject({
        code: 'input-unsupported',
        message: `${source.name} ${says}`,
      });
    }
    // A byte less, or something before it, is text that only looks odd.
    for (const text of [bytes.subarray(0, -1), Buffer.concat([Buffer.from('.'), bytes])]) {
      expect(await read(text)).toEqual([text]);
      expect(looksLikeText(text)).toBe(true);
    }
  });

  it('holds a zero byte among the first 4,096', async () => {
    const at = (place: number): Buffer => Buffer.from(`${'a'.repeat(place)}\0`, 'latin1');
    const says = '- holds binary data, not flow log text (or gzip or zstd of it).';
    const read = (bytes: Uint8Array) => piecesOf(STDIN, { stdin: inPieces(bytes) });
    for (const bytes of [at(0), at(4095), gzipSync(at(4095))])
      expect(await failure(read(bytes))).toMatchObject({ code: 'input-unsupported', message: says });
    expect(Buffer.concat(await read(at(4096)))).toEqual(at(4096));
    expect([0, 4095, 4096].map((place) => looksLikeText(at(place)))).toEqual([false, false, true]);
  });

  it('is gzip or zstd to whoever asks for plain text', () => {
    expect([gzipSync('text'), zstdCompressSync('text')].map(looksLikeText)).toEqual([false, false]);
    expect(looksLikeText(Buffer.from([0x1f]))).toBe(true);
  });

  it('is looked for in the first bytes alone', async () => {
    const text = Buffer.concat([Buffer.from('a'.repeat(5000)), Buffer.from('PAR1')]);
    expect(Buffer.concat(await piecesOf(STDIN, { stdin: inPieces(gzipSync(text)) }))).toEqual(text);
    const halves = inPieces('a'.repeat(5000), 'PAR1');
    expect(Buffer.concat(await piecesOf(STDIN, { stdin: halves }))).toEqual(text);
  });
});

describe('damage of packed bytes', () => {
  const packed = gzipSync(numbered(300));
  const read = (...pieces: Uint8Array[]) => piecesOf(STDIN, { stdin: inPieces(...pieces) });

  it.each([
    ['cut', packed.subarray(0, -1), 'ends in the middle of its compressed data'],
    ['cut in its header', packed.subarray(0, 5), 'ends in the middle of its compressed data'],
    [
      'flipped',
      Buffer.concat([packed.subarray(0, 40), Buffer.from([0xff, 0xff]), packed.subarray(42)]),
      'is damaged: its compressed data does not unpack',
    ],
    [
      'followed by zeros and text',
      Buffer.concat([packed, Buffer.alloc(9), Buffer.from('text')]),
      'holds bytes behind its compressed data that are not gzip',
    ],
  ])('%s', async (_, bytes, says) => {
    const message = `- ${says}. Fetch it again, or go on without it with --keep-going.`;
    expect(await failure(read(bytes))).toMatchObject({ code: 'input-corrupt', message });
    // However it comes.
    const bytewise = [...bytes].map((byte) => Uint8Array.of(byte));
    expect(await failure(read(...bytewise))).toMatchObject({ code: 'input-corrupt', message });
  });

  it('is none where zeros stand behind the last member, in pieces or not, or another member follows', async () => {
    const text = numbered(300);
    const zeros = Buffer.alloc(5000);
    for (const pieces of [
      [Buffer.concat([packed, zeros])],
      [packed, zeros],
      [packed, zeros, zeros],
      [packed, Uint8Array.of(0), zeros],
    ])
      expect(Buffer.concat(await read(...pieces)).toString()).toBe(text);
    for (const pieces of [[Buffer.concat([packed, packed])], [packed, packed]])
      expect(Buffer.concat(await read(...pieces)).toString()).toBe(text + text);
  });

  it('is text behind zeros that came in a piece of its own', async () => {
    const zeros = Buffer.alloc(100);
    for (const pieces of [
      [packed, zeros, Buffer.from('text')],
      [packed, Buffer.concat([zeros, Buffer.from('text')]), zeros],
    ])
      expect(await failure(read(...pieces))).toMatchObject({ code: 'input-corrupt' });
  });

  it('is text right behind a member, which zlib may take for the next', async () => {
    for (const pieces of [[Buffer.concat([packed, Buffer.from('text')])], [packed, Buffer.from('text')]])
      expect(await failure(read(...pieces))).toMatchObject({ code: 'input-corrupt' });
  });

  it('is told from damage of the disk', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 100);
      throw Object.assign(new Error('read EIO'), { code: 'EIO' });
    }
    expect(await failure(piecesOf(STDIN, { stdin: broken() }))).toMatchObject({ code: 'input-unreadable' });
  });
});

describe('what stands further behind', () => {
  it('is not looked at again: a zero byte at the beginning of a later piece, packed or not', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a'.repeat(MIB)),
      Buffer.from('PAR1\0'),
      Buffer.alloc(MIB, 'b'),
    ]);
    for (const source of [file(bytes), file(gzipSync(bytes))])
      expect(Buffer.concat(await piecesOf(source)).equals(bytes)).toBe(true);
    // More than a small archive may hold: it is unpacked piece by piece.
    const long = Buffer.concat([Buffer.alloc(MIB, 'a'), Buffer.alloc(4 * MIB)]);
    expect(Buffer.concat(await piecesOf(file(gzipSync(long)))).equals(long)).toBe(true);
  });

  it('is looked at in front: a zero byte at the beginning of what was packed, however much that is', async () => {
    for (const length of [10, 5 * MIB]) {
      const source = file(gzipSync(Buffer.concat([Buffer.of(0), Buffer.alloc(length, 'a')])));
      expect(await failure(piecesOf(source))).toMatchObject({
        code: 'input-unsupported',
        message: `${source.name} holds binary data, not flow log text (or gzip or zstd of it).`,
      });
    }
  });

  it('is not unpacked when the work has been ended: that is no damage', async () => {
    const text = Array.from({ length: 600_000 }, (_, i) => `${(i * 2_654_435_761) % 2 ** 32}\n`).join('');
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _ of readBytes(file(gzipSync(text)), { signal: controller.signal }))
        controller.abort(new Error('enough'));
    })();
    await expect(reading).rejects.toThrow(/^enough$/);
  });

  it('is damaged for a reason that the error keeps', async () => {
    const error = await failure(piecesOf(STDIN, { stdin: inPieces(gzipSync('text').subarray(0, -1)) }));
    expect(error.cause).toMatchObject({ code: 'Z_BUF_ERROR' });
  });
});
