/**
 * How often the laws are tried. `npm test` takes what matters in a minute or two; `npm run test:long` multiplies it and
 * says its seed. CONNTRAIL_RUNS is the factor, CONNTRAIL_SEED replays a run.
 */

const FACTOR = Number(process.env['CONNTRAIL_RUNS'] ?? 1);
const SEED = process.env['CONNTRAIL_SEED'];

/** Parameters for fc.assert. @param usual runs in `npm test` */
export const runs = (usual: number): { numRuns: number; seed?: number } => ({
  numRuns: Math.ceil(usual * FACTOR),
  ...(SEED === undefined ? {} : { seed: Number(SEED) }),
});
