/** The run-through of docs/meaning.md is what the machine does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventsOf } from '../../src/meaning/events.ts';
import { step } from '../../src/meaning/step.ts';
import type { SideState } from '../../src/meaning/transitions.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/meaning.md'), 'utf8');

it('docs/meaning.md reads two records of each side as the machine reads them', () => {
  const steps = [...PAGE.matchAll(/(client|server) (\d+)\s+→ (\w+)\s+(\w\w) → (\w\w)/g)];
  expect(steps).toHaveLength(4);
  for (const [, , flags, event, from, to] of steps) {
    expect(eventsOf(Number(flags), false)).toEqual([event]);
    expect(step(from as SideState, eventsOf(Number(flags), false)[0] ?? 'data').state).toBe(to);
  }
});
