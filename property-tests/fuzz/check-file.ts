/**
 * Bytes as a whole input of the engine: connections and a report, or an error of ours. Every export reads back, nothing
 * that is shown holds a control character, every line is in one place (law 2), and the compiled rules agree with those that Node runs.
 */
import assert from 'node:assert/strict';
import { checkJson } from '../../src/cli/check-json.ts';
import { checkLines } from '../../src/cli/check-text.ts';
import { plain } from '../../src/cli/colours.ts';
import { jsonForTerminal } from '../../src/cli/json-for-terminal.ts';
import { summaryLines } from '../../src/cli/summary.ts';
import { ConnectionTable } from '../../src/cli/table.ts';
import { Tally } from '../../src/cli/tally.ts';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import { CSV } from '../../src/export/csv.ts';
import { toJsonLine } from '../../src/export/json-lines.ts';
import { COLUMNS, toRow } from '../../src/export/row.ts';
import { toZeekLine, ZEEK_COLUMNS } from '../../src/export/zeek.ts';
import type { Connection } from '../../src/model/connection.ts';
import { escapeControls } from '../../src/model/escape.ts';
import type { RunReport } from '../../src/model/report.ts';
import { type ReconstructOptions, reconstruct, SCOPES } from '../../src/reconstruct.ts';
import { kernelLines } from '../../test/engine/rebuild-lines.ts';
import { checkError } from './expected-error.ts';
import { engineKernel } from './kernels.ts';
import { readCsv } from './read-csv.ts';
import { checkVisible } from './visible-text.ts';

const PIECE_LENGTH = 4099;
const FORMAT_ERRORS = ['format-unknown', 'format-invalid', 'input-corrupt', 'input-unsupported'] as const;
const WIDTHS = [40, 120, Number.POSITIVE_INFINITY] as const;

interface Rebuilt {
  readonly connections: readonly Connection[];
  readonly report: RunReport;
}

/** A run over the bytes in pieces of a length; undefined when the format is not known or not valid. */
const rebuildBytes = async (
  bytes: Uint8Array,
  options: ReconstructOptions,
  length = PIECE_LENGTH,
): Promise<Rebuilt | undefined> => {
  const run = reconstruct(
    (async function* () {
      for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
    })(),
    options,
  );
  const connections: Connection[] = [];
  try {
    for await (const connection of run) connections.push(connection);
  } catch (error) {
    checkError(error, FORMAT_ERRORS);
    return undefined;
  }
  return { connections, report: run.report };
};

/** What was read before the damage stays when the run goes on, wherever the pieces end. */
const checkKeepGoing = async (bytes: Uint8Array, options: ReconstructOptions): Promise<void> => {
  const damage: Error[] = [];
  const goOn = { ...options, keepGoing: true, onDamage: (error: Error) => void damage.push(error) };
  const [one, other] = [await rebuildBytes(bytes, goOn), await rebuildBytes(bytes, goOn, 61)];
  assert.ok(one !== undefined && other !== undefined, 'a run that was to go on has ended');
  assert.equal(damage.length, 2);
  for (const error of damage) checkError(error, FORMAT_ERRORS);
  assert.deepEqual(other, one);
};

const isPlain = ({ containers }: RunReport): boolean =>
  containers.every(({ containers: [container] }) => container === 'plain');

const checkPlacement = ({ connections, report }: Rebuilt, bytes: Uint8Array): void => {
  const { records, headers, comments, ...places } = report.placement;
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const lineCount = lines.length - (lines.at(-1) === '' ? 1 : 0);
  // In a container, lines of the text are not those of the log.
  if (isPlain(report)) assert.equal(records + headers + comments, lineCount, 'lines and what became of them');
  assert.equal(
    Object.values(places).reduce((sum, count) => sum + count, 0),
    records,
    'records and their places',
  );
  for (const [name, count] of Object.entries(places)) assert.ok(count >= 0, `${count} ${name}`);
  const inRows = connections.reduce((sum, connection) => sum + connection.records, 0);
  assert.equal(inRows, places.connections + places.exchanges, 'records of connections');
  assert.equal(report.connections + report.exchanges, connections.length);
};

/** A cell of CSV gives the value back but for what is spelt out, and an apostrophe before what could run. */
const checkCsv = (connection: Connection): void => {
  const [cells = [], ...more] = readCsv(CSV.line(connection));
  assert.equal(more.length, 0);
  assert.equal(cells.length, COLUMNS.length);
  for (const [i, column] of COLUMNS.entries()) {
    const value = column.read(connection);
    const cell = cells[i] as string;
    checkVisible(cell, `${column.name} in CSV`);
    const expected = value === null ? '' : typeof value === 'string' ? escapeControls(value) : String(value);
    assert.ok(cell === expected || cell === `'${expected}`, `${column.name} in CSV: ${cell}`);
    if (typeof value === 'string') assert.doesNotMatch(cell, /^[\s"]*[=+@-]/);
  }
};

const checkExports = (connection: Connection): void => {
  const json = toJsonLine(connection);
  assert.equal(json, JSON.stringify(toRow(connection)));
  assert.deepEqual(JSON.parse(json), { ...toRow(connection) });
  const shown = jsonForTerminal(json);
  checkVisible(shown, 'JSON for a terminal');
  assert.deepEqual(JSON.parse(shown), JSON.parse(json));
  checkCsv(connection);
  const cells = toZeekLine(connection).split('\t');
  assert.equal(cells.length, ZEEK_COLUMNS.length);
  for (const cell of cells) checkVisible(cell, "Zeek's conn.log");
};

const checkPages = ({ connections, report }: Rebuilt): void => {
  const table = new ConnectionTable();
  const tally = new Tally();
  for (const connection of connections) {
    table.add(connection);
    tally.add(connection);
  }
  for (const width of WIDTHS) {
    const look = { width, paint: plain };
    for (const line of table.lines(look)) checkVisible(line, 'the table');
    for (const line of checkLines({ report, tally, ...look })) checkVisible(line, 'the check');
    const summary = { report, tally, ...look, skippedSources: 0, saidNothing: false };
    for (const line of summaryLines(summary)) checkVisible(line, 'the summary');
  }
  JSON.parse([...checkJson(report, tally)].join(''));
};

const checkLanes = async (
  bytes: Uint8Array,
  { connections }: Rebuilt,
  options: ReconstructOptions,
): Promise<void> => {
  const expected = connections.map((connection) => `${toJsonLine(connection)}\n`).join('');
  const compiled = kernelLines(engineKernel(), [bytes], options);
  assert.equal(compiled.lines, expected);
  assert.deepEqual(kernelLines(nodeRules(), [bytes], options), compiled);
};

/** The options follow from the bytes, so that a case needs nothing beside it. */
const optionsFor = (bytes: Uint8Array): ReconstructOptions => ({
  scope: SCOPES[bytes.length % SCOPES.length] ?? 'auto',
  observedOnly: bytes.length % 3 === 0,
  idleSeconds: bytes.length % 2 === 0 ? 3600 : 180,
});

export const checkFile = async (bytes: Uint8Array): Promise<void> => {
  const options = optionsFor(bytes);
  const rebuilt = await rebuildBytes(bytes, options);
  if (rebuilt === undefined) {
    await checkKeepGoing(bytes, options);
    return;
  }
  checkPlacement(rebuilt, bytes);
  for (const connection of rebuilt.connections) checkExports(connection);
  checkPages(rebuilt);
  if (isPlain(rebuilt.report)) await checkLanes(bytes, rebuilt, options);
};
