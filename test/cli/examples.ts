/** The examples of docs/cli.md: what is typed behind the prompt, and what a terminal shows below it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PAGE: string = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8');

export const EXAMPLES: readonly { typed: string; shown: string }[] = [
  ...PAGE.matchAll(/^```\n\$ conntrail (.*)\n([\s\S]*?)^```/gm),
].map(([, typed = '', shown = '']) => ({ typed, shown }));

/** The width of the terminal that the page was written in. */
export const COLUMNS = 80;
