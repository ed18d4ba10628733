/** Files of facts for tests: written to bytes, read from pieces of any size, merged. */
import type { EndFacts, FactsHeader, KeyLesson, RecordLesson, RunFacts } from '../../src/facts/facts.ts';
import { FactsLines } from '../../src/facts/facts-lines.ts';
import { FactsWriter } from '../../src/facts/facts-writer.ts';
import { mergeFacts } from '../../src/facts/merge-facts.ts';
import type { Rejection } from '../../src/model/flow-record.ts';

export const NO_RUN: RunFacts = {
  flows: 0,
  exchanges: 0,
  addressOnly: 0,
  withoutAddresses: 0,
  nodata: 0,
  skipdata: 0,
  accepted: 0,
  rejected: 0,
  oddFlags: 0,
  tcpWithFlags: 0,
  tcpWithoutFlags: 0,
  first: null,
  last: null,
  headers: 0,
  comments: 0,
  sources: 0,
  containers: [],
  notRead: { files: 0, first: [] },
  formats: [],
  rejections: new Map(),
  legs: [],
  legFields: [],
  legLacks: [],
};

export const NO_RECORDS: RecordLesson = {
  vpcId: null,
  records: 0,
  nodata: 0,
  first: null,
  last: null,
  longest: null,
  rewrites: false,
  own: { v4: [[]], v6: [[]] },
  skipped: [],
};

export interface FactsGiven {
  readonly header?: Partial<FactsHeader>;
  readonly run?: Partial<RunFacts>;
  readonly keys?: number;
  readonly rejections?: readonly Rejection[];
  readonly vantages?: readonly (readonly [
    name: string,
    records: Partial<RecordLesson> | null,
    keys: KeyLesson | null,
  ])[];
  readonly ends?: readonly EndFacts[];
}

/** The text of a file of facts. */
export const factsText = async ({
  header = {},
  run = {},
  keys = 0,
  rejections = [],
  vantages = [],
  ends = [],
}: FactsGiven): Promise<string> => {
  let text = '';
  const writer = new FactsWriter(async (piece) => {
    text += Buffer.from(piece).toString();
  });
  await writer.head(
    {
      from: 'learn',
      settings: { scope: 'auto', idleSeconds: null },
      recordsFrom: 'learn',
      ends: 'complete',
      ...header,
    },
    { ...NO_RUN, ...run },
    { flows: keys },
  );
  for (const rejection of rejections) await writer.rejection(rejection);
  for (const [name, records, byKeys] of vantages) {
    if (records !== null) await writer.byRecords(name, { ...NO_RECORDS, ...records });
    if (byKeys !== null) await writer.byKeys(name, byKeys);
  }
  for (const end of ends) await writer.end(end);
  await writer.finish();
  return text;
};

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The lines of a file. @param size bytes of a piece */
export const linesOf = (text: string, name = 'facts.jsonl', size = 1 << 20): FactsLines =>
  new FactsLines(name, inPieces(text, size));

export const merged = async (
  texts: readonly string[],
  options: { readonly allEnds?: boolean; readonly size?: number } = {},
): Promise<string> => {
  let text = '';
  const writer = new FactsWriter(async (piece) => {
    text += Buffer.from(piece).toString();
  });
  const files = texts.map((each, i) => linesOf(each, `facts-${i + 1}.jsonl`, options.size));
  await mergeFacts(files, writer, { allEnds: options.allEnds === true });
  return text;
};
