import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stateMachinePage } from '../state-machine-page.ts';

it('docs/state-machine.md is what the tables say (npm run docs writes it)', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/state-machine.md'), 'utf8');
  expect(page).toBe(stateMachinePage());
});
