/**
 * Every run of `npm test` draws the same values, so that a red run is the fault of the change it tests;
 * `npm run test:long` looks for new counterexamples with a new seed each time and says which.
 */
import fc from 'fast-check';

/** Any number; this one is the day the lab was opened. */
const USUAL_SEED = 20261123;

fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  seed: Number(process.env['CONNTRAIL_SEED'] ?? USUAL_SEED),
});
