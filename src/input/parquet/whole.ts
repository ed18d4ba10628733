/** Bytes of a known length that are read from anywhere: Parquet says at its end what is where. */
export interface Whole {
  readonly size: number;
  /** Bytes [from, to); fewer only where it ends. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** Whether bytes begin as a Parquet file does, also one whose footer is encrypted. */
export const isParquet = (head: Uint8Array): boolean =>
  head[0] === 0x50 && head[1] === 0x41 && head[2] === 0x52 && (head[3] === 0x31 || head[3] === 0x45);

/** Bytes that lie in memory. */
export const wholeOf = (bytes: Uint8Array): Whole => ({
  size: bytes.length,
  read: async (from, to) => bytes.subarray(from, to),
});
