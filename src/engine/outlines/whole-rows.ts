/**
 * Whole rows as connections: what the rules write of each (rules/whole-row.ts) becomes the object that people and programs are
 * handed. Nothing is judged here; every text is made here. Where things lie is read from the rules' own layout.
 */

import { labelOf } from '../../meaning/labels.ts';
import type {
  Connection,
  ConnectionWindow,
  Party,
  Vantage,
  VantageRole,
  Verdict,
  WindowSide,
} from '../../model/connection.ts';
import { LOSS_REASONS, type Losses, lossesOf } from '../../model/losses.ts';
import { PROTOCOL_NAMES } from '../../model/protocols.ts';
import type { AddressBook } from '../../record/address-book.ts';
import type { KernelMemory } from '../kernel/kernel-memory.ts';
import type { RowForm } from '../kernel/line-speller.ts';
import { LIVES, LOST_BECAUSE, REJECTED_SIDES, VERDICTS } from '../kernel/meaning-tables.ts';
import { COMMUNITY_ID_LENGTH, UID_LENGTH } from '../kernel/name-letters.ts';
import type { Annotations, ToldOf } from '../observers/annotations.ts';
import type { Observer, Observers } from '../observers/observers.ts';
import { AddressTexts } from './address-texts.ts';
import { BASES, MARK } from './outline-rows.ts';

/** The form of whole rows. */
export const wholeForm = (withWindows: boolean): RowForm => (withWindows ? 'WITH_WINDOWS' : 'WHOLE_ROWS');

/** Roles in the order that the rules number them; of gateways by what they saw. */
const ROLES: readonly VantageRole[] = ['initiator', 'responder', 'unknown', 'gateway', 'gateway', 'gateway'];
const SEES: readonly Vantage['sees'][] = ['both', 'initiator', 'responder', 'both'];
const ACTIONS: readonly WindowSide['action'][] = [null, 'accept', 'reject', 'mixed'];

/** Labels of interfaces on paths that are remembered. */
const MOST_LABELS = 1 << 16;

const orNull = (value: number): number | null => (value < 0 ? null : value);

/** Where in a row things lie: offsets in bytes, or in words of four or eight. */
const placesOf = (memory: KernelMemory) => {
  const at = (name: string): number => memory.value(name);
  const word = (name: string): number => at(name) / 4;
  const wide = (name: string): number => at(name) / 8;
  return {
    uid: at('OUTLINE_UID'),
    addresses: word('OUTLINE_ADDRESSES'),
    ports: word('OUTLINE_PORTS'),
    flags: word('OUTLINE_FLAGS'),
    windows: word('OUTLINE_WINDOWS'),
    records: word('OUTLINE_RECORDS'),
    times: wide('OUTLINE_TIMES'),
    counts: wide('OUTLINE_COUNTS'),
    confidence: wide('OUTLINE_CONFIDENCE'),
    words: at('OUTLINE_WORDS'),
    size: at('OUTLINE_SIZE'),
    bytes: word('WHOLE_BYTES'),
    views: word('WHOLE_VIEWS'),
    toldWindows: word('WHOLE_WINDOWS'),
    primary: word('WHOLE_PRIMARY'),
    life: at('WHOLE_LIFE'),
    names: at('WHOLE_NAMES'),
    historyLength: at('WHOLE_HISTORY_LENGTH'),
    history: at('WHOLE_HISTORY'),
    communityId: at('WHOLE_COMMUNITY_ID'),
    viewSize: at('VIEW_SIZE'),
    viewTimes: wide('VIEW_TIMES'),
    viewCounts: wide('VIEW_COUNTS'),
    viewRecords: word('VIEW_RECORDS'),
    viewWindows: word('VIEW_WINDOWS'),
    viewOwn: word('VIEW_OWN'),
    viewRole: at('VIEW_ROLE'),
    viewSees: at('VIEW_SEES'),
    viewRewrites: at('VIEW_REWRITES'),
    viewTellers: word('VIEW_TELLERS'),
    viewVerdict: at('VIEW_VERDICT'),
    rejectedFrom: wide('OUTLINE_REJECTED_FROM'),
    rejectedAt: word('OUTLINE_REJECTED_AT'),
    rejectedSides: at('OUTLINE_REJECTED_SIDES'),
    silence: at('OUTLINE_SILENCE'),
    lostBecause: at('OUTLINE_LOST_BECAUSE'),
    lost: wide('OUTLINE_LOST'),
    lostAt: word('OUTLINE_LOST_AT'),
    viewLosses: wide('VIEW_LOSSES'),
    windowSize: at('WINDOW_SIZE'),
    windowTimes: wide('WINDOW_TIMES'),
    windowSides: at('WINDOW_SIDES'),
    sideSize: at('SIDE_SIZE'),
    sidePackets: wide('SIDE_PACKETS'),
    sideBytes: wide('SIDE_BYTES'),
    sideFlags: word('SIDE_FLAGS'),
    sideActions: at('SIDE_ACTIONS'),
    sideSpoke: at('SIDE_SPOKE'),
  };
};

