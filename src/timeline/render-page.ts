/**
 * The picture in a page of its own: the same drawing, as wide as the window, with the style by hash and nothing else
 * allowed: no script, no request, no attribute with style.
 */
import { createHash } from 'node:crypto';
import type { Connection } from '../model/connection.ts';
import { escapeMarkup } from '../model/escape.ts';
import { joinPieces } from '../model/join-pieces.ts';
import {
  drawLanes,
  PICTURE_STYLE,
  pictureLanes,
  type TimelineOptions,
  TOO_MUCH_PICTURE,
} from './draw-svg.ts';
import type { Lanes } from './lanes.ts';

const STYLE = `${PICTURE_STYLE}
html { color-scheme: light dark; background: #ffffff; }
@media screen and (prefers-color-scheme: dark) { html { background: #0d1218; } }
body { margin: 0; }
.timeline { display: block; width: 100%; min-width: 900px; max-width: 1800px; height: auto; margin: 0 auto; }
`;

const hash = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
const POLICY = `default-src 'none'; style-src ${hash}; base-uri 'none'; form-action 'none'`;

/** The page of lanes, in pieces of text. */
export function* pageOfLanes(lanes: Lanes, options: TimelineOptions): Generator<string> {
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(options.title ?? 'Timeline')}</title>
<style>${STYLE}</style>
</head>
<body>
`;
  yield* drawLanes(lanes, options, true);
  yield `</body>
</html>
`;
}

/** A timeline as one HTML file. Rebuild the connections with `windows: true` to see their windows. */
export const renderTimelinePage = async (
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  options: TimelineOptions = {},
): Promise<string> =>
  joinPieces(pageOfLanes(await pictureLanes(connections, options), options), TOO_MUCH_PICTURE);
