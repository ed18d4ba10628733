/**
 * The findings that the kernel knows by their numbers: what SYNs tell, then what was inferred. What clues come to is settled for
 * every set of them beforehand, once a process, by the code that adds up their log odds: nobody has to ask while he judges.
 */

import {
  cluesOf,
  type InitiatorFinding,
  observedInitiator,
  type Shown,
  weigh,
} from '../../meaning/initiator.ts';
import { FTP_DATA, isService, PORT_RANKS, portOdds, rankOf } from '../../meaning/ports.ts';
import type { InitiatorBasis } from '../../model/connection.ts';
import { BASES } from '../outlines/outline-rows.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { LineSpeller } from './line-speller.ts';

type Spelt = Pick<InitiatorFinding, 'basis' | 'confidence'>;
type Pair<T> = readonly [low: T, high: T];

/** Findings from bits of evidence. */
const OBSERVED = 32;

/** The first port of each rank. */
const PORT_OF_RANK = PORT_RANKS.map((_, rank) => {
  let port = 0;
  while (rankOf(port) !== rank) port++;
  return port;
});

/** What is said of both ends, and the bits of it. */
interface Said<T> {
  readonly bits: number;
  readonly of: T;
}

const NOTHING: Shown = {
  stopped: false,
  replyRejected: false,
  spokeFirst: false,
  peerAnswers: false,
  peerIsShared: false,
};

/** Ports of which the same is to be said: one such pair, and the bits of all. */
interface AlikePorts {
  readonly ports: Pair<number> | null;
  readonly bits: readonly number[];
}

/** Of ports only their odds matter, and which of them are services. */
const alikePorts = (memory: KernelMemory): AlikePorts[] => {
  const alike = new Map<string, { ports: Pair<number> | null; bits: number[] }>();
  for (const { bits, of } of portsOfBoth(memory)) {
    const kind = of === null ? '' : [portOdds(...of), ...of.map(isService)].join();
    const known = alike.get(kind);
    if (known !== undefined) known.bits.push(bits);
    else alike.set(kind, { ports: of, bits: [bits] });
  }
  return [...alike.values()];
};

/** Everything that records can show of one end. */
const SHOWN: readonly Shown[] = [false, true].flatMap((stopped) =>
  [
    { replyRejected: false, spokeFirst: false },
    { replyRejected: true, spokeFirst: false },
    { replyRejected: false, spokeFirst: true },
  ].map((other) => ({ ...NOTHING, stopped, ...other })),
);

const shownOfBoth = (memory: KernelMemory): Said<Pair<Shown>>[] => {
  const [stopped, replyRejected] = [memory.value('STOPPED'), memory.value('REPLY_REJECTED_CLUE')];
  const spokeFirst = memory.value('SPOKE_FIRST');
  const bits = (shown: Shown): number =>
    (shown.stopped ? stopped : 0) |
    (shown.replyRejected ? replyRejected : 0) |
    (shown.spokeFirst ? spokeFirst : 0);
  return SHOWN.flatMap((low) =>
    SHOWN.map((high) => ({
      bits: bits(low) | (bits(high) << memory.value('STEP')),
      of: [low, high] as const,
    })),
  );
};

/** A clue that names one end at most: nobody, the low end or the high end. */
const NAMED = [null, 0, 1] as const;

/** Everything that the rest of the input can say of both ends. */
const knownOfBoth = (memory: KernelMemory): Said<Pair<Shown>>[] =>
  NAMED.flatMap((byAnswers) =>
    NAMED.map((byPeers) => {
      const end = (opener: 0 | 1): Shown => ({
        ...NOTHING,
        peerAnswers: byAnswers === opener,
        peerIsShared: byPeers === opener,
      });
      const bit = (name: string, opener: 0 | 1 | null): number =>
        opener === null ? 0 : memory.value(name) << opener;
      return { bits: bit('ANSWERS', byAnswers) | bit('MANY_PEERS', byPeers), of: [end(0), end(1)] as const };
    }),
  );

const portsOfBoth = (memory: KernelMemory): Said<Pair<number> | null>[] => {
  const [shift, isFtp] = [memory.value('PORTS_SHIFT'), memory.value('IS_FTP')];
  const service = rankOf(FTP_DATA);
  const ports: Said<Pair<number> | null>[] = [{ bits: memory.value('NO_PORTS') << shift, of: null }];
  for (const low of PORT_OF_RANK.keys()) {
    for (const high of PORT_OF_RANK.keys()) {
      const ranks = low | (high << 2);
      const port = (rank: number): number => PORT_OF_RANK[rank] as number;
      ports.push({ bits: ranks << shift, of: [port(low), port(high)] });
      if (low !== service && high !== service) continue;
      const orFtp = (rank: number): number => (rank === service ? FTP_DATA : port(rank));
      ports.push({ bits: (ranks | isFtp) << shift, of: [orFtp(low), orFtp(high)] });
    }
  }
  return ports;
};

/** What speaks for an end by its records and by the rest of the input. */
const withKnown = (shown: Shown, { peerAnswers, peerIsShared }: Shown): Shown => ({
  ...shown,
  peerAnswers,
  peerIsShared,
});

interface Inferred {
  /** By clues: the number of what they come to, 128 set where the high end opened. */
  readonly byClues: Uint8Array;
  /** By number, less those that are observed. */
  readonly findings: readonly Spelt[];
}

const inferAll = (memory: KernelMemory): Inferred => {
  const byClues = new Uint8Array(1 << 16);
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
    for (const known of knownOfEnds) {
      const ends = [withKnown(shown.of[0], known.of[0]), withKnown(shown.of[1], known.of[1])] as const;
      for (const alike of ports) {
        const finding = weigh(cluesOf(ends, alike.ports));
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

/** Teaches all findings and how they are spelt. */
export const teachFindings = (memory: KernelMemory, speller: LineSpeller): void => {
  inferred ??= inferAll(memory);
  memory.bytes(memory.value('CLUES'), inferred.byClues.length).set(inferred.byClues);
  const teach = (number: number, { basis, confidence }: Spelt): void => {
    const text =
      speller.before('initiator_basis') +
      speller.value(basis) +
      speller.before('initiator_confidence') +
      speller.value(confidence);
    memory.putText(memory.value('FINDINGS'), number, text);
    memory.bytes(memory.value('BASES') + number, 1)[0] = BASES.indexOf(basis);
    memory.doubles(memory.value('CONFIDENCES') + number * 8, 1)[0] = confidence;
  };
  for (let evidence = 0; evidence < OBSERVED; evidence++) {
    const finding = observedInitiator(evidence);
    if (finding !== undefined) teach(evidence, finding);
  }
  for (const [i, finding] of inferred.findings.entries()) teach(OBSERVED + i, finding);
};
