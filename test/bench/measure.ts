/**
 * Runs a program in a fresh process and tells wall time, CPU time and peak memory of the whole of it, start-up and
 * worker threads included.
 */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/**
 * Runs inside the measured node (`--import`). `maxRSS` is in KiB on every platform, CPU times are in microseconds.
 * Workers inherit the flag, hence the check. Source: Node.js documentation, process.resourceUsage().
 */
const REPORT_USAGE = `data:text/javascript,${encodeURIComponent(`
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ maxRSS, cpu: userCPUTime + systemCPUTime }));
});
`)}`;

export interface Run {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Millions of bytes. */
  readonly peakMegabytes: number;
}

/** One run of a node script; throws when it ends with anything but 0. */
export const measureNode = async (script: readonly string[]): Promise<Run> => {
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', REPORT_USAGE, ...script], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const ended = new Promise<number | null>((settle, fail) => {
    child.once('error', fail);
    child.once('close', settle);
  });
  const usage = text(child.stdio[3] as NodeJS.ReadableStream);
  const code = await ended;
  const wallSeconds = (performance.now() - began) / 1000;
  if (code !== 0) throw new Error(`${script.join(' ')} ended with exit code ${code}`);
  const told = JSON.parse(await usage) as { maxRSS: number; cpu: number };
  return { wallSeconds, cpuSeconds: told.cpu / 1e6, peakMegabytes: (told.maxRSS * 1024) / 1e6 };
};

/** Wall seconds of any other program, its output thrown away. */
export const measureProgram = async (program: string, args: readonly string[]): Promise<number> => {
  const began = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise<number | null>((settle, fail) => {
    child.once('error', fail);
    child.once('close', settle);
  });
  if (code !== 0) throw new Error(`${program} ended with exit code ${code}`);
  return (performance.now() - began) / 1000;
};