/** The observers by their places in their order, as `ranks` has them by observer. */
export const byPlace = (ranks: Uint32Array): Uint32Array => {
  const observers = new Uint32Array(ranks.length);
  for (let observer = 0; observer < ranks.length; observer++) observers[ranks[observer] as number] = observer;
  return observers;
};

/** What reading rows takes beside them. */
export interface RowReading {
  readonly memory: KernelMemory;
  readonly observers: Observers;
  /** By observer, its place in their order. */
  readonly ranks: Uint32Array;
  readonly addresses: AddressBook;
  /** What AWS tells beside packets, where somebody asks. */
  readonly annotations: Annotations | null;
}

const NOBODY: Observer = {
  interfaceId: null,
  resourceId: null,
  vpcId: null,
  subnetId: null,
  instanceId: null,
  accountId: null,
};

const joined = (one: Uint8Array, other: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
};

export class WholeRows {
  readonly #at: ReturnType<typeof placesOf>;
  readonly #observers: Observers;
  readonly #byPlace: Uint32Array;
  readonly #texts: AddressTexts;
  readonly #annotations: Annotations | null;
  readonly #labels = {
    initiator: new Map<string, string>(),
    responder: new Map<string, string>(),
    unknown: new Map<string, string>(),
  };
  #bytes = Buffer.alloc(0);
  #ints: Int32Array = new Int32Array(0);
  #doubles: Float64Array = new Float64Array(0);
  /** A row that has begun in one piece and goes on in the next. */
  #rest = new Uint8Array(0);

  constructor({ memory, observers, ranks, addresses, annotations }: RowReading) {
    this.#annotations = annotations;
    this.#at = placesOf(memory);
    this.#observers = observers;
    this.#byPlace = byPlace(ranks);
    this.#texts = new AddressTexts(addresses);
  }

  /** The connections of a piece; each may be kept. */
  *each(piece: Uint8Array): Generator<Connection> {
    for (const from of this.#rowsOf(piece)) yield this.#connectionAt(from);
  }

  /** The same, each with the kind of silence behind its last record (SILENCES in model/idle-limits.ts). */
  *eachWithSilence(piece: Uint8Array): Generator<readonly [Connection, number]> {
    for (const from of this.#rowsOf(piece))
      yield [this.#connectionAt(from), this.#byte(from + this.#at.silence)];
  }

  /** The same, each with a copy of its row, which a trace may end with. */
  *eachWithRow(piece: Uint8Array): Generator<readonly [Connection, Uint8Array]> {
    for (const from of this.#rowsOf(piece))
      yield [this.#connectionAt(from), new Uint8Array(this.#bytes.subarray(from, from + this.#sizeAt(from)))];
  }

  /** Where rows that are whole begin. */
  *#rowsOf(piece: Uint8Array): Generator<number> {
    this.#show(this.#rest.length === 0 ? piece : joined(this.#rest, piece));
    const { length } = this.#bytes;
    let from = 0;
    for (let size = this.#sizeAt(from); size > 0 && from + size <= length; size = this.#sizeAt(from)) {
      yield from;
      from += size;
    }
    this.#rest = new Uint8Array(this.#bytes.subarray(from));
  }

  #show({ buffer, byteOffset, length }: Uint8Array): void {
    this.#bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, length);
    this.#ints = new Int32Array(buffer, byteOffset, length / 4);
    this.#doubles = new Float64Array(buffer, byteOffset, length / 8);
  }

  /** The bytes of the row that begins at `from`; 0 where its size is not there yet. */
  #sizeAt(from: number): number {
    const at = from / 4 + this.#at.bytes;
    return at < this.#ints.length ? (this.#ints[at] as number) : 0;
  }

  #byte(at: number): number {
    return this.#bytes[at] as number;
  }
  #int(at: number): number {
    return this.#ints[at] as number;
  }
  #double(at: number): number {
    return this.#doubles[at] as number;
  }

  #connectionAt(from: number): Connection {
    const at = this.#at;
    const bytes = this.#bytes;
    const int = from / 4;
    const double = from / 8;
    const word = from + at.words;
    const isV6 = this.#byte(word + 6) === 1;
    const marks = this.#byte(word + 4);
    const { state, closedBy, connState } = LIVES[this.#byte(from + at.life)] as (typeof LIVES)[number];
    const times = double + at.times;
    const history = from + at.history;
    const told = this.#toldOf(from, isV6);
    const views = this.#viewsAt(from, told);
    const primary = views[this.#int(int + at.primary)] as Vantage;
    const connection = {
      uid: bytes.toString('latin1', from + at.uid, from + at.uid + UID_LENGTH),
      communityId:
        this.#byte(from + at.names) === 0
          ? null
          : bytes.toString('latin1', from + at.communityId, from + at.communityId + COMMUNITY_ID_LENGTH),
      protocol: PROTOCOL_NAMES[this.#byte(word + 5)] as string,
      initiator: this.#partyAt(int, double, 0, isV6, told),
      responder: this.#partyAt(int, double, 1, isV6, told),
      initiatorBasis: BASES[this.#byte(word)] as (typeof BASES)[number],
      initiatorConfidence: this.#double(double + at.confidence),
      state,
      closedBy,
      connState,
      history:
        state === null
          ? null
          : bytes.toString('latin1', history, history + this.#byte(from + at.historyLength)),
      verdict: VERDICTS[this.#byte(word + 3)] as Verdict,
      rejectedAt: this.#nameAt(this.#int(int + at.rejectedAt)),
      rejectedFrom: orNull(this.#double(double + at.rejectedFrom)),
      rejectedSide: REJECTED_SIDES[this.#byte(from + at.rejectedSides)] ?? null,
      lostAt: this.#nameAt(this.#int(int + at.lostAt)),
      packetsLost: this.#double(double + at.lost) || null,
      lostBecause: LOST_BECAUSE[this.#byte(from + at.lostBecause)] ?? null,
      firstSeen: orNull(this.#double(times)),
      lastSeen: orNull(this.#double(times + 1)),
      openedAt: orNull(this.#double(times + 2)),
      openedBy: orNull(this.#double(times + 3)),
      closedAfter: orNull(this.#double(times + 4)),
      closedAt: orNull(this.#double(times + 5)),
      durationMin: orNull(this.#double(times + 6)),
      durationMax: orNull(this.#double(times + 7)),
      windows: this.#int(int + at.windows),
      records: this.#int(int + at.records),
      vantages: views.length === 1 ? views : [primary, ...views.filter((view) => view !== primary)],
      startsMidstream: (marks & MARK.NO_BEGINNING) !== 0 ? null : (marks & MARK.MIDSTREAM) !== 0,
      endsOpen: (marks & MARK.NO_ENDING) !== 0 ? null : (marks & MARK.ENDS_OPEN) !== 0,
      oneSided: (marks & MARK.ONE_SIDED) !== 0,
      hasGap: (marks & MARK.HAS_GAP) !== 0,
      mayHideReuse: (marks & MARK.HIDES_REUSE) !== 0,
      contradicted: (marks & MARK.CONTRADICTED) !== 0,
      path: this.#pathOf(views),
    };
    const windows = this.#int(int + at.toldWindows);
    if (windows === 0) return connection;
    const windowsAt = from + at.size + views.length * at.viewSize;
    return { ...connection, windowDetails: this.#windowsAt(windowsAt, windows) };
  }

  /** What AWS tells of a row beside packets. */
  #toldOf(from: number, isV6: boolean): ToldOf | null {
    if (this.#annotations === null) return null;
    const at = this.#at;
    const addresses = from / 4 + at.addresses;
    const ports = from / 4 + at.ports;
    const times = from / 8 + at.times;
    const key = {
      protocol: this.#byte(from + at.words + 5),
      isV6,
      addresses: [this.#int(addresses) >>> 0, this.#int(addresses + 1) >>> 0] as const,
      ports: [this.#int(ports), this.#int(ports + 1)] as const,
    };
    return this.#annotations.of(key, orNull(this.#double(times)), orNull(this.#double(times + 1)));
  }

  #partyAt(int: number, double: number, side: 0 | 1, isV6: boolean, told: ToldOf | null): Party {
    const at = this.#at;
    const awsService = told?.services[side] ?? null;
    return {
      address: this.#texts.text(this.#int(int + at.addresses + side) >>> 0, isV6),
      port: orNull(this.#int(int + at.ports + side)),
      packets: orNull(this.#double(double + at.counts + 2 * side)),
      bytes: orNull(this.#double(double + at.counts + 2 * side + 1)),
      flags: orNull(this.#int(int + at.flags + side)),
      ...(awsService === null ? {} : { awsService }),
    };
  }

  /** Along the way. */
  #viewsAt(row: number, told: ToldOf | null): Vantage[] {
    const at = this.#at;
    const count = this.#int(row / 4 + at.views);
    const views: Vantage[] = [];
    for (let i = 0; i < count; i++) views.push(this.#viewAt(row + at.size + i * at.viewSize, told));
    return views;
  }

  #viewAt(from: number, told: ToldOf | null): Vantage {
    const at = this.#at;
    const int = from / 4;
    const times = from / 8 + at.viewTimes;
    const counts = from / 8 + at.viewCounts;
    const place = this.#placeAt(int + at.viewTellers);
    const rewrites = this.#byte(from + at.viewRewrites);
    const beside = told?.vantages.get(this.#vantageAt(int + at.viewTellers));
    return {
      interfaceId: place.interfaceId,
      resourceId: place.resourceId,
      vpcId: place.vpcId,
      subnetId: place.subnetId,
      instanceId: place.instanceId,
      accountId: place.accountId,
      role: ROLES[this.#byte(from + at.viewRole)] as VantageRole,
      rewrites: rewrites === 0 ? null : this.#texts.text(this.#int(int + at.viewOwn) >>> 0, rewrites === 2),
      records: this.#int(int + at.viewRecords),
      windows: this.#int(int + at.viewWindows),
      firstSeen: orNull(this.#double(times)),
      lastSeen: orNull(this.#double(times + 1)),
      initiatorPackets: orNull(this.#double(counts)),
      initiatorBytes: orNull(this.#double(counts + 1)),
      responderPackets: orNull(this.#double(counts + 2)),
      responderBytes: orNull(this.#double(counts + 3)),
      sees: SEES[this.#byte(from + at.viewSees)] as Vantage['sees'],
      lost: this.#lossesAt(from / 8 + at.viewLosses),
      verdict: VERDICTS[this.#byte(from + at.viewVerdict)] as Verdict,
      ...(beside?.ecs == null ? {} : { ecs: beside.ecs }),
      ...(beside?.paths == null ? {} : { trafficPaths: beside.paths }),
    };
  }

  /** The interned id of a view's vantage, by who tells its interface or resource; 0 where it has no name. */
  #vantageAt(tellers: number): number {
    const teller = Math.max(this.#int(tellers), this.#int(tellers + 1));
    return teller < 0 ? 0 : this.#observers.vantageOf(this.#byPlace[teller] as number);
  }

  #lossesAt(from: number): Losses | null {
    let any = 0;
    for (let i = 0; i < LOSS_REASONS.length; i++) any += this.#double(from + i);
    return any === 0 ? null : lossesOf(LOSS_REASONS.map((_, i) => this.#double(from + i)));
  }

  /** What observers tell of a view, each identifier by one of them: mostly all by the same. */
  #placeAt(at: number): Observer {
    let only = -1;
    let isOne = true;
    for (let i = 0; i < 6; i++) {
      const teller = this.#int(at + i);
      if (teller === -1 || teller === only) continue;
      if (only !== -1) isOne = false;
      only = teller;
    }
    if (only === -1) return NOBODY;
    if (isOne) return this.#observerAt(only);
    const told = (i: number, name: keyof Observer): string | null => {
      const teller = this.#int(at + i);
      return teller === -1 ? null : this.#observerAt(teller)[name];
    };
    return {
      interfaceId: told(0, 'interfaceId'),
      resourceId: told(1, 'resourceId'),
      vpcId: told(2, 'vpcId'),
      subnetId: told(3, 'subnetId'),
      instanceId: told(4, 'instanceId'),
      accountId: told(5, 'accountId'),
    };
  }

  #observerAt(place: number): Observer {
    return this.#observers.read(this.#byPlace[place] as number);
  }

  /** The name of an interface, or of the resource in its place. */
  #nameAt(place: number): string | null {
    if (place < 0) return null;
    const { interfaceId, resourceId } = this.#observerAt(place);
    return interfaceId ?? resourceId;
  }

  /** Interfaces along the way as text; null when the format names none. */
  #pathOf(views: readonly Vantage[]): string | null {
    let path: string | null = null;
    for (const { interfaceId, resourceId, role, sees } of views) {
      const name = interfaceId ?? resourceId;
      if (name === null) continue;
      const label = this.#labelOf(name, role, sees);
      path = path === null ? label : `${path} > ${label}`;
    }
    return path;
  }

  #labelOf(name: string, role: VantageRole, sees: Vantage['sees']): string {
    // Of an interface that is no gateway it does not matter what it saw.
    if (role === 'gateway') return labelOf(name, role, sees);
    const labels = this.#labels[role];
    const known = labels.get(name);
    if (known !== undefined) return known;
    if (labels.size >= MOST_LABELS) labels.clear();
    const label = labelOf(name, role, sees);
    labels.set(name, label);
    return label;
  }

  #windowsAt(from: number, count: number): ConnectionWindow[] {
    const at = this.#at;
    const windows: ConnectionWindow[] = [];
    for (let window = from; windows.length < count; window += at.windowSize) {
      const times = window / 8 + at.windowTimes;
      windows.push({
        start: orNull(this.#double(times)),
        end: orNull(this.#double(times + 1)),
        initiator: this.#sideAt(window + at.windowSides),
        responder: this.#sideAt(window + at.windowSides + at.sideSize),
      });
    }
    return windows;
  }

  #sideAt(from: number): WindowSide | null {
    const at = this.#at;
    if (this.#byte(from + at.sideSpoke) === 0) return null;
    return {
      packets: orNull(this.#double(from / 8 + at.sidePackets)),
      bytes: orNull(this.#double(from / 8 + at.sideBytes)),
      flags: orNull(this.#int(from / 4 + at.sideFlags)),
      action: ACTIONS[this.#byte(from + at.sideActions)] as WindowSide['action'],
    };
  }
}
