/** Small inputs in the shape of what people have reported, each with the answer that is right (test/cases). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../src/model/connection.ts';
import { rebuildText } from './build.ts';

const connectionsOf = async (name: string): Promise<readonly Connection[]> =>
  (await rebuildText(readFileSync(join(import.meta.dirname, 'cases', name), 'utf8'))).connections;

const spell = ({ initiator, responder }: Connection): string =>
  `${initiator.address}:${initiator.port} → ${responder.address}:${responder.port}`;

const ENI = 'eni-0aa0aa0aa0aa0aa01';

describe('rejected replies', () => {
  it('of a log without flags turn nobody round and call no request rejected', async () => {
    const told = (await connectionsOf('rejected-replies/v2.log')).map(
      (c) => `${spell(c)} ${c.verdict} ${c.state}`,
    );
    expect(told.sort()).toEqual(
      [
        // One lone packet from a service's port to an ephemeral one, over TCP and UDP; and three of them.
        '10.20.1.15:50122 → 203.0.113.50:443 late flagless',
        '10.20.1.15:33000 → 203.0.113.54:53 late null',
        '10.20.1.15:41022 → 203.0.113.51:443 reply-rejected flagless',
        '203.0.113.52:51000 → 10.20.1.15:22 rejected blocked',
        // Two equal ports: nobody can tell, and the lower endpoint stands first.
        '10.20.1.15:80 → 203.0.113.53:80 unknown flagless',
        '203.0.113.55:55123 → 10.20.1.15:33890 rejected blocked',
      ].sort(),
    );
  });

  it('claim little between two ports of which neither is a known service', async () => {
    const found = (await connectionsOf('rejected-replies/v2.log')).find(
      ({ responder }) => responder.port === 33_890,
    );
    expect(found?.initiatorConfidence).toBeLessThanOrEqual(0.8);
    expect(found?.initiatorConfidence).toBeGreaterThan(0.5);
  });

  it('of a log with flags are late packets, but for SYN-ACK; a SYN is a request', async () => {
    const told = (await connectionsOf('rejected-replies/v3.log')).map((c) => [
      spell(c),
      c.verdict,
      c.endsOpen,
    ]);
    expect(told.sort()).toEqual([
      ['10.20.1.15:41022 → 203.0.113.51:443', 'late', false],
      ['10.20.1.15:41023 → 203.0.113.52:443', 'late', false],
      ['10.20.1.15:41024 → 203.0.113.53:443', 'reply-rejected', false],
      ['10.20.1.15:50122 → 203.0.113.50:443', 'late', false],
      ['203.0.113.54:51000 → 10.20.1.15:22', 'rejected', false],
    ]);
  });

  it.each([
    ['full.log', '10.20.1.15:41024 → 203.0.113.53:443', 'handshake'],
    ['server.log', '203.0.113.9:41024 → 10.20.1.15:443', 'handshake'],
    // Backscatter is not excluded: inferred, not observed.
    ['reject-only.log', '10.20.1.15:41024 → 203.0.113.53:443', 'rejected'],
  ])('that are SYN-ACKs are those of a blocked attempt: %s', async (name, ends, basis) => {
    const [found, ...others] = await connectionsOf(`rejected-replies/${name}`);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ verdict: 'reply-rejected', state: 'blocked', initiatorBasis: basis });
    expect(found).toMatchObject({ endsOpen: false, rejectedAt: ENI, rejectedFrom: 1_760_000_305 });
    expect(spell(found as Connection)).toBe(ends);
  });
});

describe('a network ACL that was edited while a connection was open', () => {
  it('cut it off: since when, whose packets, and it stays open', async () => {
    const [found] = await connectionsOf('acl-edited-mid-connection/flow.log');
    expect(found).toMatchObject({ verdict: 'cut-off', state: 'established', endsOpen: true });
    // The interval in which the first of the client's packets were rejected begins at 1760000065.
    expect(found).toMatchObject({ rejectedAt: ENI, rejectedFrom: 1_760_000_065, rejectedSide: 'initiator' });
  });
});

describe('stray packets after the close', () => {
  it.each(['reject-data.log', 'reject-rst-60s.log', 'reject-rst-120s.log'])(
    'that were rejected are late, and the connection stays closed: %s',
    async (name) => {
      const [found, ...others] = await connectionsOf(`stray-packets-after-close/${name}`);
      expect(others).toEqual([]);
      expect(found).toMatchObject({ verdict: 'late', state: 'closed', endsOpen: false, rejectedAt: ENI });
      // From 1760000005 - 60 to 1760000061: the bounds of none.log.
      expect(found).toMatchObject({ closedAt: 1_760_000_061, durationMin: 0, durationMax: 116 });
    },
  );

  it('leave the verdict accepted where there are none', async () => {
    const [found] = await connectionsOf('stray-packets-after-close/none.log');
    expect(found).toMatchObject({
      verdict: 'accepted',
      rejectedAt: null,
      rejectedFrom: null,
      rejectedSide: null,
    });
  });
});

describe('probes from the internet at a NAT gateway', () => {
  it.each([
    ['flags.log', 'attempted'],
    // Without flags, at an interface that shows the answers to others.
    ['mixed.log', 'flagless'],
  ])('that were accepted and never answered are attempts: %s', async (name, state) => {
    const found = (await connectionsOf(`nat-gateway-inbound/${name}`)).filter(
      ({ initiator }) => initiator.address === '203.0.113.100' || initiator.address === '203.0.113.101',
    );
    expect(found).toHaveLength(2);
    for (const each of found) expect(each).toMatchObject({ verdict: 'unanswered', state, endsOpen: false });
  });

  it('say nothing of answers where the log shows none to anybody', async () => {
    const found = await connectionsOf('nat-gateway-inbound/only.log');
    expect(found).toMatchObject([{ verdict: 'accepted', oneSided: true }]);
  });
});
