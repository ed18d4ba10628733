/**
 * Which vantages two flow logs of different intervals tell of, added up from all records of the input (rules/told-twice.ts) or
 * brought along from before: there a record that counts what others within it count together is a copy of them.
 */
import { Words } from '../../record/words.ts';

/** What is known of a vantage. */
export interface ToldTwiceSums {
  /** Records that count exactly what several within them count together. */
  readonly sums: number;
  /** Records that hold others and count something else. */
  readonly contradictions: number;
  /** Those of them that hold several, which no single flow log writes. */
  readonly nests: number;
}

/** Seconds of the shortest interval of AWS: without longer records nothing is told at longer intervals. */
const SHORTEST_INTERVAL = 60;

/** Whether records of which the longest takes so many seconds may teach. */
export const mayTeachTwice = (longest: number | null): boolean => (longest ?? 0) > SHORTEST_INTERVAL;

/** Whether a second flow log tells of a vantage whose records may teach it: null where it looks like it and cannot be told. */
export const isToldTwice = ({ sums, contradictions, nests }: ToldTwiceSums): boolean | null => {
  if (sums > 0 && contradictions === 0) return true;
  return sums > 0 || nests > 0 ? null : false;
};

export class ToldTwice {
  readonly #sums = new Words();
  readonly #contradictions = new Words();
  readonly #nests = new Words();
  /** One behind the last vantage. */
  #end = 0;

  /** Whether records of a vantage may teach, by its interned id. What names no interface may be of several. */
  static mayTeach(vantage: number, longest: number | null): boolean {
    return vantage !== 0 && mayTeachTwice(longest);
  }

  /** Adds what was seen of a vantage. */
  add(vantage: number, { sums, contradictions, nests }: ToldTwiceSums): void {
    this.#end = Math.max(this.#end, vantage + 1);
    this.#sums.put(vantage, this.#sums.at(vantage) + sums);
    this.#contradictions.put(vantage, this.#contradictions.at(vantage) + contradictions);
    this.#nests.put(vantage, this.#nests.at(vantage) + nests);
  }

  /** Has this in the place of what was added. */
  put(vantage: number, { sums, contradictions, nests }: ToldTwiceSums): void {
    this.#end = Math.max(this.#end, vantage + 1);
    this.#sums.put(vantage, sums);
    this.#contradictions.put(vantage, contradictions);
    this.#nests.put(vantage, nests);
  }

  /** Whether a second flow log tells of a vantage: null where it looks like it and cannot be told. */
  at(vantage: number, longest: number | null): boolean | null {
    return ToldTwice.mayTeach(vantage, longest)
      ? isToldTwice({
          sums: this.#sums.at(vantage),
          contradictions: this.#contradictions.at(vantage),
          nests: this.#nests.at(vantage),
        })
      : false;
  }

  /** What was added, by vantage. */
  *each(): Generator<readonly [vantage: number, seen: ToldTwiceSums]> {
    for (let vantage = 0; vantage < this.#end; vantage++) {
      const sums = this.#sums.at(vantage);
      const contradictions = this.#contradictions.at(vantage);
      const nests = this.#nests.at(vantage);
      if (sums + contradictions > 0) yield [vantage, { sums, contradictions, nests }];
    }
  }
}
