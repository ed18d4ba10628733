/** What the fuzzer and the process that runs its inputs say to each other. */
import type { TargetName } from './targets.ts';

export interface RunInputs {
  readonly target: TargetName;
  readonly inputs: readonly Uint8Array[];
  /** Whether it is to be told which inputs reached new text. */
  readonly guided: boolean;
}

export interface Fault {
  /** The place among the inputs. */
  readonly index: number;
  /** Equal for faults of one cause, as far as a machine can say: the error's name and where it came from. */
  readonly signature: string;
  readonly text: string;
}

export interface InputsRan {
  /** Places of inputs that reached text of src that none had reached. */
  readonly fresh: readonly number[];
  readonly faults: readonly Fault[];
  /** Characters of src reached by this process. */
  readonly reached: number;
  /** The input that took longest, in milliseconds of work: what else runs on the machine does not count. */
  readonly slowest: { readonly index: number; readonly milliseconds: number };
  /** The most memory that the process has had so far, in MiB. */
  readonly peakMebibytes: number;
}
