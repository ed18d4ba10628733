/**
 * Options may stand before the command: `conntrail -q audit logs/`. Commander looks for the command at the front and takes
 * everything else for arguments of the default one, so the command is brought there. Words only; nothing runs here.
 */
import type { Command, Option } from 'commander';
import { COMMANDS } from './program.ts';

/** Every option of any command by its names; one name means the same shape, a value or none, in all of them. */
const optionsByName = (program: Command): ReadonlyMap<string, Option> =>
  new Map(
    program.commands.flatMap(({ options }) =>
      options.flatMap((option) => [option.short, option.long].map((name) => [name ?? '', option] as const)),
    ),
  );

/** Whether the word behind this one is its value: `-o x.csv`, `-qo x.csv`, but neither `-ox.csv` nor `--output=x.csv`. */
const takesNext = (word: string, options: ReadonlyMap<string, Option>): boolean => {
  if (word.startsWith('--')) return options.get(word)?.required === true;
  for (let i = 1; i < word.length; i++)
    if (options.get(`-${word[i]}`)?.required === true) return i === word.length - 1;
  return false;
};

/**
 * The arguments with the command in front. What stands behind `--` is no command, and neither is an option's value.
 * @example commandFirst(['-q', 'audit', 'x.log'], program) // ['audit', '-q', 'x.log']
 */
export const commandFirst = (args: readonly string[], program: Command): readonly string[] => {
  const options = optionsByName(program);
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    // A path may have a command's name: said to be one, it goes to the default command.
    if (word === '--') return ['connections', ...args];
    // The version is the program's own, whatever stands behind it.
    if (program.options.some(({ short, long }) => word === short || word === long)) return args;
    if (!word.startsWith('-') || word === '-') {
      if (!COMMANDS.some((command) => command === word)) return args;
      const [before, behind] = [args.slice(0, i), args.slice(i + 1)];
      // Help is asked for by the word behind it; options mean nothing to it.
      return word === 'help' ? [word, ...behind, ...before] : [word, ...before, ...behind];
    }
    if (takesNext(word, options)) i++;
  }
  return args;
};
