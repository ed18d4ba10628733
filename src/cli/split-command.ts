/** `conntrail split`: every record to the part of its key, as files of a folder or as frames on standard output. */
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { TakeLines } from '../split/part-lines.ts';
import { checkParts, type LinesTaker, MOST_PARTS, type Shared, splitInput } from '../split/split-input.ts';
import { Deliveries } from './deliveries.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { keepHeapSmall } from './keep-heap-small.ts';
import { type CommonFlags, engineOptions, outputPath } from './options.ts';
import { openStandardOutput } from './output.ts';
import { type Packing, packingOf } from './part-packing.ts';
import { PartsFolder } from './parts-folder.ts';
import { splitSummary } from './split-summary.ts';
import { paintFor, readableWidth, type Surroundings } from './surroundings.ts';
import { watchReading } from './watch-reading.ts';

export interface SplitFlags extends CommonFlags {
  readonly parts?: string;
  readonly compress?: string;
}

/** The frames behind those of the parts hold the facts. */
const FACTS_FRAME = 0xffffffff;
const MOST_OF_FRAME = 0xffffffff;
/** Of a frame: its part and how many bytes come, 32 bits each, the lowest byte first. */
const FRAME_HEAD = 8;

const FACTS_FILE = 'facts.jsonl';

const partsOf = ({ parts }: SplitFlags): number => {
  if (parts === undefined) {
    throw new OptionError('option-invalid', `Say how many parts with --parts: 1 to ${MOST_PARTS}.`);
  }
  const count = /^\d{1,5}$/.test(parts.trim()) ? Number(parts) : Number.NaN;
  if (Number.isNaN(count)) {
    throw new OptionError(
      'option-invalid',
      `--parts is "${escapeControls(parts)}"; expected a whole number from 1 to ${MOST_PARTS}.`,
    );
  }
  checkParts(count);
  return count;
};

/** @throws OptionError where nothing says where the parts go, or a terminal would get them */
const checkOutput = (flags: SplitFlags, { stdout }: Surroundings): void => {
  if (flags.output === undefined) {
    throw new OptionError(
      'option-invalid',
      'Parts go into a folder: name a new or an empty one with -o, or send frames to standard output with -o -.',
    );
  }
  if (outputPath(flags) === null && stdout.isTTY === true) {
    throw new OptionError(
      'option-invalid',
      'Frames are no text for a terminal: name a folder with -o, or send them into a pipe.',
    );
  }
};

/** Where parts and facts go. */
interface Destination {
  readonly taker: LinesTaker;
  /** Everything was handed over. */
  finish(shared: Shared): Promise<void>;
  /** Nothing of it is to stay. Never throws. */
  discard(): Promise<void>;
}

const fileOf = (part: number, packing: Packing | null): string =>
  `part-${String(part).padStart(5, '0')}.log${packing?.ending ?? ''}`;

const NOTHING = new Uint8Array(0);

const toFolder = async (path: string, parts: number, packing: Packing | null): Promise<Destination> => {
  const folder = await PartsFolder.begin(path);
  const deliveries =
    packing === null
      ? null
      : new Deliveries(packing.pack, async (part, packed) => folder.append(fileOf(part, packing), packed));
  const take: TakeLines =
    deliveries === null
      ? (part, lines) => folder.append(fileOf(part, null), lines)
      : (part, lines) => deliveries.add(part, lines);
  return {
    taker: { take, isHeaded: false, ...(deliveries === null ? {} : { work: deliveries }) },
    finish: async (shared) => {
      await deliveries?.wait();
      const empty = packing === null ? NOTHING : await packing.pack(NOTHING);
      for (let part = 0; part < parts; part++) {
        const file = fileOf(part, packing);
        if (!folder.has(file)) folder.append(file, empty);
      }
      await shared.writeFacts(async (piece) => folder.append(FACTS_FILE, piece));
      await folder.finish();
    },
    discard: async () => {
      await deliveries?.stop();
      await folder.discard();
    },
  };
};

const frameHead = (part: number, length: number): Uint8Array => {
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUInt32LE(part, 0);
  head.writeUInt32LE(length, 4);
  return head;
};

const toFrames = (stdout: NodeJS.WriteStream, packing: Packing | null): Destination => {
  const output = openStandardOutput(stdout);
  const frame = (part: number, bytes: Uint8Array): Promise<void> =>
    output.write(Buffer.concat([frameHead(part, bytes.length), bytes]));
  const deliveries = new Deliveries(packing?.pack ?? (async (bytes) => bytes), frame);
  return {
    taker: { take: (part, lines) => deliveries.add(part, lines), isHeaded: true, work: deliveries },
    finish: async ({ writeFacts }) => {
      await deliveries.wait();
      let length = 0;
      await writeFacts(async (piece) => {
        length += piece.length;
      });
      const isOne = length <= MOST_OF_FRAME;
      if (isOne) await output.write(frameHead(FACTS_FRAME, length));
      await writeFacts((piece) => (isOne ? output.write(piece) : frame(FACTS_FRAME, piece)));
      await output.finish();
    },
    discard: async () => {
      await deliveries.stop();
      await output.discard();
    },
  };
};

interface Told {
  readonly shared: Shared;
  readonly skippedSources: number;
}

const share = async (
  paths: readonly string[],
  flags: SplitFlags,
  surroundings: Surroundings,
): Promise<Told> => {
  const parts = partsOf(flags);
  const packing = packingOf(flags.compress);
  checkOutput(flags, surroundings);
  const options = engineOptions(flags);
  const path = outputPath(flags);
  const { taker, finish, discard } =
    path === null ? toFrames(surroundings.stdout, packing) : await toFolder(path, parts, packing);
  try {
    return await watchReading(
      { flags, surroundings, showProgress: true, last: 'writing' },
      async (watch, damage) => {
        const shared = await splitInput(paths, { ...options, parts, ...watch }, taker);
        try {
          surroundings.signal.throwIfAborted();
          await finish(shared);
        } finally {
          shared.close();
        }
        return { shared, skippedSources: damage.length };
      },
    );
  } catch (error) {
    await discard();
    throw error;
  }
};

/** Runs the command; the exit code comes back. */
export const runSplit = async (
  paths: readonly string[],
  flags: SplitFlags,
  surroundings: Surroundings,
): Promise<number> => {
  keepHeapSmall();
  const { shared, skippedSources } = await share(paths, flags, surroundings);
  if (flags.quiet !== true) {
    const width = readableWidth(surroundings, 'stderr');
    const paint = paintFor(surroundings, 'stderr', flags.color);
    const lines = splitSummary({ ...shared, skippedSources, width, paint });
    surroundings.stderr.write(`${[...lines].join('\n')}\n`);
  }
  return skippedSources > 0 ? EXIT_CODES.input.code : EXIT_CODES.ok.code;
};
