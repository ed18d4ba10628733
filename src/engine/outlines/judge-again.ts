/**
 * An instance of the rules of its own on the memory of those that write outlines: it writes the whole of what an outline was
 * handed out of, while the others are in the middle of other keys.
 */
import type { Connection } from '../../model/connection.ts';
import { KernelMemory } from '../kernel/kernel-memory.ts';
import type { LineSetting } from '../kernel/line-setting.ts';
import { LineWriter, reservePieces } from '../kernel/write-lines.ts';
import { tooLittleMemory } from '../too-little-memory.ts';
import { type RowReading, WholeRows, wholeForm } from './whole-rows.ts';

/** What it counts has been counted. */
const NOTHING = (): void => {};

/**
 * Gives the connections of the key at a place, with places to rest among them.
 * @param setting of those that write outlines
 * @throws InputError (input-too-large) when there is none for another instance
 */
export const judgeAgain = (
  setting: LineSetting,
  reading: RowReading,
  windows: boolean,
): ((place: number) => Generator<Connection | undefined>) => {
  const { module, shared } = setting.memory;
  const memory = new KernelMemory(module, shared);
  const work = memory.value('WORK');
  const room = memory.allocate(memory.value('FIXED_END') - work);
  const pieces = reservePieces(memory);
  if (room === 0 || pieces === 0) throw tooLittleMemory();
  const form = wholeForm(windows);
  memory.exports.setAside(room - work);
  memory.exports.setForm(memory.value(form));
  // What nobody was thought to ask for, the first instance learns.
  memory.exports.setLearns(false);
  const writer = new LineWriter({ ...setting, memory, pieces, count: NOTHING });
  const rows = new WholeRows(reading);
  return function* (place) {
    for (const piece of writer.write(place, place + 1)) {
      if (piece.length === 0) yield undefined;
      else yield* rows.each(piece);
    }
  };
};
