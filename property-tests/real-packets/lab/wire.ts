/**
 * The wire of the lab, run in a network and mount namespace of its own (`unshare --net --mount`): a bridge that sends every frame
 * to every port, a host on each of its ports, and on one more a macvtap, whose character device gives the frames to whoever
 * reads it: no raw socket, no capture program. Namespaces end with their processes, so nothing is left behind.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, read, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Captured, pcapHeader, pcapPacket, RAW_IP } from '../pcap.ts';
import type { Host, Order, Report, Town } from './orders.ts';

/** A macvtap puts a header before each frame (struct virtio_net_hdr), and Ethernet its own. */
const TAP_HEADER = 10;
const ETHERNET_HEADER = 14;
const TCP_HEADER = 20;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const TCP = 6;

const ip = (...words: readonly string[]): void => {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'inherit'] });
};

const inside = (host: ChildProcess, ...words: readonly string[]): void => {
  execFileSync('nsenter', ['--net', '--target', String(host.pid), 'ip', ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

/** Frames no larger than a network card would send: flow logs count packets. */
const PLAIN_FRAMES = ['gso_max_segs', '1', 'gso_max_size', '1514'] as const;

const buildHub = (): string => {
  execFileSync('mount', ['-t', 'sysfs', 'none', '/sys']);
  ip('link', 'add', 'hub', 'type', 'bridge', 'ageing_time', '0', 'stp_state', '0', 'mcast_snooping', '0');
  ip('link', 'set', 'hub', 'up');
  ip('link', 'add', 'ear', 'type', 'veth', 'peer', 'name', 'inner');
  ip('link', 'set', 'ear', 'master', 'hub', 'up');
  ip('link', 'add', 'link', 'inner', 'name', 'tap', 'type', 'macvtap', 'mode', 'passthru');
  ip('link', 'set', 'tap', 'txqueuelen', '100000');
  ip('link', 'set', 'inner', 'up', 'promisc', 'on');
  ip('link', 'set', 'tap', 'up', 'promisc', 'on');
  return tapDevice();
};

/**
 * A device file of our own for the tap, in a file system that ends with the mount namespace: the kernel's own name for it counts
 * interfaces, which begin anew in each namespace, so that two labs at a time would read each other's frames.
 */
const tapDevice = (): string => {
  const number = readFileSync('/sys/class/net/tap/ifindex', 'utf8').trim();
  const [major = '', minor = ''] = readFileSync(`/sys/class/net/tap/macvtap/tap${number}/dev`, 'utf8')
    .trim()
    .split(':');
  execFileSync('mount', ['-t', 'tmpfs', 'none', '/mnt']);
  execFileSync('mknod', ['/mnt/tap', 'c', major, minor]);
  return '/mnt/tap';
};

const plugIn = async ({ name, addresses, deafTo }: Host, number: number): Promise<ChildProcess> => {
  const host = spawn('unshare', ['--net', process.execPath, join(import.meta.dirname, 'host.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  // The channel opens before `unshare` has made the namespace: wait until it is another than ours.
  const ours = execFileSync('readlink', ['/proc/self/ns/net'], { encoding: 'utf8' });
  while (execFileSync('readlink', [`/proc/${host.pid}/ns/net`], { encoding: 'utf8' }) === ours)
    await new Promise((resolve) => setTimeout(resolve, 20));
  ip('link', 'add', `port${number}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(host.pid));
  ip('link', 'set', `port${number}`, 'master', 'hub', 'up');
  inside(host, 'link', 'set', 'lo', 'up');
  inside(host, 'link', 'set', 'eth0', ...PLAIN_FRAMES);
  inside(host, 'link', 'set', 'eth0', 'up');
  for (const address of addresses)
    if (address.includes(':')) inside(host, 'addr', 'add', `${address}/128`, 'dev', 'eth0', 'nodad');
    else inside(host, 'addr', 'add', `${address}/32`, 'dev', 'eth0');
  // Everybody is on the same wire.
  inside(host, 'route', 'add', 'default', 'dev', 'eth0', 'src', addresses[0] ?? name);
  inside(host, '-6', 'route', 'add', 'default', 'dev', 'eth0');
  for (const prefix of deafTo) inside(host, 'route', 'add', 'blackhole', prefix);
  return host;
};

const say = (host: ChildProcess | undefined, order: Order): void => {
  host?.send(order);
};

const headerLength = (frame: Buffer): number | null => {
  if (frame.length < ETHERNET_HEADER + 40) return null;
  const type = frame.readUInt16BE(12);
  if (type === IPV4 && frame[ETHERNET_HEADER + 9] === TCP)
    return ((frame[ETHERNET_HEADER] ?? 0) & 0xf) * 4 + TCP_HEADER;
  if (type === IPV6 && frame[ETHERNET_HEADER + 6] === TCP) return 40 + TCP_HEADER;
  return null;
};

/** The capture is over when nothing came for so long, and after the longer time in any case. */
const QUIET_MS = 400;
const MOST_DRAINING_MS = 5000;

/** Writes the IP and TCP headers of all frames to a pcap file, with the time at which they were read. */
const record = (device: string, path: string): { finish: () => Promise<number> } => {
  const tap = openSync(device, 'r');
  const file = openSync(path, 'w');
  writeSync(file, pcapHeader(RAW_IP, 0xffff));
  const buffer = Buffer.alloc(0x10000);
  let packets = 0;
  let seenAt = performance.now();
  let isOver = false;
  const next = (): void => {
    read(tap, buffer, 0, buffer.length, null, (problem, length) => {
      if (isOver) return;
      if (problem !== null) throw problem;
      const time = (performance.timeOrigin + performance.now()) / 1000;
      seenAt = performance.now();
      const frame = buffer.subarray(TAP_HEADER, length);
      const most = headerLength(frame);
      if (most !== null) {
        const captured: Captured = { time, bytes: frame.subarray(ETHERNET_HEADER) };
        writeSync(file, pcapPacket(captured, most));
        packets += 1;
      }
      next();
    });
  };
  next();
  return {
    finish: async () => {
      const asked = performance.now();
      while (performance.now() - seenAt < QUIET_MS && performance.now() - asked < MOST_DRAINING_MS)
        await new Promise((resolve) => setTimeout(resolve, QUIET_MS / 4));
      isOver = true;
      closeSync(file);
      return packets;
    },
  };
};

/** Plays a town and captures it. Tells its parent of every dial, and of the end. */
const play = async (town: Town, path: string): Promise<void> => {
  const device = buildHub();
  const hosts = new Map<string, ChildProcess>();
  for (const [i, host] of town.hosts.entries()) hosts.set(host.name, await plugIn(host, i));
  const ready = [...hosts].map(
    ([name, host]) =>
      new Promise<void>((resolve) => {
        host.on('message', (message: Report) => {
          if (message.what === 'ready') resolve();
          else process.send?.(message);
        });
        say(host, { do: 'listen', services: town.services.filter((service) => service.host === name) });
      }),
  );
  await Promise.all(ready);
  const recording = record(device, path);
  const beganMs = Date.now() + 1000;
  for (const [name, host] of hosts)
    say(host, { do: 'dial', dials: town.dials.filter((dial) => dial.host === name), beganMs });
  await new Promise((resolve) => setTimeout(resolve, 1000 + town.seconds * 1000));
  // They fall silent without closing anything, and what is still on its way is written down.
  for (const host of hosts.values()) host.kill('SIGSTOP');
  const packets = await recording.finish();
  for (const host of hosts.values()) host.kill('SIGKILL');
  process.send?.({ what: 'over', packets }, () => process.exit(0));
};

process.once('message', ({ town, path }: { readonly town: Town; readonly path: string }) => {
  void play(town, path).catch((problem) => {
    process.stderr.write(`${problem instanceof Error ? problem.stack : String(problem)}\n`);
    process.exit(1);
  });
});

process.on('disconnect', () => process.exit());
