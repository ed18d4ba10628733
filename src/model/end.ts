/** The ends of a key: the low one (0) and the high one (1). A direction is named by the end that sends. */
export type End = 0 | 1;

/** What holds of both ends of a key: of the low one, then of the high one. */
export type OfEnds<Value> = readonly [Value, Value];
