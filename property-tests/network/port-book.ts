/**
 * Which port a client dials from next. As Linux does (RFC 6056, algorithm 3), each pair of hosts and service counts on
 * from a place of its own in the ephemeral range: one port of a host serves several peers, and no two talks share both
 * ends until a pair has used its whole range.
 */

/** Where clients take their ports from. */
export const PORT_RANGES = {
  /** `ip_local_port_range`. */
  linux: [32_768, 60_999],
  /** IANA's dynamic ports: Windows, BSD, macOS. */
  iana: [49_152, 65_535],
  /** Gateways and container hosts that translate (`--random-fully`). */
  wide: [1024, 65_535],
} as const;
export type PortRange = keyof typeof PORT_RANGES;

export class PortBook {
  readonly #counts = new Map<number, number>();

  /**
   * The next port for the client of such a pair.
   * @param pair names client, server and service: a whole number below 2 ** 53
   */
  next(pair: number, range: PortRange): number {
    const [first, last] = PORT_RANGES[range];
    const count = this.#counts.get(pair) ?? 0;
    this.#counts.set(pair, count + 1);
    // Knuth's multiplicative hash of both halves of the number.
    const hash = Math.imul((pair % 2 ** 32) ^ Math.floor(pair / 2 ** 32), 0x9e3779b1) >>> 0;
    return first + ((hash + count) % (last - first + 1));
  }
}

/** A program with root's rights binds no higher port (bindresvport). */
const LAST_RESERVED = 1023;

/**
 * Which reserved port a client binds next: from 1023 downwards, each connection of a host another one, and from the top again
 * when the range is used up.
 */
export class ReservedPorts {
  readonly #counts = new Map<string, number>();

  /** @param least the lowest that this kind of client binds: 512 for rsh, 665 for NFS (sunrpc.min_resvport) */
  next(client: string, least: number): number {
    const name = `${client} ${least}`;
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    return LAST_RESERVED - (count % (LAST_RESERVED - least + 1));
  }
}
