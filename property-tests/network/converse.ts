/** What two hosts that have something to tell each other do, drawn from dice: requests, answers, keepalives, and how they part. */
import type { Dice } from './dice.ts';
import { type Act, otherParty, type Party } from './story.ts';

/** Packets that follow one another at once. */
export const say = (by: Party, after: number, payload: number, packets: number): Act => ({
  do: 'send',
  by,
  after,
  packets,
  payload: Math.round(payload),
  every: 0.002,
});

/** How two part that have said all: mostly both close. */
const part = (dice: Dice, after: number): readonly Act[] => {
  const by: Party = dice.weigh([[2, 'client'], [1, 'server']]); // biome-ignore format: weights
  const closes: readonly Act[] = [
    { do: 'close', by, after },
    { do: 'close', by: otherParty(by), after: dice.spread(0.001, 3) },
  ];
  const choice = dice.whole(0, 99);
  if (choice < 80) return closes;
  if (choice < 88) return [{ do: 'abort', by, after }];
  if (choice < 92) return [{ do: 'close', by, after }, { do: 'abort', by, after: 0.05 }]; // biome-ignore format: a pair
  if (choice < 95) return []; // left open
  // Gone without a word; what the other end says later meets silence, or a host that knows nothing.
  const how = dice.pick(['vanish', 'forget'] as const);
  return [{ do: how, by, after }, say(otherParty(by), dice.between(1, 100), 50, 1)];
};

/**
 * Requests and answers, and how the two part.
 * @param interval seconds of an aggregation interval: what outlasts it is long
 * @param longShare share of those that do
 * @param largest bytes of payload of an answer's packet, at most
 */
export const converse = (
  dice: Dice,
  interval: number,
  longShare: number,
  largest: number,
): readonly Act[] => {
  const isLong = dice.happens(longShare);
  // An open connection is silent for less than the hour after which its key starts a new one.
  const lasting = isLong ? dice.spread(interval * 1.1, Math.min(interval * 8, 7200)) : dice.spread(0.01, 30);
  const rounds = isLong ? Math.max(dice.whole(2, 8), Math.ceil(lasting / 1500)) : dice.whole(1, 3);
  // Servers of some protocols speak first (SMTP, SSH, MySQL); their clients wait for the greeting.
  const opener: Party = dice.happens(0.15) ? 'server' : 'client';
  const acts: Act[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const after = round === 0 ? dice.between(0, 0.01) : lasting / rounds;
    acts.push(say(opener, after, dice.spread(20, 300), 1));
    acts.push(say(otherParty(opener), dice.spread(0.001, 0.5), dice.spread(60, largest), dice.whole(1, 6)));
  }
  if (isLong && dice.happens(0.2))
    acts.push({
      do: 'probe',
      by: dice.pick(['client', 'server']),
      after: 75,
      packets: dice.whole(1, 4),
      every: 75,
    });
  return [...acts, ...part(dice, lasting / rounds)];
};
