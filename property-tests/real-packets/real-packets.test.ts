import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sumNamings } from '../accuracy/scores.ts';
import { readCaptured } from './captures.ts';
import { habitsOf } from './measure-packets.ts';
import {
  claimsOf,
  claimsTooMuch,
  type MeasuredPackets,
  measureCaptured,
  observedOf,
  packetsSection,
} from './packets-section.ts';
import { openingsOf } from './sightings.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/accuracy.md'), 'utf8');

describe('the captured packets', () => {
  const { about, town, packets } = readCaptured();
  const openings = openingsOf(packets);

  it('are all that the capture was said to hold, in the order of their times', () => {
    expect(packets).toHaveLength(about.packets);
    expect(packets.every(({ time }, i) => i === 0 || time >= (packets[i - 1]?.time ?? 0))).toBe(true);
  });

  it('hold thousands of connections, each of a habit of the town and of every habit some', () => {
    const habits = new Set([...openings.values()].map(habitsOf(town)));
    expect(openings.size).toBeGreaterThan(2500);
    expect([...habits].sort()).toEqual([...new Set(town.dials.map(({ habit }) => habit))].sort());
  });

  it('hold both ends of a port that a client was told to dial from', () => {
    const told = town.dials.filter(({ fromPort }) => fromPort !== null);
    const seen = new Set(
      [...openings.values()].map(
        ({ opener, answerer }) => `${opener.port} ${answerer.address} ${answerer.port}`,
      ),
    );
    const missing = told.filter(({ fromPort, to, toPort }) => !seen.has(`${fromPort} ${to} ${toPort}`));
    expect(told.length).toBeGreaterThan(100);
    expect(missing).toEqual([]);
  });
});

describe('accuracy on real packets', () => {
  let measured: MeasuredPackets;

  beforeAll(async () => {
    measured = await measureCaptured();
  });

  it('is what docs/accuracy.md says; npm run real-packets writes the section anew', () => {
    expect(PAGE).toContain(packetsSection(measured));
  });

  it('names no wrong opener on observed evidence', () => {
    const seen = observedOf(measured);
    expect(seen.right).toBeGreaterThan(5000);
    expect(seen.wrong).toBe(0);
  });

  it('judges as many connections among strangers as in one log', () => {
    const judged = (logs: string): readonly number[] =>
      measured.all
        .filter(({ condition }) => condition.logs === logs)
        .map(({ scores }) => sumNamings(scores.bases.values()))
        .map(({ right, wrong, unknown }) => right + wrong + unknown);
    expect(judged('vpc').every((count) => count > 2500)).toBe(true);
    expect(judged('strangers')).toEqual(judged('vpc'));
  });

  it('claims no more than was right, 3 points and two standard errors', () => {
    const tooMuch = claimsOf(measured).filter(({ band }) => claimsTooMuch(band));
    expect(tooMuch.map(({ name }) => name)).toEqual([]);
  });
});
