/**
 * One kernel for all trackers of a thread: they make connections often, of few records each time, and a memory for each time
 * would use up address space. Nothing of what one release leaves in it is there for the next.
 */
import { type EngineKernel, shippedKernel } from '../engine/kernel/engine-kernel.ts';

/** Bytes of a memory that is kept: one that many records have made grow goes, for it never shrinks. */
const MOST_KEPT_BYTES = 64 * 2 ** 20;

/** The kernel that nobody uses now. */
let idle: EngineKernel | null = null;

/**
 * Does something with a kernel that holds nothing yet, and has it back when that is done.
 * @throws InputError (input-too-large) where there is no address space for one
 */
export const withKernel = <Result>(use: (kernel: EngineKernel) => Result): Result => {
  const kernel = idle ?? shippedKernel();
  // Whoever asks meanwhile has another.
  idle = null;
  const result = use(kernel);
  if (kernel.memory.buffer.byteLength <= MOST_KEPT_BYTES) {
    kernel.beginAnew();
    idle = kernel;
  }
  return result;
};
