import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyScenario, anySeed, anyWeather } from '../arbitraries/any-scenario.ts';
import { playTalk } from './play-talk.ts';
import { simulate } from './simulate.ts';
import { FAIR_WEATHER, PLAIN_TALK, type Talk, type Weather } from './story.ts';
import { tellTruth } from './truth.ts';

const TALK: Talk = {
  ...PLAIN_TALK,
  place: { where: 'server', vpc: 0 },
  acts: [
    { do: 'send', by: 'client', after: 0.1, packets: 10, payload: 500, every: 0.01 },
    { do: 'close', by: 'client', after: 0.1 },
    { do: 'close', by: 'server', after: 0.1 },
  ],
};

const sightingsIn = (weather: Weather) => playTalk({ ...TALK, weather }, 0, 1_760_000_000);

describe('bad weather', () => {
  it('keeps every packet from the network when every packet is lost', () => {
    expect(sightingsIn({ loss: 1, delay: 0, seed: 1 })).toEqual([]);
  });

  it('makes TCP repeat what was lost until both ends have closed', () => {
    const fair = sightingsIn(FAIR_WEATHER).length;
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const rough = seeds.map((seed) => sightingsIn({ loss: 0.1, delay: 0, seed }));
    for (const sightings of rough) expect(tellTruth(sightings)[0]?.states).toEqual(['closed']);
    // About 25 packets, each lost with one in ten on the stretch behind the interface: most runs repeat some.
    expect(rough.filter((sightings) => sightings.length > fair).length).toBeGreaterThan(10);
  });

  it('lets packets overtake each other when they are delayed, and all bytes still arrive', () => {
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    for (const seed of seeds) {
      const sightings = sightingsIn({ loss: 0, delay: 0.3, seed });
      expect(tellTruth(sightings)[0]?.states).toEqual(['closed']);
      const payload = sightings
        .filter(({ by, bytes }) => by === 'client' && bytes === 552)
        .reduce((sum) => sum + 500, 0);
      expect(payload).toBeGreaterThanOrEqual(5000);
    }
  });

  it('is the same for the same seed and another for another', () => {
    const weather = { loss: 0.2, delay: 0.1, seed: 3 };
    expect(sightingsIn(weather)).toEqual(sightingsIn(weather));
    expect(sightingsIn({ ...weather, seed: 4 })).not.toEqual(sightingsIn(weather));
  });

  it('leaves the truth inside the bounds that complete records allow', () => {
    fc.assert(
      fc.property(anyScenario({ weather: anyWeather }), anySeed(), (scenario, seed) => {
        const { truth, observed } = simulate(scenario, seed);
        truth.forEach(({ openedAt }, i) => {
          const seen = observed[i];
          if (seen?.complete !== true || seen.opened === null || openedAt === null) return;
          expect(openedAt).toBeGreaterThanOrEqual(seen.opened.earliest);
          expect(openedAt).toBeLessThanOrEqual(seen.opened.latest);
        });
      }),
      { numRuns: 100 },
    );
  });
});
