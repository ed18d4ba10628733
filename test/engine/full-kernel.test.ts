/** A kernel whose memory is full: what is more waits in temporary files, and nothing of the result changes, in no form. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SPELLERS } from '../../src/cli/spellers.ts';
import { EngineKernel } from '../../src/engine/kernel/engine-kernel.ts';
import { type LineSpeller, textless } from '../../src/engine/kernel/line-speller.ts';
import { wholeForm } from '../../src/engine/outlines/whole-rows.ts';
import { HEADER, KERNEL, line } from './both-ways.ts';
import { readInto } from './rebuild-lines.ts';

/**
 * Talks with two services, over half an hour. Of most nothing tells who opened, so that their ends are asked for; one in 50 has
 * a handshake, and two hours later, without one, a record more: its ends are asked for of late.
 */
function* records(talks: number): Generator<string> {
  for (let i = 0; i < talks; i++) {
    const [from, to] =
      i % 7 === 0
        ? [`2001:db8::${(i % 251).toString(16)}`, '2001:db8::ffff']
        : [`10.1.${i % 200}.7`, '10.9.9.9'];
    const ports = `${50_000 + (i % 9000)} ${40_000 + Math.floor(i / 9000)}`;
    const back = ports.split(' ').reverse().join(' ');
    const talk = { from, to, ports, eni: `eni-${i % 5}` };
    const at = 1_760_000_000 + Math.floor(i / 64) * 3;
    const times = `${at} ${at + 30}`;
    yield line({ ...talk, times, flags: i % 50 === 0 ? '2' : '0' });
    if (i % 50 !== 0) continue;
    yield line({ ...talk, from: to, to: from, ports: back, times, flags: '18' });
    yield line({ ...talk, times: `${at + 7200} ${at + 7230}`, flags: '0' });
  }
}

/** 36,400 records of 35,000 keys: enough for several threads. */
const PIECES: readonly string[] = (() => {
  const lines = [HEADER, ...records(35_000)].map((each) => `${each}\n`);
  return [lines.slice(0, 18_000).join(''), lines.slice(18_000).join('')];
})();

type Read = ReturnType<typeof readInto>;
type Tell = (piece: Uint8Array) => Iterable<string | Uint8Array>;
/** How connections are told in one form: what is written, and what is read from its pieces. */
type Form = (read: Read) => { readonly speller: LineSpeller; readonly tell: Tell };

const asItIs: Tell = (piece) => [piece];

const FORMS: Readonly<Record<string, Form>> = {
  'JSON Lines': () => ({ speller: SPELLERS.json, tell: asItIs }),
  CSV: () => ({ speller: SPELLERS.csv, tell: asItIs }),
  "Zeek's conn.log": () => ({ speller: SPELLERS.zeek, tell: asItIs }),
  'outlines, some of which are looked at as a whole': ({ rebuild }) => {
    const view = rebuild.outlineView();
    return {
      speller: textless('OUTLINES'),
      *tell(piece) {
        for (const outline of view.each(piece)) {
          yield `${outline.uid} ${outline.state} ${outline.initiatorBasis} ${outline.initiator.address}`;
          if (outline.initiator.port === 50_123) yield JSON.stringify(outline.whole());
        }
      },
    };
  },
  'whole rows with windows': ({ rebuild }) => ({
    speller: textless(wholeForm(true)),
    *tell(piece) {
      for (const connection of rebuild.wholeRows().each(piece)) yield JSON.stringify(connection);
    },
  }),
};

interface Told {
  /** Of all that is told. */
  readonly hash: string;
  readonly counts: unknown;
  readonly spilledBytes: number;
}

const kernelOf = (pages: number | undefined): EngineKernel => new EngineKernel(KERNEL, pages);

/** @param pages of 64 KiB that the kernel may have */
const told = async (form: Form, pages?: number, threads = 1): Promise<Told> => {
  const read = readInto(PIECES, { windows: true }, kernelOf(pages));
  const { rebuild, count } = read;
  await rebuild.finish();
  const hash = createHash('sha256');
  const { speller, tell } = form(read);
  const pieces = rebuild.linesTogether(speller, count, threads) ?? rebuild.lines(speller, count);
  for await (const piece of pieces) if (piece.length > 0) for (const part of tell(piece)) hash.update(part);
  return { hash: hash.digest('hex'), counts: read.counts(), spilledBytes: rebuild.spilledBytes };
};

/** In pages of 64 KiB: full before all is filed, and without room to judge what is. */
const FULL = 130;
const NO_ROOM = 160;

describe('a kernel whose memory is full', () => {
  it.each(Object.entries(FORMS))('lets records wait in files, and the same is told: %s', async (_, form) => {
    const { spilledBytes: none, ...whole } = await told(form);
    expect(none).toBe(0);
    for (const [pages, threads] of [
      [FULL, 1],
      [NO_ROOM, 1],
      [NO_ROOM, 3],
    ] as const) {
      const { spilledBytes, ...rest } = await told(form, pages, threads);
      expect(rest).toEqual(whole);
      // Rows of 56 bytes.
      expect(spilledBytes).toBe(56 * 36_400);
    }
  });

  it('tells the same of how connections came about', async () => {
    const traces = async (pages?: number): Promise<unknown[]> => {
      const { rebuild } = readInto(PIECES, {}, kernelOf(pages));
      await rebuild.finish();
      const found: unknown[] = [];
      for (const family of rebuild.traced((outline) => outline.initiator.port === 50_123))
        if (family !== undefined) found.push(...family);
      expect(rebuild.spilledBytes > 0).toBe(pages !== undefined);
      return found;
    };
    const expected = await traces();
    expect(expected.length).toBeGreaterThan(3);
    for (const pages of [FULL, NO_ROOM]) expect(await traces(pages)).toEqual(expected);
  });

  it('ends the run where nothing that could wait would make room', () => {
    expect(() => readInto(PIECES, {}, kernelOf(30))).toThrow('There is not enough memory.');
  });

  it('ends the run where one key takes more to judge than there is', async () => {
    // 40 bytes a record once it is filed, 512 while its key is judged.
    const at = (second: number) => `${1_760_000_000 + second} ${1_760_000_000 + second}`;
    const lines = Array.from({ length: 12_000 }, (_, second) => line({ times: at(second) }));
    const { rebuild, speller, count } = readInto([`${[HEADER, ...lines].join('\n')}\n`], {}, kernelOf(FULL));
    await rebuild.finish();
    expect(() => [...rebuild.lines(speller, count)]).toThrow('There is not enough memory.');
  });
});
