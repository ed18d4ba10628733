/** Results behind .gz and .zst: the same bytes when they are unpacked, whole or not there, and clear words where it cannot be. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Transform } from 'node:stream';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressedOutput, compressorFor, withoutCodec } from '../../src/cli/compression.ts';
import { type Output, openFileOutput } from '../../src/cli/output.ts';
import { runProgram } from '../../src/cli/run.ts';
import { emptyFolder } from './empty-folder.ts';
import { SAMPLES } from './run-command.ts';
import { surroundingsFor } from './surroundings.ts';

const UNPACK = { gz: gunzipSync, zst: zstdDecompressSync } as const;
const ENDINGS = Object.keys(UNPACK) as (keyof typeof UNPACK)[];

const run = async (...args: string[]): Promise<void> => {
  const { surroundings, stderr } = surroundingsFor();
  expect(await runProgram([...args, '-q'], surroundings)).toBe(0);
  expect(stderr()).toBe('');
};

/** An output in memory; `fail` ends its writing at the n-th piece. */
const memory = (failAt = Number.POSITIVE_INFINITY) => {
  const pieces: Uint8Array[] = [];
  const done: string[] = [];
  const output: Output = {
    async write(piece) {
      if (pieces.length >= failAt) throw new Error('no room');
      pieces.push(Buffer.from(piece as Uint8Array));
    },
    async finish() {
      done.push('finished');
    },
    async discard() {
      done.push('discarded');
    },
  };
  return { output, done, bytes: () => Buffer.concat(pieces) };
};

describe('a compressed file', () => {
  const which: readonly (readonly [name: string, ...args: string[]])[] = [
    ['x.csv', 'connections'],
    ['x.jsonl', 'connections'],
    ['conn.log', 'connections'],
    ['x.txt', 'connections'],
    ['x.csv', 'who', ':5001'],
    ['x.jsonl', 'at', '2019-08-26T19:49:30'],
    ['x.svg', 'timeline'],
    ['x.json', 'explain', '10.0.0.62:5001 52.213.180.42:43416'],
    ['x.json', 'check'],
    ['x.md', 'audit'],
    ['x.csv', 'blocked'],
    ['x.html', 'report'],
  ];
  it.each(ENDINGS.flatMap((ending) => which.map(([name, ...args]) => [`${name}.${ending}`, args] as const)))(
    '%s of %j unpacks to what stands in the plain one',
    async (name, args) => {
      const folder = emptyFolder();
      const [plain, packed] = [join(folder, withoutCodec(name)), join(folder, name)];
      await run(...args, SAMPLES, '-o', plain);
      await run(...args, SAMPLES, '-o', packed);
      const unpack = UNPACK[name.slice(name.lastIndexOf('.') + 1) as keyof typeof UNPACK];
      const text = readFileSync(plain, 'utf8');
      expect(text).not.toBe('');
      expect(unpack(readFileSync(packed)).toString('utf8')).toBe(text);
      expect(readdirSync(folder).sort()).toEqual([withoutCodec(name), name].sort());
    },
  );

  it.each(ENDINGS)('.%s holds any pieces, one behind the other', async (ending) => {
    const anyPiece = fc.oneof(
      fc.uint8Array({ maxLength: 200_000, size: 'max' }),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyPiece, { maxLength: 8 }), async (pieces) => {
        const { output, done, bytes } = memory();
        const packed = compressedOutput(output, compressorFor(`x.${ending}`) as Transform);
        for (const piece of pieces) {
          // Whoever lends bytes uses them again as soon as they are written.
          const lent = typeof piece === 'string' ? piece : piece.slice();
          await packed.write(lent);
          if (typeof lent !== 'string') lent.fill(0);
        }
        await packed.finish();
        expect(UNPACK[ending](bytes())).toEqual(
          Buffer.concat(pieces.map((piece) => Buffer.from(piece as string))),
        );
        expect(done).toEqual(['finished']);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a compressed file that cannot become whole', () => {
  it.each(ENDINGS)('leaves what was there before: .%s', async (ending) => {
    const folder = emptyFolder();
    const path = join(folder, `x.csv.${ending}`);
    writeFileSync(path, 'before');
    const output = compressedOutput(await openFileOutput(path), compressorFor(path) as Transform);
    for (let i = 0; i < 20; i++)
      await output.write(new Uint8Array(1 << 16).map((_, j) => (i * j) ^ (j >> 3)));
    await output.discard();
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual([`x.csv.${ending}`]);
  });

  it.each(ENDINGS)(
    'says what is wrong where its pieces go, without waiting for ever: .%s',
    async (ending) => {
      const { output, done } = memory(1);
      const packed = compressedOutput(output, compressorFor(`x.${ending}`) as Transform);
      const writeAll = async (): Promise<void> => {
        // What does not compress fills the room between soon.
        for (let i = 0; i < 200; i++) await packed.write(crypto.getRandomValues(new Uint8Array(1 << 16)));
        await packed.finish();
      };
      await expect(writeAll()).rejects.toThrow('no room');
      await packed.discard();
      expect(done).toEqual(['discarded']);
    },
  );

  it('says what is wrong with the compressor', async () => {
    const { output } = memory();
    const broken = new Transform({
      transform(_piece, _encoding, done) {
        done(new Error('broken'));
      },
    });
    await expect(compressedOutput(output, broken).write('x')).rejects.toThrow('broken');
  });
});

describe('the name of a file', () => {
  it.each([
    ['a.csv.gz', 'a.csv'],
    ['a.csv.ZST', 'a.csv'],
    ['a.csv', 'a.csv'],
    ['a.gz.csv', 'a.gz.csv'],
    ['gz', 'gz'],
  ])('%s without what compresses is %s', (path, name) => {
    expect(withoutCodec(path)).toBe(name);
    expect(compressorFor(path) === null).toBe(path === name);
  });

  it('asks for what an old Node.js does not have, before anything is written', () => {
    const old = { gz: () => new PassThrough(), zst: () => undefined };
    expect(compressorFor('x.csv.gz', old)).toBeInstanceOf(PassThrough);
    expect(() => compressorFor('x\u001b.csv.zst', old)).toThrow(
      `--output x\\x1b.csv.zst asks for zstd, which Node.js has from 22.15 and 23.8 on; this is ${process.versions.node}: end it in .gz.`,
    );
  });

  it.each([
    [['connections', '-o', 'x.gz'], '--output x.gz does not say the format: end it in .csv,'],
    [
      ['explain', '10.0.0.62 52.213.180.42', '-o', 'x.csv.gz'],
      '--output x.csv.gz is no format of this command: end it in .json, .jsonl or .txt,',
    ],
    [['report', '-o', 'x.gz'], '--output x.gz is not the name of a page'],
    [['timeline', '-o', 'x.json.gz.x'], '--output x.json.gz.x does not say the format'],
  ])('%j that says no format is refused', async (args, says) => {
    const { surroundings } = surroundingsFor();
    await expect(runProgram([...args, SAMPLES], surroundings)).rejects.toThrow(says);
    expect(existsSync(args.at(-1) as string)).toBe(false);
  });
});
