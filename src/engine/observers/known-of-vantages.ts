/** What all keys of the input teach of vantages. */
import type { BothWays } from './both-ways.ts';
import type { ToldTwice } from './told-twice.ts';

export interface KnownOfVantages {
  readonly bothWays: BothWays;
  readonly toldTwice: ToldTwice;
}
