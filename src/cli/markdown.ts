/** Tables for a wiki or a ticket. Log content cannot become markup in them. */

/** What Markdown or HTML in it would act on; links are not made of `://` or `www.` either. */
export const escapeMarkdown = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_{}[\]()#|~!]/g, (sign) => `\\${sign}`)
    .replace(/:(?=\/\/)/g, '&#58;')
    .replace(/www\./gi, (start) => `${start.slice(0, 3)}&#46;`)
    .replaceAll('@', '&#64;');

/** A table: its titles are ours, its cells are escaped. */
export function* markdownTable(
  titles: readonly string[],
  rows: Iterable<readonly string[]>,
): Generator<string> {
  yield `| ${titles.join(' | ')} |`;
  yield `| ${titles.map(() => '---').join(' | ')} |`;
  for (const row of rows) yield `| ${row.map(escapeMarkdown).join(' | ')} |`;
}
