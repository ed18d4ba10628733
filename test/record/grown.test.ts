/** Columns that grow keep their kind and their values. */
import { expect, it } from 'vitest';
import { grown } from '../../src/record/grown.ts';

it('a column that grows has its values and zeros behind them', () => {
  expect(grown(Uint8Array.of(1, 255), 4)).toEqual(Uint8Array.of(1, 255, 0, 0));
  expect(grown(Uint32Array.of(7, 2 ** 32 - 1), 3)).toEqual(Uint32Array.of(7, 2 ** 32 - 1, 0));
  expect(grown(Int32Array.of(-7), 2)).toEqual(Int32Array.of(-7, 0));
  expect(grown(Float64Array.of(2 ** 40), 2)).toEqual(Float64Array.of(2 ** 40, 0));
  expect(grown(new Uint32Array(0), 2)).toEqual(new Uint32Array(2));
});

it('a column that is made shorter keeps its first values', () => {
  expect(grown(Uint8Array.of(1, 255, 3), 2)).toEqual(Uint8Array.of(1, 255));
});
