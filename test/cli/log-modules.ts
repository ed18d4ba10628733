/** Writes the address of each module that the process loads into the file that it is told, a line each. */
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const file = process.env['CONNTRAIL_TEST_MODULES'] as string;

registerHooks({
  load(url, context, next) {
    appendFileSync(file, `${url}\n`);
    return next(url, context);
  },
});
