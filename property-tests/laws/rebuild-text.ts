/** What every law does: text in, connections and report out. */
import type { Connection } from '../../src/model/connection.ts';
import type { RunReport } from '../../src/model/report.ts';
import { type ReconstructOptions, reconstruct } from '../../src/reconstruct.ts';

export interface Rebuilt {
  readonly connections: readonly Connection[];
  readonly report: RunReport;
}

export const rebuildText = async (
  pieces: readonly string[],
  options: ReconstructOptions = {},
): Promise<Rebuilt> => {
  const run = reconstruct(
    (async function* () {
      yield* pieces;
    })(),
    options,
  );
  const connections: Connection[] = [];
  for await (const connection of run) connections.push(connection);
  return { connections, report: run.report };
};

/** Connections as text, in the order of their uids: equal text is equal output. */
export const asText = ({ connections }: Rebuilt): string =>
  connections
    .map((connection) => JSON.stringify(connection))
    .sort()
    .join('\n');
