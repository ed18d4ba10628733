/** A run in parts, as several processes would do it: split, learn from each part, merge, judge each part. Logs are bytes, each a character. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SPELLERS } from '../../src/cli/spellers.ts';
import { EngineKernel } from '../../src/engine/kernel/engine-kernel.ts';
import { textless } from '../../src/engine/kernel/line-speller.ts';
import { type WholeRows, wholeForm } from '../../src/engine/outlines/whole-rows.ts';
import { Rebuild } from '../../src/engine/rebuild.ts';
import type { FactsSettings } from '../../src/facts/facts.ts';
import { FactsOfWhole } from '../../src/facts/facts-of-whole.ts';
import { FactsWriter } from '../../src/facts/facts-writer.ts';
import { Learning } from '../../src/facts/learn-facts.ts';
import type { Scope } from '../../src/reconstruct.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { parseDeclared } from '../../src/record/columns.ts';
import { Interner } from '../../src/record/interner.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { RecordReader } from '../../src/record/read-records.ts';
import { toldBy } from '../engine/rebuild-lines.ts';
import { splitText } from '../split/split-text.ts';
import { merged } from './facts-files.ts';

export interface PartsRequest {
  readonly fields?: string | undefined;
  readonly scope?: Scope;
  readonly observedOnly?: boolean;
  readonly idleSeconds?: number;
  /** More goes to temporary files. */
  readonly memoryBytes?: number;
}

/** What is written of connections. */
export type Form = keyof typeof SPELLERS | 'whole connections' | 'outlines';

const NOTHING = (): void => {};

const settingsOf = ({ scope = 'auto', idleSeconds }: PartsRequest): FactsSettings => ({
  scope,
  idleSeconds: idleSeconds ?? null,
});

/** Everything that a test does with the rules, in one kernel. */
export class PartedRun {
  readonly #rules: KernelModule;
  readonly #kernel: EngineKernel;

  constructor(rules: KernelModule) {
    this.#rules = rules;
    this.#kernel = new EngineKernel(rules);
  }

  get #fresh(): EngineKernel {
    this.#kernel.beginAnew();
    return this.#kernel;
  }

  /** The parts of a log, and what was learned while it was split. */
  async split(log: string, count: number, { fields }: PartsRequest): Promise<[readonly string[], string]> {
    const options = { parts: count, ...(fields === undefined ? {} : { fields }) };
    const { parts, shared } = await splitText(this.#rules, linesIn(log), options);
    try {
      return [parts, await textOf((write) => shared.writeFacts(write))];
    } finally {
      shared.close();
    }
  }

  /** What a log teaches. */
  async learn(text: string, request: PartsRequest): Promise<string> {
    const { memoryBytes = Number.POSITIVE_INFINITY, fields } = request;
    const settings = settingsOf(request);
    const learning = new Learning(
      { settings, memoryBytes, ...(fields === undefined ? {} : { fields }) },
      this.#fresh,
    );
    try {
      await learning.read(byLine(text));
      return await textOf((write) => learning.write(new FactsWriter(write)));
    } finally {
      learning.close();
    }
  }

  /** Connections of a log, one a line, and what is counted. @param facts of the whole, null where it is the whole */
  async judge(text: string, facts: string | null, form: Form, request: PartsRequest): Promise<string[]> {
    const { fields, scope = 'auto', observedOnly = false, idleSeconds, memoryBytes } = request;
    const folder = facts === null ? null : mkdtempSync(join(tmpdir(), 'facts-'));
    const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
    try {
      const file = folder === null ? null : join(folder, 'facts.jsonl');
      if (file !== null) writeFileSync(file, facts as string);
      const of = file === null ? undefined : await FactsOfWhole.open(file, settingsOf(request));
      const rebuild = new Rebuild(
        dictionaries,
        {
          scope,
          observedOnly,
          idleSeconds,
          facts: of,
          windows: true,
          memoryBytes: memoryBytes ?? Number.POSITIVE_INFINITY,
        },
        this.#fresh,
      );
      const events = { onBatch: rebuild.add.bind(rebuild), onRejection: NOTHING, onFormat: NOTHING };
      const reader = new RecordReader(
        'text',
        dictionaries,
        { ...events, onHeader: NOTHING, onComment: NOTHING },
        fields === undefined ? undefined : parseDeclared(fields),
        null,
      );
      for (const line of linesIn(text)) reader.push(line);
      reader.end();
      await rebuild.finish();
      return linesOf(rebuild, form);
    } finally {
      if (folder !== null) rmSync(folder, { recursive: true });
    }
  }
}

const linesOf = (rebuild: Rebuild, form: Form): string[] => {
  const lines: string[] = [];
  if (form === 'outlines') {
    const view = rebuild.outlineView();
    for (const piece of rebuild.lines(textless('OUTLINES'), NOTHING))
      for (const outline of view.each(piece)) lines.push(JSON.stringify(toldBy(outline)));
  } else if (form === 'whole connections') {
    let rows: WholeRows | undefined;
    for (const piece of rebuild.lines(textless(wholeForm(true)), NOTHING)) {
      rows ??= rebuild.wholeRows();
      for (const connection of rows.each(piece)) lines.push(JSON.stringify(connection));
    }
  } else {
    let text = '';
    for (const piece of rebuild.lines(SPELLERS[form], NOTHING)) text += Buffer.from(piece).toString();
    lines.push(...text.split('\n').filter((line) => line !== ''));
  }
  return lines;
};

const linesIn = (text: string): Buffer[] =>
  (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => Buffer.from(line, 'latin1'));

async function* byLine(text: string): AsyncGenerator<Uint8Array> {
  yield* linesIn(text);
}

const textOf = async (
  write: (piece: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<string> => {
  let text = '';
  await write(async (piece) => {
    text += Buffer.from(piece).toString();
  });
  return text;
};

/** Merges files in steps: those that a step has merged are merged with others in the next. @param order of each step, some numbers */
export const mergedInSteps = async (
  facts: readonly string[],
  order: readonly number[],
  isTrimmed: boolean,
): Promise<string> => {
  const files = [...facts];
  for (const at of order) {
    if (files.length < 3) break;
    // Some from anywhere to the end.
    const [one = ''] = files.splice(at % files.length, 1);
    const [other = ''] = files.splice(at % files.length, 1);
    files.push(await merged([one, other], { allEnds: true }));
  }
  return merged(files, { allEnds: !isTrimmed });
};
