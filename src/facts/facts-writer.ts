/** Writes a file of facts, line by line in the order of its parts: head, rejections, interfaces, ends. What it is given is in order already. */
import { jsonTree } from '../export/json-tree.ts';
import type { Rejection } from '../model/flow-record.ts';
import { snakeName } from '../model/snake-name.ts';
import {
  type EndFacts,
  FACTS_VERSION,
  type FactsHeader,
  type KeyLesson,
  type KeysFacts,
  type RecordLesson,
  type RunFacts,
} from './facts.ts';

/** Bytes of a piece, and of the longest line of an end. */
const PIECE = 65_536;
const LONGEST_END = 256;

const ZERO = 48;

const encoder = new TextEncoder();
const [PORT, PROTOCOL, ANSWERS, NOBODY, PEERS, ASKED, NOT_ASKED] = [
  ',"port":',
  ',"protocol":',
  ',"answers":true',
  ',"answers":false',
  ',"peers":',
  ',"asked":true}\n',
  ',"asked":false}\n',
].map((text) => encoder.encode(text)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** A value on one line, names in snake_case. */
const jsonLine = (value: object): string => `${[...jsonTree(value, { nameOf: snakeName })].join('')}\n`;

/** The line of a line that was not understood. */
export const rejectionLine = ({ source, lineNumber, field, reason, text }: Rejection): string =>
  jsonLine({ rejection: { source, line: lineNumber, field, reason, text } });

export class FactsWriter {
  readonly #write: (piece: Uint8Array) => Promise<void>;
  #piece = Buffer.allocUnsafe(PIECE + LONGEST_END);
  #at = 0;
  #lines = 0;
  /** Interfaces and ends that were written. */
  vantages = 0;
  ends = 0;
  #address = '';
  /** How a line of an end with this address begins. */
  #begin = new Uint8Array(0);

  /** @param write takes pieces of whole lines, each its own from then on; one is waited for before the next is made */
  constructor(write: (piece: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  // Each gives a promise to be waited for only where a piece became full, so that a line costs no turn.

  /** The lines in front of all others. */
  head(
    { from, settings, recordsFrom, ends }: FactsHeader,
    run: RunFacts,
    keys: KeysFacts,
  ): Promise<void> | undefined {
    const { scope = null, idleSeconds = null } = settings ?? {};
    const header = {
      conntrail: 'facts',
      version: FACTS_VERSION,
      scope,
      idleSeconds,
      from,
      recordsFrom,
      ends,
    };
    this.#lines += 2;
    return this.#add(`${jsonLine(header)}${jsonLine({ run })}${jsonLine({ keys })}`);
  }

  /** A line that was not understood: by their sources, of a source by their lines. */
  rejection(rejection: Rejection): Promise<void> | undefined {
    return this.#add(rejectionLine(rejection));
  }

  /**
   * Lines as this writer writes them.
   * @param bytes which are the caller's again when the promise is there
   * @param lines how many end in them
   */
  async lines(bytes: Uint8Array, lines: number): Promise<void> {
    this.#lines += lines;
    await this.#flush();
    await this.#write(bytes);
  }

  /** What records teach of an interface, '' for those that name none: by their names, before what keys teach of it. */
  byRecords(vantage: string, lesson: RecordLesson): Promise<void> | undefined {
    this.vantages++;
    return this.#add(jsonLine({ vantage, by: 'records', ...lesson }));
  }

  /** What whole keys teach of it. */
  byKeys(vantage: string, lesson: KeyLesson): Promise<void> | undefined {
    return this.#add(jsonLine({ vantage, by: 'keys', ...lesson }));
  }

  /** An end: IPv4 first, then by the numbers of address, port and protocol. */
  end({ address, port, protocol, answers, peers, asked }: EndFacts): Promise<void> | undefined {
    if (address !== this.#address) {
      this.#address = address;
      this.#begin = encoder.encode(`{"end":"${address}"`);
    }
    this.#copy(this.#begin, 0, this.#begin.length);
    this.#copy(PORT, 0, PORT.length);
    this.#number(port);
    this.#copy(PROTOCOL, 0, PROTOCOL.length);
    this.#number(protocol);
    return this.#known(answers, peers, asked);
  }

  /**
   * An end whose line begins with these bytes.
   * @param bytes in [from, to): the line up to its protocol
   */
  endLike(
    bytes: Uint8Array,
    from: number,
    to: number,
    answers: boolean,
    peers: number,
    asked: boolean,
  ): Promise<void> | undefined {
    this.#copy(bytes, from, to);
    return this.#known(answers, peers, asked);
  }

  /** The last line: without it a file is broken off. */
  async finish(): Promise<void> {
    await this.#add(jsonLine({ endOfFacts: true, lines: this.#lines }));
    await this.#flush();
  }

  #known(answers: boolean, peers: number, asked: boolean): Promise<void> | undefined {
    const said = answers ? ANSWERS : NOBODY;
    this.#copy(said, 0, said.length);
    this.#copy(PEERS, 0, PEERS.length);
    this.#number(peers);
    const last = asked ? ASKED : NOT_ASKED;
    this.#copy(last, 0, last.length);
    this.#lines++;
    this.ends++;
    return this.#at >= PIECE ? this.#flush() : undefined;
  }

  #copy(bytes: Uint8Array, from: number, to: number): void {
    let at = this.#at;
    for (let i = from; i < to; i++) this.#piece[at++] = bytes[i] as number;
    this.#at = at;
  }

  #number(value: number): void {
    let digits = 1;
    for (let over = 10; over <= value; over *= 10) digits++;
    let rest = value;
    for (let at = this.#at + digits - 1; at >= this.#at; at--) {
      this.#piece[at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.#at += digits;
  }

  #add(text: string): Promise<void> | undefined {
    const bytes = encoder.encode(text);
    this.#lines++;
    if (this.#at + bytes.length <= PIECE) {
      this.#piece.set(bytes, this.#at);
      this.#at += bytes.length;
      return undefined;
    }
    return this.#flush().then(() => this.#write(bytes));
  }

  async #flush(): Promise<void> {
    const piece = this.#piece.subarray(0, this.#at);
    this.#piece = Buffer.allocUnsafe(PIECE + LONGEST_END);
    this.#at = 0;
    if (piece.length > 0) await this.#write(piece);
  }
}
