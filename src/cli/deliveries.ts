/**
 * Pieces of parts on their way out: packed side by side, by threads of Node's own, and delivered in the order in which those of a
 * part came. What is on its way is bounded as long as its maker waits for it.
 */
import type { OtherWork } from '../model/pauses.ts';

/** Bytes that are on their way before their maker waits. */
const MANY = 8 * 2 ** 20;

export class Deliveries implements OtherWork {
  readonly #pack: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly #deliver: (part: number, packed: Uint8Array) => Promise<void>;
  /** By part, its last piece on the way. */
  readonly #last = new Map<number, Promise<void>>();
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    pack: (bytes: Uint8Array) => Promise<Uint8Array>,
    deliver: (part: number, packed: Uint8Array) => Promise<void>,
  ) {
    this.#pack = pack;
    this.#deliver = deliver;
  }

  /** Takes a piece, of which it makes a copy. */
  add(part: number, piece: Uint8Array): void {
    const bytes = piece.slice();
    this.#bytes += bytes.length;
    const way = this.#send(part, bytes, this.#last.get(part)).then(() => {
      this.#bytes -= bytes.length;
      if (this.#last.get(part) === way) this.#last.delete(part);
    });
    this.#last.set(part, way);
  }

  get isBehind(): boolean {
    return this.#bytes > MANY || this.#failure !== undefined;
  }

  /**
   * Until everything is delivered.
   * @throws what packing or delivering threw first
   */
  async wait(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Nothing more is delivered; resolves when nothing is on its way. Never throws. */
  async stop(): Promise<void> {
    this.#failure ??= { error: new Error('Deliveries have been stopped.') };
    await this.wait().catch(() => {});
  }

  /** Never throws: behind a failure nothing is delivered. */
  async #send(part: number, bytes: Uint8Array, before: Promise<void> | undefined): Promise<void> {
    try {
      const [packed] = await Promise.all([this.#pack(bytes), before]);
      if (this.#failure === undefined) await this.#deliver(part, packed);
    } catch (error) {
      this.#failure ??= { error };
    }
  }
}
