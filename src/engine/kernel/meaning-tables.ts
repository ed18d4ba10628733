/**
 * What flags, states and evidence mean, as the kernel's tables: every cell is asked of the code that settles
 * it, so each meaning keeps its one home.
 */
import { areOver, CLOSED_STATES, closerOf, type FirstClose, NEVER_OPEN } from '../../meaning/closers.ts';
import { eventsOf, provesPayload, TCP_EVENTS, type TcpEvent } from '../../meaning/events.ts';
import { HISTORY_LETTERS, lettersOfRecord } from '../../meaning/history-letters.ts';
import { MANY_PEERS, MOST_PEERS, observedInitiator } from '../../meaning/initiator.ts';
import { endByDirection } from '../../meaning/labels.ts';
import { mayHoldTwo, openingRank } from '../../meaning/openings.ts';
import { connStateOfBlocked, outcomeOf } from '../../meaning/outcomes.ts';
import { FTP_DATA, rankOf } from '../../meaning/ports.ts';
import { CONTRADICTS, NEXT } from '../../meaning/step.ts';
import { SIDE_STATES, type SideState, STATES } from '../../meaning/transitions.ts';
import { MOST_ATTEMPT_PACKETS } from '../../meaning/unanswered.ts';
import {
  CONNECTION_STATES,
  type ConnectionState,
  INITIATOR_BASES,
  type Side,
  type Verdict,
} from '../../model/connection.ts';
import { IDLE_LIMITS, type IdleOption, limitsFor, SLACK_SECONDS } from '../../model/idle-limits.ts';
import { LOSS_REASONS } from '../../model/losses.ts';
import { hasCommunityId, hasPorts, PROTOCOL_NAMES } from '../../model/protocols.ts';
import { hasFin, hasPlainSyn, hasRst, hasSynAck, hidesWhoOpened } from '../../model/tcp-flags.ts';
import { isPrivateIPv4 } from '../../record/address.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { BASE64, UID_ALPHABET } from './name-letters.ts';

/** A way that a connection went. */
export interface Life {
  /** Null for exchanges. */
  readonly state: ConnectionState | null;
  readonly closedBy: Side | null;
  readonly connState: string | null;
}

/**
 * The lives that the kernel knows by their places: rejected attempts without flags, exchanges, what carries no flags, and what
 * carries dashes instead of flags.
 */
const KNOWN_LIVES: readonly Life[] = [
  { state: 'blocked', closedBy: null, connState: 'S0' },
  { state: null, closedBy: null, connState: null },
  { state: 'flagless', closedBy: null, connState: 'OTH' },
  { state: 'midstream', closedBy: null, connState: 'OTH' },
];

/** Verdicts by the numbers that the kernel knows them by. */
export const VERDICTS: readonly Verdict[] = [
  'accepted',
  'rejected',
  'reply-rejected',
  'mixed',
  'unknown',
  'cut-off',
  'late',
  'lost',
  'unanswered',
];

/** Whose records were rejected, by bits: the initiator's 1, the responder's 2. */
export const REJECTED_SIDES: readonly (Side | 'both' | null)[] = [null, 'initiator', 'responder', 'both'];

/** By bits of reasons, why a transit gateway lost packets. */
export const LOST_BECAUSE: readonly (string | null)[] = Array.from(
  { length: 1 << LOSS_REASONS.length },
  (_, bits) => LOSS_REASONS.filter((_reason, i) => (bits & (1 << i)) !== 0).join(' ') || null,
);

/** What rows are counted as: by state, and exchanges, which have none. */
export const COUNTED_AS: readonly (ConnectionState | null)[] = [
  ...(Object.keys(CONNECTION_STATES) as ConnectionState[]),
  null,
];

/** Who closed, by the numbers that the kernel knows them by. */
export const CLOSERS: readonly (Side | null)[] = [null, 'initiator', 'responder'];

const FLAGS = Array.from({ length: 256 }, (_, flags) => flags);

