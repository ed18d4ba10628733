/** Stands in for compile-engine-kernel.ts under mutation: the rules run by Node, for the compiler would not take mutants. */
export { nodeRules as compileEngineKernel } from '../../src/engine/kernel/node-rules.ts';
