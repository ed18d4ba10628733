/** Numbers for addresses, without gaps and in the order of their coming. */
export class AddressIds {
  readonly #ids = new Map<string, number>();
  readonly #addresses: string[] = [];

  get size(): number {
    return this.#addresses.length;
  }

  of(address: string): number {
    const known = this.#ids.get(address);
    if (known !== undefined) return known;
    this.#ids.set(address, this.#addresses.length);
    return this.#addresses.push(address) - 1;
  }

  address(id: number): string {
    return this.#addresses[id] as string;
  }
}
