/** `conntrail split` as a user and as a program meet it: files, frames, and what is left where it fails. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packingOf } from '../../src/cli/part-packing.ts';
import { runProgram } from '../../src/cli/run.ts';
import { HEADER, record, silence } from '../build.ts';
import { emptyFolder } from './empty-folder.ts';
import { conntrail, ROOT, SAMPLES } from './run-command.ts';
import { surroundingsFor } from './surroundings.ts';

const MAIN = join(ROOT, 'src/cli/main.ts');

/** Many talks, a NODATA, and a line that is none, each three times. */
const LINES = [
  HEADER,
  ...Array.from({ length: 3 }, (_, i) => [
    ...Array.from({ length: 400 }, (_each, n) =>
      record({ clientPort: 40_000 + n, flags: 'SYN', start: i * 60 }),
    ),
    silence('NODATA'),
    `nonsense ${i}`,
  ]).flat(),
];
const LOG = `${LINES.join('\n')}\n`;
const FLOWS = LINES.filter((line) => line.includes(' ACCEPT '));

const run = async (args: readonly string[]): Promise<string> => {
  const { surroundings, stderr } = surroundingsFor();
  expect(await runProgram(['split', ...args], surroundings)).toBe(0);
  return stderr();
};

const logFile = (folder = emptyFolder()): string => {
  const path = join(folder, 'in.log');
  writeFileSync(path, LOG);
  return path;
};

const bytesOf = (folder: string): Record<string, Buffer> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));

interface Frame {
  readonly part: number;
  readonly bytes: Buffer;
}

