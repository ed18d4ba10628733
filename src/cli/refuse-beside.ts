/** Options that say nothing beside another one: whoever gives both has something else in mind. */
import { OptionError } from '../model/errors.ts';
import type { CommonFlags } from './options.ts';

const optionOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What says how logs are read, and what is made of them. */
export const OF_LOGS = [
  ...(['fields', 'scope', 'idle', 'observedOnly', 'strict', 'keepGoing', 'threads', 'memory'] as const),
  ...(['address', 'port', 'state', 'verdict', 'initiatedBy', 'since', 'until'] as const),
] as const satisfies readonly (keyof CommonFlags)[];

/**
 * @param because why, as the end of a sentence
 * @throws OptionError where one of them was given
 */
export const refuseBeside = (
  option: string,
  flags: CommonFlags,
  others: readonly (keyof CommonFlags)[],
  because: string,
): void => {
  const wrong = others.find((name) => flags[name] !== undefined);
  if (wrong === undefined) return;
  throw new OptionError('option-invalid', `${optionOf(wrong)} does not go with ${option}: ${because}.`);
};
