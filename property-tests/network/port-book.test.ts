import { describe, expect, it } from 'vitest';
import { PortBook, ReservedPorts } from './port-book.ts';

describe('reserved ports', () => {
  it('are bound from 1023 downwards, each connection of a host another one', () => {
    const ports = new ReservedPorts();
    expect([ports.next('a', 665), ports.next('a', 665), ports.next('b', 665)]).toEqual([1023, 1022, 1023]);
  });

  it('begin at the top again below the least', () => {
    const ports = new ReservedPorts();
    const all = Array.from({ length: 13 }, () => ports.next('lpr', 1012));
    // 1023 down to 1012 are twelve.
    expect(Math.min(...all)).toBe(1012);
    expect(all.at(-1)).toBe(1023);
    expect(new Set(all).size).toBe(12);
  });
});

describe('ephemeral ports', () => {
  it('count on for a pair, within the range', () => {
    const book = new PortBook();
    const [first = 0, second = 0] = [book.next(1, 'linux'), book.next(1, 'linux')];
    expect(second === first + 1 || (first === 60_999 && second === 32_768)).toBe(true);
    expect(first).toBeGreaterThanOrEqual(32_768);
  });
});
