/** The long run of all laws: `npm run test:long`, or with `-- --factor 50 --seed 7` to do more or to replay one. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { factor: { type: 'string', default: '20' }, seed: { type: 'string' } },
});
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(
  `All laws, ${values.factor} times the usual runs; replay with: npm run test:long -- --seed ${seed}`,
);
const { status } = spawnSync('vitest', ['run', 'property-tests/laws'], {
  stdio: 'inherit',
  env: { ...process.env, CONNTRAIL_RUNS: values.factor, CONNTRAIL_SEED: seed },
});
process.exitCode = status ?? 1;
