/**
 * What the records that survived still allow anybody to know. For each true connection it says whether it can be told
 * from its neighbours at all, which evidence for its opener is left, which states fit, and which bounds hold. It
 * reads records with their packets in hand and so needs no reconstruction of its own; where fairness is in doubt it
 * asks for nothing (null) and gives the reason.
 */
import type { ConnectionState, InitiatorBasis, Side, Verdict } from '../../src/model/connection.ts';
import type { FieldName } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { FIN, hasFin, hasPlainSyn, hasRst, hasSynAck, RST, SYN } from '../../src/model/tcp-flags.ts';
import type { LoggedRecord } from './aggregate.ts';
import { doubledAt } from './doubled-at.ts';
import { FORMATS, printRecord } from './print-records.ts';
import { readStates, type SideFacts } from './read-states.ts';
import { connectionIdOf, type Sighting } from './sighting.ts';
import type { Logging } from './story.ts';
import { sideOf, type TruthConnection } from './truth.ts';

/** Unix seconds. */
export interface Bounds {
  readonly earliest: number;
  readonly latest: number;
}

/** What surviving records at one interface add up to; copies count once. */
export interface ObservedVantage {
  readonly interfaceId: string;
  readonly records: number;
  readonly initiatorPackets: number;
  readonly initiatorBytes: number;
  readonly responderPackets: number;
  readonly responderBytes: number;
}

export interface Observed {
  /** The id of the true connection. */
  readonly id: string;
  /** At least one record of it was written. */
  readonly visible: boolean;
  /** Nothing of it is missing: all its packets at logging interfaces are in written records. */
  readonly complete: boolean;
  /** Why its records cannot be told from those of another connection, or would fairly be cut in two; empty when they can. */
  readonly entangled: readonly string[];
  /** An interval of it was replaced by SKIPDATA. */
  readonly skipped: boolean;
  /** OR over its written records; null without flags in the format, or without a record of that side. */
  readonly initiatorFlags: number | null;
  readonly responderFlags: number | null;
  /** Any of these is right. Null: both ends dialled and what is left of it reads in several ways. */
  readonly bases: readonly InitiatorBasis[] | null;
  /** Any of these is right. Null: nothing is demanded. */
  readonly states: readonly ConnectionState[] | null;
  readonly verdicts: readonly Verdict[] | null;
  /** Where records with SYN or SYN-ACK (with FIN or RST) put the opening (the last close); null when they cannot. */
  readonly opened: Bounds | null;
  readonly closed: Bounds | null;
  readonly vantages: readonly ObservedVantage[];
}

/** AWS: `start` and `end` may be that late. */
const SLACK_SECONDS = 60;
/** The idle limits of the connection model, less the slack: shorter silences must not divide, longer ones may. */
const OPEN_SILENCE = 432_000 - 2 * SLACK_SECONDS;
const FLAGLESS_SILENCE = 3600 - 2 * SLACK_SECONDS;
const ATTEMPT_SILENCE = 180 - 2 * SLACK_SECONDS;
const CLOSED_SILENCE = 120 - SLACK_SECONDS;
/** A silence after which nobody takes two connections for one. */
const SURE_DIVISION = 3600 + 120 + 2 * SLACK_SECONDS;

const INFERRED: readonly InitiatorBasis[] = ['rejected', 'service', 'order', 'one-way', 'port', 'none'];
const TCP = 6;

/** What the reader of a log has to go by: its fields, and how late times may be. */
interface Eyes {
  readonly has: (name: FieldName) => boolean;
  /** Whether another record prints as the same line: a reader must take it for a duplicate. */
  readonly isAmbiguous: (record: FlowRecord) => boolean;
  readonly late: number;
  /** Interfaces that two flow logs tell of, and nothing shows it for sure. */
  readonly doubled: ReadonlySet<string>;
  /** Attachments of a transit gateway wrote it: an ACK beside a SYN may be another packet's. */
  readonly isGateway: boolean;
}

/** A written record from the point of view of one connection. */
interface Piece {
  readonly record: FlowRecord;
  readonly side: Side;
  readonly flags: number;
  readonly start: number;
  readonly end: number;
}

interface Dossier {
  readonly truth: TruthConnection;
  readonly pieces: readonly Piece[];
  /** Ids of connections that share a record with it. */
  readonly shares: ReadonlySet<string>;
  readonly complete: boolean;
  readonly skipped: boolean;
}

