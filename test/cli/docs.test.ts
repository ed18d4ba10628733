/** docs/cli.md tells what is: its exit codes and options are the program's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { ROOT } from './run-command.ts';

const PAGE = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8');

/** The cells of a table's rows below a heading. */
const rowsBelow = (heading: string): string[][] => {
  const section = PAGE.slice(PAGE.indexOf(heading)).split(/\n## /)[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
};

const NEVER = (): Promise<number> => Promise.reject(new Error('nothing is to be run'));
const program = buildProgram({ connections: NEVER, who: NEVER, check: NEVER, states: NEVER }, () => {});

describe('docs/cli.md', () => {
  it('lists the exit codes that the program uses', () => {
    expect(rowsBelow('## Exit codes')).toEqual(
      Object.values(EXIT_CODES).map(({ code, means }) => [String(code), means]),
    );
  });

  it('lists every option of every command, and no other', () => {
    const documented = rowsBelow('## Options').map(([option]) => option?.replaceAll('`', ''));
    const options = new Set(program.commands.flatMap((command) => command.options.map(({ flags }) => flags)));
    expect(new Set(documented)).toEqual(new Set([...options, '-h, --help']));
  });

  it('names every command', () => {
    for (const command of program.commands) {
      if (command.name() === 'connections') expect(PAGE).toContain('= conntrail connections');
      else expect(PAGE).toContain(`conntrail ${command.name()}`);
    }
  });
});
