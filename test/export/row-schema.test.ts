/** The JSON Schema of the flat row: every line of the samples and cases is valid by it, what is none is not, and it says what the page says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chosenFormat } from '../../src/export/chosen-rows.ts';
import { toJsonLine } from '../../src/export/json-lines.ts';
import { COLUMNS, WIDE_COLUMNS } from '../../src/export/row.ts';
import { ABOUT, rowSchema } from '../../src/export/row-schema.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { ROOT, SAMPLES } from '../cli/run-command.ts';
import { connection, withEveryTime } from './connection.ts';

type Type = 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'object';

/** The keywords that the schema has. */
interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type: Type | readonly Type[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const isOf = (value: unknown, type: Type): boolean => {
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type && value !== null;
};

/** What is wrong with a value, by JSON Schema Core §10.3 and Validation §6; a keyword that is not known here is wrong as well. */
function* faults(value: unknown, schema: Schema, at: string): Generator<string> {
  const { type, enum: words, minimum, maximum, pattern, properties, required, ...rest } = schema;
  const unknown = Object.keys(rest).filter((key) => !['$schema', 'title', 'description'].includes(key));
  if (unknown.length > 0) yield `${at}: ${unknown.join()} is not judged here`;
  if (![type].flat().some((each) => isOf(value, each as Type)))
    yield `${at}: ${JSON.stringify(value)} is no ${type}`;
  if (words !== undefined && !words.includes(value)) yield `${at}: ${value} is none of the words`;
  // These say nothing of values of another type.
  if (typeof value === 'number' && minimum !== undefined && value < minimum) yield `${at}: below ${minimum}`;
  if (typeof value === 'number' && maximum !== undefined && value > maximum) yield `${at}: above ${maximum}`;
  if (typeof value === 'string' && pattern !== undefined && !new RegExp(pattern, 'u').test(value))
    yield `${at}: ${value} is not ${pattern}`;
  if (typeof value !== 'object' || value === null) return;
  for (const name of required ?? []) if (!Object.hasOwn(value, name)) yield `${at}: ${name} is missing`;
  for (const [name, each] of Object.entries(value)) {
    const own = properties?.[name];
    if (own !== undefined) yield* faults(each, own, name);
  }
}

const SCHEMA = JSON.parse(JSON.stringify(rowSchema())) as Schema;
const faultsOf = (line: string): string[] => [...faults(JSON.parse(line), SCHEMA, 'the line')];

test('every line of the samples and of the cases is valid', async () => {
  const cases = join(ROOT, 'test/cases');
  const paths = [SAMPLES, ...readdirSync(cases).map((name) => join(cases, name))];
  let lines = 0;
  for (const path of paths)
    for await (const each of reconstruct([path])) {
      const line = toJsonLine(each);
      expect(faultsOf(line), line).toEqual([]);
      lines++;
    }
  expect(lines).toBeGreaterThan(100);
});

test('it has every column, in the order of the row', () => {
  const names = COLUMNS.map(({ name }) => name);
  expect(Object.keys(SCHEMA.properties as object)).toEqual(WIDE_COLUMNS.map(({ name }) => name));
  expect(SCHEMA.required).toEqual(names);
  expect(Object.keys(JSON.parse(toJsonLine(connection())) as object)).toEqual(names);
});

const VALID = JSON.parse(toJsonLine(withEveryTime())) as Record<string, unknown>;

test.each([
  [{ state: 'opened' }, 'state: opened is none of the words'],
  [{ verdict: null }, 'verdict: null is no string'],
  [{ first_seen: '2019-08-26T19:47:55Z' }, 'first_seen: "2019-08-26T19:47:55Z" is no integer,null'],
  [{ initiator_port: 65_536 }, 'initiator_port: above 65535'],
  [{ initiator_confidence: 0.4 }, 'initiator_confidence: below 0.5'],
  [{ lost_because: 'no-route,blackhole' }, 'lost_because: no-route,blackhole is not ^('],
  [{ has_gap: 1 }, 'has_gap: 1 is no boolean'],
  [{ uid: undefined }, 'the line: uid is missing'],
])('a line with %j is not valid', (change, says) => {
  expect(faultsOf(JSON.stringify(VALID))).toEqual([]);
  expect(faultsOf(JSON.stringify({ ...VALID, ...change }))[0]).toContain(says);
});

test('a line of the wide row is valid, and what is none of it is not', async () => {
  const line = chosenFormat('json', { columns: WIDE_COLUMNS }).line;
  const log = join(ROOT, 'test/cases/ecs-fields-without-header');
  for await (const each of reconstruct([log], { annotations: true }))
    expect(faultsOf(line(each))).toEqual([]);
  expect(faultsOf(JSON.stringify({ ...VALID, initiator_traffic_path: '8' }))[0]).toContain(
    'is no integer,null',
  );
});

test('what is null or several reasons is valid where it may be', () => {
  expect(faultsOf(JSON.stringify({ ...VALID, state: null, lost_because: 'no-route ttl-expired' }))).toEqual(
    [],
  );
  expect(faultsOf(JSON.stringify({ ...VALID, a_later_column: 1 }))).toEqual([]);
});

test('the documentation says the same of every column', () => {
  const text = readFileSync(join(ROOT, 'docs/export.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (?:word|text|number|boolean) +\| (.*?) +\| (.*?) +\|$/gm)];
  const plain = (cell = ''): string => cell.replace(' ([rules](rules.md))', '').replaceAll('`', '').trim();
  const said = rows.map(([, name, meaning, nullMeans]) => [
    name,
    plain(nullMeans) === 'never null' ? [plain(meaning)] : [plain(meaning), plain(nullMeans)],
  ]);
  expect(said).toEqual(Object.entries(ABOUT));
});