const framesOf = (bytes: Buffer): Frame[] => {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [part, length] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    frames.push({ part, bytes: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  return frames;
};

const flowsIn = (text: string): string[] => text.split('\n').filter((line) => line !== '' && line !== HEADER);

describe('a folder of parts', () => {
  it('has a file for each part, empty ones too, and the facts', async () => {
    const parts = join(emptyFolder(), 'parts');
    const said = await run([logFile(), '--parts', '700', '-o', parts]);
    const names = Array.from({ length: 700 }, (_, i) => `part-${String(i).padStart(5, '0')}.log`);
    const files = bytesOf(parts);
    expect(Object.keys(files).sort()).toEqual(['facts.jsonl', ...names]);
    const texts = names.map((name) => (files[name] as Buffer).toString());
    for (const text of texts) if (text !== '') expect(text.startsWith(`${HEADER}\n`)).toBe(true);
    expect(texts.flatMap(flowsIn).sort()).toEqual([...FLOWS].sort());
    // 400 keys, three records each: the fullest part has at least two keys, since 700 could hold one each and some are empty.
    expect(texts.filter((text) => text === '').length).toBeGreaterThan(300);
    const facts = (files['facts.jsonl'] as Buffer).toString().trim().split('\n');
    expect(facts.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual([
      ...['conntrail', 'run', 'keys', 'rejection', 'rejection', 'rejection', 'vantage', 'end_of_facts'],
    ]);
    expect(JSON.parse(facts[0] as string)).toMatchObject({ from: 'split', ends: 'none', scope: null });
    expect(JSON.parse(facts[1] as string)).toMatchObject({ run: { flows: 1200, nodata: 3, sources: 1 } });
    expect(JSON.parse(facts[4] as string)).toMatchObject({
      // The header, then 400 records, a NODATA and it, twice.
      rejection: { line: 805, reason: 'too-few-fields', text: 'nonsense 1' },
    });
    expect(said).toMatch(/^1,200 records to 700 parts, of 1,206 records in 1 source, 2023-11-14 .* UTC\n/);
    expect(said).toMatch(/\n {2}parts {7}\d+ records in the fullest, \d\.\d\d times the mean; 3\d\d empty\n/);
    expect(said).toMatch(/\n {2}set aside {3}3 NODATA\n {2}rejected {4}3 × /);
  });

  it('is the same for any number of threads', async () => {
    const around = emptyFolder();
    // Enough for a thread to be worth it: 8 MiB.
    const path = join(around, 'large.log');
    writeFileSync(path, `${HEADER}\n${LINES.slice(1).join('\n').concat('\n').repeat(40)}`);
    for (const threads of ['1', '3'])
      await run([path, '--parts', '5', '-o', join(around, threads), '--threads', threads, '-q']);
    expect(bytesOf(join(around, '3'))).toEqual(bytesOf(join(around, '1')));
  });

  it.each([
    ['gzip', '.gz', gunzipSync],
    ['zstd', '.zst', zstdDecompressSync],
  ])('holds the same behind --compress %s', async (word, ending, unpack) => {
    const around = emptyFolder();
    const path = logFile(around);
    await run([path, '--parts', '400', '-o', join(around, 'plain'), '-q']);
    await run([path, '--parts', '400', '-o', join(around, 'packed'), '--compress', word, '-q']);
    const plain = bytesOf(join(around, 'plain'));
    const packed = bytesOf(join(around, 'packed'));
    const unpacked = Object.entries(packed).map(([name, bytes]) =>
      name === 'facts.jsonl' ? [name, bytes] : [name.replace(ending, ''), unpack(bytes)],
    );
    expect(Object.fromEntries(unpacked)).toEqual(plain);
  });

  it('reads back as the same connections', async () => {
    const around = emptyFolder();
    await run([SAMPLES, '--parts', '3', '-o', join(around, 'parts'), '-q']);
    const connections = async (path: string): Promise<string[]> => {
      const { surroundings, stdout } = surroundingsFor();
      const columns = 'uid,state,records,first_seen,last_seen,initiator_bytes,responder_bytes';
      const args = ['connections', path, '-f', 'json', '--columns', columns, '-q'];
      expect(await runProgram(args, surroundings)).toBe(0);
      return stdout().trim().split('\n').sort();
    };
    // Roles are learned from records without a key, too: those are in the facts alone.
    expect(await connections(join(around, 'parts'))).toEqual(await connections(SAMPLES));
  });

  it('is told nothing about with -q', async () => {
    expect(await run([logFile(), '--parts', '2', '-o', join(emptyFolder(), 'parts'), '-q'])).toBe('');
  });
});

describe('frames on standard output', () => {
  const frames = (...args: string[]) => {
    const ran = spawnSync(process.execPath, [MAIN, 'split', '-', '-o', '-', '-q', ...args], {
      input: LOG,
      maxBuffer: 2 ** 26,
    });
    expect([ran.status, ran.stderr.toString()]).toEqual([0, '']);
    return framesOf(ran.stdout);
  };

  it.each([
    ['none', (bytes: Buffer) => bytes],
    ['gzip', gunzipSync],
    ['zstd', zstdDecompressSync],
  ])('hold what the files hold, each a log by itself, with --compress %s', async (word, unpack) => {
    const around = emptyFolder();
    const parts = join(around, 'parts');
    writeFileSync(join(around, '-'), '');
    await run([logFile(around), '--parts', '40', '-o', parts, '-q']);
    const files = bytesOf(parts);
    const found = frames('--parts', '40', '--compress', word);
    const facts = found.pop() as Frame;
    expect(facts.part).toBe(0xffffffff);
    const named = (files['facts.jsonl'] as Buffer).toString().replaceAll(join(around, 'in.log'), '-');
    expect(facts.bytes.toString()).toBe(named);
    const texts = Array.from({ length: 40 }, () => '');
    for (const { part, bytes } of found) {
      const text = unpack(bytes).toString();
      expect(text.startsWith(`${HEADER}\n`)).toBe(true);
      texts[part] += text.slice(HEADER.length + 1);
    }
    const expected = texts.map((_, part) =>
      (files[`part-${String(part).padStart(5, '0')}.log`] as Buffer).toString().replace(`${HEADER}\n`, ''),
    );
    expect(texts).toEqual(expected);
  });

  it('are several of a part with more lines than have room, and any of them may be joined', () => {
    // 1,200 lines of some 200 bytes: of one part, whose room is 512 KiB, and of 4,096 with 8 KiB each.
    const talk = Array.from({ length: 300 }, (_, i) => record({ start: i * 60 }));
    const ran = spawnSync(process.execPath, [MAIN, 'split', '-', '-o', '-', '--parts', '4096'], {
      input: `${[HEADER, ...talk].join('\n')}\n`,
    });
    const found = framesOf(ran.stdout).filter(({ part }) => part !== 0xffffffff);
    expect(found.length).toBeGreaterThan(5);
    expect(new Set(found.map(({ part }) => part)).size).toBe(1);
    expect(found.flatMap(({ bytes }) => flowsIn(bytes.toString()))).toEqual(talk);
  });

  it('end without a word when their reader leaves', () => {
    const path = logFile();
    const command = `"${process.execPath}" "${MAIN}" split "${path}" --parts 50 -o - -q | head -c 100 | wc -c`;
    const ran = spawnSync('bash', ['-o', 'pipefail', '-c', command]);
    expect([ran.status, ran.stdout.toString().trim(), ran.stderr.toString()]).toEqual([0, '100', '']);
  });
});

describe('what cannot be', () => {
  const failing = async (...args: string[]): Promise<string> => {
    const { surroundings } = surroundingsFor();
    return runProgram(['split', ...args, '-q'], surroundings).then(
      () => 'nothing',
      (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
    );
  };

  it.each([
    [[], 'option-invalid: Say how many parts with --parts: 1 to 4096.'],
    [
      ['--parts', '4'],
      'option-invalid: Parts go into a folder: name a new or an empty one with -o, or send frames to standard output with -o -.',
    ],
    [
      ['--parts', '0', '-o', 'x'],
      'option-invalid: The number of parts is 0; expected a whole number from 1 to 4096.',
    ],
    [
      ['--parts', '4097', '-o', 'x'],
      'option-invalid: The number of parts is 4097; expected a whole number from 1 to 4096.',
    ],
    [
      ['--parts', '1e3', '-o', 'x'],
      'option-invalid: --parts is "1e3"; expected a whole number from 1 to 4096.',
    ],
    [
      ['--parts', '4', '--compress', 'gz', '-o', 'x'],
      'option-invalid: --compress is "gz"; expected one of none, gzip, zstd.',
    ],
    [
      ['--parts', '4', '--compress', 'lz4', '-o', 'x'],
      'option-invalid: --compress is "lz4"; expected one of none, gzip, zstd.',
    ],
  ])('%j is told', async (args, said) => {
    expect(await failing(SAMPLES, ...args)).toBe(said);
  });

  it('sends no frames to a terminal', async () => {
    const { surroundings } = surroundingsFor({ columns: 80 });
    await expect(runProgram(['split', SAMPLES, '--parts', '4', '-o', '-'], surroundings)).rejects.toThrow(
      'Frames are no text for a terminal: name a folder with -o, or send them into a pipe.',
    );
  });

  it('says so where this Node.js has no zstd', () => {
    const missing = () => undefined;
    expect(() => packingOf('zstd', { gzip: missing, zstd: missing })).toThrow(
      /^--compress zstd: Node.js has zstd from 22.15 and 23.8 on; this is .*: take gzip\.$/,
    );
  });

  it('leaves a folder that holds something as it is', async () => {
    const parts = emptyFolder();
    writeFileSync(join(parts, 'theirs'), 'x');
    expect(await failing(SAMPLES, '--parts', '4', '-o', parts)).toBe(
      `output-failed: Cannot write ${parts}: the folder is not empty; name a new or an empty one.`,
    );
    expect(readdirSync(parts)).toEqual(['theirs']);
  });

  it.each(['none', 'gzip'])('leaves nothing of damaged input, with --compress %s', async (word) => {
    const around = emptyFolder();
    const path = join(around, 'cut.log.gz');
    writeFileSync(path, gzipSync(LOG).subarray(0, -9));
    const args = ['split', path, '--parts', '4', '--compress', word, '-o', join(around, 'parts')];
    const ran = await conntrail(args);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(/^conntrail: .*cut\.log\.gz .*\n$/);
    expect(readdirSync(around)).toEqual(['cut.log.gz']);
    // What came before the damage is there, and the code says that something is missing.
    const kept = await conntrail([...args, '--keep-going']);
    expect(kept.code).toBe(3);
    expect(kept.stderr).toMatch(/^conntrail: .*cut\.log\.gz .*\n1,\d+ records to 4 parts/);
    expect(kept.stderr).toMatch(/\n {2}skipped {5}1 source could not be read to the end\n/);
    expect(readdirSync(join(around, 'parts'))).toHaveLength(5);
  });

  it('stops at the first line that is not understood with --strict, and leaves nothing', async () => {
    const around = emptyFolder();
    const path = logFile(around);
    const ran = await conntrail(['split', path, '--parts', '4', '-o', join(around, 'parts'), '--strict']);
    expect(ran.code).toBe(5);
    expect(ran.stderr).toMatch(/^conntrail: .*in\.log:403: .*too-few-fields.*"nonsense 0"\n$/);
    expect(readdirSync(around)).toEqual(['in.log']);
  });

  it('shares out an input in which no line was understood: whoever judges the whole knows whether any was', async () => {
    const around = emptyFolder();
    writeFileSync(join(around, 'in.log'), `${HEADER}\none\ntwo\n`);
    const said = await run([join(around, 'in.log'), '--parts', '2', '-o', join(around, 'parts')]);
    expect(said).toMatch(/^0 records to 2 parts, of 2 records in 1 source\n {2}rejected {4}2 × /);
    expect(Object.values(bytesOf(join(around, 'parts'))).map(({ length }) => length > 0)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each(['none', 'gzip'])('leaves nothing when a file cannot grow, with --compress %s', (word) => {
    const around = emptyFolder();
    const path = logFile(around);
    mkdirSync(join(around, 'parts'));
    // As a full disk: files have one block of 1,024 bytes at most.
    const script = 'ulimit -f 1; exec "$0" "$@"';
    const args = [MAIN, 'split', path, '--parts', '2', '--compress', word, '-o', join(around, 'parts')];
    const ran = spawnSync('bash', ['-c', script, process.execPath, ...args], {
      env: { ...process.env, NODE_COMPILE_CACHE: '', TMPDIR: around },
    });
    expect(ran.stderr.toString()).toMatch(
      /^conntrail: Cannot write .*parts\/part-0000[01]\.log(\.gz)?: the file would be too large for its file system\.\n$/,
    );
    expect(ran.status).toBe(6);
    expect(readdirSync(around).sort()).toEqual(['in.log', 'parts']);
    expect(readdirSync(join(around, 'parts'))).toEqual([]);
  });
});
