/** `conntrail who`: for one endpoint, who opened each connection, on what evidence and how sure that is. */
import { toJsonLine } from '../export/json-lines.ts';
import { jsonForTerminal } from './json-for-terminal.ts';
import { type CommonFlags, chooseFormat } from './options.ts';
import { openStandardOutput } from './output.ts';
import { type EndpointPattern, parseEndpoint } from './parse-endpoint.ts';
import { saySummary } from './say-summary.ts';
import { paintFor, type Surroundings, widthOf } from './surroundings.ts';
import { ConnectionTable } from './table.ts';
import { TITLES } from './table-layout.ts';
import { type Taken, type TakeRequest, takeOutlines } from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import { TextWriter } from './text-writer.ts';
import { describeNoMatch, describeOpener, EndpointTally, viewFrom } from './who-text.ts';

const writeJson = (request: TakeRequest, endpoint: EndpointPattern, writer: TextWriter): Promise<Taken> =>
  takeOutlines(request, (outline) => {
    const view = viewFrom(endpoint, outline);
    if (view === null) return undefined;
    const line = toJsonLine(outline.whole());
    return writer.add(`{"opened_by_endpoint":${view.openedByEndpoint},${line.slice(1)}\n`);
  });

const writeTable = async (
  request: TakeRequest,
  endpoint: EndpointPattern,
  writer: TextWriter,
): Promise<Taken> => {
  const { surroundings, flags } = request;
  const table = new ConnectionTable({ leadTitle: TITLES.lead });
  const counts = new EndpointTally();
  const taken = await takeOutlines(request, (outline) => {
    const view = viewFrom(endpoint, outline);
    if (view === null) return undefined;
    const connection = outline.whole();
    counts.add(connection, view);
    table.add(connection, describeOpener(view.openedByEndpoint));
    return undefined;
  });
  const paint = paintFor(surroundings, 'stdout', flags.color);
  const width = widthOf(surroundings, 'stdout');
  const sentence = counts.size === 0 ? describeNoMatch(endpoint, taken) : counts.headline(endpoint);
  await writer.addLines(wrapText(sentence, readableWidth(width)).map((line) => paint(line, 'bold')));
  if (counts.size > 0) {
    await writer.addLines(['']);
    await writer.writeBytes(table.pieces({ width, paint }));
  }
  return taken;
};

/** Runs the command; the exit code comes back. */
export const runWho = async (
  text: string,
  paths: readonly string[],
  flags: CommonFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const endpoint = parseEndpoint(text);
  const isTerminal = surroundings.stdout.isTTY === true;
  const format = chooseFormat(flags, ['table', 'json'], isTerminal);
  const output = openStandardOutput(surroundings.stdout);
  const writer = new TextWriter(output, isTerminal && format === 'json' ? jsonForTerminal : undefined);
  const request = { paths, flags, surroundings, showProgress: format === 'table' || !isTerminal };
  const write = format === 'table' ? writeTable : writeJson;
  const taken = await write(request, endpoint, writer);
  await writer.flush();
  await output.finish();
  return saySummary(taken, flags, surroundings, format === 'table');
};
