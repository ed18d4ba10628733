/** Bytes in whatever lines come wrapped in: the same lines wherever the pieces end, or an error of ours, after the same lines. */
import assert from 'node:assert/strict';
import { Unwrapper } from '../../src/input/containers/unwrapper.ts';
import { checkError } from './expected-error.ts';

const ERRORS = ['input-corrupt', 'input-unsupported'] as const;

/** All that a sink is told, as one text. */
const unwrap = (bytes: Uint8Array, length: number): string => {
  const told: string[] = [];
  const note = (what: string, names: readonly string[]) => told.push(`\n${what} ${names.join(' ')}\n`);
  const sink = {
    push: (lines: Uint8Array) => void told.push(Buffer.from(lines).toString('latin1')),
    pushHeader: (columns: { readonly names: readonly string[] }) => void note('header', columns.names),
    pushFormat: (columns: { readonly names: readonly string[] }) => void note('format', columns.names),
    pushRejection: (reason: string, text: string) => void told.push(`\n${reason} ${text}\n`),
  };
  const onContainer = (container: string) => void told.push(`\nin ${container}\n`);
  const unwrapper = new Unwrapper({ source: 'fuzz', declared: undefined, onContainer }, sink);
  try {
    for (let at = 0; at < bytes.length; at += length) {
      // The caller may fill the same bytes again.
      const piece = Uint8Array.from(bytes.subarray(at, at + length));
      unwrapper.push(piece);
      piece.fill(0);
    }
    unwrapper.end();
  } catch (error) {
    checkError(error, ERRORS);
    told.push(`\n${(error as Error).message}`);
  }
  return told.join('');
};

export const checkContainer = (bytes: Uint8Array): void => {
  const whole = unwrap(bytes, Math.max(1, bytes.length));
  for (const length of [4099, 61]) assert.equal(unwrap(bytes, length), whole);
};
