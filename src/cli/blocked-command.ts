/** `conntrail blocked`: what security groups and network ACLs stopped, where, and what to change. */
import { describeBlockage } from '../blocked/advice.ts';
import { type Blockage, Blockages, type BlockedResult, isBehind } from '../blocked/blockages.ts';
import { parseCount } from './audit-options.ts';
import { blockageColumns } from './blockage-columns.ts';
import { blockedLines, blockedMarkdown, blockedObject } from './blocked-text.ts';
import { explainNothing } from './explain-nothing.ts';
import { formatCount } from './format-count.ts';
import { inputsOf, namesFrom } from './names-option.ts';
import type { CommonFlags } from './options.ts';
import { plainJson } from './plain-json.ts';
import { placeOf, writeResult } from './result.ts';
import { saySummary } from './say-summary.ts';
import {
  askedFinding,
  checkSecondReading,
  chooseFindingsFormat,
  type FindingsFormat,
  findingOf,
  writeBehind,
} from './second-reading.ts';
import type { Surroundings } from './surroundings.ts';
import type { TableLook } from './table.ts';
import { type Taken, type TakeRequest, takeOutlines } from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import type { TextWriter } from './text-writer.ts';
import { writeRows } from './write-rows.ts';

export interface BlockedFlags extends CommonFlags {
  readonly top?: string;
  readonly finding?: string;
}

/** Findings that a terminal shows. */
const DEFAULT_TOP = 20;

interface Writing {
  readonly format: FindingsFormat;
  readonly writer: TextWriter;
  readonly look: TableLook;
  readonly top: number;
}

const writeBlocked = async (
  { taken, result }: { readonly taken: Taken; readonly result: BlockedResult },
  { format, writer, look, top }: Writing,
): Promise<void> => {
  if (format === 'json') return void (await writer.addPieces(plainJson(blockedObject(result, look.names))));
  if (format === 'csv' || format === 'parquet')
    return writeRows(result.blockages, blockageColumns(look.names), format, writer);
  if (format === 'markdown') return writer.addLines(blockedMarkdown(result, look.names));
  const nothing = explainNothing(taken.report, taken.tally);
  return writer.addLines(
    nothing === null ? blockedLines(result, { ...look, top }) : wrapText(nothing, readableWidth(look.width)),
  );
};

const sentenceOf = (blockage: Blockage, { names }: TableLook): string =>
  `#${blockage.number} ${blockage.kind}, ${formatCount(blockage.connections, 'connection')}. ${describeBlockage(blockage, names)}`;

/** Runs the command; the exit code comes back. */
export const runBlocked = async (
  paths: readonly string[],
  flags: BlockedFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const place = placeOf(flags, surroundings, await namesFrom(flags));
  const { toFile, isTerminal, look } = place;
  const format = chooseFindingsFormat(flags, isTerminal);
  const top = flags.top === undefined ? DEFAULT_TOP : parseCount(flags.top, '--top');
  const asked = askedFinding(flags);
  if (asked !== null) await checkSecondReading(paths, format);
  const request: TakeRequest = { paths, flags, surroundings, showProgress: true };
  const wanted = { place, surroundings, inputs: inputsOf(paths, flags), isJson: format === 'json' };
  const taken = await writeResult(wanted, async ({ writer }) => {
    const blockages = new Blockages();
    const all = await takeOutlines(request, (outline) => {
      blockages.add(outline);
      return undefined;
    });
    const result = blockages.result();
    if (asked === null) {
      await writeBlocked({ taken: all, result }, { format, writer, look, top });
      return all;
    }
    const blockage = findingOf(result.blockages, asked, 'in these logs');
    const only: TakeRequest['only'] = (outline) => isBehind(outline, blockage);
    const sentence = sentenceOf(blockage, look);
    return writeBehind({ request: { ...request, only }, format, writer, look, sentence });
  });
  return saySummary(taken, flags, surroundings, format === 'table' && toFile === null);
};