const stepThrough = (state: number, events: readonly TcpEvent[]): number => {
  let now = state;
  let contradicts = 0;
  for (const event of events) {
    const cell = NEXT[now * TCP_EVENTS.length + TCP_EVENTS.indexOf(event)] as number;
    contradicts |= cell & CONTRADICTS;
    now = cell & ~CONTRADICTS;
  }
  return now | contradicts;
};

const teachFlags = (memory: KernelMemory): void => {
  const next = memory.bytes(memory.value('NEXT'), 16384);
  const traits = memory.bytes(memory.value('TRAITS'), 512);
  const ranks = memory.bytes(memory.value('OPENING_RANKS'), 256);
  const fewest = memory.bytes(memory.value('FEWEST_OF_TWO'), 256);
  const letters = new Uint16Array(memory.buffer, memory.value('LETTERS'), 1024);
  const bit = (name: string, holds: boolean): number => (holds ? memory.value(name) : 0);
  for (const flags of FLAGS) {
    for (const byGateway of [false, true]) {
      const reading = flags | bit('OF_GATEWAY', byGateway);
      for (const payload of [false, true]) {
        const events = eventsOf(flags, payload, byGateway);
        const row = reading | bit('HAS_PAYLOAD', payload);
        for (const state of SIDE_STATES.keys()) next[row * 16 + state] = stepThrough(state, events);
        letters[row] = lettersOfRecord(flags, payload, byGateway);
      }
      const hides = hidesWhoOpened(flags, byGateway);
      traits[reading] =
        bit('PLAIN_SYN', hasPlainSyn(flags)) |
        bit('SYN_ACK', hasSynAck(flags) && !hides) |
        bit('EITHER', hides) |
        bit('OPENS', hasPlainSyn(flags) || hasSynAck(flags)) |
        bit('CLOSES', hasFin(flags) || hasRst(flags)) |
        bit('FIN', hasFin(flags)) |
        bit('RST', hasRst(flags));
    }
    ranks[flags] = openingRank(flags);
    let packets = 0;
    while (!mayHoldTwo(flags, packets)) packets++;
    fewest[flags] = packets;
  }
};

const teachHistories = (memory: KernelMemory): void => {
  const histories = memory.bytes(memory.value('HISTORIES'), HISTORY_LETTERS.length * 16);
  for (const [letters, text] of HISTORY_LETTERS.entries()) {
    histories.set(Buffer.from(text, 'latin1'), letters * 16);
    histories[letters * 16 + 15] = text.length;
  }
};

/** A first FIN so long after another that there is no doubt. */
const at = (seconds: number): FirstClose => ({ start: seconds, end: seconds });
const EARLY = at(0);
const LATE = at(1_000_000);
/** Two sides of which only their FINs can tell which closed first. */
const BOTH_FINISHED = ['SF', 'RF'] as const;

/** How many seconds after the end of one side's first FIN the other's must begin to be surely later. */
const surelyLater = (): number => {
  let seconds = 0;
  while (closerOf(...BOTH_FINISHED, 'closed', () => [EARLY, at(seconds)]) === null) seconds++;
  return seconds;
};

/** What two sides' states amount to. */
interface Ending {
  /** A number of CLOSERS; null where whose FIN or RST came first says it. */
  readonly closer: number | null;
  readonly isMidstream: boolean;
  readonly endsOpen: boolean;
  readonly isBounded: boolean;
  /** By closer, the number of the life; undefined where it cannot be. */
  readonly lives: readonly (number | undefined)[];
  /** The number of the life where a filter stopped it. */
  readonly blocked: number;
}

const endingOf = (mine: SideState, theirs: SideState, numberOf: (life: Life) => number): Ending => {
  const { state, connState, opening } = outcomeOf(mine, theirs);
  const isOver = areOver(STATES[mine].ended, STATES[theirs].ended);
  const closer = (closes: readonly [FirstClose, FirstClose]): number =>
    CLOSERS.indexOf(closerOf(mine, theirs, state, () => closes));
  const one = closer([EARLY, LATE]);
  const isByTime = one !== closer([LATE, EARLY]);
  return {
    closer: isByTime ? null : one,
    isMidstream: opening === 'midstream',
    endsOpen: !NEVER_OPEN.has(state) && !isOver,
    isBounded: CLOSED_STATES.has(state),
    lives: CLOSERS.map((closedBy, n) =>
      isByTime || n === one ? numberOf({ state, closedBy, connState }) : undefined,
    ),
    blocked: numberOf({ state: 'blocked', closedBy: null, connState: connStateOfBlocked(mine, theirs) }),
  };
};

