/** docs/cli.md tells what is: its exit codes and options are the program's, its examples print what it shows. */
import { describe, expect, it } from 'vitest';
import { runAt } from '../../src/cli/at-command.ts';
import { runAudit } from '../../src/cli/audit-command.ts';
import { runBlocked } from '../../src/cli/blocked-command.ts';
import { runCheck } from '../../src/cli/check-command.ts';
import { runConnections } from '../../src/cli/connections-command.ts';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import { runTimeline } from '../../src/cli/timeline-command.ts';
import { runWho } from '../../src/cli/who-command.ts';
import { COLUMNS, EXAMPLES, PAGE } from './examples.ts';
import { idleProgram, NEVER } from './idle-program.ts';
import { surroundingsFor } from './surroundings.ts';

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

const program = idleProgram();

/** What a terminal shows of a run: the results, then the summary. */
const onTerminal = async (typed: string): Promise<string> => {
  const { surroundings, stdout, stderr } = surroundingsFor({ columns: COLUMNS, env: { NO_COLOR: '1' } });
  await buildProgram(
    {
      connections: (paths, flags) => runConnections(paths, flags, surroundings),
      who: (endpoint, paths, flags) => runWho(endpoint, paths, flags, surroundings),
      at: (time, paths, flags) => runAt(time, paths, flags, surroundings),
      timeline: (paths, flags) => runTimeline(paths, flags, surroundings),
      check: (paths, flags) => runCheck(paths, flags, surroundings),
      explain: NEVER,
      report: NEVER,
      audit: (paths, flags) => runAudit(paths, flags, surroundings),
      blocked: (paths, flags) => runBlocked(paths, flags, surroundings),
      split: NEVER,
      learn: NEVER,
      states: NEVER,
      'spark-bundle': NEVER,
    },
    () => {},
  ).parseAsync(typed.split(' '), { from: 'user' });
  return stdout() + stderr();
};

describe('docs/cli.md', () => {
  it('lists the exit codes that the program uses', () => {
    expect(rowsBelow('## Exit codes')).toEqual(
      Object.values(EXIT_CODES).map(({ code, means }) => [String(code), means]),
    );
  });

  it('lists every option of every command, and no other', () => {
    const documented = rowsBelow('## Options').map(([option]) => option?.replaceAll('`', ''));
    const options = new Set(program.commands.flatMap((command) => command.options.map(({ flags }) => flags)));
    expect(new Set(documented)).toEqual(new Set([...options, '-h, --help', '-V, --version']));
    expect(documented).toHaveLength(options.size + 2);
  });

  it('says what holds when an option is not given', () => {
    for (const [option, , holds] of rowsBelow('## Options'))
      if (!/--help|--version/.test(option as string)) expect(holds, option).not.toBe('');
  });

  it('names every command', () => {
    for (const command of program.commands) {
      if (command.name() === 'connections') expect(PAGE).toContain('= conntrail connections');
      else expect(PAGE).toContain(`conntrail ${command.name()}`);
    }
  });

  it('has an example of every command that reads logs', () => {
    expect(EXAMPLES.map(({ typed }) => typed.split(' ')[0])).toEqual(
      expect.arrayContaining(['who', 'check', 'samples/tcp-flag-sequence.log']),
    );
  });

  it.each(EXAMPLES)('shows what a terminal shows: conntrail $typed', async ({ typed, shown }) => {
    const printed = await onTerminal(typed);
    expect(printed).toBe(shown);
    for (const line of printed.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(COLUMNS);
  });
});
