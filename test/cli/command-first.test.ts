/** Options before the command: the command is found behind them, and nothing else is taken for it. */
import { describe, expect, it } from 'vitest';
import { commandFirst } from '../../src/cli/command-first.ts';
import { COMMANDS } from '../../src/cli/program.ts';
import { idleProgram } from './idle-program.ts';

const program = idleProgram();

const ordered = (typed: string): string => commandFirst(typed.split(' '), program).join(' ');

describe('a command behind options', () => {
  it.each([
    ['-q audit x.log', 'audit -q x.log'],
    ['--no-color check x.log', 'check --no-color x.log'],
    ['--format json who 10.0.0.1 x.log', 'who --format json 10.0.0.1 x.log'],
    ['--format=json who 10.0.0.1 x.log', 'who --format=json 10.0.0.1 x.log'],
    ['-f json -q at 2019 x.log', 'at -f json -q 2019 x.log'],
    ['-qf json audit x.log', 'audit -qf json x.log'],
    ['-fjson audit x.log', 'audit -fjson x.log'],
    ['-o day.svg --top 9 timeline x.log', 'timeline -o day.svg --top 9 x.log'],
    ['--finding 3 audit x.log', 'audit --finding 3 x.log'],
    ['--port 443 --port 22 report x.log -o x.html', 'report --port 443 --port 22 x.log -o x.html'],
    ['-q help audit', 'help audit -q'],
    ['--help audit', 'audit --help'],
    ['--nonsense audit x.log', 'audit --nonsense x.log'],
  ])('%s is %s', (typed, meant) => {
    expect(ordered(typed)).toBe(meant);
  });

  it.each(COMMANDS)('is found: %s', (command) => {
    expect(ordered(`-q ${command}`).split(' ')[0]).toBe(command);
  });
});

describe('what is no command', () => {
  it.each([
    'audit -q x.log',
    'who audit x.log',
    '-q x.log audit',
    '-q - audit',
    '-o audit x.log',
    '--output audit x.log',
    '-qo audit x.log',
    '--title states report',
    '--version audit',
    '-V audit',
    '-q',
    '--format',
  ])('%s stays', (typed) => {
    // `--title` is an option of some commands, and takes its value before all of them.
    const expected = typed === '--title states report' ? 'report --title states' : typed;
    expect(ordered(typed)).toBe(expected);
  });

  it('stays without any argument', () => {
    expect(commandFirst([], program)).toEqual([]);
  });

  it('is what stands behind --: a path of the default command', () => {
    expect(ordered('-- audit')).toBe('connections -- audit');
    expect(ordered('-q -- check x.log')).toBe('connections -q -- check x.log');
    expect(ordered('audit -- check')).toBe('audit -- check');
  });
});

it('an option takes a value in every command that has it, or in none', () => {
  const shapes = new Map<string, boolean>();
  for (const { options } of [...program.commands, program])
    for (const { short, long, required } of options)
      for (const name of [short, long]) {
        if (name === undefined || name === null) continue;
        expect(shapes.get(name) ?? required, name).toBe(required);
        shapes.set(name, required);
      }
  expect(shapes.get('--format')).toBe(true);
  expect(shapes.get('-q')).toBe(false);
});
