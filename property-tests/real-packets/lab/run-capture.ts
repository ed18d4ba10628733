/**
 * Captures a town anew (`node property-tests/real-packets/lab/run-capture.ts`, as root on Linux): a quarter of an hour of real time, for
 * intervals of flow logs are as long as they are. Writes the capture that the tests read and how it came about.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import type { Captures } from '../captures.ts';
import { captureTown, whyNoLab } from './lab.ts';
import { drawTown } from './town.ts';

const program = new Command('capture')
  .description('Plays a town between network namespaces and captures its packets.')
  .option('--seed <number>', 'which town', Number, 17)
  .option('--seconds <number>', 'how long', Number, 900)
  .option('--scale <number>', 'how much is going on', Number, 1);
const { seed, seconds, scale } = program.parse().opts<{ seed: number; seconds: number; scale: number }>();

const reason = whyNoLab();
if (reason !== null) program.error(reason);

const town = drawTown(seed, seconds, scale);
process.stderr.write(`${town.dials.length} dials in ${seconds} s\n`);
const path = join(tmpdir(), `conntrail-${process.pid}.pcap`);
const { packets, dialled } = await captureTown(town, path);
const about: Captures = { seed, seconds, scale, kernel: release(), node: process.version, packets };
writeFileSync(join(import.meta.dirname, '../captured.pcap.gz'), gzipSync(readFileSync(path), { level: 9 }));
writeFileSync(join(import.meta.dirname, '../captured.json'), `${JSON.stringify(about, null, 2)}\n`);
rmSync(path);
process.stderr.write(`${packets} packets, ${dialled.length} dials came to an end\n`);
