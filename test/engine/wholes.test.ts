import { describe, expect, it } from 'vitest';
import { Wholes } from '../../src/engine/outlines/wholes.ts';
import type { Connection } from '../../src/model/connection.ts';

/** Keys of so many connections each; what is judged of them is told. */
const keysOf = (connections: number) => {
  const judged: string[] = [];
  const wholes = new Wholes(function* (place) {
    for (let number = 0; number < connections; number++) {
      const uid = `${place}.${number}`;
      judged.push(uid);
      yield { uid } as Connection;
    }
  });
  return { judged, uidOf: (place: number, number: number) => wholes.of(place, number).uid };
};

describe('connections that outlines stand for', () => {
  it('are judged once each when they are asked for in their order, however many a key has', () => {
    const { judged, uidOf } = keysOf(1000);
    for (let number = 0; number < 1000; number += 3) expect(uidOf(7, number)).toBe(`7.${number}`);
    expect(judged).toHaveLength(1000);
  });

  it('may be asked for again, in any order', () => {
    const { uidOf } = keysOf(5);
    const asked = [
      [1, 4],
      [1, 4],
      [1, 2],
      [3, 0],
      [1, 0],
      [3, 4],
    ] as const;
    for (const [place, number] of asked) expect(uidOf(place, number)).toBe(`${place}.${number}`);
  });

  it('are those that there are', () => {
    expect(() => keysOf(2).uidOf(9, 2)).toThrow(new RangeError('The key at 9 has no connection 2.'));
  });
});
