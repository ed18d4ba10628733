/** What every command that writes rows of connections settles before it begins: where they go, in which form, and what the run is asked for. */
import { asksAnnotations, type RowChoice } from '../export/chosen-rows.ts';
import { inputsOf, namesFrom } from './names-option.ts';
import { type CommonFlags, chooseFormat, type Format, rowChoice } from './options.ts';
import { type Place, placeOf, type Wanted } from './result.ts';
import type { Surroundings } from './surroundings.ts';
import type { TakeRequest } from './take-connections.ts';

export interface RowRun<F extends Format> {
  readonly place: Place;
  readonly format: F;
  readonly choice: RowChoice;
  readonly request: TakeRequest;
  readonly wanted: Wanted;
}

/**
 * @param formats that the command writes
 * @param withColumns those of them that have the columns that are named
 * @throws OptionError, InputError for files of names
 */
export const rowRun = async <F extends Format>(
  paths: readonly string[],
  flags: CommonFlags,
  surroundings: Surroundings,
  formats: readonly F[],
  withColumns?: readonly Format[],
): Promise<RowRun<F>> => {
  const names = await namesFrom(flags);
  const place = placeOf(flags, surroundings, names);
  const format = chooseFormat(flags, formats, place.isTerminal);
  const choice = rowChoice(flags, format, names, withColumns);
  return {
    place,
    format,
    choice,
    request: {
      paths,
      flags,
      surroundings,
      showProgress: format === 'table' || !place.isTerminal,
      annotations: asksAnnotations(choice),
    },
    wanted: { place, surroundings, inputs: inputsOf(paths, flags), isJson: format === 'json' },
  };
};
