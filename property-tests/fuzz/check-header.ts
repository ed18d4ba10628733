/** Bytes as a field format: names or a FormatError, and names that are read once more are the same names. */
import assert from 'node:assert/strict';
import { isHeader, parseColumns } from '../../src/record/columns.ts';
import { checkError, valueOrError } from './expected-error.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export const checkHeader = (bytes: Uint8Array): void => {
  const text = decoder.decode(bytes);
  const columns = valueOrError(() => parseColumns(text), ['format-invalid']);
  if (columns === undefined) return;
  const { names, fields } = columns;
  assert.ok(names.length > 0);
  assert.equal(fields.length, names.length);
  assert.equal(new Set(names).size, names.length);
  for (const [i, field] of fields.entries()) if (field !== undefined) assert.equal(names[i], field.name);
  assert.deepEqual(parseColumns(names.join(' ')).names, names);
  assert.deepEqual(parseColumns(names.map((name) => `\${${name}}`).join(',')).names, names);
  const known = fields.filter((field) => field !== undefined).length;
  assert.equal(isHeader(names.join(' ')), known * 2 >= names.length);
};

/** A line that a reader takes for a header has columns, or names a field twice in two spellings. */
export const checkTakenHeader = (line: string): void => {
  if (!isHeader(line)) return;
  try {
    parseColumns(line);
  } catch (error) {
    checkError(error, ['format-invalid']);
    assert.match((error as Error).message, /named twice/);
  }
};
