/** `conntrail blocked`: what security groups and network ACLs stopped, where, and what to change. */
import { describeBlockage } from '../blocked/advice.ts';
import { type Blockage, Blockages, type BlockedResult, isBehind } from '../blocked/blockages.ts';
import { CSV } from '../export/csv.ts';
import { JSON_LINES } from '../export/json-lines.ts';
import { parseCount } from './audit-options.ts';
import { blockedCsv, blockedLines, blockedMarkdown, blockedObject } from './blocked-text.ts';
import { explainNothing } from './explain-nothing.ts';
import { formatCount } from './format-count.ts';
import { jsonForTerminal } from './json-for-terminal.ts';
import { type CommonFlags, oneOf } from './options.ts';
import { openStandardOutput } from './output.ts';
import { plainJson } from './plain-json.ts';
import { saySummary } from './say-summary.ts';
import { askedFinding, checkSecondReading, findingOf } from './second-reading.ts';
import { paintFor, type Surroundings, widthOf } from './surroundings.ts';
import { ConnectionTable } from './table.ts';
import { type Taken, type TakeRequest, takeConnections, takeOutlines } from './take-connections.ts';
import { wrapText } from './text-width.ts';
import { TextWriter } from './text-writer.ts';

export interface BlockedFlags extends CommonFlags {
  readonly top?: string;
  readonly finding?: string;
}

const FORMATS = ['table', 'json', 'csv', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

/** Findings that a terminal shows. */
const DEFAULT_TOP = 20;

interface Writing {
  readonly request: TakeRequest;
  readonly format: Format;
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
    nothing === null ? blockedLines(result, { width, paint, top }) : wrapText(nothing, Math.max(40, width)),
  );
};

/** The connections behind one finding, by a second reading. */
const writeBehind = async (
  blockage: Blockage,
  { request, format, writer, flags }: Writing,
): Promise<Taken> => {
  const again: TakeRequest = { ...request, only: (outline) => isBehind(outline, blockage) };
  if (format === 'json' || format === 'csv') {
    const { header, line } = format === 'json' ? JSON_LINES : CSV;
    await writer.add(header);
    return takeConnections(again, (connection) => writer.add(line(connection)));
  }
  const { surroundings } = request;
  const width = widthOf(surroundings, 'stdout');
  const paint = paintFor(surroundings, 'stdout', flags.color);
  const table = new ConnectionTable();
  const taken = await takeOutlines(again, (outline) => {
    table.add(outline);
    return undefined;
  });
  const sentence = `#${blockage.number} ${blockage.kind}, ${formatCount(blockage.connections, 'connection')}. ${describeBlockage(blockage)}`;
  await writer.addLines(wrapText(sentence, Math.max(40, width)).map((line) => paint(line, 'bold')));
  await writer.addLines(['']);
  await writer.writeBytes(table.pieces({ width, paint }));
  return taken;
};

/** Runs the command; the exit code comes back. */
export const runBlocked = async (
  paths: readonly string[],
  flags: BlockedFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const isTerminal = surroundings.stdout.isTTY === true;
  const format =
    flags.format === undefined ? (isTerminal ? 'table' : 'json') : oneOf(flags.format, FORMATS, '--format');
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
  else taken = await writeBehind(findingOf(result.blockages, asked, 'in these logs'), writing);
  await writer.flush();
  await output.finish();
  return saySummary(taken, flags, surroundings, format === 'table');
};
