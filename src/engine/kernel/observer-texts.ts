/** What the kernel needs to know of every observer: how it is ordered, and how its place and its role on a path are spelt. */
import { labelOf } from '../../path/vantages.ts';
import type { JudgeContext } from '../judge.ts';
import type { ObserverTables } from '../observer-tables.ts';
import { scopeWords } from '../uid.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { LineSpeller } from './line-speller.ts';

/** In the order that the kernel numbers them: roles, and what an interface of that role saw, where that is part of its label. */
const ROLES = [
  ['initiator', 'both'],
  ['responder', 'both'],
  ['unknown', 'both'],
  ['gateway', 'both'],
  ['gateway', 'initiator'],
  ['gateway', 'responder'],
] as const;

/** The words of an observer from which on texts are, and up to which. */
const PLACE = 8;
const COVERED = 22;

/** Bytes that a copy may read behind a text. */
const BEHIND = 64;

/** Texts one behind the other, each known by where it begins and how long it is. */
class TextArena {
  readonly #encoder = new TextEncoder();
  #bytes = new Uint8Array(1 << 16);
  #used = 0;

  get used(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }

  add(text: string): readonly [from: number, length: number] {
    // No character of UTF-16 takes more than three bytes in UTF-8.
    if (this.#used + text.length * 3 > this.#bytes.length) {
      const larger = new Uint8Array((this.#bytes.length + text.length * 3) * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const { written } = this.#encoder.encodeInto(text, this.#bytes.subarray(this.#used));
    const from = this.#used;
    this.#used += written;
    return [from, written];
  }
}

/** What the kernel is told of all observers: spelt once a run, put into its memory whenever that is filled anew. */
export class ObserverTexts {
  readonly #arena = new TextArena();
  /** A row an observer; texts are where they begin in the arena. */
  readonly #words: Uint32Array;
  readonly #width: number;

  /** @param memory knows how rows are laid out */
  constructor(memory: KernelMemory, speller: LineSpeller, tables: ObserverTables, context: JudgeContext) {
    const { observers, coverage } = context;
    const arena = this.#arena;
    const width = memory.value('OBSERVER_SIZE') / 4;
    const none = memory.unsigned('NONE');
    const words = new Uint32Array(observers.size * width);
    const nameRanks = tables.rankNames();
    const cell = (name: string, value: string | null): string => speller.before(name) + speller.value(value);
    for (let id = 0; id < observers.size; id++) {
      const { interfaceId, vpcId, subnetId, instanceId, accountId } = observers.read(id);
      const vantage = observers.vantages[id] as number;
      const own = coverage.ownAddress(vantage);
      const marks =
        (own === null ? 0 : memory.value('HAS_OWN')) |
        (own?.isV6 === true ? memory.value('OWN_ADDRESS_IS_V6') : 0) |
        (coverage.hasSkipped(vantage) ? memory.value('HAS_SKIPPED') : 0) |
        (instanceId === null ? 0 : memory.value('HAS_INSTANCE'));
      const name = tables.names[id] as string;
      const place =
        cell('interface_id', interfaceId) +
        cell('vpc_id', vpcId) +
        cell('subnet_id', subnetId) +
        cell('instance_id', instanceId) +
        cell('account_id', accountId);
      const labels = ROLES.flatMap(([role, sees]) =>
        arena.add(name === '' ? '' : speller.value(labelOf(name, role, sees)).slice(1, -1)),
      );
      const [rank, group, nameRank] = [tables.ranks[id], tables.groups[id], nameRanks[id]] as number[];
      const scope = scopeWords(tables.scopeNames[id] as string);
      words.set(
        [
          rank,
          group,
          vantage,
          nameRank,
          ...scope,
          own?.address ?? 0,
          marks,
          ...arena.add(place),
          ...labels,
          coverage.coveredFrom(vantage) ?? none,
          0,
        ] as number[],
        id * width,
      );
    }
    this.#words = words;
    this.#width = width;
  }

  /** Puts them into the kernel's memory; false when it has no room for them. */
  place(memory: KernelMemory): boolean {
    const { used } = this.#arena;
    const texts = memory.allocate(used.length + BEHIND);
    const at = memory.allocate(this.#words.length * 4);
    const scopes = memory.allocate(memory.value('SCOPES') * memory.value('SCOPE_SIZE'));
    if (texts === 0 || at === 0 || scopes === 0) return false;
    memory.bytes(texts, used.length).set(used);
    const words = memory.words(at, this.#words.length);
    words.set(this.#words);
    for (let i = 0; i < words.length; i += this.#width)
      for (let part = PLACE; part < COVERED; part += 2) words[i + part] = (words[i + part] as number) + texts;
    memory.exports.setTables(at, scopes);
    return true;
  }
}
