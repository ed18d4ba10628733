/**
 * A writing thread: a second kernel on the memory of the first, which judges chunks of keys into slots. It knows no
 * texts but those in that memory: a key that the kernel leaves to TypeScript is noted as missing.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { SharedKernelMemory } from '../../record/kernel/load-kernel.ts';
import { KernelMemory } from '../kernel/kernel-memory.ts';
import { rulesOf } from '../kernel/node-rules.ts';
import { CHUNK_KEYS, PieceSlots, SLOTS } from './piece-slots.ts';

/** What the thread is given at its start. */
export interface WritingOrder {
  readonly thread: number;
  readonly compiled: object;
  readonly memory: SharedKernelMemory;
  readonly slots: SharedArrayBuffer;
}

/** What it is told when keys are in order: all, or those of a portion. */
export interface WritingTask {
  readonly keys: number;
  /** Where its room to work lies: see `aside` in memory.ts. */
  readonly aside: number;
  /** Where its slots lie, how far apart, and how much of each may be filled. */
  readonly pieces: number;
  readonly distance: number;
  readonly size: number;
}

const { thread, compiled, memory: shared, slots: words } = workerData as WritingOrder;
const memory = new KernelMemory(rulesOf(compiled), shared);
const slots = new PieceSlots(0, words);
const [goesOn, full, wider, resting] = ['GOES_ON', 'FULL', 'WIDER', 'RESTING'].map((stop) =>
  memory.value(stop),
);

const work = ({ keys, aside, pieces, distance, size }: WritingTask): void => {
  const { exports } = memory;
  exports.setAside(aside);
  exports.forgetKeys();
  // What nobody was thought to ask for, the first kernel learns.
  exports.setLearns(false);
  let slot = 0;
  for (;;) {
    const chunk = slots.takeChunk();
    const to = Math.min((chunk + 1) * CHUNK_KEYS, keys);
    let place = chunk * CHUNK_KEYS;
    if (place >= keys) return;
    while (place < to) {
      slots.waitForRoom(thread, slot);
      const begin = pieces + slot * distance;
      let at = begin;
      let holes = 0;
      while (place < to) {
        const answer = exports.judgeKeys(place, to, at, begin + size);
        place = memory.unsigned('stoppedAt');
        at = exports.written() >>> 0;
        if (answer === goesOn || answer === full) break;
        if (answer === resting) continue;
        // Where nothing of it is written yet, a row may have room in the next slot.
        if (answer === wider && at > begin) break;
        if (!slots.addHole(thread, slot, holes, at - begin, place)) break;
        holes++;
        place++;
      }
      const piece = { length: at - begin, endsChunk: place === to };
      if (slots.fill(thread, slot, chunk, piece, holes)) parentPort?.postMessage(false);
      slot = (slot + 1) % SLOTS;
    }
  }
};

parentPort?.on('message', (task: WritingTask) => {
  work(task);
  parentPort?.postMessage(true);
});
