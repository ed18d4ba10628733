/** Columns that grow keep their values, with and without an engine that can hand buffers over. */
import { afterEach, describe, expect, it } from 'vitest';
import { grown } from '../../src/record/grown.ts';

const PROTOTYPE = ArrayBuffer.prototype as { transfer?: unknown };
const transfer = Object.getOwnPropertyDescriptor(PROTOTYPE, 'transfer');

describe('a column that grows', () => {
  afterEach(() => {
    if (transfer !== undefined) Object.defineProperty(PROTOTYPE, 'transfer', transfer);
  });

  it.each(['as it is here', 'where buffers cannot be handed over, as in Node.js 20'])(
    'has its values and zeros behind them, %s',
    (where) => {
      if (where !== 'as it is here') delete PROTOTYPE.transfer;
      expect([...grown(Uint8Array.of(1, 255), 4)]).toEqual([1, 255, 0, 0]);
      expect([...grown(Uint32Array.of(7, 2 ** 32 - 1), 3)]).toEqual([7, 2 ** 32 - 1, 0]);
      expect([...grown(Int32Array.of(-7), 2)]).toEqual([-7, 0]);
      expect([...grown(Float64Array.of(2 ** 40), 2)]).toEqual([2 ** 40, 0]);
      expect([...grown(new Uint32Array(0), 2)]).toEqual([0, 0]);
    },
  );
});
