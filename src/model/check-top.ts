/** How many of the most telling are asked for: a whole number, and no more than there is room for. */
import { OptionError } from './errors.ts';

export interface TopLimit {
  readonly most: number;
  /** Why not more, and what to do instead. */
  readonly advice: string;
}

/**
 * @param said how the message names the option and its value
 * @returns the number
 * @throws OptionError (option-invalid) when it is no whole number of 1 or more, or more than the limit
 */
export const checkTop = (top: number, { most, advice }: TopLimit, said = `top is ${top}`): number => {
  if (!Number.isSafeInteger(top) || top < 1)
    throw new OptionError('option-invalid', `${said}; expected a whole number of 1 or more.`);
  if (top > most) throw new OptionError('option-invalid', `${said}; expected at most ${most}: ${advice}.`);
  return top;
};
