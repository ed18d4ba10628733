/** How often the laws are tried: CONNTRAIL_RUNS multiplies what `npm test` does in a minute or two (../seed.ts has the seed). */

const FACTOR = Number(process.env['CONNTRAIL_RUNS'] ?? 1);

/** Parameters for fc.assert. @param usual runs in `npm test` */
export const runs = (usual: number): { numRuns: number } => ({ numRuns: Math.ceil(usual * FACTOR) });
