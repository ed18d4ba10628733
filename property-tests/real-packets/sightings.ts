/**
 * Captured packets as the interfaces of a VPC would have seen them, so that the simulator's aggregate.ts can cut them into records,
 * and the truth about them: whoever sent the SYN opened. Nothing here comes from the simulator's own packets.
 */
import { hasPlainSyn } from '../../src/model/tcp-flags.ts';
import type { Hop, Interface } from '../network/places.ts';
import type { Sighting } from '../network/sighting.ts';
import type { Packet } from './packet.ts';

const TCP = 6;

export interface End {
  readonly address: string;
  readonly port: number;
}

export const nameEnd = ({ address, port }: End): string => `${address} ${port}`;
export const nameEnds = (one: End, other: End): string => [nameEnd(one), nameEnd(other)].sort().join(' | ');

const sourceOf = ({ source, sourcePort }: Packet): End => ({ address: source, port: sourcePort });
const targetOf = ({ target, targetPort }: Packet): End => ({ address: target, port: targetPort });

/** Who sent the SYN, and to whom. */
export interface Opening {
  readonly opener: End;
  readonly answerer: End;
}

/** The connections whose SYN was captured, by their ends. Left out: ends that both sent one, for there nobody alone opened. */
export const openingsOf = (packets: readonly Packet[]): ReadonlyMap<string, Opening> => {
  const openings = new Map<string, Opening>();
  const both = new Set<string>();
  for (const packet of packets) {
    if (!hasPlainSyn(packet.flags)) continue;
    const opening = { opener: sourceOf(packet), answerer: targetOf(packet) };
    const ends = nameEnds(opening.opener, opening.answerer);
    const known = openings.get(ends);
    if (known === undefined) openings.set(ends, opening);
    else if (nameEnd(known.opener) !== nameEnd(opening.opener)) both.add(ends);
  }
  for (const ends of both) openings.delete(ends);
  return openings;
};

/** Interfaces of one VPC by the addresses they bear: one for each host, whose first IPv4 address is its primary one. */
export const interfacesOf = (hosts: readonly (readonly string[])[]): ReadonlyMap<string, Interface> => {
  const interfaces = new Map<string, Interface>();
  for (const [i, addresses] of hosts.entries()) {
    const number = (i + 1).toString(16).padStart(12, '0');
    const at: Interface = {
      id: `eni-0cafe${number}`,
      kind: 'instance',
      primary4: addresses.find((address) => !address.includes(':')) ?? '',
      vpcId: 'vpc-0cafe000000000001',
      subnetId: 'subnet-0cafe000000000001',
      instanceId: `i-0cafe${number}`,
      accountId: '012345678910',
      azId: 'euw1-az1',
    };
    for (const address of addresses) interfaces.set(address, at);
  }
  return interfaces;
};

const hopAt = (at: Interface, flow: Hop['flow']): Hop => ({
  interface: at,
  flow,
  leg: 0,
  logged: true,
  guards: null,
  along: flow === 'egress' ? 0 : 1,
});

/** What the interfaces saw: a packet between two of them is seen twice, at the same moment, since it was captured once. */
export const sightingsOf = (
  packets: readonly Packet[],
  openings: ReadonlyMap<string, Opening>,
  interfaces: ReadonlyMap<string, Interface>,
): readonly Sighting[] =>
  packets.flatMap((packet) => {
    const opening = openings.get(nameEnds(sourceOf(packet), targetOf(packet)));
    const isByOpener = opening !== undefined && nameEnd(opening.opener) === nameEnd(sourceOf(packet));
    const leaves = interfaces.get(packet.source);
    const arrives = interfaces.get(packet.target);
    const hops = [
      ...(leaves === undefined ? [] : [hopAt(leaves, 'egress')]),
      ...(arrives === undefined ? [] : [hopAt(arrives, 'ingress')]),
    ];
    return hops.map(
      (hop): Sighting => ({
        time: packet.time,
        talk: 0,
        dial: 0,
        hop,
        by: isByOpener ? 'client' : 'server',
        protocol: TCP,
        family: packet.family,
        sourceAddress: packet.source,
        targetAddress: packet.target,
        sourcePort: packet.sourcePort,
        targetPort: packet.targetPort,
        flags: packet.flags,
        bytes: packet.bytes,
        action: 'ACCEPT',
      }),
    );
  });
