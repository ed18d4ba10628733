/** The kernel of all trackers: what each has of it, and that it grows no further however often it is used. */
import { describe, expect, it } from 'vitest';
import type { EngineKernel } from '../../src/engine/kernel/engine-kernel.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { ConnectionTracker } from '../../src/stream/connection-tracker.ts';
import { withKernel } from '../../src/stream/shared-kernel.ts';

const T0 = 1_760_000_000;

/** A minute of one direction between a client's port and a server's. */
const record = (port: number, reply: boolean, v6 = false): FlowRecord => {
  const [client, server] = v6 ? ['2001:db8::9', '2001:db8::5'] : ['10.0.0.9', '10.0.0.5'];
  const [srcAddr, dstAddr] = reply ? [server, client] : [client, server];
  const [srcPort, dstPort] = reply ? [443, port] : [port, 443];
  const counts = { packets: 5, bytes: 400, protocol: 6, action: 'ACCEPT', tcpFlags: reply ? 18 : 2 } as const;
  const times = { start: T0 + port, end: T0 + port + 59 };
  return { version: 3, interfaceId: `eni-${port}`, srcAddr, dstAddr, srcPort, dstPort, ...counts, ...times };
};

const given = (kernel: EngineKernel | null): EngineKernel => {
  if (kernel === null) throw new Error('There is no address space for a kernel.');
  return kernel;
};

/** What the kernel has handed out, and the pages that it has. */
const inUse = (): { bytes: number; free: number; pages: number } =>
  withKernel((kernel) => {
    const { memory } = given(kernel);
    const [, bytes = 0, free = 0] = memory.words(memory.value('ALLOCATION'), 3);
    return { bytes, free, pages: memory.buffer.byteLength / 65_536 };
  });

describe('the kernel of trackers', () => {
  it('is one for all, and holds nothing when it is handed out', () => {
    const first = withKernel((kernel) => {
      given(kernel).memory.allocate(1000);
      return kernel;
    });
    expect(withKernel((kernel) => kernel)).toBe(first);
    expect(inUse()).toMatchObject({ bytes: 0, free: 0 });
  });

  it('is another for whoever asks while it is used', () => {
    const [outer, inner] = withKernel((kernel) => [kernel, withKernel((other) => other)] as const);
    expect(inner).not.toBe(outer);
  });

  it('is not kept when its user failed', () => {
    const before = withKernel((kernel) => kernel);
    const fail = (): never => {
      throw new Error('on purpose');
    };
    expect(() => withKernel(fail)).toThrow('on purpose');
    expect(withKernel((kernel) => kernel)).not.toBe(before);
  });

  it('is not kept when very many records have made it grow, for it would never shrink', () => {
    const large = withKernel((kernel) => {
      given(kernel).memory.allocate(65 * 2 ** 20);
      return kernel;
    });
    expect(withKernel((kernel) => kernel)).not.toBe(large);
    expect(inUse().pages).toBeLessThan(1024);
  });

  it('has no page more after two hundred releases of two trackers than after the first', () => {
    const trackers = [new ConnectionTracker(), new ConnectionTracker()] as const;
    const release = (i: number): void => {
      const tracker = trackers[i % 2] as ConnectionTracker;
      const port = 1024 + i;
      tracker.push([record(port, false, i % 3 === 0), record(port, true, i % 3 === 0)]);
      expect(tracker.finish()).toMatchObject([
        { initiator: { port }, initiatorBasis: 'handshake', records: 2, vantages: [{ records: 2 }] },
      ]);
    };
    release(0);
    const first = inUse();
    for (let i = 1; i < 200; i++) release(i);
    expect(inUse()).toEqual(first);
    expect(first).toMatchObject({ bytes: 0, free: 0 });
  });
});
