/** What the kernel needs to know of every observer: how it is ordered, and how its place and its role on a path are spelt. */
import { STEP, type Steps } from '../../model/in-steps.ts';
import type { SpeltName } from '../../model/spelt-name.ts';
import { Words } from '../../record/words.ts';
import type { Coverage } from '../observers/coverage.ts';
import type { KnownOfVantages } from '../observers/known-of-vantages.ts';
import type { ObserverTables } from '../observers/observer-tables.ts';
import type { Observer, Observers } from '../observers/observers.ts';
import { isVpc } from '../observers/scope.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { cellOf, formOf, type LineSpeller } from './line-speller.ts';

/** Bytes that a copy may read behind a text. */
const BEHIND = 64;
/** Bytes of a region of texts: small enough for what is left of blocks that filing has given back. */
const REGION = 1 << 16;

const isAlphanumeric = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

/** Whether all that is spelt has bytes as they are, and puts nothing around them: letters, digits, and hyphens between. */
const isPlain = (bytes: Uint8Array): boolean => {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (!isAlphanumeric(byte) && (byte !== 0x2d || i === 0)) return false;
  }
  return true;
};

/** The bits of an observer for what its name asks. */
type AsksMarks = Readonly<Record<Exclude<keyof SpeltName, 'text'>, number>>;

/** Texts in the kernel's memory, region by region. */
class TextRegions {
  readonly #memory: KernelMemory;
  readonly #encoder = new TextEncoder();
  #view: Uint8Array;
  #at = 0;
  #end = 0;
  /** Where the text that was added last lies. */
  from = 0;
  length = 0;

  constructor(memory: KernelMemory) {
    this.#memory = memory;
    this.#view = new Uint8Array(memory.buffer);
  }

