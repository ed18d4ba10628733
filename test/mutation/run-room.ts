/**
 * Mutates one room and shows the mutants to that room's tests alone (rooms.ts), or a stated share of them:
 * `npm run mutation:room -- input`, `npm run mutation:room -- cli --sample 0.1 --seed 1 --files run.ts,output.ts`.
 * Then tells each file's score. Reports lie in reports/mutation, named for the room.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { ROOMS } from './rooms.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    files: { type: 'string' },
    concurrency: { type: 'string', default: '1' },
  },
});
const [name = ''] = positionals;
const room = ROOMS[name];
const share = Number(values.sample);
if (room === undefined || positionals.length !== 1) {
  throw new Error(`Name one room of ${Object.keys(ROOMS).join(', ')}.`);
}
if (!(share > 0 && share <= 1))
  throw new Error(`--sample ${values.sample}: a share is above 0 and at most 1.`);

process.env['CONNTRAIL_ROOM'] = name;
process.env['CONNTRAIL_SAMPLE'] = String(share);
process.env['CONNTRAIL_SAMPLE_SEED'] = values.seed;
// Laws draw the same values every time, and few of them.
process.env['CONNTRAIL_RUNS'] ??= '0.05';
process.env['CONNTRAIL_SEED'] ??= '7';
// What tests of a process that was ended have left there goes with it.
const folder = mkdtempSync(join(tmpdir(), 'conntrail-mutation-'));
process.env['TMPDIR'] = folder;
// Many processes load the same modules.
process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const chosen = values.files?.split(',') ?? ['**/*.ts'];
const report = `reports/mutation/${name}`;
const results = await new Stryker({
  mutate: [
    ...chosen.map((file) => `src/${name}/${file}`),
    ...(room.without ?? []).map((file) => `!src/${name}/${file}`),
  ],
  plugins: ['./test/mutation/room-runner.ts', './test/mutation/draw-sample.ts'],
  testRunner: 'room',
  checkers: share < 1 ? ['sample'] : [],
  timeoutMS: 5000,
  concurrency: Number(values.concurrency),
  // It would keep what survived while modules load, whatever tests were written since.
  incremental: false,
  tempDirName: `.stryker-tmp/${name}`,
  jsonReporter: { fileName: `${report}.json` },
  htmlReporter: { fileName: `${report}.html` },
  // A part of a room or a sample of it says nothing about the room's floor.
  thresholds: {
    high: 95,
    low: 85,
    break: share < 1 || values.files !== undefined ? null : (room.floor ?? null),
  },
}).runMutationTest();

interface Score {
  killed: number;
  timedOut: number;
  survived: number;
  unseen: number;
}
const scores = new Map<string, Score>();
for (const { fileName, status } of results) {
  const score = scores.get(fileName) ?? { killed: 0, timedOut: 0, survived: 0, unseen: 0 };
  if (status === 'Killed') score.killed++;
  else if (status === 'Timeout') score.timedOut++;
  else if (status === 'Survived') score.survived++;
  else if (status === 'NoCoverage') score.unseen++;
  scores.set(fileName, score);
}
const percent = ({ killed, timedOut, survived, unseen }: Score): string => {
  const all = killed + timedOut + survived + unseen;
  return all === 0 ? '-' : `${((100 * (killed + timedOut)) / all).toFixed(1)} %`;
};
const total: Score = { killed: 0, timedOut: 0, survived: 0, unseen: 0 };
console.log('file: mutants, killed, by the clock, survived, seen by no test, score');
for (const [file, score] of [...scores].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const { killed, timedOut, survived, unseen } = score;
  total.killed += killed;
  total.timedOut += timedOut;
  total.survived += survived;
  total.unseen += unseen;
  const counts = [killed + timedOut + survived + unseen, killed, timedOut, survived, unseen].join(', ');
  console.log(`${relative(process.cwd(), file)}: ${counts}, ${percent(score)}`);
}
const { killed, timedOut, survived, unseen } = total;
console.log(
  `${name}: ${[killed + timedOut + survived + unseen, killed, timedOut, survived, unseen].join(', ')}, ${percent(total)}`,
);
