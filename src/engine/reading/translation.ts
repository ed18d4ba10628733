/** From the ids that a reading thread has given to words to those of this one. */
import { HAS_LOSSES, IS_V6, type RecordBatch } from '../../model/record-batch.ts';
import type { AnnotationTexts } from '../../record/annotations.ts';
import { grown, released } from '../../record/grown.ts';
import type { Dictionaries } from '../../record/scan-lines.ts';
import type { NewWords, PacketAnnotations } from './packets.ts';

const IDENTIFIERS = ['interfaceId', 'resourceId', 'vpcId', 'subnetId', 'instanceId', 'accountId'] as const;
const ADDRESSES = [
  ['srcAddr', IS_V6.src],
  ['dstAddr', IS_V6.dst],
  ['fromAddr', IS_V6.from],
  ['toAddr', IS_V6.to],
  ['losses', HAS_LOSSES],
] as const;

/** Ids by ids. */
class Ids {
  /** Kept from the first id on that is another here than there. */
  ours = new Uint32Array(1024);
  #count = 1;
  /** Whether every id is the same here and there. */
  isSame = true;

  /** Theirs begin with 1 again. */
  forget(): void {
    this.#count = 1;
    this.isSame = true;
  }

  add(id: number): void {
    const theirs = this.#count++;
    if (this.isSame) {
      if (id === theirs) return;
      this.isSame = false;
      this.ours = new Uint32Array(Math.max(1024, theirs * 2)).map((_, each) => each);
    }
    if (theirs >= this.ours.length) this.ours = grown(this.ours, theirs * 2);
    this.ours[theirs] = id;
  }
}

export class Translation {
  readonly #dictionaries: Dictionaries;
  readonly #strings = new Ids();
  readonly #addresses = new Ids();
  readonly #annotations: AnnotationTexts | undefined;
  readonly #annotationIds = new Ids();

  constructor(dictionaries: Dictionaries, annotations?: AnnotationTexts) {
    this.#dictionaries = dictionaries;
    this.#annotations = annotations;
  }

  /** Learns texts of annotations; gives the rows' numbers as ours. */
  annotationsOf({ isAnew, texts, ids }: PacketAnnotations): Uint32Array {
    if (isAnew) this.#annotationIds.forget();
    for (const text of texts) this.#annotationIds.add(this.#annotations?.intern(text) ?? 0);
    if (this.#annotationIds.isSame) return ids;
    const { ours } = this.#annotationIds;
    for (let row = 0; row < ids.length; row++) ids[row] = ours[ids[row] as number] as number;
    return ids;
  }

  /** Learns words in the order of the thread's ids; they are not to be used any more. */
  learn({ isAnew, texts, ends, addresses }: NewWords): void {
    const { strings, addresses: book } = this.#dictionaries;
    if (isAnew) {
      this.#strings.forget();
      this.#addresses.forget();
    }
    let from = 0;
    for (const end of ends) {
      this.#strings.add(strings.intern(texts, from, end));
      from = end;
    }
    for (let at = 0; at < addresses.length; at += 16)
      this.#addresses.add(book.add(addresses.subarray(at, at + 16)));
    for (const words of [texts, ends, addresses]) released(words);
  }

  /** Puts our ids in the place of the thread's. */
  translate(batch: RecordBatch): void {
    const { count } = batch;
    if (!this.#strings.isSame) {
      const { ours } = this.#strings;
      for (const column of IDENTIFIERS) {
        const ids = batch[column];
        for (let row = 0; row < count; row++) ids[row] = ours[ids[row] as number] as number;
      }
    }
    if (this.#addresses.isSame) return;
    const { ours } = this.#addresses;
    const { families } = batch;
    for (const [column, isV6] of ADDRESSES) {
      const ids = batch[column];
      for (let row = 0; row < count; row++)
        if (((families[row] as number) & isV6) !== 0) ids[row] = ours[ids[row] as number] as number;
    }
  }
}
