/** `conntrail check`: what the logs hold, what was not understood and what they cannot tell. */
import { checkJson } from './check-json.ts';
import { checkLines } from './check-text.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { inputsOf, namesFrom } from './names-option.ts';
import { type CommonFlags, chooseFormat } from './options.ts';
import { linesReadOf, refuseUnread } from './refuse-unread.ts';
import { placeOf, writeResult } from './result.ts';
import type { Surroundings } from './surroundings.ts';
import { takeOutlines } from './take-connections.ts';
import { VANTAGE_COLUMNS } from './vantage-columns.ts';
import { writeRows } from './write-rows.ts';

const FORMATS = ['table', 'json', 'csv', 'parquet'] as const;

/** Runs the command; the exit code comes back. */
export const runCheck = async (
  paths: readonly string[],
  flags: CommonFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const place = placeOf(flags, surroundings, await namesFrom(flags));
  const format = chooseFormat(flags, FORMATS, place.isTerminal, false);
  const request = { paths, flags, surroundings, showProgress: true, showsUnread: true };
  const wanted = { place, surroundings, inputs: inputsOf(paths, flags), isJson: format === 'json' };
  const { report, skippedSources } = await writeResult(wanted, async ({ writer }) => {
    const taken = await takeOutlines(request, () => undefined);
    if (format === 'json') await writer.addPieces(checkJson(taken.report, taken.tally, place.look.names));
    else if (format !== 'table') await writeRows(taken.report.vantages, VANTAGE_COLUMNS, format, writer);
    else await writer.addLines(checkLines({ ...taken, ...place.look }));
    return taken;
  });
  refuseUnread(linesReadOf(report));
  return skippedSources > 0 ? EXIT_CODES.input.code : EXIT_CODES.ok.code;
};
