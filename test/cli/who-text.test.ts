/** What is told of one endpoint: opened, tried without an answer, refused and blocked are told apart. */
import { describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../src/cli/parse-endpoint.ts';
import { EndpointTally, viewFrom } from '../../src/cli/who-text.ts';
import type { Connection } from '../../src/model/connection.ts';
import { connection } from '../export/connection.ts';

const SERVER = '10.2.3.4';

const from = (address: string, given: Parameters<typeof connection>[0]): Connection =>
  connection({ ...given, initiator: { address, port: 40_000 }, responder: { address: SERVER, port: 443 } });

const headlineOf = (connections: readonly Connection[], text = SERVER): string => {
  const endpoint = parseEndpoint(text);
  const tally = new EndpointTally();
  for (const each of connections) {
    const view = viewFrom(endpoint, each);
    if (view !== null) tally.add(each, view);
  }
  return tally.headline(endpoint);
};

describe('the sentence of an endpoint', () => {
  it('counts as opened only what was', () => {
    expect(
      headlineOf([
        from('10.0.0.1', {}),
        from('10.0.0.2', { state: 'attempted', initiatorBasis: 'syn' }),
        from('10.0.0.3', { state: 'attempted', initiatorBasis: 'syn' }),
        from('10.0.0.4', { state: 'blocked', verdict: 'rejected', initiatorBasis: 'syn' }),
      ]),
    ).toBe(
      '10.2.3.4: 1 peer opened 1 connection to it (1 observed, 0 inferred); 2 tried, no answer; 1 was blocked. It opened none itself.',
    );
  });

  it('tells what it tried itself, what was refused, late packets and what nobody knows', () => {
    const connections = [
      from('10.0.0.1', { state: 'refused' }),
      from('10.0.0.1', { state: 'abandoned' }),
      from('10.0.0.1', { state: 'midstream', verdict: 'late', openedAt: null, initiatorBasis: 'port' }),
      from('10.0.0.1', { state: 'flagless', initiatorBasis: 'none' }),
    ];
    expect(headlineOf(connections, '10.0.0.1')).toBe(
      '10.0.0.1: nobody opened a connection to it. It opened none itself; 1 tried, no answer; 1 was refused; ' +
        '1 is known by late packets alone. Nothing tells who opened 1 more.',
    );
  });

  it('tells attempts without flags from what was seen one way only', () => {
    const flagless = { state: 'flagless', initiatorBasis: 'port', oneSided: true } as const;
    const probe = (address: string, given: Partial<Connection>, packets = 1): Connection => ({
      ...from(address, flagless),
      ...given,
      initiator: { address, port: 40_000, packets, bytes: packets * 40, flags: null },
    });
    expect(
      headlineOf([
        probe('203.0.113.1', { verdict: 'unanswered' }),
        probe('203.0.113.2', { verdict: 'accepted' }),
        // Eight packets are more than a SYN and its retries: it was opened.
        probe('203.0.113.3', { verdict: 'accepted' }, 8),
      ]),
    ).toBe(
      '10.2.3.4: 1 peer opened 1 connection to it (0 observed, 1 inferred); 1 tried, no answer; 1 was seen one way only. It opened none itself.',
    );
  });

  it('takes a closed connection with late packets for opened', () => {
    expect(headlineOf([from('10.0.0.1', { state: 'closed', verdict: 'late' })])).toContain(
      '1 peer opened 1 connection',
    );
  });
});
