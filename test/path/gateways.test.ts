/**
 * Address-level paths. The legs are those of AWS's NAT gateway example ("Flow log record examples", traffic through
 * a NAT gateway): instance 10.0.1.5, gateway 10.0.0.220, host on the Internet 203.0.113.5.
 */
import { describe, expect, it } from 'vitest';
import type { AddressLeg } from '../../src/model/report.ts';
import { AddressLegs, findAddressPaths } from '../../src/path/gateways.ts';

const INSTANCE = '10.0.1.5';
const GATEWAY = '10.0.0.220';
const HOST = '203.0.113.5';

const leg = (srcAddr: string, dstAddr: string, more: Partial<AddressLeg> = {}): AddressLeg => ({
  vantage: 'eni-gate',
  instanceId: null,
  srcAddr,
  dstAddr,
  pktSrcAddr: srcAddr,
  pktDstAddr: dstAddr,
  records: 1,
  ...more,
});

const fromInstance = leg(INSTANCE, HOST, { vantage: 'eni-instance', instanceId: 'i-1' });
const intoGateway = leg(INSTANCE, GATEWAY, { pktDstAddr: HOST });
const outOfGateway = leg(GATEWAY, HOST);
const backIntoGateway = leg(HOST, GATEWAY);
const backOutOfGateway = leg(GATEWAY, INSTANCE, { pktSrcAddr: HOST });
const toInstance = leg(HOST, INSTANCE, { vantage: 'eni-instance', instanceId: 'i-1' });

