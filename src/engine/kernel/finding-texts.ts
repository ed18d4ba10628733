/** The findings that the kernel spells, by the numbers that it knows them by: what SYNs tell, then what was inferred. */
import { type InitiatorFinding, observedInitiator } from '../../lifecycle/initiator.ts';
import { INITIATOR_BASES, type InitiatorBasis } from '../../model/connection.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { LineSpeller } from './line-speller.ts';

type Spelt = Pick<InitiatorFinding, 'basis' | 'confidence'>;

const BASES = Object.keys(INITIATOR_BASES) as InitiatorBasis[];

/** Findings from bits of evidence. */
const OBSERVED = 16;

export class FindingTexts {
  readonly #memory: KernelMemory;
  readonly #speller: LineSpeller;
  readonly #most: number;
  readonly #numbers = new Map<string, number>();

  constructor(memory: KernelMemory, speller: LineSpeller) {
    this.#memory = memory;
    this.#speller = speller;
    this.#most = memory.value('MOST_FINDINGS') - OBSERVED;
    for (let evidence = 0; evidence < OBSERVED; evidence++) {
      const finding = observedInitiator(evidence);
      if (finding !== undefined) this.#teach(evidence, finding);
    }
  }

  /** The number of an inferred finding; undefined when there are too many to know. */
  numberOf({ basis, confidence }: Spelt): number | undefined {
    const name = `${basis} ${confidence}`;
    const known = this.#numbers.get(name);
    if (known !== undefined || this.#numbers.size === this.#most) return known;
    const number = OBSERVED + this.#numbers.size;
    this.#numbers.set(name, number);
    this.#teach(number, { basis, confidence });
    return number;
  }

  /** The basis by the number that rows are counted by. */
  basis(number: number): InitiatorBasis | undefined {
    return BASES[number];
  }

  #teach(number: number, { basis, confidence }: Spelt): void {
    const memory = this.#memory;
    const speller = this.#speller;
    const text =
      speller.before('initiator_basis') +
      speller.value(basis) +
      speller.before('initiator_confidence') +
      speller.value(confidence);
    memory.putText(memory.value('FINDINGS'), number, text);
    memory.bytes(memory.value('BASES') + number, 1)[0] = BASES.indexOf(basis);
    memory.doubles(memory.value('CONFIDENCES') + number * 8, 1)[0] = confidence;
  }
}
