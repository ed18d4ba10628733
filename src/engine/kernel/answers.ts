/**
 * What the kernel asks while it judges: what clues come to, and what is known of the ends of a key. Clues are asked about once
 * for each kind of case; what was told of them stands in a table that all kernels of a memory read.
 */
import { readKey } from '../../correlate/key-records.ts';
import { cluesOf, MANY_PEERS, NOBODY, type Shown, weigh } from '../../lifecycle/initiator.ts';
import { FTP_DATA, PORT_RANKS, rankOf } from '../../lifecycle/ports.ts';
import type { EndKnowledge } from '../../lifecycle/services.ts';
import type { InitiatorBasis } from '../../model/connection.ts';
import { FindingTexts } from './finding-texts.ts';
import type { LineSetting } from './line-setting.ts';

const NOTHING_SHOWN: Shown = { stopped: false, replyRejected: false, spokeFirst: false };

/** The first port of each rank. */
const PORT_OF_RANK = PORT_RANKS.map((_, rank) => {
  let port = 0;
  while (rankOf(port) !== rank) port++;
  return port;
});

export class Answers {
  #setting: LineSetting;
  readonly #findings: FindingTexts;
  readonly #asks: { readonly clues: number; readonly ends: number };
  /** The bits of clues, the low end's. */
  readonly #bits: {
    readonly stopped: number;
    readonly replyRejected: number;
    readonly spokeFirst: number;
    readonly step: number;
    readonly answers: number;
    readonly manyPeers: number;
    readonly ports: number;
    readonly isFtp: number;
    readonly noPorts: number;
  };

  constructor(setting: LineSetting) {
    const { memory, speller } = setting;
    this.#setting = setting;
    this.#findings = new FindingTexts(memory, speller);
    const value = memory.value.bind(memory);
    this.#asks = { clues: value('ASKS_CLUES'), ends: value('ASKS_ENDS') };
    this.#bits = {
      stopped: value('STOPPED'),
      replyRejected: value('REPLY_REJECTED_CLUE'),
      spokeFirst: value('SPOKE_FIRST'),
      step: value('STEP'),
      answers: value('ANSWERS'),
      manyPeers: value('MANY_PEERS'),
      ports: value('PORTS_SHIFT'),
      isFtp: value('IS_FTP'),
      noPorts: value('NO_PORTS'),
    };
    memory.bytes(value('CLUES'), 1 << 16).fill(0);
    this.#tellUsualClues();
  }

  /** Goes on with other keys in the same memory. */
  goOn(setting: LineSetting): void {
    this.#setting = setting;
  }

  /** Tells what the kernel stopped for at a place; false when that is nothing that can be told. */
  give(answer: number, place: number): boolean {
    if (answer === this.#asks.clues) return this.#tellClues(this.#setting.memory.unsigned('asked'));
    return answer === this.#asks.ends && this.#tellEnds(place);
  }

  /** The basis by the number that rows are counted by. */
  basis(number: number): InitiatorBasis | undefined {
    return this.#findings.basis(number);
  }

  /** Most connections whose opener is inferred have clues of these kinds: other threads need not wait for them. */
  #tellUsualClues(): void {
    const { answers, manyPeers, spokeFirst, step, ports, noPorts } = this.#bits;
    const classes = [...Array.from({ length: 16 }, (_, ranks) => ranks), noPorts];
    for (const answerer of [0, answers, answers << 1])
      for (const shared of [0, manyPeers, manyPeers << 1])
        for (const first of [0, spokeFirst, spokeFirst << step])
          for (const ranks of classes) this.#tellClues(answerer | shared | first | (ranks << ports));
  }

  /** What clues come to; false when there are too many findings to know. */
  #tellClues(clues: number): boolean {
    const { memory, context } = this.#setting;
    const finding = context.observedOnly
      ? NOBODY
      : weigh(cluesOf(this.#shownBy(clues), this.#endsBy(clues), this.#portsBy(clues)));
    const number = this.#findings.numberOf(finding);
    if (number === undefined) return false;
    memory.bytes(memory.value('CLUES') + clues, 1)[0] = number | (finding.direction << 7);
    return true;
  }

  #shownBy(clues: number): readonly [Shown, Shown] {
    const { stopped, replyRejected, spokeFirst, step } = this.#bits;
    const shown = (bits: number): Shown => ({
      stopped: (bits & stopped) !== 0,
      replyRejected: (bits & replyRejected) !== 0,
      spokeFirst: (bits & spokeFirst) !== 0,
    });
    return [shown(clues), shown(clues >> step)];
  }

  /** Ends of which the same is to be said as of those that have these clues: a clue is for the end that opened. */
  #endsBy(clues: number): readonly [EndKnowledge, EndKnowledge] {
    const { answers, manyPeers } = this.#bits;
    const end = (bits: number): EndKnowledge => ({
      answers: (bits & answers) !== 0,
      peers: (bits & manyPeers) !== 0 ? MANY_PEERS : 0,
    });
    return [end(clues >> 1), end(clues)];
  }

  #portsBy(clues: number): readonly [number, number] | null {
    const { ports, isFtp, noPorts } = this.#bits;
    const ranks = clues >> ports;
    if ((ranks & noPorts) !== 0) return null;
    const service = rankOf(FTP_DATA);
    const port = (rank: number): number =>
      (ranks & isFtp) !== 0 && rank === service ? FTP_DATA : (PORT_OF_RANK[rank] as number);
    return [port(ranks & 3), port((ranks >> 2) & 3)];
  }

  /** What is known of the ends of a key. */
  #tellEnds(place: number): boolean {
    const { memory, store, context, plain } = this.#setting;
    const { answers, manyPeers } = this.#bits;
    const index = memory.exports.keyIn(place) >>> 0;
    const { flipped } = readKey(store, index, context.addresses);
    let bits = 0;
    for (const [, opener, , shows] of cluesOf(
      [NOTHING_SHOWN, NOTHING_SHOWN],
      plain.ends(index, flipped),
      null,
    ))
      bits |= (shows === 'answers' ? answers : manyPeers) << opener;
    memory.exports.answerEnds(place, bits);
    return true;
  }
}
