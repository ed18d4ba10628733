/** Names inside a text that is spelt piece by piece: what each asks of the whole. */

/** A name as it is spelt inside a text, and what it asks of the text. */
export interface SpeltName {
  readonly text: string;
  /** Quotes around a text that it stands in; that it begins; that it ends. */
  readonly asksQuotes: boolean;
  readonly asksQuotesFirst: boolean;
  readonly asksQuotesLast: boolean;
  /** An apostrophe before a text that it begins. */
  readonly asksApostrophe: boolean;
}

/** A name that asks nothing of the text that it stands in. */
export const plainName = (text: string): SpeltName => ({
  text,
  asksQuotes: false,
  asksQuotesFirst: false,
  asksQuotesLast: false,
  asksApostrophe: false,
});
