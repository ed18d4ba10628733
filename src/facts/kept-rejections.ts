/** All lines of an input that were not understood, kept until they are written in the order of their sources: a few in memory, many in a temporary file. */
import { KeptBytes } from '../engine/spill/kept-bytes.ts';
import type { Rejection } from '../model/flow-record.ts';
import { rejectionLine } from './facts-writer.ts';

/** The lines of a source, which come one behind the other. */
interface OfSource {
  readonly source: string;
  readonly from: number;
  to: number;
  count: number;
}

export class KeptRejections {
  readonly #bytes: KeptBytes;
  readonly #sources: OfSource[] = [];

  constructor(folder?: string) {
    this.#bytes = new KeptBytes(folder);
  }

  /** @throws OutputError (spill-failed) where no temporary file can be written */
  add(rejection: Rejection): void {
    const from = this.#bytes.append(Buffer.from(rejectionLine(rejection)));
    const to = this.#bytes.length;
    const last = this.#sources.at(-1);
    if (last?.source !== rejection.source)
      this.#sources.push({ source: rejection.source, from, to, count: 1 });
    else {
      last.to = to;
      last.count++;
    }
  }

  /** Pieces of lines as FactsWriter takes them, and how many lines there are in them and those before since the last number. */
  *inOrder(): Generator<readonly [bytes: Uint8Array, lines: number]> {
    for (const { from, to, count } of this.#sources.sort((a, b) => (a.source < b.source ? -1 : 1))) {
      let lines = count;
      for (const piece of this.#bytes.read(from, to)) {
        yield [piece, lines];
        lines = 0;
      }
    }
  }

  /** Gives the file back. */
  close(): void {
    this.#bytes.close();
  }
}
