/** Whether a file is one of facts (docs/facts.md): they name addresses too, and must not pass for a flow log among its parts. */
const BEGINNING = /^\s*\{\s*"conntrail"\s*:\s*"facts"/;
/** Bytes that are enough to know. */
const ENOUGH = 64;

/** @param head how it begins, unpacked */
export const isFacts = (head: Uint8Array): boolean =>
  BEGINNING.test(Buffer.from(head.subarray(0, ENOUGH)).toString('latin1'));
