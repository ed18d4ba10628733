/** What a run says about its input once all is read: counts, formats, coverage, and what these logs cannot tell. */
import type { Columns } from '../model/fields.ts';
import type { Rejection, RejectionReason } from '../model/flow-record.ts';
import type {
  Container,
  ContainerReport,
  FormatReport,
  LearnedFrom,
  RunReport,
  VantageCoverage,
} from '../model/report.ts';
import { type AddressLegs, findAddressPaths } from '../path/gateways.ts';
import { UNNAMED } from '../record/detect-columns.ts';
import type { Interner } from '../record/interner.ts';
import type { Rebuild } from './rebuild.ts';
import type { Tally } from './tally.ts';

/** How many rejected lines are kept to be shown. */
export const SHOWN_REJECTIONS = 10;
/** How many files that were not read are named. */
export const SHOWN_FILES = 10;

interface FormatSeen {
  readonly columns: Columns;
  readonly learnedFrom: LearnedFrom;
  readonly firstSource: string;
  /** How many others the first source had begun with. */
  readonly place: number;
  readonly sources: Set<string>;
  records: number;
}

/** What is told of a format, and where in its first source it was met. */
export interface PlacedFormat extends FormatReport {
  readonly place: number;
}

/** Notes what the readers of all sources meet. */
export class InputNotes {
  sources = 0;
  /** Files of folders that were not read, and the first of them. */
  passedOver = 0;
  readonly firstPassedOver: string[] = [];
  headers = 0;
  comments = 0;
  rejected = 0;
  readonly reasons = new Map<RejectionReason, number>();
  readonly firstRejections: Rejection[] = [];
  readonly #formats = new Map<string, FormatSeen>();
  #current: FormatSeen | undefined;
  /** Formats that the source at hand has had so far. */
  #ofSource = 0;
  readonly #containers = new Map<string, { containers: Container[]; sources: number; firstSource: string }>();
  /** The source at hand, and what it is wrapped in. */
  #source = '';
  #wrapped: Container[] = [];

  noteFormat(columns: Columns, learnedFrom: LearnedFrom, source: string): void {
    const key = `${learnedFrom} ${columns.names.join(' ')}`;
    let seen = this.#formats.get(key);
    if (seen === undefined) {
      const place = this.#ofSource;
      seen = { columns, learnedFrom, firstSource: source, place, sources: new Set(), records: 0 };
      this.#formats.set(key, seen);
    }
    if (!seen.sources.has(source)) this.#ofSource++;
    seen.sources.add(source);
    this.#current = seen;
  }

  noteSource(name: string): void {
    this.#endSource();
    this.sources++;
    this.#source = name;
    this.#ofSource = 0;
  }

  notePassedOver(path: string): void {
    this.passedOver++;
    if (this.firstPassedOver.length < SHOWN_FILES) this.firstPassedOver.push(path);
  }

  noteContainer(container: Container): void {
    this.#wrapped.push(container);
  }

  noteRecords(count: number): void {
    if (this.#current !== undefined) this.#current.records += count;
  }

  noteRejection(rejection: Rejection): void {
    this.rejected++;
    this.reasons.set(rejection.reason, (this.reasons.get(rejection.reason) ?? 0) + 1);
    if (this.firstRejections.length < SHOWN_REJECTIONS) this.firstRejections.push(rejection);
  }

  /** The source is read: what it was wrapped in is known. */
  #endSource(): void {
    if (this.#wrapped.length === 0) return;
    const key = this.#wrapped.join(' ');
    const seen = this.#containers.get(key);
    if (seen === undefined)
      this.#containers.set(key, { containers: this.#wrapped, sources: 1, firstSource: this.#source });
    else seen.sources++;
    this.#wrapped = [];
  }

  containers(): ContainerReport[] {
    this.#endSource();
    return [...this.#containers.values()];
  }

  formats(): FormatReport[] {
    return this.placedFormats().map(({ place: _, ...format }) => format);
  }

  placedFormats(): PlacedFormat[] {
    return [...this.#formats.values()].map((seen) => ({
      fields: seen.columns.names,
      learnedFrom: seen.learnedFrom,
      unknownFields: seen.columns.names.filter((_, i) => seen.columns.fields[i] === undefined),
      records: seen.records,
      sources: seen.sources.size,
      firstSource: seen.firstSource,
      place: seen.place,
    }));
  }
}

