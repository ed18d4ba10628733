/** The capture that is kept beside this file, and the town that it is of. Made by lab/run-capture.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Town } from './lab/orders.ts';
import { drawTown } from './lab/town.ts';
import { type Packet, readPackets } from './packet.ts';
import { readPcap } from './pcap.ts';

/** How a capture came about. */
export interface Captures {
  readonly seed: number;
  readonly seconds: number;
  readonly scale: number;
  /** Whose TCP it is. */
  readonly kernel: string;
  readonly node: string;
  readonly packets: number;
}

/** The capture, its town, and how it came about. */
export const readCaptured = (): {
  readonly about: Captures;
  readonly town: Town;
  readonly packets: readonly Packet[];
} => {
  const about = JSON.parse(readFileSync(join(import.meta.dirname, 'captured.json'), 'utf8')) as Captures;
  const file = gunzipSync(readFileSync(join(import.meta.dirname, 'captured.pcap.gz')));
  return {
    about,
    town: drawTown(about.seed, about.seconds, about.scale),
    packets: readPackets(readPcap(file)),
  };
};
