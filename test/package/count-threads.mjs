/** Loaded before the program: says on standard error, when the process ends, which kinds of threads it has started. */
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import threads from 'node:worker_threads';

if (threads.isMainThread) {
  const started = new Set();
  threads.Worker = class extends threads.Worker {
    constructor(script, options) {
      super(script, options);
      started.add(basename(String(script)));
    }
  };
  syncBuiltinESMExports();
  process.on('exit', () => process.stderr.write(`threads: ${[...started].sort().join(' ')}\n`));
}
