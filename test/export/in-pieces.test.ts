/** Lines are joined until a piece is worth a write call, and nothing is written where there is nothing. */
import { expect, test } from 'vitest';
import { inPieces, PIECE_LENGTH } from '../../src/export/in-pieces.ts';
import { toJsonLines } from '../../src/export/to-text.ts';
import { connection } from './connection.ts';

const piecesOf = async (pieces: AsyncGenerator<string>): Promise<string[]> => {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
};

test('a piece ends with the line that makes it long enough', async () => {
  const lines = new Map([
    ['C1', 'a'.repeat(PIECE_LENGTH - 1)],
    ['C2', 'b'],
    ['C3', 'c'],
  ]);
  const format = { header: '', line: ({ uid }: { uid: string }) => lines.get(uid) ?? '' };
  const given = [...lines.keys()].map((uid) => connection({ uid }));
  expect((await piecesOf(inPieces(given, format))).map(({ length }) => length)).toEqual([PIECE_LENGTH, 1]);
  expect((await piecesOf(inPieces(given.slice(0, 2), format))).map(({ length }) => length)).toEqual([
    PIECE_LENGTH,
  ]);
});

test('there is no piece of nothing, and a header alone is one', async () => {
  expect(await piecesOf(toJsonLines([]))).toEqual([]);
  expect(await piecesOf(inPieces([], { header: 'head\n', line: () => '' }))).toEqual(['head\n']);
});
