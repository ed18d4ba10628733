/** What check has told of every part of a whole, and the facts of the whole, as what it tells of the whole. */
import { reportOf } from '../engine/report-run.ts';
import { incomplete, spellCount } from '../facts/check-head.ts';
import { type InputOfWhole, readInputOfWhole } from '../facts/input-of-whole.ts';
import { readSource } from '../input/read-source.ts';
import { sourceOf } from '../input/source-of.ts';
import { CONNECTION_STATES, type ConnectionState, VERDICTS, type Verdict } from '../model/connection.ts';
import { InputError, OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { JsonPart } from '../model/json-part.ts';
import type { RunReport } from '../model/report.ts';
import type { Upshot } from '../model/upshots.ts';
import { Tally } from './tally.ts';

/** What is added up of the parts. */
interface Judged {
  connections: number;
  exchanges: number;
  oneSided: number;
  /** Flow records: in connections, in exchanges, and copies of others. */
  inConnections: number;
  inExchanges: number;
  duplicates: number;
}

const NOTHING_JUDGED = (): Judged => ({
  connections: 0,
  exchanges: 0,
  oneSided: 0,
  inConnections: 0,
  inExchanges: 0,
  duplicates: 0,
});

const addTo = <Word extends string>(counts: Map<Word, number>, word: Word, count: number): void => {
  counts.set(word, (counts.get(word) ?? 0) + count);
};

/** Packed as it may be. */
const textOf = async (path: string): Promise<string> => {
  const source = await sourceOf(path, 'file that check has written');
  const pieces: Uint8Array[] = [];
  for await (const piece of readSource(source)) if (piece instanceof Uint8Array) pieces.push(piece.slice());
  return Buffer.concat(pieces).toString();
};

const partOf = async (path: string): Promise<JsonPart> => {
  const shown = escapeControls(path);
  const damaged = (said: string): InputError =>
    new InputError('input-corrupt', `What check has told in ${shown} is damaged: ${said}.`);
  let value: unknown;
  try {
    value = JSON.parse(await textOf(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const part = new JsonPart(value, '', damaged);
  if (!part.has('placement') || !part.has('counted'))
    throw new InputError(
      'input-unsupported',
      `${shown} holds nothing that check has told: expected what conntrail connections --check or conntrail check -f json has written.`,
    );
  return part;
};

const addPart = (part: JsonPart, judged: Judged, tally: Tally): void => {
  const placement = part.of('placement');
  judged.connections += part.of('connections').count();
  judged.exchanges += part.of('exchanges').count();
  judged.oneSided += part.of('one_sided').count();
  judged.inConnections += placement.of('connections').count();
  judged.inExchanges += placement.of('exchanges').count();
  judged.duplicates += placement.of('duplicates').count();
  const counted = part.of('counted');
  tally.shown += counted.of('shown').count();
  tally.hidden += counted.of('hidden').count();
  const states = Object.keys(CONNECTION_STATES) as ConnectionState[];
  for (const [name, count] of counted.of('states').entries()) {
    const state = states.find((known) => known === name) ?? count.fail('a state that this version knows');
    addTo(tally.states, state, count.count());
  }
  for (const [protocol, count] of counted.of('exchanges').entries())
    addTo(tally.exchanges, protocol, count.count());
  const verdicts = Object.keys(VERDICTS) as Verdict[];
  for (const [name, count] of counted.of('verdicts').entries()) {
    const verdict =
      verdicts.find((known) => known === name) ?? count.fail('a verdict that this version knows');
    addTo(tally.verdicts, verdict, count.count());
  }
  for (const kind of ['observed', 'inferred', 'unknown'] as const)
    tally.evidence[kind] += counted.of('evidence').of(kind).count();
  for (const upshot of Object.keys(tally.upshots) as Upshot[])
    tally.upshots[upshot] += counted.of('upshots').of(upshot).count();
  const marks = counted.of('marks');
  tally.marks.hasGap += marks.of('has_gap').count();
  tally.marks.mayHideReuse += marks.of('may_hide_reuse').count();
  tally.marks.contradicted += marks.of('contradicted').count();
};

const checkAll = (judged: Judged, { run, name }: InputOfWhole): void => {
  const flows = judged.inConnections + judged.inExchanges + judged.duplicates;
  if (flows !== run.flows)
    throw incomplete(
      `The parts tell of ${spellCount(flows)} flow records, and the facts in ${escapeControls(name)} of ${spellCount(run.flows)}: name what check has told of every part, once.`,
    );
};

/**
 * @param facts the file of the whole
 * @throws InputError where a file is none of check's, is damaged, or a part is missing
 */
export const mergedCheck = async (
  paths: readonly string[],
  facts: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly report: RunReport; readonly tally: Tally }> => {
  if (facts === undefined)
    throw new OptionError(
      'option-invalid',
      '--merge needs the facts of the whole: name the file with --facts.',
    );
  const whole = await readInputOfWhole(facts, signal);
  const judged = NOTHING_JUDGED();
  const tally = new Tally();
  for (const path of paths) {
    addPart(await partOf(path), judged, tally);
    signal.throwIfAborted();
  }
  checkAll(judged, whole);
  const { input, vantages, legs } = whole;
  const report = reportOf({
    input: {
      ...input,
      placement: {
        ...input.placement,
        connections: judged.inConnections,
        exchanges: judged.inExchanges,
        duplicates: judged.duplicates,
      },
    },
    given: judged,
    vantages: () => vantages,
    doubled: vantages.filter(({ toldTwice }) => toldTwice === null).length,
    legs,
  });
  return { report, tally };
};