const pieceOf = (record: FlowRecord, sighting: Sighting): Piece => ({
  record,
  side: sideOf(sighting),
  flags: record.tcpFlags ?? 0,
  start: record.start ?? 0,
  end: record.end ?? 0,
});

const openDossier = (
  truth: TruthConnection,
  records: readonly LoggedRecord[],
  seen: readonly Sighting[],
): Dossier => {
  const isOurs = (sighting: Sighting): boolean => connectionIdOf(sighting) === truth.id;
  const touching = records.filter((logged) => !logged.isSecond && logged.sightings.some(isOurs));
  const written = touching.filter((logged) => logged.copies > 0);
  const pieces = written.flatMap((logged) => {
    const sighting = logged.sightings.find(isOurs);
    return sighting ? [pieceOf(logged.record, sighting)] : [];
  });
  const shares = new Set(written.flatMap((logged) => logged.sightings.map(connectionIdOf)));
  shares.delete(truth.id);
  const inRecords = written.reduce((total, logged) => total + logged.sightings.filter(isOurs).length, 0);
  return {
    truth,
    pieces: pieces.sort((a, b) => a.start - b.start || a.end - b.end),
    shares,
    complete: inRecords === seen.filter(isOurs).length,
    skipped: touching.some((logged) => logged.fate === 'skipped'),
  };
};

const factsOf = ({ pieces }: Dossier, side: Side): SideFacts => {
  const own = pieces.filter((piece) => piece.side === side);
  const rejectedAt = new Set(
    own.filter(({ record }) => record.action === 'REJECT').map(({ record }) => record.interfaceId),
  );
  const accepted = own.filter(({ record }) => record.action === 'ACCEPT');
  const header = own[0]?.record.type === 'IPv6' ? 80 : 60;
  return {
    seen: own.length > 0,
    plainSyn: own.some(({ flags }) => hasPlainSyn(flags)),
    synAck: own.some(({ flags }) => hasSynAck(flags)),
    synAckPassed: own.some(({ flags, record }) => hasSynAck(flags) && record.action !== 'REJECT'),
    fin: own.some(({ flags }) => hasFin(flags)),
    rst: own.some(({ flags }) => hasRst(flags)),
    payload: own.some(
      ({ record, flags }) => flags === 0 || (record.bytes ?? 0) > (record.packets ?? 0) * header,
    ),
    rejected: rejectedAt.size > 0,
    accepted: accepted.length > 0,
    changed: accepted.some(({ record }) => rejectedAt.has(record.interfaceId)),
  };
};

/** In the log of a transit gateway a plain SYN alone proves anything. */
const readGatewayBases = (initiator: SideFacts): readonly InitiatorBasis[] =>
  initiator.plainSyn ? ['syn'] : INFERRED;

const readBases = (initiator: SideFacts, responder: SideFacts): readonly InitiatorBasis[] | null => {
  if (initiator.synAck) return null;
  if (responder.plainSyn) return initiator.plainSyn && !responder.synAck ? ['simultaneous'] : null;
  if (initiator.plainSyn) return [responder.synAck ? 'handshake' : 'syn'];
  // A SYN-ACK of which every record was rejected is no proof.
  if (responder.synAck) return responder.synAckPassed ? ['syn-ack'] : ['rejected'];
  return INFERRED;
};

/** Only one side's records are there, and none of them was accepted: a request, a reply, or a late packet of either. */
const readStopped = (side: SideFacts, isRequest: boolean, flagged: boolean): readonly Verdict[] => {
  // Who opened is a guess, and the ports may not even allow that.
  if (!flagged) return isRequest ? ['rejected', 'unknown'] : ['reply-rejected', 'late', 'unknown'];
  if (side.plainSyn) return ['rejected'];
  return side.synAck ? ['reply-rejected'] : ['late'];
};

/** SYNs and nothing else. */
const isAttempt = ({ plainSyn, payload, fin, rst }: SideFacts): boolean =>
  plainSyn && !payload && !fin && !rst;

const readVerdicts = (
  initiator: SideFacts,
  responder: SideFacts,
  flagged: boolean,
): readonly Verdict[] | null => {
  if (!initiator.rejected && !responder.rejected) {
    // Which it is depends on what the log shows of others.
    const wasSilent = initiator.seen && !responder.seen && (!flagged || isAttempt(initiator));
    return wasSilent ? ['accepted', 'unanswered'] : ['accepted'];
  }
  if (initiator.rejected && !responder.seen) {
    if (!initiator.accepted) return readStopped(initiator, true, flagged);
    const ended: readonly Verdict[] = initiator.fin || initiator.rst ? ['late'] : [];
    return ['rejected', 'mixed', ...(initiator.changed ? (['cut-off'] as const) : []), ...ended];
  }
  if (responder.rejected && !responder.accepted && !initiator.rejected)
    return initiator.seen ? ['reply-rejected'] : readStopped(responder, false, flagged);
  return null;
};

