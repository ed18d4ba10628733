/**
 * An instance of the rules of its own on the memory of those that write outlines: it writes the whole of what an outline was
 * handed out of, while the others are in the middle of other keys.
 */
import type { Connection } from '../../model/connection.ts';
import { KernelMemory } from '../kernel/kernel-memory.ts';
import type { LineSetting } from '../kernel/line-setting.ts';
import { LineWriter, reservePieces } from '../kernel/write-lines.ts';
import { type RowReading, WholeRows, WholeSpeller } from './whole-rows.ts';

/** What it counts has been counted. */
const NOTHING = (): void => {};

/**
 * Gives the connections of the key at a place, with places to rest among them.
 * @param setting of those that write outlines
 * @returns null when there is no memory for another instance
 */
export const judgeAgain = (
  setting: LineSetting,
  reading: RowReading,
  windows: boolean,
): ((place: number) => Generator<Connection | undefined>) | null => {
  const { module, shared } = setting.memory;
  const memory = new KernelMemory(module, shared);
  const work = memory.value('WORK');
  const room = memory.allocate(memory.value('FIXED_END') - work);
  const pieces = reservePieces(memory);
  if (room === 0 || pieces === 0) return null;
  const speller = new WholeSpeller(windows);
  memory.exports.setAside(room - work);
  memory.exports.setForm(memory.value(speller.form));
  // What nobody was thought to ask for, the first instance learns.
  memory.exports.setLearns(false);
  const writer = new LineWriter({ ...setting, memory, pieces, speller, count: NOTHING });
  const rows = new WholeRows(reading, speller);
  return function* (place) {
    for (const piece of writer.write(place, place + 1)) {
      if (piece.length === 0) yield undefined;
      else yield* rows.each(piece);
    }
  };
};
