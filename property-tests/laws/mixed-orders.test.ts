/**
 * Lines of AWS's two default formats, of VPCs and of transit gateways, without a header in one source: in any order, cut anywhere
 * and in any wrapping they tell what two files of their own would.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { JSON_LINES } from '../../src/export/json-lines.ts';
import { type ReconstructSource, reconstruct } from '../../src/reconstruct.ts';
import { DEFAULT_COLUMNS, GATEWAY_COLUMNS } from '../../src/record/detect-columns.ts';
import { printLine } from '../../src/record/parse-line.ts';
import { compileKernel } from '../../test/record/compile-kernel.ts';
import { observeReading } from '../../test/record/observe-reading.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { gatewayRecords } from '../network/gateway-log.ts';
import { simulate } from '../network/simulate.ts';
import { runs } from './runs.ts';

const KERNEL = compileKernel();
const FOLDER = mkdtempSync(join(tmpdir(), 'mixed-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const TIME = '2025-10-09T08:53:25Z';
/** AWS names a stream by what writes it; what stands there says nothing of the line. */
const WRAPPINGS: readonly ((lines: readonly string[]) => string)[] = [
  (lines) => lines.join('\n'),
  (lines) => lines.map((line) => `${line}\r\n`).join(''),
  (lines) => lines.map((line) => `${TIME} eni-0aa0aa0aa0aa0aa01-all ${line}\n`).join(''),
  (lines) =>
    JSON.stringify({ events: lines.map((message) => ({ logStreamName: 's', timestamp: 1, message })) }),
];

/** Lines no one can read as a record of either, each naming what it was meant as, or neither. */
const DAMAGED = [
  '2 012345678901 eni-0aa0aa0aa0aa0aa01 10.0.0.1',
  '2 012345678901 eni-0aa0aa0aa0aa0aa01 10.0.0.1 10.0.0.2 1 99999 6 1 40 1760000000 1760000060 ACCEPT OK',
  `6 TransitGateway ${Array.from({ length: 34 }, () => 'x').join(' ')}`,
  '6 TransitGateway 111122223333 tgw-0a',
];

/** What interfaces and gateways log of two networks, and the same lines in one order. */
const anyMixed = fc
  .tuple(anyScenario(), anyScenario(), fc.nat(0xffff), fc.infiniteStream(fc.boolean()))
  .map(([one, other, seed, turns]) => {
    const vpc = simulate(one, seed).logged.map(({ record }) =>
      printLine({ ...record, version: 2 }, DEFAULT_COLUMNS),
    );
    const gateway = gatewayRecords(simulate(other, seed).logged).map((record) =>
      printLine({ ...record, version: 6, resourceType: 'TransitGateway' }, GATEWAY_COLUMNS),
    );
    const mixed: string[] = [];
    for (let i = 0, k = 0; i < vpc.length || k < gateway.length; ) {
      const isVpc = k === gateway.length || (i < vpc.length && turns.next().value === true);
      mixed.push((isVpc ? vpc[i++] : gateway[k++]) as string);
    }
    return { vpc, gateway, mixed };
  })
  .filter(({ vpc, gateway }) => vpc.length > 0 && gateway.length > 0);

const anyCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

const cutAt = (text: string, shares: readonly number[]): Uint8Array[] => {
  const bytes = Buffer.from(text);
  const ends = shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
  return [...ends, bytes.length].map((to, i) => bytes.subarray(ends[i - 1] ?? 0, to));
};

const rebuild = async (source: ReconstructSource, threads = 1) => {
  const run = reconstruct(source, { threads });
  let lines = '';
  for await (const connection of run) lines += JSON_LINES.line(connection);
  const formats = run.report.formats.map(({ fields, records }) => [fields.length, records]);
  return { lines, formats: formats.sort(([a = 0], [b = 0]) => a - b), placement: run.report.placement };
};

async function* piecesOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

describe('lines of VPCs and transit gateways in one source', () => {
  it('give the JSON Lines of two files, in any order, wrapping and pieces, from a pipe and a file', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyMixed,
        fc.constantFrom(...WRAPPINGS),
        anyCuts,
        async ({ vpc, gateway, mixed }, wrap, cuts) => {
          const write = (name: string, text: string): string => {
            const path = join(FOLDER, name);
            writeFileSync(path, text);
            return path;
          };
          const paths = [write('vpc.log', vpc.join('\n')), write('gateway.log', gateway.join('\n'))];
          const apart = await rebuild(paths);
          expect(apart.formats).toEqual([
            [14, vpc.length],
            [36, gateway.length],
          ]);
          expect(await rebuild(piecesOf(cutAt(wrap(mixed), cuts)))).toEqual(apart);
          expect(await rebuild([write('mixed.log', wrap(mixed))], 2)).toEqual(apart);
        },
      ),
      runs(40),
    );
  });

  it('are rejected for the same reasons whatever stands around them, and read alike by kernel and scanner', () => {
    const anyDamaged = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...DAMAGED)), { maxLength: 6 });
    fc.assert(
      fc.property(anyMixed, anyDamaged, anyCuts, ({ mixed }, damaged, cuts) => {
        const lines = [...mixed];
        for (const [at, line] of damaged) lines.splice(1 + (at % lines.length), 0, line);
        const pieces = cutAt(`${lines.join('\n')}\n`, cuts);
        const seen = observeReading([pieces], null);
        expect(observeReading([pieces], KERNEL)).toEqual(seen);
        const own = observeReading([[Buffer.from(`${mixed[0]}\n`)]], null).rows[0];
        // Each damaged line behind the first alone, without the lines of the other format.
        const alone = damaged.map(([, line]) => {
          const { asides, rows } = observeReading([[Buffer.from(`${mixed[0]}\n${line}\n`)]], null);
          expect(rows[0]).toBe(own);
          return { ...(asides[0] as object), lineNumber: 0 };
        });
        const inLines = (told: readonly object[]): string[] =>
          told.map((each) => JSON.stringify(each)).sort();
        expect(inLines(seen.asides.map((each) => ({ ...(each as object), lineNumber: 0 })))).toEqual(
          inLines(alone),
        );
      }),
      runs(60),
    );
  });
});