const openBounds = (dossier: Dossier): Bounds | null => {
  const pieces = dossier.pieces.filter((piece) => (piece.flags & SYN) !== 0);
  if (pieces.length === 0) return null;
  const starts = pieces.map((piece) => piece.start - SLACK_SECONDS);
  const ends = pieces.map((piece) => piece.end);
  return { earliest: Math.min(...starts), latest: Math.min(...ends) };
};

/** The first FIN of the second side or the first RST, whichever was earlier: between what the first records of each bound. */
const closeBounds = ({ pieces }: Dossier): Bounds | null => {
  const firstOf = (bits: number, side: Side | null): Bounds | null => {
    const own = pieces.filter(
      (piece) => (piece.flags & bits) !== 0 && (side === null || piece.side === side),
    );
    if (own.length === 0) return null;
    return {
      earliest: Math.min(...own.map((piece) => piece.start - SLACK_SECONDS)),
      latest: Math.min(...own.map((piece) => piece.end)),
    };
  };
  const [one, other] = [firstOf(FIN, 'initiator'), firstOf(FIN, 'responder')];
  const both =
    one === null || other === null
      ? null
      : { earliest: Math.max(one.earliest, other.earliest), latest: Math.max(one.latest, other.latest) };
  const reset = firstOf(RST, null);
  if (both === null || reset === null) return both ?? reset;
  return { earliest: Math.min(both.earliest, reset.earliest), latest: Math.min(both.latest, reset.latest) };
};

/** The interface or attachment that wrote it. */
const writerOf = ({ record }: Piece): string => record.interfaceId ?? record.tgwAttachmentId ?? '-';

const observeVantages = ({ pieces }: Dossier): readonly ObservedVantage[] => {
  const names = [...new Set(pieces.map(writerOf))];
  return names.map((interfaceId) => {
    const here = pieces.filter((piece) => writerOf(piece) === interfaceId);
    const sum = (side: Side, property: 'packets' | 'bytes'): number =>
      here
        .filter((piece) => piece.side === side)
        .reduce((total, { record }) => total + (record[property] ?? 0), 0);
    return {
      interfaceId,
      records: here.length,
      initiatorPackets: sum('initiator', 'packets'),
      initiatorBytes: sum('initiator', 'bytes'),
      responderPackets: sum('responder', 'packets'),
      responderBytes: sum('responder', 'bytes'),
    };
  });
};

/** The unordered pair of ends, as packets carry it. */
const keyOf = (truth: TruthConnection): string => {
  const ends = [truth.initiator, truth.responder].map(({ address, port }) => `${address} ${port}`);
  return [truth.protocol, ...ends.sort()].join(' ');
};

const isVisiblyOver = (dossier: Dossier): boolean => {
  const initiator = factsOf(dossier, 'initiator');
  const responder = factsOf(dossier, 'responder');
  return initiator.rst || responder.rst || (initiator.fin && responder.fin);
};

const opensVisibly = (dossier: Dossier): boolean =>
  dossier.pieces.some(({ flags }) => hasPlainSyn(flags) || hasSynAck(flags));

const lastEnd = ({ pieces }: Dossier): number => Math.max(...pieces.map((piece) => piece.end));
const firstStart = ({ pieces }: Dossier): number => Math.min(...pieces.map((piece) => piece.start));

/** Whether the records alone show where one connection on a key ends and the next begins. */
const isDivided = (before: Dossier, after: Dossier, { has, late }: Eyes): boolean => {
  if (!has('start') || !has('end')) return false;
  const silence = firstStart(after) - lastEnd(before);
  const needsNoFlags = !has('tcp-flags') || before.truth.protocol !== TCP;
  if (silence > SURE_DIVISION && (needsNoFlags || isVisiblyOver(before) || opensVisibly(after))) return true;
  const opening = after.pieces.filter(({ flags }) => (flags & SYN) !== 0).map((piece) => piece.start);
  return (
    has('tcp-flags') &&
    isVisiblyOver(before) &&
    opensVisibly(after) &&
    // Equal seconds have no order.
    silence > late &&
    // A close without its opening may, within AWS's slack, belong to the opening behind it.
    (opensVisibly(before) || silence > SLACK_SECONDS) &&
    Math.min(...opening) <= firstStart(after)
  );
};

