/** The few kinds of chance that a workload needs, drawn from one seeded source. */
import { seedRandom } from './seed-random.ts';

export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seedRandom(seed);
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return this.#random() < probability;
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  /** A whole number below another, small ones far more often: few hosts have most of the traffic, many have little. */
  uneven(below: number): number {
    return Math.floor(below * this.#random() ** 2.5);
  }

  /** Evenly between two numbers. */
  between(least: number, most: number): number {
    return least + this.#random() * (most - least);
  }

  /** Between two positive numbers, each order of magnitude as likely as the next: few long ones, many short ones. */
  spread(least: number, most: number): number {
    return least * (most / least) ** this.#random();
  }

  /** Seconds until the next of events that come `rate` a second on average and know nothing of each other. */
  wait(rate: number): number {
    return -Math.log(1 - this.#random()) / rate;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.whole(0, choices.length - 1)] ?? choices[0];
  }

  /** One of several, by weight. */
  weigh<T>(choices: readonly [readonly [weight: number, choice: T], ...(readonly [number, T])[]]): T {
    let left = this.#random() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, choice] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    return choices[0][1];
  }
}
