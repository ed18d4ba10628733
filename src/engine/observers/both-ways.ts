/**
 * Of how many talks each vantage shows both directions, and of how many connections one half only, added up from all records
 * of the input (rules/both-ways.ts) or brought along from before: whether an answer that is missing did not come.
 */
import { showsAnswers } from '../../meaning/unanswered.ts';
import { Words } from '../../record/words.ts';

export class BothWays {
  readonly #bothWays = new Words();
  readonly #halves = new Words();
  /** One behind the last vantage. */
  #end = 0;
  /** Whether the log shows both directions of anything at all. */
  isAnywhere = false;

  /** Adds what was seen of a vantage, by its interned id. */
  add(vantage: number, bothWays: number, halves: number): void {
    this.put(vantage, this.#bothWays.at(vantage) + bothWays, this.#halves.at(vantage) + halves);
  }

  /** Has this in the place of what was added. */
  put(vantage: number, bothWays: number, halves: number): void {
    this.#end = Math.max(this.#end, vantage + 1);
    this.#bothWays.put(vantage, bothWays);
    this.#halves.put(vantage, halves);
    this.isAnywhere ||= bothWays > 0;
  }

  /** Whether the log shows answers at a vantage. */
  showsAnswers(vantage: number): boolean {
    return showsAnswers(this.#bothWays.at(vantage), this.#halves.at(vantage));
  }

  /** What was added, by vantage. */
  *each(): Generator<readonly [vantage: number, bothWays: number, halves: number]> {
    for (let vantage = 0; vantage < this.#end; vantage++) {
      const [bothWays, halves] = [this.#bothWays.at(vantage), this.#halves.at(vantage)];
      if (bothWays + halves > 0) yield [vantage, bothWays, halves];
    }
  }
}