  /** Puts a text there: see `from` and `length`. False when there is no memory for it. */
  add(bytes: Uint8Array): boolean {
    if (this.#at + bytes.length + BEHIND > this.#end && !this.#begin(bytes.length)) return false;
    this.#view.set(bytes, this.#at);
    this.from = this.#at;
    this.length = bytes.length;
    this.#at += bytes.length;
    return true;
  }

  /** Puts a text there as units of UTF-16, of which `length` tells how many. */
  addUnits(text: string): boolean {
    if (this.#at % 2 === 1) this.#at++;
    const bytes = new Uint8Array(2 * text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      bytes[2 * i] = unit;
      bytes[2 * i + 1] = unit >>> 8;
    }
    if (!this.add(bytes)) return false;
    this.length = text.length;
    return true;
  }

  /** Takes the text back that was added last: another may lie there. */
  takeBack(): void {
    this.#at = this.from;
  }

  addText(text: string): boolean {
    return this.add(this.#encoder.encode(text));
  }

  /** Puts texts there one after the other, and before them the length of each: see rules/places.ts. */
  addCells(cells: readonly string[]): boolean {
    const texts = cells.map((cell) => this.#encoder.encode(cell));
    const before = texts.length * 4;
    const bytes = new Uint8Array(before + texts.reduce((sum, { length }) => sum + length, 0));
    bytes.set(new Uint8Array(Uint32Array.from(texts, ({ length }) => length).buffer));
    let at = before;
    for (const text of texts) {
      bytes.set(text, at);
      at += text.length;
    }
    if (!this.add(bytes)) return false;
    this.from += before;
    this.length -= before;
    return true;
  }

  #begin(length: number): boolean {
    const size = Math.max(REGION, length + BEHIND);
    this.#at = this.#memory.allocate(size);
    if (this.#at === 0) return false;
    this.#end = this.#at + size;
    this.#view = new Uint8Array(this.#memory.buffer);
    return true;
  }
}

/** Puts what the kernel is told of all observers into its memory, whenever that is filled anew. */
export class ObserverTexts {
  readonly #speller: LineSpeller;
  /** Only lines of columns have texts. */
  readonly #hasNames: boolean;
  readonly #tables: ObserverTables;
  readonly #coverage: Coverage;

  constructor(speller: LineSpeller, tables: ObserverTables, coverage: Coverage) {
    this.#speller = speller;
    this.#hasNames = ['LINES', 'CHOSEN_LINES'].includes(formOf(speller));
    this.#tables = tables;
    this.#coverage = coverage;
  }

  /** False when the kernel has no room for them. */
  *place(memory: KernelMemory, known: KnownOfVantages): Steps<boolean> {
    const groups = yield* this.#placeNetworks(memory);
    if (groups === 0 || !this.#placeGaps(memory)) return false;
    if (!(yield* this.#placeObservers(memory, known))) return false;
    memory.setWord('GROUP_NAMES', groups);
    memory.exports.forgetKeys();
    return true;
  }

  /** By group: what its network is called, how that is ordered, and its own name; 0 when there is no memory for them. */
  *#placeNetworks(memory: KernelMemory): Steps<number> {
    const { groupCount } = this.#tables;
    const width = memory.value('NETWORK_SIZE') / 4;
    const groups = memory.allocate(Math.max(1, groupCount) * width * 4);
    if (groups === 0) return 0;
    const words = memory.words(groups, groupCount * width);
    const { name: names, own: ownNames } = yield* this.#tables.nameRanks();
    const [isVpcMark, ownIsVpc] = [memory.value('IS_VPC'), memory.value('OWN_IS_VPC')];
    const mayJoin = this.#tables.mayJoin ? memory.value('MAY_JOIN') : 0;
    const texts = new TextRegions(memory);
    for (let group = 0; group < groupCount; group++) {
      if (group % STEP === STEP - 1) yield;
      const { name, own } = this.#tables.network(group);
      const at = group * width;
      words[at + 2] = names[group] as number;
      words[at + 3] = ownNames[group] as number;
      words[at + 4] = (isVpc(name) ? isVpcMark : 0) | (isVpc(own) ? ownIsVpc : 0) | mayJoin;
      if (!texts.addUnits(own)) return 0;
      words[at + 5] = texts.from;
      words[at + 6] = texts.length;
      memory.exports.nameNetwork(groups + at * 4);
      // Only names that may come together with others are spelt again.
      if (!this.#tables.namesMayMeet) texts.takeBack();
    }
    return groups;
  }

  /** Where AWS lost records, by vantage; false when there is no memory for it. */
  #placeGaps(memory: KernelMemory): boolean {
    const width = memory.value('GAP_SIZE') / 4;
    const vantages = this.#coverage.skippedVantages();
    const table = vantages.length === 0 ? 0 : memory.allocate(vantages.length * width * 4);
    if (vantages.length > 0 && table === 0) return false;
    for (const [i, vantage] of vantages.entries()) {
      const { starts, latestEnd } = this.#coverage.gaps(vantage) ?? { starts: [], latestEnd: [] };
      const at = memory.allocate(starts.length * 16);
      if (at === 0) return false;
      memory.doubles(at, starts.length).set(starts);
      memory.doubles(at + starts.length * 8, starts.length).set(latestEnd);
      memory.words(table + i * width * 4, 3).set([vantage, at, starts.length]);
    }
    memory.setWord('GAP_TABLE', table);
    memory.setWord('GAP_COUNT', vantages.length);
    return true;
  }

  *#placeObservers(memory: KernelMemory, { bothWays, toldTwice }: KnownOfVantages): Steps<boolean> {
    const { observers } = this.#tables;
    const { ranks, groups } = this.#tables;
    const names = observers.strings.ranks();
    const [width, none] = [memory.value('OBSERVER_SIZE') / 4, memory.unsigned('NONE')];
    const blockBits = memory.value('TOLD_BLOCK_BITS');
    const blocks = memory.value('TOLD_BLOCKS');
    const [hasV4, hasV6] = [memory.value('HAS_OWN_V4'), memory.value('HAS_OWN_V6')];
    const [hasSkipped, hasInstance] = [memory.value('HAS_SKIPPED'), memory.value('HAS_INSTANCE')];
    const [hasInterface, hasResource] = [memory.value('HAS_INTERFACE'), memory.value('HAS_RESOURCE')];
    const [hasVpc, hasSubnet] = [memory.value('HAS_VPC'), memory.value('HAS_SUBNET')];
    const [hasAccount, showsAnswers] = [memory.value('HAS_ACCOUNT'), memory.value('SHOWS_ANSWERS')];
    const isToldTwice = memory.value('TOLD_TWICE');
    const asks: AsksMarks = {
      asksQuotes: memory.value('ASKS_QUOTES'),
      asksQuotesFirst: memory.value('ASKS_QUOTES_FIRST'),
      asksQuotesLast: memory.value('ASKS_QUOTES_LAST'),
      asksApostrophe: memory.value('ASKS_APOSTROPHE'),
    };
    const texts = new TextRegions(memory);
    const rests = new Rests(texts, (observer) => this.#restOf(observers.read(observer)));
    const perBlock = 1 << blockBits;
    let words: Uint32Array = new Uint32Array(0);
    for (let id = 0; id < observers.size; id++) {
      if (id % STEP === STEP - 1) yield;
      const inBlock = id & (perBlock - 1);
      if (inBlock === 0) {
        const block = memory.allocate(perBlock * width * 4);
        if (block === 0) return false;
        memory.words(blocks + (id >>> blockBits) * 4, 1)[0] = block;
        // Growing memory leaves what was seen of it in view: it is shared.
        words = memory.words(block, perBlock * width);
      }
      const vantage = observers.vantageOf(id);
      const { v4, v6 } = this.#coverage.ownAddresses(vantage);
      const more = this.#placeMore(memory, v4, v6);
      if (more < 0) return false;
      const at = inBlock * width;
      const asked = this.#addName(texts, vantage, asks);
      if (asked < 0) return false;
      words[at + 4] = texts.from;
      words[at + 5] = texts.length;
      const rest = rests.of(observers, id);
      if (rest < 0) return false;
      words[at] = ranks[id] as number;
      words[at + 1] = groups[id] as number;
      words[at + 2] = vantage;
      words[at + 3] = names[vantage] as number;
      words[at + 6] = v4[0] ?? 0;
      words[at + 7] =
        asked |
        (v4.length === 0 ? 0 : hasV4) |
        (v6.length === 0 ? 0 : hasV6) |
        (this.#coverage.hasSkipped(vantage) ? hasSkipped : 0) |
        (bothWays.showsAnswers(vantage) ? showsAnswers : 0) |
        (toldTwice.at(vantage, this.#coverage.longestOf(vantage)) === true ? isToldTwice : 0) |
        (observers.instanceOf(id) === 0 ? 0 : hasInstance) |
        (observers.hasInterface(id) ? hasInterface : 0) |
        (observers.resourceOf(id) === 0 ? 0 : hasResource) |
        (observers.vpcOf(id) === 0 ? 0 : hasVpc) |
        (observers.subnetOf(id) === 0 ? 0 : hasSubnet) |
        (observers.accountOf(id) === 0 ? 0 : hasAccount);
      words[at + 8] = rests.from(rest);
      words[at + 9] = rests.length(rest);
      words[at + 10] = this.#coverage.coveredFrom(vantage) ?? none;
      words[at + 11] = v6[0] ?? 0;
      words[at + 12] = more;
      words[at + 13] = this.#tables.vpcOf(vantage);
    }
    return true;
  }

  /** Where the own addresses of an interface lie that has several of a family, but for the first ones; 0 for nowhere, -1 without memory. */
  #placeMore(memory: KernelMemory, v4: readonly number[], v6: readonly number[]): number {
    if (v4.length < 2 && v6.length < 2) return 0;
    const further = [v4.slice(1), v6.slice(1)] as const;
    const words = [further[0].length, further[1].length, ...further[0], ...further[1]];
    const at = memory.allocate(words.length * 4);
    if (at === 0) return -1;
    memory.words(at, words.length).set(words);
    return at;
  }

  /** What paths call it, as it is spelt inside a text, and what that asks of the text; -1 when there is no memory for it. */
  #addName(texts: TextRegions, vantage: number, marks: AsksMarks): number {
    const { strings } = this.#tables.observers;
    if (!this.#hasNames || vantage === 0) return texts.addText('') ? 0 : -1;
    const bytes = strings.bytes(vantage);
    if (isPlain(bytes)) return texts.add(bytes) ? 0 : -1;
    const name = this.#speller.name(strings.text(vantage));
    if (!texts.addText(name.text)) return -1;
    const asked = (Object.keys(marks) as (keyof AsksMarks)[]).filter((asks) => name[asks]);
    return asked.reduce((bits, asks) => bits | marks[asks], 0);
  }

  /** What stands behind the interface, cell by cell. */
  #restOf({ vpcId, subnetId, instanceId, accountId }: Observer): readonly string[] {
    const cell = (name: string, value: string | null): string => cellOf(this.#speller, name, value);
    return [
      cell('vpc_id', vpcId),
      cell('subnet_id', subnetId),
      cell('instance_id', instanceId),
      cell('account_id', accountId),
    ];
  }
}

/** What stands behind the interfaces of observers: the same for many, and put there once. Asked for all, one after the other. */
class Rests {
  readonly #texts: TextRegions;
  readonly #spell: (observer: number) => readonly string[];
  /** By number: where the text lies and how long it is. */
  readonly #froms = new Words();
  readonly #lengths = new Words();
  #count = 0;

  constructor(texts: TextRegions, spell: (observer: number) => readonly string[]) {
    this.#texts = texts;
    this.#spell = spell;
  }

  /** The number of an observer's; -1 when there is no memory for it. */
  of(observers: Observers, id: number): number {
    const number = observers.restOf(id);
    if (number < this.#count) return number;
    if (!this.#texts.addCells(this.#spell(id))) return -1;
    this.#froms.put(number, this.#texts.from);
    this.#lengths.put(number, this.#texts.length);
    this.#count++;
    return number;
  }

  from(rest: number): number {
    return this.#froms.at(rest);
  }

  length(rest: number): number {
    return this.#lengths.at(rest);
  }
}