/** What formats without ports or protocol have told: see Filing. */
export interface LegsMet {
  readonly legs: AddressLegs;
  readonly legFields: ReadonlySet<string>;
  readonly legLacks: ReadonlySet<string>;
}

/** What was given out. */
export interface Given {
  connections: number;
  exchanges: number;
  oneSided: number;
}

const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

/** @param doubled interfaces of which it looks as if two flow logs told of them, and cannot be told */
const sentencesOn = (input: InputReport, given: Given, doubled: number): string[] => {
  const { formats, placement, rejected, accepted } = input;
  const flows = placement.connections + placement.exchanges + placement.duplicates;
  const used = formats.filter((format) => format.records > 0);
  const lack = (name: string): boolean =>
    used.length > 0 && used.every((format) => !format.fields.includes(name));
  const limits: string[] = [];
  if (input.tcpWithoutFlags > 0 && input.tcpWithFlags === 0) {
    limits.push(
      'No record carries tcp-flags: who opened a connection is inferred, and how it was opened and ended cannot be seen. Add tcp-flags to the flow log format.',
    );
  } else if (input.tcpWithoutFlags > 0) {
    limits.push(
      `${counted(input.tcpWithoutFlags, 'TCP record carries', 'TCP records carry')} no tcp-flags: there the initiator is inferred.`,
    );
  }
  if (flows > 0 && input.first === null) {
    limits.push(
      'No record carries start and end: there are no times and no durations, and reused ports cannot be told apart.',
    );
  }
  if (flows > 0 && lack('packets') && lack('bytes'))
    limits.push('No record carries packets or bytes: there are no sizes.');
  if (flows > 0 && accepted + rejected === 0) {
    limits.push('No record carries action: what security groups and network ACLs rejected cannot be seen.');
  }
  if (
    rejected === 0 &&
    accepted > 0 &&
    given.oneSided > 0 &&
    given.oneSided === given.connections + given.exchanges
  ) {
    limits.push(
      'There is no REJECT record and everything was seen one way only: this log shows no answers to anybody, as a filtered log (ACCEPT only) or half of one does. What was seen one way only is no unanswered attempt.',
    );
  } else if (accepted === 0 && rejected > 0) {
    limits.push('There are only REJECT records: this is a filtered log, accepted traffic is not in it.');
  }
  if (flows > 0 && lack('pkt-srcaddr') && lack('pkt-dstaddr')) {
    limits.push(
      'No record carries pkt-srcaddr and pkt-dstaddr: behind NAT gateways, transit gateways and nodes with pods, different connections can look like one.',
    );
  }
  if (flows > 0 && lack('vpc-id')) {
    limits.push(
      'No record carries vpc-id: equal private addresses of different VPCs in one account cannot be told apart.',
    );
  }
  const unnamed = used.find(({ unknownFields }) => unknownFields[0]?.startsWith(UNNAMED) === true);
  if (unnamed !== undefined) {
    limits.push(
      `Lines have ${counted(unnamed.unknownFields.length, 'field', 'fields')} behind those of the default format, and nothing names them: they are carried, not interpreted. Name them with --fields.`,
    );
  }
  if (placement.skipdata > 0) {
    limits.push(
      `AWS lost records in ${counted(placement.skipdata, 'interval', 'intervals')} (SKIPDATA): connections there are marked has_gap.`,
    );
  }
  if (doubled > 0) {
    limits.push(
      `At ${counted(doubled, 'interface', 'interfaces')} records hold shorter ones and do not count what these count: two flow logs of different intervals may tell of the same packets, and counts may be doubled. Read one flow log by itself.`,
    );
  }
  const withoutPorts = placement.addressOnly - input.withoutAddresses;
  if (input.withoutAddresses > 0) {
    limits.push(
      `${counted(input.withoutAddresses, 'record carries', 'records carry')} no source or no destination address: nothing shows what met.`,
    );
  }
  if (withoutPorts > 0) {
    limits.push(
      `${counted(withoutPorts, 'record carries', 'records carry')} no ports or no protocol: that shows which addresses met, not which connections.`,
    );
  }
  if (input.oddFlags > 0) {
    limits.push(
      `${counted(input.oddFlags, 'TCP record holds', 'TCP records hold')} flags that VPC flow logs never write (converters, damage): their known bits are used.`,
    );
  }
  return limits;
};

