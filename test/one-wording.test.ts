/** How long a connection lasted reads the same wherever it is read: in the table, bars, the picture, the trace and the report. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain } from '../src/cli/colours.ts';
import { printTable } from '../src/cli/table.ts';
import { timelineLines } from '../src/cli/timeline-text.ts';
import type { Connection } from '../src/model/connection.ts';
import { sayLasted, spellLasted } from '../src/model/lasted.ts';
import { explainConnection } from '../src/report/explain-connection.ts';
import { renderTimelineSvg } from '../src/timeline/draw-svg.ts';
import { laneOf, lanesOf } from '../src/timeline/lanes.ts';
import { traceEvents } from '../src/timeline/trace-events.ts';
import { connection } from './export/connection.ts';

const seconds = fc.option(fc.oneof(fc.constantFrom(0, 60, 240, 298, 300, 360), fc.nat(1_000_000)), {
  nil: null,
});

/** Some bounds; opened and last seen a while apart, or not known to have been opened. */
const bounded: fc.Arbitrary<Connection> = fc
  .record({ one: seconds, other: seconds, endsOpen: fc.boolean(), isOpenedKnown: fc.boolean() })
  .map(({ one, other, endsOpen, isOpenedKnown }) =>
    connection({
      ...{ durationMin: one, durationMax: endsOpen ? null : other, endsOpen },
      ...(endsOpen ? { closedAt: null, closedAfter: null, state: 'established' } : {}),
      ...(isOpenedKnown ? {} : { openedAt: null, openedBy: null }),
    }),
  );

describe('how long a connection lasted', () => {
  it('reads the same in the table, bars, the picture, the trace and the report', async () => {
    await fc.assert(
      fc.asyncProperty(bounded, async (given) => {
        const cell = spellLasted(given);
        const words = sayLasted(given);
        expect(printTable([given], Number.POSITIVE_INFINITY)).toContain(` ${cell}  23.4 MB`);
        const lanes = await lanesOf([given], 1);
        expect([...timelineLines(lanes, { width: 200, paint: plain })].join('\n')).toContain(
          ` ${cell}  23.5 MB`,
        );
        const svg = await renderTimelineSvg([given]);
        expect(svg).toContain(`${given.state} ${cell} 23.5 MB</text>`);
        expect(svg).toContain(` UTC; ${words}; `);
        expect(JSON.stringify([...traceEvents(lanes)])).toContain(`"lasted":"${words}"`);
        const sentences = explainConnection(given).flatMap((part) => part.sentences);
        expect(sentences).toContain(`It ${words}.`);
        expect(laneOf(given)).not.toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it('is worded in one file: no other has a sign or a word of a bound before a duration', () => {
    const src = resolve(import.meta.dirname, '../src');
    const others = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && file !== 'model/lasted.ts')
      .filter((file) =>
        /(≤|≥|~|at most|at least|about)\s*\$\{spell(Duration|Seconds)/.test(
          readFileSync(join(src, file), 'utf8'),
        ),
      );
    expect(others).toEqual([]);
  });
});
