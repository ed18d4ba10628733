/** The head of a file of facts, and its lines on rejections and interfaces, in the words of facts.ts: each part is looked at before it is believed. */
import type { VantageLesson } from '../engine/observers/lessons.ts';
import { MOST_OWN, type OwnSets } from '../engine/observers/own-addresses.ts';
import { SCOPES } from '../engine/observers/scope.ts';
import type { PlacedFormat } from '../engine/report-run.ts';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { REJECTION_REASONS, type Rejection, type RejectionReason } from '../model/flow-record.ts';
import type { JsonPart } from '../model/json-part.ts';
import {
  type AddressLeg,
  CONTAINERS,
  type Container,
  type ContainerReport,
  LEARNED_FROM,
} from '../model/report.ts';
import { canonicalAddress } from '../record/address.ts';
import { LARGEST_SECONDS } from '../record/parse-line.ts';
import {
  END_LISTS,
  FACTS_VERSION,
  type FactsHeader,
  type KeyLesson,
  type KeysFacts,
  MAKERS,
  type RecordLesson,
  type RunFacts,
} from './facts.ts';
import type { FactsLines } from './facts-lines.ts';

export interface FactsHead {
  readonly header: FactsHeader;
  readonly run: RunFacts;
  readonly keys: KeysFacts;
}

const seconds = (part: JsonPart): number => part.number(LARGEST_SECONDS, `seconds up to ${LARGEST_SECONDS}`);
const secondsOrNull = (part: JsonPart): number | null => part.orNull(seconds);
const textOrNull = (part: JsonPart): string | null => part.orNull((known) => known.text());
const texts = (part: JsonPart): string[] => part.list().map((each) => each.text());

const notFacts = (name: string): InputError =>
  new InputError(
    'input-unsupported',
    `${escapeControls(name)} holds no facts: expected a file that conntrail learn or conntrail split has written.`,
  );

const readHeader = (lines: FactsLines): FactsHeader => {
  let header: JsonPart;
  try {
    header = lines.value();
  } catch {
    throw notFacts(lines.name);
  }
  if (!header.has('conntrail')) throw notFacts(lines.name);
  header.of('conntrail').equal('facts', 'as files of facts say');
  const version = header.of('version').count();
  if (version !== FACTS_VERSION)
    throw new InputError(
      'input-unsupported',
      `The facts in ${escapeControls(lines.name)} are of version ${version}, and this conntrail reads version ${FACTS_VERSION}: learn them with the conntrail that reads them.`,
    );
  const scope = header.of('scope').orNull((part) => part.oneOf(SCOPES));
  const idleSeconds = header.of('idle_seconds').orNull((part) => part.measure());
  return {
    from: header.of('from').oneOf(MAKERS),
    settings: scope === null ? null : { scope, idleSeconds },
    recordsFrom: header.of('records_from').oneOf(['split', 'learn']),
    ends: header.of('ends').oneOf(END_LISTS),
  };
};

const CONTAINER_NAMES = Object.keys(CONTAINERS) as Container[];
const REASONS = Object.keys(REJECTION_REASONS) as RejectionReason[];

const readContainer = (part: JsonPart): ContainerReport => ({
  containers: part
    .of('containers')
    .list()
    .map((each) => each.oneOf(CONTAINER_NAMES)),
  sources: part.of('sources').count(),
  firstSource: part.of('first_source').text(),
});

const readFormat = (part: JsonPart): PlacedFormat => ({
  fields: texts(part.of('fields')),
  learnedFrom: part.of('learned_from').oneOf(LEARNED_FROM),
  unknownFields: texts(part.of('unknown_fields')),
  records: part.of('records').count(),
  sources: part.of('sources').count(),
  firstSource: part.of('first_source').text(),
  place: part.of('place').count(),
});

const readLeg = (part: JsonPart): AddressLeg => ({
  vantage: textOrNull(part.of('vantage')),
  instanceId: textOrNull(part.of('instance_id')),
  srcAddr: part.of('src_addr').text(),
  dstAddr: part.of('dst_addr').text(),
  pktSrcAddr: textOrNull(part.of('pkt_src_addr')),
  pktDstAddr: textOrNull(part.of('pkt_dst_addr')),
  records: part.of('records').count(),
});