const readEndings = () => {
  const lives = [...KNOWN_LIVES];
  const numberOf = (life: Life): number => {
    const known = lives.findIndex(
      ({ state, closedBy, connState }) =>
        state === life.state && closedBy === life.closedBy && connState === life.connState,
    );
    return known >= 0 ? known : lives.push(life) - 1;
  };
  const endings = SIDE_STATES.map((mine) => SIDE_STATES.map((theirs) => endingOf(mine, theirs, numberOf)));
  return { lives, endings };
};

const ENDINGS = readEndings();

/** The ways that connections go, by the numbers that the kernel knows them by. */
export const LIVES: readonly Life[] = ENDINGS.lives;

const teachLives = (memory: KernelMemory): void => {
  const table = memory.bytes(memory.value('LIVES'), 2048);
  for (const [i, row] of ENDINGS.endings.entries()) {
    for (const [j, ending] of row.entries()) {
      const cells = table.subarray((i * 16 + j) * 8);
      cells[memory.value('CLOSER_AT')] = ending.closer ?? memory.value('FIRST_CLOSER');
      cells[memory.value('MARKS_AT')] =
        (ending.isMidstream ? memory.value('MIDSTREAM') : 0) |
        (ending.endsOpen ? memory.value('ENDS_OPEN') : 0);
      cells[memory.value('TRAITS_AT')] = ending.isBounded ? memory.value('IS_BOUNDED') : 0;
      for (const [n, life] of ending.lives.entries())
        if (life !== undefined) cells[memory.value('LIFE_AT') + n] = life;
      cells[memory.value('BLOCKED_AT')] = ending.blocked;
    }
  }
  if (LIVES.length > memory.value('MOST_LIVES') || COUNTED_AS.length > 12)
    throw new Error('The kernel has no room for so many states.');
  const counted = memory.bytes(memory.value('COUNTED'), LIVES.length);
  const closers = memory.bytes(memory.value('CLOSERS'), LIVES.length);
  for (const [i, { state, closedBy }] of LIVES.entries()) {
    counted[i] = COUNTED_AS.indexOf(state);
    closers[i] = CLOSERS.indexOf(closedBy);
  }
};

const teachSides = (memory: KernelMemory): void => {
  const traits = memory.bytes(memory.value('SIDE_TRAITS'), 16);
  for (const [i, state] of SIDE_STATES.entries()) {
    const { began, ended } = STATES[state];
    traits[i] =
      (began === 'syn' ? memory.value('BEGAN_SYN') : 0) |
      (ended === 'fin' ? memory.value('ENDED_FIN') : 0) |
      (areOver(ended, 'open') ? memory.value('ENDED_RST') : 0);
  }
};

const PORT_RANK_BYTES = Uint8Array.from({ length: 1 << 16 }, (_, port) => rankOf(port));

const teachPorts = (memory: KernelMemory): void => {
  const ranks = memory.bytes(memory.value('PORT_RANKS'), 1 << 16);
  ranks.set(PORT_RANK_BYTES);
  ranks[FTP_DATA] = rankOf(FTP_DATA) | memory.value('FTP');
};

const encoder = new TextEncoder();

const teachProtocols = (memory: KernelMemory): void => {
  const names = memory.bytes(memory.value('PROTOCOL_NAMES'), 2048);
  const traits = memory.bytes(memory.value('PROTOCOL_TRAITS'), 256);
  for (const [protocol, name] of PROTOCOL_NAMES.entries()) {
    const { written } = encoder.encodeInto(name, names.subarray(protocol * 8, protocol * 8 + 7));
    names[protocol * 8 + 7] = written;
    traits[protocol] =
      (hasPorts(protocol) ? memory.value('HAS_PORTS') : 0) |
      (hasCommunityId(protocol) ? memory.value('HAS_COMMUNITY_ID') : 0);
  }
};

