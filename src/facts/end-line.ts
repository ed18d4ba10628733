/**
 * The line of an end as numbers that can be compared. There are as many of these lines as there are ends, so the bytes are
 * read as FactsWriter writes them; any other spelling of the same goes the way of all JSON.
 */
import type { JsonPart } from '../model/json-part.ts';
import { addressBytes, canonicalAddress, readIPv6, writeIPv6 } from '../record/address.ts';
import type { FactsLines } from './facts-lines.ts';

const encoder = new TextEncoder();
const [END, PORT, PROTOCOL, ANSWERS, PEERS, ASKED, TRUE, FALSE] = [
  '{"end":"',
  '","port":',
  ',"protocol":',
  ',"answers":',
  ',"peers":',
  ',"asked":',
  'true',
  'false',
].map((text) => encoder.encode(text)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

const [QUOTE, DOT, ZERO, COLON, CLOSE] = [34, 46, 48, 58, 125] as const;
const LARGEST_PORT = 0xffff;
const LARGEST_PROTOCOL = 0xff;

/** What tells ends apart. */
export class EndKey {
  isV6 = false;
  /** IPv4 is one number, with 0 behind it. */
  readonly address = new Uint32Array(4);
  port = 0;
  protocol = 0;

  set({ isV6, address, port, protocol }: EndKey): void {
    this.isV6 = isV6;
    for (let i = 0; i < 4; i++) this.address[i] = address[i] as number;
    this.port = port;
    this.protocol = protocol;
  }

  /** Order of ends: IPv4 first, then by the numbers of address, port and protocol. */
  compare({ isV6, address, port, protocol }: EndKey): number {
    if (this.isV6 !== isV6) return isV6 ? -1 : 1;
    for (let i = 0; i < 4; i++) {
      const [mine, its] = [this.address[i] as number, address[i] as number];
      if (mine !== its) return mine < its ? -1 : 1;
    }
    return this.port - port || this.protocol - protocol;
  }
}

export class EndLine extends EndKey {
  readonly #lines: FactsLines;
  answers = false;
  peers = 0;
  asked = false;
  /** The line up to its protocol, as FactsWriter writes it: these bytes from and to. */
  bytes: Uint8Array = new Uint8Array(0);
  from = 0;
  to = 0;
  /** Where the fast way is, and the end that was read before. */
  #at = 0;
  readonly #before = new EndKey();
  #hasBefore = false;
  /** The address, where it is IPv6. */
  readonly sixteen = new Uint8Array(16);
  /** The IPv6 address that was read last, as it stands between quotes. */
  #text: Uint8Array = new Uint8Array(0);

  constructor(lines: FactsLines) {
    super();
    this.#lines = lines;
  }

  /**
   * Reads the line at hand.
   * @throws InputError (input-corrupt) where it is no end, or stands before the one that was read last
   */
  read(): void {
    this.#before.set(this);
    this.bytes = this.#lines.bytes;
    this.from = this.#lines.from;
    if (!this.#readFast()) this.#readJson(this.#lines.value());
    if (this.#hasBefore && this.compare(this.#before) <= 0)
      throw this.#lines.damage('its end does not come behind the one before it');
    this.#hasBefore = true;
  }

  /** False where the line is spelt another way, or wrong. */
  #readFast(): boolean {
    const to = this.#lines.to;
    this.#at = this.from;
    if (!this.#skip(END) || !(this.#readIPv4() || this.#readIPv6(to))) return false;
    this.port = this.#skip(PORT) ? this.#number() : -1;
    this.protocol = this.#skip(PROTOCOL) ? this.#number() : -1;
    if (this.port < 0 || this.port > LARGEST_PORT || this.protocol < 0 || this.protocol > LARGEST_PROTOCOL)
      return false;
    this.to = this.#at;
    if (!this.#skip(ANSWERS)) return false;
    this.answers = this.#skip(TRUE);
    if (!this.answers && !this.#skip(FALSE)) return false;
    this.peers = this.#skip(PEERS) ? this.#number() : -1;
    if (this.peers < 0 || !this.#skip(ASKED)) return false;
    this.asked = this.#skip(TRUE);
    if (!this.asked && !this.#skip(FALSE)) return false;
    return this.bytes[this.#at] === CLOSE && this.#at + 1 === to;
  }

  /** Whether these bytes come next: they are passed then. Behind the end of a line is its line end, which none of them is. */
  #skip(text: Uint8Array): boolean {
    const { bytes } = this;
    const at = this.#at;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
    this.#at = at + text.length;
    return true;
  }

  /** A whole number without needless zeros; -1 where there is none. */
  #number(): number {
    const { bytes } = this;
    const from = this.#at;
    let at = from;
    let value = 0;
    for (;;) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    this.#at = at;
    const isSpeltOut = at - from > 1 && bytes[from] === ZERO;
    return at === from || isSpeltOut || !Number.isSafeInteger(value) ? -1 : value;
  }

  #readIPv4(): boolean {
    const from = this.#at;
    let value = 0;
    for (let octet = 0; octet < 4; octet++) {
      if (octet > 0 && this.bytes[this.#at++] !== DOT) break;
      const part = this.#number();
      if (part < 0 || part > 255) break;
      value = value * 256 + part;
      if (octet < 3) continue;
      this.isV6 = false;
      this.address[0] = value;
      this.address.fill(0, 1);
      return true;
    }
    this.#at = from;
    return false;
  }

  #readIPv6(to: number): boolean {
    const from = this.#at;
    // Ends of one address stand behind one another.
    if (this.isV6 && this.#skip(this.#text) && this.bytes[this.#at] === QUOTE) return true;
    let end = from;
    while (end < to && this.bytes[end] !== QUOTE) end++;
    if (this.bytes[from + 4] !== COLON && !this.bytes.subarray(from, end).includes(COLON)) return false;
    if (!readIPv6(this.bytes, from, end, this.sixteen)) return false;
    const text = this.bytes.slice(from, end);
    if (writeIPv6(this.sixteen) !== Buffer.from(text).toString('latin1')) return false;
    this.#text = text;
    this.#at = end;
    this.#takeSixteen();
    return true;
  }

  #takeSixteen(): void {
    this.isV6 = true;
    const view = new DataView(this.sixteen.buffer);
    for (let i = 0; i < 4; i++) this.address[i] = view.getUint32(i * 4);
  }

  #readJson(line: JsonPart): void {
    const spelt = line.of('end').text();
    const address = canonicalAddress(spelt) ?? line.of('end').fail('an address');
    const bytes = addressBytes(address) as Uint8Array;
    if (bytes.length === 16) {
      this.sixteen.set(bytes);
      this.#takeSixteen();
      this.#text = encoder.encode(address);
    } else {
      this.isV6 = false;
      this.address.fill(0);
      this.address[0] = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    }
    this.port = line.of('port').number(LARGEST_PORT, `a number up to ${LARGEST_PORT}`);
    this.protocol = line.of('protocol').number(LARGEST_PROTOCOL, `a number up to ${LARGEST_PROTOCOL}`);
    this.answers = line.of('answers').flag();
    this.peers = line.of('peers').count();
    this.asked = line.of('asked').flag();
    this.bytes = encoder.encode(`{"end":"${address}","port":${this.port},"protocol":${this.protocol}`);
    this.from = 0;
    this.to = this.bytes.length;
  }
}
