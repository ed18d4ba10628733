/** Rows of ends as the rules have them in their table (rules/services.ts): four words, an address, a port with protocol and family, peers and marks. */
import type { KernelMemory } from './kernel-memory.ts';

/** Words of a row. */
export const END_WORDS = 4;

/** An end as stored: its address is a number (IPv4) or an id (IPv6). */
export interface StoredEnd {
  readonly isV6: boolean;
  readonly address: number;
  readonly port: number;
  readonly protocol: number;
  readonly answers: boolean;
  readonly peers: number;
  readonly asked: boolean;
}

const PROTOCOL_SHIFT = 16;
const MOST_PEERS = 0xffffffff;

export class EndRows {
  readonly #v6: number;
  readonly #answers: number;
  readonly #asked: number;

  constructor(memory: KernelMemory) {
    this.#v6 = memory.value('KEY_V6') << PROTOCOL_SHIFT;
    this.#answers = memory.value('END_ANSWERS');
    this.#asked = memory.value('END_ASKED');
    if (memory.value('END_SIZE') !== END_WORDS * 4) throw new Error('The rules have other rows of ends.');
  }

  /** @param address of the end, as stored */
  put(rows: Uint32Array, at: number, end: Omit<StoredEnd, 'address'>, address: number): void {
    rows[at] = address;
    rows[at + 1] = end.port | (end.protocol << PROTOCOL_SHIFT) | (end.isV6 ? this.#v6 : 0);
    rows[at + 2] = Math.min(end.peers, MOST_PEERS);
    rows[at + 3] = (end.answers ? this.#answers : 0) | (end.asked ? this.#asked : 0);
  }

  read(rows: Uint32Array, at: number): StoredEnd {
    const tail = rows[at + 1] as number;
    const marks = rows[at + 3] as number;
    return {
      isV6: (tail & this.#v6) !== 0,
      address: rows[at] as number,
      port: tail & 0xffff,
      protocol: (tail >>> PROTOCOL_SHIFT) & 0xff,
      answers: (marks & this.#answers) !== 0,
      peers: rows[at + 2] as number,
      asked: (marks & this.#asked) !== 0,
    };
  }
}