/** Silences inside one connection that an idle limit may take for its end. */
const isCutBySilence = (dossier: Dossier, { has }: Eyes): boolean => {
  if (!has('start') || !has('end')) return false;
  const open = has('tcp-flags') ? OPEN_SILENCE : FLAGLESS_SILENCE;
  let flags = 0;
  let answered = false;
  let fins = 0;
  let end = Number.POSITIVE_INFINITY;
  for (const piece of dossier.pieces) {
    const over = (flags & RST) !== 0 || fins === 3;
    const limit = over ? CLOSED_SILENCE : answered ? open : ATTEMPT_SILENCE;
    if (piece.start - end > limit) return true;
    flags |= piece.flags;
    if (hasFin(piece.flags)) fins |= piece.side === 'initiator' ? 1 : 2;
    answered ||= piece.side === 'responder' || !has('tcp-flags');
    end = Math.max(end === Number.POSITIVE_INFINITY ? piece.end : end, piece.end);
  }
  return false;
};

/**
 * Late records of one connection may read as an old one that closes and a new one that opens behind it: a close that
 * starts no later than an opening, unless the two are the whole lives of different sides or at different interfaces.
 */
const isTurnedAround = ({ pieces }: Dossier, { late }: Eyes): boolean =>
  late > 0 &&
  pieces.some(
    (opening) =>
      (opening.flags & SYN) !== 0 &&
      pieces.some((close) => {
        if (close === opening || (close.flags & (FIN | RST)) === 0 || close.start > opening.start)
          return false;
        const sameView =
          close.side === opening.side && close.record.interfaceId === opening.record.interfaceId;
        return (close.flags & SYN) === 0 || sameView;
      }),
  );

/**
 * A RST that is lost on its way leaves the other end repeating its SYN-ACK: at an interface that saw the RST this
 * reads like the answer to another dial.
 */
const repeatsBehindClose = ({ pieces }: Dossier): boolean =>
  pieces.some((again) => {
    const here = pieces.filter(
      (piece) =>
        piece !== again &&
        piece.record.interfaceId === again.record.interfaceId &&
        piece.start <= again.start,
    );
    const opened = here.some((piece) => piece.side === again.side && (piece.flags & SYN) !== 0);
    const reset = here.some((piece) => piece.side !== again.side && (piece.flags & RST) !== 0);
    return (again.flags & SYN) !== 0 && opened && reset;
  });

/** Whether two connections were logged in a VPC they have in common, or belong to one talk. */
const areNeighbours = (one: Dossier, other: Dossier): boolean => {
  const vpcs = new Set(one.pieces.map(({ record }) => record.vpcId));
  return one.truth.talk === other.truth.talk || other.pieces.some(({ record }) => vpcs.has(record.vpcId));
};

const KEY_FIELDS: readonly FieldName[] = ['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol'];

/** Whether the format lets anybody tell the ends of a connection. */
const explainKey = ({ pieces }: Dossier, { has }: Eyes): readonly string[] => {
  const missing = KEY_FIELDS.filter((name) => !has(name));
  const hidden = pieces.some(
    // An attachment shows the packet's own addresses, and those alone.
    ({ record: { srcAddr, dstAddr, pktSrcAddr, pktDstAddr } }) =>
      srcAddr !== (pktSrcAddr ?? srcAddr) || dstAddr !== (pktDstAddr ?? dstAddr),
  );
  return [
    ...(missing.length > 0 ? [`the format has no ${missing.join(', ')}`] : []),
    ...(hidden && !(has('pkt-srcaddr') && has('pkt-dstaddr'))
      ? ['an interface stands in for an address and the format has no pkt-*']
      : []),
  ];
};

const inTime = (one: Dossier, other: Dossier): readonly [before: Dossier, after: Dossier] =>
  one.truth.firstSeen < other.truth.firstSeen ? [one, other] : [other, one];

