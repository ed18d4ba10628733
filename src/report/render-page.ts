/**
 * The page as text: data, style and script in one file that asks nothing of any network. Its policy allows
 * the one script and the styles by their hashes and forbids everything else; data is text that cannot end
 * its element.
 */
import { createHash } from 'node:crypto';
import { jsonTree } from '../export/json-tree.ts';
import { escapeMarkup } from '../model/escape.ts';
import { PAGE_STYLE } from './page-style.ts';
import { PLOT_STYLE } from './plot-style.ts';
import type { ReportData } from './report-data.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** JSON that no parser of HTML takes for the end of a script: `<` occurs in strings only, where this is the same. */
export function* embedJson(value: unknown): Generator<string> {
  for (const piece of jsonTree(value)) yield piece.replaceAll('<', '\\u003c');
}

/** A script's text that cannot end its element: in strings and patterns the backslash changes nothing. */
const embedScript = (text: string): string =>
  text.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--');

const policyFor = (script: string): string =>
  [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(PAGE_STYLE)} ${hashOf(PLOT_STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/**
 * The page, in pieces of text.
 * @param bundle the page's script, bundled
 */
export function* renderPage(data: ReportData, bundle: string): Generator<string> {
  const script = embedScript(bundle);
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(data.title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<noscript>This report draws itself with a script that is part of this file; scripts are switched off.</noscript>
<div id="report"></div>
<script type="application/json" id="data">`;
  yield* embedJson(data);
  yield `</script>
<script>${script}</script>
</body>
</html>
`;
}
