/** `conntrail check`: what the logs hold, what was not understood and what they cannot tell. */
import { checkJson } from './check-json.ts';
import { checkLines } from './check-text.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { inputsOf, namesFrom } from './names-option.ts';
import { type CommonFlags, chooseFormat } from './options.ts';
import { OF_LOGS, refuseBeside } from './refuse-beside.ts';
import { linesReadOf, refuseUnread } from './refuse-unread.ts';
import { placeOf, writeResult } from './result.ts';
import type { Surroundings } from './surroundings.ts';
import { type Taken, takeOutlines } from './take-connections.ts';
import { VANTAGE_COLUMNS } from './vantage-columns.ts';
import { writeRows } from './write-rows.ts';

const FORMATS = ['table', 'json', 'csv', 'parquet'] as const;

export interface CheckFlags extends CommonFlags {
  readonly merge?: boolean;
}

/** What a run of its own tells, or what those of all parts come to. */
const tell = async (
  paths: readonly string[],
  flags: CheckFlags,
  surroundings: Surroundings,
): Promise<Taken> => {
  if (flags.merge !== true) {
    const request = { paths, flags, surroundings, showProgress: true, showsUnread: true };
    return takeOutlines(request, () => undefined);
  }
  refuseBeside('--merge', flags, OF_LOGS, 'what check has told is read as it stands');
  // Most runs merge nothing.
  const { mergedCheck } = await import('./merged-check.ts');
  return { ...(await mergedCheck(paths, flags.facts, surroundings.signal)), skippedSources: 0 };
};

/** Runs the command; the exit code comes back. */
export const runCheck = async (
  paths: readonly string[],
  flags: CheckFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const place = placeOf(flags, surroundings, await namesFrom(flags));
  const format = chooseFormat(flags, FORMATS, place.isTerminal, false);
  const wanted = { place, surroundings, inputs: inputsOf(paths, flags), isJson: format === 'json' };
  const { report, skippedSources } = await writeResult(wanted, async ({ writer }) => {
    const taken = await tell(paths, flags, surroundings);
    if (format === 'json') await writer.addPieces(checkJson(taken.report, taken.tally, place.look.names));
    else if (format !== 'table') await writeRows(taken.report.vantages, VANTAGE_COLUMNS, format, writer);
    else await writer.addLines(checkLines({ ...taken, ...place.look }));
    return taken;
  });
  refuseUnread(linesReadOf(report));
  return skippedSources > 0 ? EXIT_CODES.input.code : EXIT_CODES.ok.code;
};