const readRun = (run: JsonPart): RunFacts => {
  const count = (name: string): number => run.of(name).count();
  return {
    flows: count('flows'),
    exchanges: count('exchanges'),
    addressOnly: count('address_only'),
    withoutAddresses: count('without_addresses'),
    nodata: count('nodata'),
    skipdata: count('skipdata'),
    accepted: count('accepted'),
    rejected: count('rejected'),
    oddFlags: count('odd_flags'),
    tcpWithFlags: count('tcp_with_flags'),
    tcpWithoutFlags: count('tcp_without_flags'),
    first: secondsOrNull(run.of('first')),
    last: secondsOrNull(run.of('last')),
    headers: count('headers'),
    comments: count('comments'),
    sources: count('sources'),
    containers: run.of('containers').list().map(readContainer),
    notRead: {
      files: run.of('not_read').of('files').count(),
      first: texts(run.of('not_read').of('first')),
    },
    formats: run.of('formats').list().map(readFormat),
    rejections: new Map(
      run
        .of('rejections')
        .entries()
        .map(([name, part]) => {
          const reason = REASONS.find((known) => known === name);
          return [reason ?? part.fail('a reason that this version knows'), part.count()] as const;
        }),
    ),
    legs: run.of('legs').list().map(readLeg),
    legFields: texts(run.of('leg_fields')),
    legLacks: texts(run.of('leg_lacks')),
  };
};

/** Moves to the next line, which must be one of the head. */
const nextOfHead = async (lines: FactsLines): Promise<void> => {
  await lines.next();
  if (lines.kind !== 'head') throw lines.damage('a line of the head is missing');
};

/**
 * Reads the head; the line behind it is at hand then.
 * @throws InputError where it holds no facts, those of another version, or damaged ones
 */
export const readHead = async (lines: FactsLines): Promise<FactsHead> => {
  await lines.next();
  const header = readHeader(lines);
  await nextOfHead(lines);
  const run = readRun(lines.value().of('run'));
  await nextOfHead(lines);
  const keys = { flows: lines.value().of('keys').of('flows').count() };
  await lines.next();
  return { header, run, keys };
};

/** The rejection of the line at hand. */
export const readRejection = (lines: FactsLines): Rejection => {
  const part = lines.value().of('rejection');
  return {
    source: part.of('source').text(),
    lineNumber: part.of('line').count(),
    field: textOrNull(part.of('field')),
    reason: part.of('reason').oneOf(REASONS),
    text: part.of('text').text(),
  };
};

/** What a line says of an interface: what records teach of it, or what whole keys do. */
export type VantageLine = { readonly vantage: string } & (
  | { readonly by: 'records'; readonly lesson: RecordLesson }
  | { readonly by: 'keys'; readonly lesson: KeyLesson }
);

/** More sets than a family ever has: 2 to the power of {@link MOST_OWN}. */
const MOST_SETS = 2 ** MOST_OWN;

const readSets = (part: JsonPart, isV6: boolean): OwnSets =>
  part.upTo(MOST_SETS).map((set) =>
    set.upTo(MOST_OWN).map((address) => {
      const text = address.text();
      const isOne = canonicalAddress(text) === text && text.includes(':') === isV6;
      return isOne ? text : address.fail(`an ${isV6 ? 'IPv6' : 'IPv4'} address`);
    }),
  );

const readRecordLesson = (line: JsonPart): RecordLesson => ({
  vpcId: textOrNull(line.of('vpc_id')),
  records: line.of('records').count(),
  nodata: line.of('nodata').count(),
  first: secondsOrNull(line.of('first')),
  last: secondsOrNull(line.of('last')),
  longest: secondsOrNull(line.of('longest')),
  rewrites: line.of('rewrites').flag(),
  own: { v4: readSets(line.of('own').of('v4'), false), v6: readSets(line.of('own').of('v6'), true) },
  skipped: line
    .of('skipped')
    .list()
    .map((interval) => interval.list(2).map(secondsOrNull) as [number | null, number | null]),
});

const readKeyLesson = (line: JsonPart): KeyLesson => {
  const toldTwice = line.of('told_twice');
  return {
    bothWays: line.of('both_ways').count(),
    halves: line.of('halves').count(),
    toldTwice: {
      sums: toldTwice.of('sums').count(),
      contradictions: toldTwice.of('contradictions').count(),
      nests: toldTwice.of('nests').count(),
    } satisfies VantageLesson['toldTwice'],
  };
};

/**
 * What the line at hand says of an interface.
 * @param isAsked whether an interface is asked about: nothing else of another is looked at
 */
export function readVantage(lines: FactsLines): VantageLine;
export function readVantage(lines: FactsLines, isAsked: (name: string) => boolean): VantageLine | undefined;
export function readVantage(lines: FactsLines, isAsked?: (name: string) => boolean): VantageLine | undefined {
  if (isAsked !== undefined) {
    const name = lines.plainName();
    if (name !== undefined && !isAsked(name)) return undefined;
  }
  const line = lines.value();
  const vantage = line.of('vantage').text();
  return line.of('by').oneOf(['records', 'keys']) === 'records'
    ? { vantage, by: 'records', lesson: readRecordLesson(line) }
    : { vantage, by: 'keys', lesson: readKeyLesson(line) };
}
