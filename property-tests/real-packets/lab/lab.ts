/** The door of the lab: whether this machine can have one, and what was captured of a town. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Dial, Report, Town } from './orders.ts';

/** What is tried: all kinds of link that the wire is made of, in namespaces that end with the command. */
const TRIAL = [
  'mount -t sysfs none /sys',
  'ip link add hub type bridge',
  'ip link add ear type veth peer name inner',
  'ip link add link inner name tap type macvtap mode passthru',
  'mount -t tmpfs none /mnt',
  'mknod /mnt/tap c $(tr : " " </sys/class/net/tap/macvtap/tap$(cat /sys/class/net/tap/ifindex)/dev)',
  'exec 3</mnt/tap',
  'nsenter --version >/dev/null',
].join(' && ');

/** Why this machine cannot have a lab, in a sentence, or null. */
export const whyNoLab = (): string | null => {
  if (process.platform !== 'linux') return 'real packets need the network namespaces of Linux';
  const { status, error, stderr } = spawnSync('unshare', ['--net', '--mount', 'sh', '-c', TRIAL], {
    encoding: 'utf8',
  });
  if (status === 0) return null;
  const [reason = ''] = (error?.message ?? stderr).trim().split('\n');
  return `real packets need root, ip and a kernel with veth, bridge and macvtap: ${reason || 'no tap to read'}`;
};

export interface Dialled {
  readonly dial: Dial;
  /** Null when it never came about. */
  readonly fromPort: number | null;
}

type Told = Report | { readonly what: 'over'; readonly packets: number };

/** Plays a town in namespaces of its own and writes what passed its wire to a pcap file. */
export const captureTown = (
  town: Town,
  path: string,
): Promise<{ readonly packets: number; readonly dialled: readonly Dialled[] }> =>
  new Promise((resolve, reject) => {
    const wire = spawn(
      'unshare',
      ['--net', '--mount', process.execPath, join(import.meta.dirname, 'wire.ts')],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    const dialled: Dialled[] = [];
    let packets: number | null = null;
    wire.on('message', (message: Told) => {
      if (message.what === 'over') packets = message.packets;
      if (message.what === 'dialled') dialled.push({ dial: message.dial, fromPort: message.fromPort });
    });
    wire.on('error', reject);
    wire.on('close', (code) => {
      if (packets === null) reject(new Error(`the lab ended with exit code ${code}`));
      else resolve({ packets, dialled });
    });
    wire.send({ town, path });
  });