describe('address-level paths', () => {
  it('put the six legs of a NAT gateway in the order in which packets pass them, however they arrive', () => {
    const legs = [backOutOfGateway, outOfGateway, toInstance, backIntoGateway, intoGateway, fromInstance];
    for (const order of [legs, [...legs].reverse()]) {
      const paths = findAddressPaths(order, []);
      expect(paths).toHaveLength(1);
      expect(paths[0]?.hops).toEqual([
        { address: INSTANCE, kind: 'host' },
        { address: GATEWAY, kind: 'nat-gateway' },
        { address: HOST, kind: 'host' },
      ]);
      expect(paths[0]?.forward).toEqual([fromInstance, intoGateway, outOfGateway]);
      expect(paths[0]?.back).toEqual([backIntoGateway, backOutOfGateway, toInstance]);
    }
  });

  it('call what hands packets on under their own address a gateway, not a NAT gateway', () => {
    const onward = leg(GATEWAY, HOST, { pktSrcAddr: INSTANCE });
    const [path, ...others] = findAddressPaths([intoGateway, onward], []);
    expect(others).toEqual([]);
    expect(path?.hops[1]).toEqual({ address: GATEWAY, kind: 'gateway' });
  });

  it('say NAT only where the same interface sends on to the same host', () => {
    const elsewhere = leg(GATEWAY, '203.0.113.99');
    const another = leg(GATEWAY, HOST, { vantage: 'eni-other' });
    expect(findAddressPaths([intoGateway, elsewhere], [])[0]?.hops[1]?.kind).toBe('gateway');
    expect(findAddressPaths([intoGateway, another], [])[0]?.hops[1]?.kind).toBe('gateway');
    // The packet had that source before: the interface shows it under yet another address.
    const shown = leg('10.0.7.7', HOST, { pktSrcAddr: GATEWAY });
    expect(findAddressPaths([intoGateway, shown], [])[0]?.hops[1]?.kind).toBe('gateway');
  });

  it('are one for both directions of a gateway, and one each for every pair of hosts behind it', () => {
    const back = leg(HOST, GATEWAY, { pktDstAddr: INSTANCE });
    const third = leg('10.0.1.6', GATEWAY, { pktDstAddr: HOST });
    const elsewhere = leg(INSTANCE, '10.0.0.221', { pktDstAddr: HOST });
    const second = { ...intoGateway, vantage: 'eni-second' };
    const pairs = (legs: readonly AddressLeg[]) =>
      findAddressPaths(legs, []).map((path) => [
        path.hops.map(({ address }) => address),
        path.forward.length,
      ]);
    expect(pairs([intoGateway, back])).toEqual([[[INSTANCE, GATEWAY, HOST], 1]]);
    expect(pairs([back, intoGateway])).toEqual([[[HOST, GATEWAY, INSTANCE], 1]]);
    expect(pairs([intoGateway, third])).toEqual([
      [[INSTANCE, GATEWAY, HOST], 1],
      [['10.0.1.6', GATEWAY, HOST], 1],
    ]);
    expect(pairs([intoGateway, elsewhere])).toEqual([
      [[INSTANCE, GATEWAY, HOST], 2],
      [[INSTANCE, '10.0.0.221', HOST], 2],
    ]);
    expect(pairs([intoGateway, second])).toEqual([
      [[INSTANCE, GATEWAY, HOST], 2],
      [[INSTANCE, GATEWAY, HOST], 2],
    ]);
  });

  it('leave out what shares one end with them', () => {
    const outwards = leg(INSTANCE, '203.0.113.6', { vantage: 'eni-instance' });
    const inwards = leg('10.0.1.6', HOST, { vantage: 'eni-other' });
    const [path, ...others] = findAddressPaths([intoGateway, outwards, inwards], []);
    expect([path?.forward, path?.back]).toEqual([[intoGateway], []]);
    expect(others.map(({ forward }) => forward)).toEqual([[outwards], [inwards]]);
  });

  it('name interfaces that stand in one place by name, one without a name first; one interface keeps its order', () => {
    // All three show the whole way, so all three belong to the host.
    const [a, b, none] = ['Attachment-a', 'Attachment-b', null].map((vantage) =>
      leg(INSTANCE, HOST, { vantage }),
    );
    const legs = [a, b, none] as AddressLeg[];
    for (const order of [legs, [...legs].reverse()])
      expect(findAddressPaths([intoGateway, ...order], [])[0]?.forward).toEqual([none, a, b, intoGateway]);
    const toIt = leg(INSTANCE, GATEWAY);
    for (const order of [
      [intoGateway, toIt],
      [toIt, intoGateway],
    ])
      expect(findAddressPaths(order, [])[0]?.forward).toEqual(order);
  });

  it('see no gateway at an interface of an instance: pods and secondary addresses', () => {
    const pod = leg(INSTANCE, GATEWAY, { pktDstAddr: HOST, instanceId: 'i-2' });
    expect(findAddressPaths([pod], [])[0]?.hops.map(({ kind }) => kind)).toEqual(['host', 'host']);
  });

  it('put both directions of two hosts together where nothing stands between', () => {
    const there = leg('10.0.0.1', '10.0.0.2');
    const back = leg('10.0.0.2', '10.0.0.1');
    const other = leg('10.0.0.1', '10.0.0.3');
    const further = leg('10.0.0.2', '10.0.0.3');
    const fourth = leg('10.0.0.4', '10.0.0.2');
    const fifth = leg('10.0.0.4', '10.0.0.1');
    const paths = findAddressPaths([there, other, back, further, fourth, fifth], []);
    expect(paths.map(({ forward, back: reply }) => [forward, reply])).toEqual([
      [[there], [back]],
      [[other], []],
      [[further], []],
      [[fourth], []],
      [[fifth], []],
    ]);
    expect(paths[0]?.hops).toEqual([
      { address: '10.0.0.1', kind: 'host' },
      { address: '10.0.0.2', kind: 'host' },
    ]);
  });

  it('count a host that talks to itself once', () => {
    const self = leg('10.0.0.1', '10.0.0.1');
    expect(findAddressPaths([self], [])).toMatchObject([{ forward: [self], back: [] }]);
  });

  it("go by the records' own addresses where the format has none of the packet", () => {
    const plain = leg('10.0.0.1', '10.0.0.2', { pktSrcAddr: null, pktDstAddr: null });
    expect(findAddressPaths([plain], [])[0]?.hops.map(({ address }) => address)).toEqual([
      '10.0.0.1',
      '10.0.0.2',
    ]);
  });

  it('name the fields whose absence keeps them from being connections', () => {
    const fields = ['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'start'];
    const missing = ['end', 'packets', 'bytes', 'tcp-flags', 'action'];
    expect(findAddressPaths([fromInstance], fields)[0]?.missingFields).toEqual(missing);
    expect(findAddressPaths([intoGateway], fields)[0]?.missingFields).toEqual(missing);
  });
});

describe('distinct legs', () => {
  it('add up the records of equal ones and stay in an order that arrival does not change', () => {
    const ways = [fromInstance, { ...fromInstance, records: 4 }, outOfGateway];
    const [there, back] = [ways, [...ways].reverse()].map((order) => {
      const legs = new AddressLegs(10);
      for (const one of order) legs.add(one);
      return legs.inOrder();
    });
    expect(there).toEqual(back);
    // By name: the interface comes first, and "eni-gate" stands before "eni-instance".
    expect(there?.map(({ vantage, records }) => [vantage, records])).toEqual([
      ['eni-gate', 1],
      ['eni-instance', 5],
    ]);
  });

  it('are the first by name, no more than were asked for, in whatever order they come', () => {
    // "eni-gate" stands before "eni-instance".
    const ways = [outOfGateway, fromInstance, outOfGateway, fromInstance];
    for (const order of [ways, [...ways].reverse()]) {
      const legs = new AddressLegs(1);
      for (const one of order) legs.add(one);
      expect(legs.inOrder()).toEqual([{ ...outOfGateway, records: 2 }]);
    }
  });

  it('are told apart by interface, instance and either pair of addresses', () => {
    const legs = new AddressLegs(10);
    const one = leg('10.0.0.1', '10.0.0.2');
    const others = [
      { ...one, vantage: 'eni-2' },
      { ...one, instanceId: 'i-2' },
      { ...one, srcAddr: '10.0.0.3' },
      { ...one, dstAddr: '10.0.0.3' },
      { ...one, pktSrcAddr: '10.0.0.3' },
      { ...one, pktDstAddr: '10.0.0.3' },
    ];
    for (const each of [one, ...others]) legs.add(each);
    expect(legs.inOrder()).toHaveLength(7);
  });
});
