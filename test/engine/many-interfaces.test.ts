/** What each of many interfaces costs: columns of numbers and its name, not strings and objects. */
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { EngineKernel } from '../../src/engine/kernel/engine-kernel.ts';
import { Rebuild } from '../../src/engine/rebuild.ts';
import { InputNotes, reportRun } from '../../src/engine/report-run.ts';
import { JSON_SPELLER } from '../../src/export/json-lines.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { Interner } from '../../src/record/interner.ts';
import { RecordReader } from '../../src/record/read-records.ts';
import { HEADER, KERNEL } from './both-ways.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Twice, with a pause: buffers are freed by another thread. */
const collectGarbage = async (): Promise<void> => {
  gc();
  await delay(100);
  gc();
  await delay(100);
};

const RECORDS = 120_000;

/** A record a key, of so many interfaces of five VPCs. */
function* lines(interfaces: number): Generator<string> {
  yield `${HEADER}\n`;
  for (let i = 0; i < RECORDS; i++) {
    const eni = `eni-0a1b2c3d4e${String(i % interfaces).padStart(7, '0')}`;
    yield `${eni} vpc-${i % 5} 10.0.${(i >> 8) & 255}.${i & 255} 10.9.9.9 ${1024 + (i % 60_000)} 443 6 5 400 1760000000 1760000030 ACCEPT 3\n`;
  }
}

/** Bytes that a run holds when its last connection has been taken, the kernel's memory among them, and what it told. */
const heldBy = async (interfaces: number): Promise<{ readonly bytes: number; readonly rows: number }> => {
  await collectGarbage();
  const before = process.memoryUsage();
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const kernel = new EngineKernel(KERNEL);
  const options = { scope: 'auto', observedOnly: false } as const;
  const rebuild = new Rebuild(dictionaries, options, kernel);
  const notes = new InputNotes();
  const nothing = (): void => {};
  const events = {
    onBatch: (batch: Parameters<Rebuild['add']>[0]) => rebuild.add(batch),
    onRejection: nothing,
    onFormat: nothing,
    onHeader: nothing,
    onComment: nothing,
  };
  const reader = new RecordReader('many', dictionaries, events, undefined, null);
  for (const line of lines(interfaces)) reader.push(Buffer.from(line));
  reader.end();
  let last = '';
  let rows = 0;
  for (const piece of rebuild.lines(JSON_SPELLER, nothing)) {
    rows += piece.reduce((sum, byte) => sum + Number(byte === 10), 0);
    last = Buffer.from(piece).toString();
  }
  const given = { connections: rows, exchanges: 0, oneSided: rows };
  const report = reportRun(rebuild, notes, given, dictionaries.strings);
  await collectGarbage();
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  // What is asked for after all was measured is right, too.
  expect(report.vantages).toHaveLength(interfaces);
  expect(report.vantages.reduce((sum, { records }) => sum + records, 0)).toBe(RECORDS);
  expect(last).toContain('eni-0a1b2c3d4e');
  return { bytes: bytes + kernel.memory.buffer.byteLength, rows };
};

describe('an interface among many', () => {
  it('takes 200 bytes at most', async () => {
    await heldBy(1000); // what is made once, whatever is read
    const few = await heldBy(1000);
    const many = await heldBy(RECORDS);
    expect(many.rows).toBe(few.rows);
    expect((many.bytes - few.bytes) / (RECORDS - 1000)).toBeLessThan(200);
  });
});
