/**
 * The findings that the kernel knows by their numbers: what SYNs tell, then what was inferred. What clues come to is settled for
 * every set of them beforehand, once a process, by the code that adds up their log odds: nobody has to ask while he judges.
 */

import {
  addWeights,
  cluesOf,
  findingOf,
  type InitiatorFinding,
  observedInitiator,
  type Shown,
  sumUp,
  type Weight,
} from '../../meaning/initiator.ts';
import { FTP_DATA, isService, PORT_RANKS, portOdds, rankOf } from '../../meaning/ports.ts';
import type { InitiatorBasis } from '../../model/connection.ts';
import { BASES } from '../outlines/outline-rows.ts';
import type { KernelMemory } from './kernel-memory.ts';

type Spelt = Pick<InitiatorFinding, 'basis' | 'confidence'>;
type Pair<T> = readonly [low: T, high: T];

/** Findings from bits of evidence. */
const OBSERVED = 32;

/** The first port of each rank; and behind them FTP's for data, where the ends talked. */
const PORTS_BY_RANK = [
  ...PORT_RANKS.map((_, rank) => {
    let port = 0;
    while (rankOf(port) !== rank) port++;
    return port;
  }),
  FTP_DATA,
];

/** What is said of both ends, and the bits of it. */
interface Said<T> {
  readonly bits: number;
  readonly of: T;
}

const NOTHING: Shown = {
  stopped: false,
  replyRejected: false,
  spokeFirst: false,
  oneWay: false,
  ftpData: false,
  ftpAlone: false,
  peerAnswers: false,
  peerIsShared: false,
};

/** Ports of which the same is to be said: one such pair, and the bits of all. */
interface AlikePorts {
  readonly ports: Pair<number> | null;
  readonly bits: readonly number[];
}

/** Of ports only their odds matter, which of them are services, and which have sent FTP's data. */
const alikePorts = (memory: KernelMemory): AlikePorts[] => {
  const alike = new Map<string, { ports: Pair<number> | null; bits: number[] }>();
  for (const { bits, of } of portsOfBoth(memory)) {
    const kind = of === null ? '' : [portOdds(...of), ...of.map(isService), ...of.map(isFtpData)].join();
    const known = alike.get(kind);
    if (known !== undefined) known.bits.push(bits);
    else alike.set(kind, { ports: of, bits: [bits] });
  }
  return [...alike.values()];
};

const isFtpData = (port: number): boolean => port === FTP_DATA;

/** Everything that counts of what records show of one end, by its number. */
const shownOfEnd = (memory: KernelMemory): readonly Said<Shown>[] => [
  { bits: 0, of: NOTHING },
  { bits: memory.value('SHOWS_SPOKE_FIRST'), of: { ...NOTHING, spokeFirst: true } },
  { bits: memory.value('SHOWS_REPLY_REJECTED'), of: { ...NOTHING, replyRejected: true } },
  { bits: memory.value('SHOWS_ONE_WAY'), of: { ...NOTHING, oneWay: true } },
  { bits: memory.value('SHOWS_STOPPED'), of: { ...NOTHING, stopped: true } },
  { bits: memory.value('SHOWS_STOPPED_ONE_WAY'), of: { ...NOTHING, stopped: true, oneWay: true } },
];

const shownOfBoth = (memory: KernelMemory): Said<Pair<Shown>>[] => {
  const each = shownOfEnd(memory);
  return each.flatMap((low) =>
    each.map((high) => ({
      bits: low.bits | (high.bits << memory.value('SHOWN_BITS')),
      of: [low.of, high.of] as const,
    })),
  );
};

/** By the bits of a clue of both ends, which end it is for. */
const NONE_OR_ONE = [0, 1, 2] as const;
const NONE_ONE_OR_BOTH = [0, 1, 2, 3] as const;
const BOTH = 3;

/** What the rest of the input says of both ends, what that weighs, and whether both are shared: that decides what ports say. */
interface Known extends Said<Weight> {
  readonly areShared: boolean;
}

