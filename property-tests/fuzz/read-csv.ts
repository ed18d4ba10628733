/** A reader of CSV by RFC 4180 §2, for what exports wrote: rows of cells, the line end behind the last row included. */
export const readCsv = (text: string): string[][] => {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    const quoted = text[at] === '"';
    const [cell, next] = quoted ? readQuoted(text, at + 1) : readPlain(text, at);
    row.push(cell);
    const isEnd = text.startsWith('\r\n', next);
    if (!isEnd && text[next] !== ',')
      throw new Error(`A cell ends at ${next} in neither comma nor line end.`);
    at = next + (isEnd ? 2 : 1);
    if (isEnd) {
      rows.push(row);
      row = [];
    }
  }
  return rows;
};

const readPlain = (text: string, from: number): [cell: string, next: number] => {
  const length = text.slice(from).search(/,|\r\n|$/);
  return [text.slice(from, from + length), from + length];
};

const readQuoted = (text: string, from: number): [cell: string, next: number] => {
  let at = from;
  while (at < text.length && (text[at] !== '"' || text[at + 1] === '"')) at += text[at] === '"' ? 2 : 1;
  return [text.slice(from, at).replaceAll('""', '"'), at + 1];
};
