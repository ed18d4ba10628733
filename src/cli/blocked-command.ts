/** `conntrail blocked`: what security groups and network ACLs stopped, where, and what to change. */
import { describeBlockage } from '../blocked/advice.ts';
import { type Blockage, Blockages, type BlockedResult, isBehind } from '../blocked/blockages.ts';
import { parseCount } from './audit-options.ts';
import { blockedCsv, blockedLines, blockedMarkdown, blockedObject } from './blocked-text.ts';
import { explainNothing } from './explain-nothing.ts';
import { formatCount } from './format-count.ts';
import { jsonForTerminal } from './json-for-terminal.ts';
import type { CommonFlags } from './options.ts';
import { openStandardOutput } from './output.ts';
import { plainJson } from './plain-json.ts';
import { saySummary } from './say-summary.ts';
import {
  askedFinding,
  checkSecondReading,
  chooseFindingsFormat,
  type FindingsFormat,
  findingOf,
  writeBehind,
} from './second-reading.ts';
import { paintFor, type Surroundings, widthOf } from './surroundings.ts';
import { type Taken, type TakeRequest, takeOutlines } from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import { TextWriter } from './text-writer.ts';

export interface BlockedFlags extends CommonFlags {
  readonly top?: string;
  readonly finding?: string;
}

/** Findings that a terminal shows. */
const DEFAULT_TOP = 20;

interface Writing {
  readonly request: TakeRequest;
  readonly format: FindingsFormat;
  readonly writer: TextWriter;
  readonly flags: BlockedFlags;
  readonly top: number;
}

const writeResult = async (
  { taken, result }: { readonly taken: Taken; readonly result: BlockedResult },
  { request: { surroundings }, format, writer, flags, top }: Writing,
): Promise<void> => {
  if (format === 'json') return void (await writer.addPieces(plainJson(blockedObject(result))));
  if (format === 'csv') return void (await writer.addPieces(blockedCsv(result)));
  if (format === 'markdown') return writer.addLines(blockedMarkdown(result));
  const width = widthOf(surroundings, 'stdout');
  const paint = paintFor(surroundings, 'stdout', flags.color);
  const nothing = explainNothing(taken.report, taken.tally);
  return writer.addLines(
    nothing === null ? blockedLines(result, { width, paint, top }) : wrapText(nothing, readableWidth(width)),
  );
};

const sentenceOf = (blockage: Blockage): string =>
  `#${blockage.number} ${blockage.kind}, ${formatCount(blockage.connections, 'connection')}. ${describeBlockage(blockage)}`;

/** Runs the command; the exit code comes back. */
export const runBlocked = async (
  paths: readonly string[],
  flags: BlockedFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const isTerminal = surroundings.stdout.isTTY === true;
  const format = chooseFindingsFormat(flags, isTerminal);
  const top = flags.top === undefined ? DEFAULT_TOP : parseCount(flags.top, '--top');
  const asked = askedFinding(flags);
  if (asked !== null) await checkSecondReading(paths, format);
  const output = openStandardOutput(surroundings.stdout);
  const writer = new TextWriter(output, isTerminal && format === 'json' ? jsonForTerminal : undefined);
  const request: TakeRequest = { paths, flags, surroundings, showProgress: true };
  const writing: Writing = { request, format, writer, flags, top };
  const blockages = new Blockages();
  let taken = await takeOutlines(request, (outline) => {
    blockages.add(outline);
    return undefined;
  });
  const result = blockages.result();
  if (asked === null) await writeResult({ taken, result }, writing);
  else {
    const blockage = findingOf(result.blockages, asked, 'in these logs');
    const only: TakeRequest['only'] = (outline) => isBehind(outline, blockage);
    const sentence = sentenceOf(blockage);
    taken = await writeBehind({ request: { ...request, only }, format, writer, sentence });
  }
  await writer.flush();
  await output.finish();
  return saySummary(taken, flags, surroundings, format === 'table');
};
