/** `conntrail timeline`: connections as lanes, as bars in the terminal, a picture, a page, a trace or rows. */
import { type WindowCsv, windowColumns, windowCsv, windowRows } from '../export/window-rows.ts';
import type { TopLimit } from '../model/check-top.ts';
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { NameOf } from '../model/name-of.ts';
import { drawLanes, PICTURE_LANES, PICTURE_LIMIT } from '../timeline/draw-svg.ts';
import { describeLeftOut, LANES_LIMIT, LaneKeeper, type Lanes } from '../timeline/lanes.ts';
import { pageOfLanes } from '../timeline/render-page.ts';
import { TRACE_LANES, tracePieces } from '../timeline/trace-events.ts';
import { withoutCodec } from './compression.ts';
import { explainNothing } from './explain-nothing.ts';
import { inputsOf, namesFrom } from './names-option.ts';
import { type CommonFlags, checkParquet, oneOf, parseTop } from './options.ts';
import { placeOf, writeResult } from './result.ts';
import { saySummary } from './say-summary.ts';
import type { Surroundings } from './surroundings.ts';
import { type Taken, type TakeRequest, takeConnections, takeOutlines } from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import type { TextWriter } from './text-writer.ts';
import { timelineLines } from './timeline-text.ts';
import { takeEach, writeParquet } from './write-parquet.ts';

export interface TimelineFlags extends CommonFlags {
  readonly top?: string;
  readonly title?: string;
}

const FORMATS = ['bars', 'svg', 'html', 'trace', 'csv', 'parquet'] as const;
type TimelineFormat = (typeof FORMATS)[number];

/** Lanes of each form unless --top is given; a table of rows needs no memory and leaves nothing out. */
const LANES: Readonly<Record<TimelineFormat, number>> = {
  bars: 40,
  svg: PICTURE_LANES,
  html: PICTURE_LANES,
  trace: TRACE_LANES,
  csv: Number.POSITIVE_INFINITY,
  parquet: Number.POSITIVE_INFINITY,
};

const limitOf = (format: TimelineFormat): TopLimit =>
  format === 'svg' || format === 'html' ? PICTURE_LIMIT : LANES_LIMIT;

const ENDINGS: readonly (readonly [RegExp, TimelineFormat])[] = [
  [/\.json$/i, 'trace'],
  [/\.svg$/i, 'svg'],
  [/\.html?$/i, 'html'],
  [/\.csv$/i, 'csv'],
  [/\.parquet$/i, 'parquet'],
  [/\.txt$/i, 'bars'],
];

const formatOf = (flags: TimelineFlags, path: string | null): TimelineFormat => {
  if (flags.format !== undefined) return oneOf(flags.format, FORMATS, '--format');
  if (path === null) return 'bars';
  const [, format] = ENDINGS.find(([ending]) => ending.test(withoutCodec(path))) ?? [];
  if (format !== undefined) return format;
  throw new OptionError(
    'option-invalid',
    `--output ${escapeControls(path)} does not say the format: end it in .trace.json, .svg, .html, .csv, .parquet or .txt, or give --format.`,
  );
};

/** Streams rows as connections come. */
const writeCsv = async (
  request: TakeRequest,
  { header, lines }: WindowCsv,
  writer: TextWriter,
): Promise<Taken> => {
  writer.add(header);
  return takeConnections(request, (connection) => writer.addPieces(lines(connection)));
};

const writeParquetOf = (
  request: TakeRequest,
  names: NameOf | undefined,
  writer: TextWriter,
): Promise<Taken> =>
  writeParquet(windowColumns(names), writer, (take) =>
    takeConnections(request, (connection) => takeEach(windowRows(connection), take)),
  );

const takeLanes = async (request: TakeRequest, most: number): Promise<{ lanes: Lanes; taken: Taken }> => {
  const keeper = new LaneKeeper(most);
  const taken = await takeOutlines(request, (outline) => {
    keeper.consider(outline, () => outline.whole());
    return undefined;
  });
  return { lanes: keeper.lanes(), taken };
};

/** Runs the command; the exit code comes back. */
export const runTimeline = async (
  paths: readonly string[],
  flags: TimelineFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const place = placeOf(flags, surroundings, await namesFrom(flags));
  const { toFile, isTerminal, look } = place;
  const format = formatOf(flags, toFile);
  const isRows = format === 'csv' || format === 'parquet';
  if (format === 'parquet') checkParquet(toFile, isTerminal);
  if (isRows && flags.top !== undefined)
    throw new OptionError(
      'option-invalid',
      `--top limits lanes; rows of ${format === 'csv' ? 'CSV' : 'Parquet'} are written all: leave it out.`,
    );
  const top = flags.top === undefined ? LANES[format] : parseTop(flags.top, limitOf(format));
  const request: TakeRequest = {
    paths,
    flags,
    surroundings,
    showProgress: !isRows || !isTerminal,
    windows: true,
  };
  const result = { place, surroundings, inputs: inputsOf(paths, flags), isJson: format === 'trace' };
  const taken = await writeResult(result, ({ writer }) =>
    write(request, { format, top, look, flags }, writer),
  );
  return saySummary(taken, flags, surroundings, format === 'bars' && toFile === null);
};

interface Wanted {
  readonly format: TimelineFormat;
  readonly top: number;
  readonly look: Parameters<typeof timelineLines>[1];
  readonly flags: TimelineFlags;
}

const write = async (
  request: TakeRequest,
  { format, top, look, flags }: Wanted,
  writer: TextWriter,
): Promise<Taken> => {
  const { names } = look;
  if (format === 'csv') return writeCsv(request, windowCsv(names), writer);
  if (format === 'parquet') return writeParquetOf(request, names, writer);
  const { lanes, taken } = await takeLanes(request, top);
  const options = { ...(flags.title === undefined ? {} : { title: flags.title }), names };
  switch (format) {
    case 'bars': {
      const nothing = explainNothing(taken.report, taken.tally);
      if (nothing !== null) await writer.addLines(wrapText(nothing, readableWidth(look.width)));
      else await writer.addLines(timelineLines(lanes, look));
      return taken;
    }
    case 'svg':
      await writer.addPieces(drawLanes(lanes, options, false));
      break;
    case 'html':
      await writer.addPieces(pageOfLanes(lanes, options));
      break;
    case 'trace':
      await writer.addPieces(tracePieces(lanes, names));
      break;
  }
  // The file says it too; who does not open it at once should know now.
  if (flags.quiet !== true)
    for (const sentence of describeLeftOut(lanes)) request.surroundings.stderr.write(`${sentence}\n`);
  return taken;
};