/** What another connection on the same ends does to the chances of telling this one. */
const explainNeighbour = (
  dossier: Dossier,
  other: Dossier,
  others: readonly Dossier[],
  eyes: Eyes,
): readonly string[] => {
  const name = other.truth.id;
  if (!areNeighbours(dossier, other))
    return eyes.has('vpc-id') ? [] : [`the same ends as ${name} in another VPC and no vpc-id`];
  const [before, after] = inTime(dossier, other);
  const reasons: string[] = [];
  if (isTurnedAround(other, eyes) || isCutBySilence(other, eyes))
    reasons.push(`its neighbour ${name} on the same ports may be cut in two`);
  const blurred = others.some(
    (third) =>
      third !== dossier &&
      third !== other &&
      keyOf(third.truth) === keyOf(other.truth) &&
      areNeighbours(third, other) &&
      !isDivided(...inTime(third, other), eyes),
  );
  if (blurred && eyes.has('start') && firstStart(after) - lastEnd(before) <= SLACK_SECONDS)
    reasons.push(`its neighbour ${name} cannot be told from a third on the same ports`);
  if (!isDivided(before, after, eyes)) reasons.push(`nothing divides it from ${name} on the same ports`);
  return reasons;
};

const explainEntangled = (dossier: Dossier, others: readonly Dossier[], eyes: Eyes): readonly string[] => {
  const onSameEnds = others.filter(
    (other) => other !== dossier && keyOf(other.truth) === keyOf(dossier.truth),
  );
  const reasons = [
    ...explainKey(dossier, eyes),
    ...onSameEnds.flatMap((other) => explainNeighbour(dossier, other, others, eyes)),
  ];
  if (dossier.shares.size > 0) reasons.push(`shares a record with ${[...dossier.shares].join(', ')}`);
  if (dossier.pieces.some(({ record }) => eyes.isAmbiguous(record)))
    reasons.push('two different records read the same in this format');
  if (dossier.pieces.some(({ record }) => eyes.doubled.has(record.interfaceId ?? '')))
    reasons.push('two flow logs tell of it, and nothing shows that for sure');
  if (isTurnedAround(dossier, eyes)) reasons.push('late records put its close before its opening');
  if (isCutBySilence(dossier, eyes)) reasons.push('silent for longer than an idle limit');
  if (repeatsBehindClose(dossier)) reasons.push('repeats its handshake behind a RST that was lost');
  return reasons;
};

const observeOne = (dossier: Dossier, others: readonly Dossier[], eyes: Eyes): Observed => {
  const { has } = eyes;
  const initiator = factsOf(dossier, 'initiator');
  const responder = factsOf(dossier, 'responder');
  const flagged = has('tcp-flags') && dossier.truth.protocol === TCP;
  const timed = flagged && has('start') && has('end');
  const flags = (side: Side): number | null => {
    const own = dossier.pieces.filter((piece) => piece.side === side);
    return flagged && own.length > 0 ? own.reduce((all, piece) => all | piece.flags, 0) : null;
  };
  const visible = dossier.pieces.length > 0;
  return {
    id: dossier.truth.id,
    visible,
    complete: dossier.complete,
    entangled: visible ? explainEntangled(dossier, others, eyes) : [],
    skipped: dossier.skipped,
    initiatorFlags: flags('initiator'),
    responderFlags: flags('responder'),
    bases: !flagged
      ? INFERRED
      : eyes.isGateway
        ? readGatewayBases(initiator)
        : readBases(initiator, responder),
    states:
      dossier.truth.protocol !== TCP || !visible
        ? null
        : flagged
          ? readStates(initiator, responder, dossier.complete)
          : ['flagless'],
    verdicts: has('action') ? readVerdicts(initiator, responder, flagged) : ['unknown'],
    opened: timed ? openBounds(dossier) : null,
    closed: timed ? closeBounds(dossier) : null,
    vantages: observeVantages(dossier),
  };
};

/**
 * One observation a true connection, in the same order.
 * @param seen everything logging interfaces saw
 * @param fields those of the log, where they are not the format's
 */
export const observe = (
  truth: readonly TruthConnection[],
  records: readonly LoggedRecord[],
  seen: readonly Sighting[],
  logging: Logging,
  fields: readonly FieldName[] = FORMATS[logging.format],
): readonly Observed[] => {
  const lines = new Map<string, number>();
  for (const { record, copies, isSecond } of records) {
    const line = printRecord(record, fields);
    if (copies > 0 && !isSecond) lines.set(line, (lines.get(line) ?? 0) + 1);
  }
  const eyes: Eyes = {
    has: (name) => fields.includes(name),
    isAmbiguous: (record) => (lines.get(printRecord(record, fields)) ?? 0) > 1,
    late: logging.skew.most,
    doubled: doubledAt(records, fields),
    isGateway: fields.includes('tgw-attachment-id'),
  };
  const dossiers = truth.map((connection) => openDossier(connection, records, seen));
  const visible = dossiers.filter((dossier) => dossier.pieces.length > 0);
  return dossiers.map((dossier) => observeOne(dossier, visible, eyes));
};
