/**
 * What a connection came to, for whoever counts: only what was answered, or may have been, was opened. Summaries tell the
 * others apart in the words that stand here.
 */
import type { Connection, ConnectionState, Verdict } from './connection.ts';
import { isNothingButLate } from './late-packets.ts';
import { spellCount } from './spell-values.ts';

/** How each is told, of one and of several. */
export const UPSHOTS = {
  opened: ['opened', 'opened'],
  unanswered: ['tried, no answer', 'tried, no answer'],
  refused: ['was refused', 'were refused'],
  blocked: ['was blocked', 'were blocked'],
  'reply-rejected': ['had its reply rejected', 'had their replies rejected'],
  'either-rejected': ['had its request or reply rejected', 'had their requests or replies rejected'],
  'one-way': ['was seen one way only', 'were seen one way only'],
  late: ['is known by late packets alone', 'are known by late packets alone'],
} as const satisfies Record<string, readonly [one: string, many: string]>;
export type Upshot = keyof typeof UPSHOTS;
export type NotOpened = Exclude<Upshot, 'opened'>;

/** How many came to what. */
export type UpshotCounts = Readonly<Record<Upshot, number>>;

export const noUpshots = (): Record<Upshot, number> => ({
  opened: 0,
  unanswered: 0,
  refused: 0,
  blocked: 0,
  'reply-rejected': 0,
  'either-rejected': 0,
  'one-way': 0,
  late: 0,
});

const OF_STATE: Readonly<Partial<Record<ConnectionState, Upshot>>> = {
  attempted: 'unanswered',
  abandoned: 'unanswered',
  refused: 'refused',
  blocked: 'blocked',
};

/** Where the log shows no handshake the verdict is all there is to go by; of a rejected reply nobody knows more than that. */
const OF_VERDICT: Readonly<Partial<Record<Verdict, Upshot>>> = {
  'reply-rejected': 'reply-rejected',
  unanswered: 'unanswered',
};
const HAS_NO_HANDSHAKE: ReadonlySet<ConnectionState | null> = new Set([null, 'flagless', 'midstream']);

/** What a row tells beside state and verdict: all of it is late packets; or it was rejected, and nothing tells which way. */
export type Beside = 'late' | 'either-rejected' | null;

/** What it came to, of what was counted without its times. */
export const upshotBy = (
  { state, verdict }: Pick<Connection, 'state' | 'verdict'>,
  beside: Beside,
): Upshot => {
  if (verdict === 'rejected') return 'blocked';
  const byState = state === null ? undefined : OF_STATE[state];
  return byState ?? beside ?? (HAS_NO_HANDSHAKE.has(state) ? OF_VERDICT[verdict] : undefined) ?? 'opened';
};

type Told = Pick<
  Connection,
  'state' | 'verdict' | 'openedAt' | 'firstSeen' | 'rejectedFrom' | 'rejectedSide'
>;

const besideOf = (connection: Told): Beside => {
  if (connection.verdict === 'unknown') return connection.rejectedSide === null ? null : 'either-rejected';
  return isNothingButLate(connection) ? 'late' : null;
};

/** What a connection came to. */
export const upshotOf = (connection: Told): Upshot => upshotBy(connection, besideOf(connection));

export const NOT_OPENED = Object.keys(UPSHOTS).filter((upshot) => upshot !== 'opened') as NotOpened[];

/** Those that were not opened, each kind in words; nothing of kinds that do not occur. */
export const describeNotOpened = (counts: Readonly<Record<NotOpened, number>>): string[] =>
  NOT_OPENED.filter((upshot) => counts[upshot] > 0).map(
    (upshot) => `${spellCount(counts[upshot])} ${UPSHOTS[upshot][counts[upshot] === 1 ? 0 : 1]}`,
  );

/** All of them in words; nothing where all were opened, since then there is nothing to tell apart. */
export const describeUpshots = (counts: UpshotCounts): string => {
  const others = describeNotOpened(counts);
  return others.length === 0
    ? ''
    : [`${spellCount(counts.opened)} ${UPSHOTS.opened[0]}`, ...others].join('; ');
};
