/**
 * Mutates one room and shows the mutants to that room's tests alone (rooms.ts), or a stated share of them:
 * `npm run mutation:room -- input`, `npm run mutation:room -- cli --sample 0.1 --seed 1 --files run.ts,output.ts`.
 * Then tells each file's score, without what only ran out of time. Reports lie in reports/mutation, named for the room.
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
  // What survives is asked twice, the second time with all modules loaded anew, and others may need the machine too.
  timeoutMS: 10_000,
  timeoutFactor: 4,
  concurrency: Number(values.concurrency),
  // It would keep what survived while modules load, whatever tests were written since.
  incremental: false,
  tempDirName: `.stryker-tmp/${name}`,
  jsonReporter: { fileName: `${report}.json` },
  htmlReporter: { fileName: `${report}.html` },
  // Stryker's own score counts what ran out of time; the floor is kept below, without that.
  thresholds: { high: 95, low: 85, break: null },
}).runMutationTest();

interface Score {
  killed: number;
  timedOut: number;
  survived: number;
  unseen: number;
}
const scores = new Map<string, Score>();
/** A loop without end whose turns were counted (Stryker's limit of hits): no clock has to do with it. */
const isEndless = (reason: string | undefined): boolean => reason?.startsWith('Hit limit reached') === true;
for (const { fileName, status, statusReason } of results) {
  const score = scores.get(fileName) ?? { killed: 0, timedOut: 0, survived: 0, unseen: 0 };
  if (status === 'Killed' || (status === 'Timeout' && isEndless(statusReason))) score.killed++;
  else if (status === 'Timeout') score.timedOut++;
  else if (status === 'Survived') score.survived++;
  else if (status === 'NoCoverage') score.unseen++;
  scores.set(fileName, score);
}
/** Without what the clock alone has noticed: a busy machine may meet a limit of time for no fault. */
const percentOf = ({ killed, timedOut, survived, unseen }: Score): number =>
  (100 * killed) / (killed + timedOut + survived + unseen);
const spell = (score: Score): string => {
  const { killed, timedOut, survived, unseen } = score;
  const all = killed + timedOut + survived + unseen;
  const percent = all === 0 ? '-' : `${percentOf(score).toFixed(1)} %`;
  return `${[all, killed, timedOut, survived, unseen].join(', ')}, ${percent}`;
};
const total: Score = { killed: 0, timedOut: 0, survived: 0, unseen: 0 };
console.log('file: mutants, killed, by the clock, survived, seen by no test, score');
for (const [file, score] of [...scores].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const { killed, timedOut, survived, unseen } = score;
  total.killed += killed;
  total.timedOut += timedOut;
  total.survived += survived;
  total.unseen += unseen;
  console.log(`${relative(process.cwd(), file)}: ${spell(score)}`);
}
console.log(`${name}: ${spell(total)}`);
// A part of a room or a sample of it says nothing about the room's floor.
const isWhole = share === 1 && values.files === undefined;
if (isWhole && room.floor !== undefined && percentOf(total) < room.floor) {
  console.error(`${name} is below its floor of ${room.floor} %.`);
  process.exitCode = 1;
}