const teachPlaces = (memory: KernelMemory): void => {
  const openers = memory.bytes(memory.value('OPENERS'), 32);
  for (const bits of openers.keys()) {
    const finding = observedInitiator(bits);
    if (finding === undefined) openers[bits] = 2;
    else openers[bits] = finding.direction | (INITIATOR_BASES[finding.basis].kind === 'observed' ? 0 : 4);
  }
  const attachments = memory.value('ENDS_OF_ATTACHMENT');
  for (const isAttachment of [false, true]) {
    const ends = memory.bytes(memory.value('ENDS') + (isAttachment ? attachments : 0), 8);
    for (let flow = 0; flow < 4; flow++)
      for (const direction of [0, 1] as const)
        ends[flow * 2 + direction] = endByDirection(flow, direction, isAttachment) ?? 2;
  }
  // No private range is smaller than a /16.
  const halves = memory.bytes(memory.value('PRIVATE'), 1 << 16);
  for (let half = 0; half < 1 << 16; half++) halves[half] = isPrivateIPv4((half << 16) >>> 0) ? 1 : 0;
};

const teachSpelling = (memory: KernelMemory): void => {
  const octets = memory.bytes(memory.value('OCTETS'), 1024);
  const lengths = memory.bytes(memory.value('OCTET_LENGTHS'), 256);
  for (const octet of lengths.keys()) {
    octets.set(Buffer.from(`${octet}.`, 'latin1'), octet * 4);
    lengths[octet] = `${octet}.`.length;
  }
  const pairs = memory.bytes(memory.value('PAIRS'), 200);
  for (let n = 0; n < 100; n++) pairs.set(Buffer.from(String(n).padStart(2, '0'), 'latin1'), n * 2);
  memory.bytes(memory.value('UID_ALPHABET'), 64).set(UID_ALPHABET);
  memory.bytes(memory.value('BASE64'), 64).set(BASE64);
};

/** The most bytes that one packet may have without proof of payload. */
const largestBarePacket = (isV6: boolean): number => {
  let bytes = 0;
  while (!provesPayload(1, bytes + 1, isV6)) bytes++;
  return bytes;
};

/** What an attempt without an answer can be: asked for before any other meaning. */
export const teachAttempts = (memory: KernelMemory): void => {
  memory.setDouble('BARE_BYTES_V4', largestBarePacket(false));
  memory.setDouble('BARE_BYTES_V6', largestBarePacket(true));
  memory.setDouble('ATTEMPT_PACKETS', MOST_ATTEMPT_PACKETS);
};

/** Fills the tables, which are the same for every run. */
export const teachMeanings = (memory: KernelMemory): void => {
  teachFlags(memory);
  teachHistories(memory);
  teachSides(memory);
  teachPorts(memory);
  teachProtocols(memory);
  teachPlaces(memory);
  teachSpelling(memory);
  memory.setDouble('ATTEMPT_SECONDS', IDLE_LIMITS.attemptSeconds);
  memory.setDouble('LINGER_SECONDS', IDLE_LIMITS.lingerSeconds);
  memory.setDouble('WHOLE_SECONDS', IDLE_LIMITS.wholeSeconds);
  memory.setDouble('EXCHANGE_SECONDS', IDLE_LIMITS.exchangeSeconds);
  memory.setDouble('SLACK_SECONDS', SLACK_SECONDS);
  memory.setDouble('LATER_SECONDS', surelyLater());
  memory.setWord('SHARED_PEERS', MANY_PEERS);
  memory.setWord('MOST_PEERS', MOST_PEERS);
  teachLives(memory);
};

/** What one run may be set to otherwise than another. */
export const setRun = (
  memory: KernelMemory,
  options: IdleOption & { readonly observedOnly: boolean },
): void => {
  const { openSeconds, flaglessSeconds } = limitsFor(options);
  memory.setDouble('OPEN_SECONDS', openSeconds);
  memory.setDouble('FLAGLESS_SECONDS', flaglessSeconds);
  memory.setWord('OBSERVED_ONLY', Number(options.observedOnly));
};
