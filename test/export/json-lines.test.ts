import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PIECE_LENGTH } from '../../src/export/in-pieces.ts';
import { toJsonLine } from '../../src/export/json-lines.ts';
import { toRow } from '../../src/export/row.ts';
import { toJsonLines } from '../../src/export/to-text.ts';
import { anyConnection } from './arbitrary-connection.ts';
import { connection, vantage } from './connection.ts';

test('a line is what JSON.stringify makes of the row, whatever the connection holds', () => {
  fc.assert(
    fc.property(anyConnection, (any) => {
      expect(toJsonLine(any)).toBe(JSON.stringify(toRow(any)));
    }),
  );
});

test('an interface that is met again with another instance is spelt anew', () => {
  const first = connection({ vantages: [vantage({ instanceId: 'i-1' })] });
  const second = connection({ vantages: [vantage({ instanceId: null })] });
  for (const each of [first, second, first]) expect(JSON.parse(toJsonLine(each))).toEqual(toRow(each));
});

test('pieces are joined to more than a write call is worth and lose nothing', async () => {
  const many = Array.from({ length: 300 }, (_, i) => connection({ uid: `C${i}` }));
  const pieces: string[] = [];
  for await (const piece of toJsonLines(many)) pieces.push(piece);
  expect(pieces.slice(0, -1).every((piece) => piece.length >= PIECE_LENGTH)).toBe(true);
  expect(pieces.length).toBeGreaterThan(1);
  const uids = pieces
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { uid: string }).uid);
  expect(uids).toEqual(many.map((each) => each.uid));
});

test.each(['interfaceId', 'vpcId', 'subnetId', 'instanceId', 'accountId'] as const)(
  'a place that differs in its %s alone is spelt anew',
  (name) => {
    const first = connection({ vantages: [vantage()] });
    const second = connection({ vantages: [vantage({ [name]: 'another' })] });
    for (const each of [first, second, first]) expect(JSON.parse(toJsonLine(each))).toEqual(toRow(each));
  },
);

test('an interface that is not named is told from one whose name is empty', () => {
  const [nameless, empty] = [null, ''].map((interfaceId) =>
    connection({ vantages: [vantage({ interfaceId })] }),
  );
  for (const each of [nameless, empty, nameless])
    expect(JSON.parse(toJsonLine(each as never)).interface_id).toBe(each === empty ? '' : null);
});
