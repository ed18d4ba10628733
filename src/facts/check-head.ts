/** Whether the facts in a file are those of a whole input: nothing is judged by less. */
import { InputError, OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { FactsSettings } from './facts.ts';
import { sameSettings, spellSettings } from './merge-facts.ts';
import type { FactsHead } from './read-head.ts';

/** What is asked of facts is not in them. */
export const incomplete = (said: string): InputError => new InputError('facts-incomplete', said);

/** A count as sentences spell it. */
export const spellCount = (count: number): string => count.toLocaleString('en-US');

/** @throws OptionError where facts were learned for a run that is set to something else */
export const checkSettings = ({ header }: FactsHead, name: string, settings: FactsSettings): void => {
  if (header.settings !== null && !sameSettings(header.settings, settings))
    throw new OptionError(
      'option-invalid',
      `The facts in ${escapeControls(name)} were learned with ${spellSettings(header.settings)}, and this run has ${spellSettings(settings)}: give both the same --scope and --idle.`,
    );
};

/** @throws InputError (facts-incomplete) where they were not learned from every part once */
export const checkWhole = ({ header, run, keys }: FactsHead, name: string): void => {
  const shown = escapeControls(name);
  if (header.ends === 'none')
    throw incomplete(
      `The facts in ${shown} know of no ends: merge them with what conntrail learn has written of every part.`,
    );
  if (keys.flows !== run.flows)
    throw incomplete(
      `The facts in ${shown} were learned from ${spellCount(keys.flows)} of ${spellCount(run.flows)} flow records: learn from every part once, and merge all of that.`,
    );
};