/** Everything that the rest of the input can say of both ends. */
const knownOfBoth = (memory: KernelMemory): Known[] =>
  NONE_OR_ONE.flatMap((answers) =>
    NONE_ONE_OR_BOTH.map((shared) => {
      const end = (opener: 0 | 1): Shown => ({
        ...NOTHING,
        peerAnswers: (answers >> opener) % 2 === 1,
        peerIsShared: (shared >> opener) % 2 === 1,
      });
      const bits = memory.value('ANSWERS') * answers + memory.value('MANY_PEERS') * shared;
      return { bits, of: sumUp(cluesOf([end(0), end(1)], null)), areShared: shared === BOTH };
    }),
  );

/** FTP's port for data has a rank of its own where the ends talked. */
const portsOfBoth = (memory: KernelMemory): Said<Pair<number> | null>[] => {
  const [shift, ranks] = [memory.value('PORTS_SHIFT'), memory.value('RANKS')];
  const none: Said<null> = { bits: memory.value('NO_PORTS') << shift, of: null };
  const pairs = [...PORTS_BY_RANK.entries()].flatMap(([lowRank, low]) =>
    [...PORTS_BY_RANK.entries()].map(([highRank, high]) => ({
      bits: (lowRank + ranks * highRank) << shift,
      of: [low, high] as const,
    })),
  );
  return [none, ...pairs];
};

interface Inferred {
  /** By clues: the number of what they come to, 128 set where the high end opened. */
  readonly byClues: Uint8Array;
  /** By number, less those that are observed. */
  readonly findings: readonly Spelt[];
}

const inferAll = (memory: KernelMemory): Inferred => {
  const byClues = new Uint8Array(memory.value('WORK') - memory.value('CLUES'));
  const findings: Spelt[] = [];
  const numbers = new Map<InitiatorBasis, Map<number, number>>(BASES.map((basis) => [basis, new Map()]));
  const numberOf = ({ basis, confidence }: Spelt): number => {
    const ofBasis = numbers.get(basis) as Map<number, number>;
    const known = ofBasis.get(confidence);
    if (known !== undefined) return known;
    const number = OBSERVED + findings.length;
    ofBasis.set(confidence, number);
    findings.push({ basis, confidence });
    return number;
  };
  const ports = alikePorts(memory);
  const knownOfEnds = knownOfBoth(memory);
  for (const shown of shownOfBoth(memory)) {
    for (const alike of ports) {
      const weightIf = (areShared: boolean): Weight => {
        const end = (which: 0 | 1): Shown => ({
          ...shown.of[which],
          ftpData: alike.ports?.[which] === FTP_DATA,
          peerIsShared: areShared,
        });
        return sumUp(cluesOf([end(0), end(1)], alike.ports));
      };
      const byRecords = { shared: weightIf(true), others: weightIf(false) };
      for (const known of knownOfEnds) {
        const weight = known.areShared ? byRecords.shared : byRecords.others;
        const finding = findingOf(addWeights(weight, known.of));
        const found = numberOf(finding) | (finding.direction << 7);
        for (const bits of alike.bits) byClues[shown.bits | known.bits | bits] = found;
      }
    }
  }
  if (OBSERVED + findings.length > memory.value('MOST_FINDINGS'))
    throw new Error('The kernel has no room for so many findings.');
  return { byClues, findings };
};

let inferred: Inferred | undefined;

/** Teaches all findings, and what lines tell of each. */
export const teachFindings = (memory: KernelMemory, textOf: (finding: Spelt) => string): void => {
  inferred ??= inferAll(memory);
  memory.bytes(memory.value('CLUES'), inferred.byClues.length).set(inferred.byClues);
  const teach = (number: number, finding: Spelt): void => {
    const { basis, confidence } = finding;
    memory.putText(memory.value('FINDINGS'), number, textOf(finding));
    memory.bytes(memory.value('BASES') + number, 1)[0] = BASES.indexOf(basis);
    memory.doubles(memory.value('CONFIDENCES') + number * 8, 1)[0] = confidence;
  };
  for (let evidence = 0; evidence < OBSERVED; evidence++) {
    const finding = observedInitiator(evidence);
    if (finding !== undefined) teach(evidence, finding);
  }
  for (const [i, finding] of inferred.findings.entries()) teach(OBSERVED + i, finding);
};
