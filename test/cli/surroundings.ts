/** A process for commands to run in without starting one: what they write is kept, what they see is given. */
import { Writable } from 'node:stream';
import type { Surroundings } from '../../src/cli/surroundings.ts';

interface Given {
  /** Columns of a terminal on both streams; without them both are pipes. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

interface Written {
  readonly surroundings: Surroundings;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

const stream = (columns: number | undefined) => {
  const pieces: string[] = [];
  const writable = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece.toString('utf8'));
      done();
    },
  });
  const seen = Object.assign(writable, columns === undefined ? {} : { isTTY: true, columns });
  return { stream: seen as unknown as NodeJS.WriteStream, text: () => pieces.join('') };
};

export const surroundingsFor = ({ columns, env = {} }: Given = {}): Written => {
  const [stdout, stderr] = [stream(columns), stream(columns)];
  return {
    surroundings: {
      stdout: stdout.stream,
      stderr: stderr.stream,
      env,
      signal: new AbortController().signal,
    },
    stdout: stdout.text,
    stderr: stderr.text,
  };
};