/** What each vantage covers, when all is read. */
export const coverageOf = (
  { coverage, observers, known }: Rebuild,
  strings: Interner,
): readonly VantageCoverage[] => coverage.report(observers, strings, known.toldTwice);

/** What a report tells of the input alone, whatever became of its records. */
export type InputReport = Omit<
  RunReport,
  'connections' | 'exchanges' | 'oneSided' | 'vantages' | 'addressPaths' | 'limits'
>;

/** The report of an input that was read. */
export const reportInput = (tally: Tally, notes: InputNotes): InputReport => ({
  placement: {
    records: tally.flows + tally.addressOnly + tally.nodata + tally.skipdata + notes.rejected,
    connections: tally.flows - tally.exchanges - (tally.duplicates - tally.duplicateExchanges),
    exchanges: tally.exchanges - tally.duplicateExchanges,
    addressOnly: tally.addressOnly,
    nodata: tally.nodata,
    skipdata: tally.skipdata,
    duplicates: tally.duplicates,
    rejected: notes.rejected,
    headers: notes.headers,
    comments: notes.comments,
  },
  sources: notes.sources,
  containers: notes.containers(),
  notRead: { files: notes.passedOver, first: notes.firstPassedOver },
  rejections: notes.reasons,
  firstRejections: notes.firstRejections,
  formats: notes.formats(),
  withoutAddresses: tally.withoutAddresses,
  accepted: tally.accepted,
  rejected: tally.rejected,
  first: tally.first,
  last: tally.last,
  oddFlags: tally.oddFlags,
  tcpWithFlags: tally.tcpWithFlags,
  tcpWithoutFlags: tally.tcpWithoutFlags,
});

/** What a report is made of. */
export interface Reported {
  readonly input: InputReport;
  readonly given: Given;
  /** What each vantage covers: made when somebody looks, for there may be a million of them. */
  readonly vantages: () => readonly VantageCoverage[];
  /** Interfaces of which it looks as if two flow logs told of them, and cannot be told. */
  readonly doubled: number;
  /** Of formats without ports or protocol. */
  readonly legs: LegsMet;
}

export const reportOf = ({ input, given, vantages: make, doubled, legs }: Reported): RunReport => {
  let vantages: readonly VantageCoverage[] | undefined;
  return {
    ...input,
    connections: given.connections,
    exchanges: given.exchanges,
    oneSided: given.oneSided,
    get vantages() {
      vantages ??= make();
      return vantages;
    },
    addressPaths: findAddressPaths(legs.legs.inOrder(), [...legs.legFields], legs.legLacks),
    limits: sentencesOn(input, given, doubled),
  };
};

/** The report of a run that has ended. */
export const reportRun = (
  rebuild: Rebuild,
  notes: InputNotes,
  given: Given,
  strings: Interner,
): RunReport => {
  const { toldTwice } = rebuild.known;
  const isDoubled = (vantage: number): boolean =>
    toldTwice.at(vantage, rebuild.coverage.longestOf(vantage)) === null;
  return reportOf({
    input: reportInput(rebuild.tally, notes),
    given,
    vantages: () => coverageOf(rebuild, strings),
    doubled: [...toldTwice.each()].filter(([vantage]) => isDoubled(vantage)).length,
    legs: rebuild,
  });
};
