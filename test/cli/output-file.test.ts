/** `-o` of every command: the file holds what a pipe would get, in every format that the command has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../property-tests/fuzz/read-csv.ts';
import { runProgram } from '../../src/cli/run.ts';
import { emptyFolder } from './empty-folder.ts';
import { rowsOf, SAMPLES } from './run-command.ts';
import { surroundingsFor } from './surroundings.ts';

const run = async (...args: string[]): Promise<string> => {
  const { surroundings, stdout } = surroundingsFor();
  expect(await runProgram([...args, SAMPLES, '-q'], surroundings)).toBe(0);
  return stdout();
};

describe('a file', () => {
  it.each([
    [['connections'], ['csv', 'json', 'jsonl', 'ndjson', 'zeek', 'txt']],
    [
      ['who', ':5001'],
      ['csv', 'json', 'jsonl', 'ndjson', 'txt'],
    ],
    [
      ['at', '2019-08-26T19:49:30'],
      ['csv', 'json', 'jsonl', 'ndjson', 'txt'],
    ],
    [['check'], ['json', 'txt']],
    [
      ['explain', '10.0.0.62:5001 52.213.180.42:43416'],
      ['json', 'jsonl', 'txt'],
    ],
    [['audit'], ['csv', 'json', 'md', 'txt']],
    [['blocked'], ['csv', 'json', 'md', 'txt']],
    [
      ['blocked', '--finding', '1'],
      ['csv', 'json', 'jsonl', 'ndjson', 'txt'],
    ],
  ])('of %j is what a pipe gets', async (command, endings) => {
    const folder = emptyFolder();
    for (const ending of endings) {
      const file = join(folder, `x.${ending}`);
      expect(await run(...command, '-o', file)).toBe('');
      const format = ending === 'txt' ? 'table' : ending === 'md' ? 'markdown' : ending;
      const piped = await run(...command, '-f', format);
      expect(piped).not.toBe('');
      expect(readFileSync(file, 'utf8')).toBe(piped);
    }
  });
});

describe('who as CSV', () => {
  it('has the rows of its JSON Lines, with who opened it in front', async () => {
    const [csv, json] = await Promise.all(['csv', 'json'].map((format) => run('who', ':5001', '-f', format)));
    const [names = [], ...rows] = readCsv(csv as string);
    expect(names.slice(0, 2)).toEqual(['opened_by_endpoint', 'uid']);
    const wanted = rowsOf(json as string).map((row) => names.map((name) => `${row[name] ?? ''}`));
    expect(rows).toEqual(wanted);
    expect(rows).toHaveLength(3);
  });
});
